#include "storage/memory_kv_engine.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "storage/memory_content.h"

namespace phenix::storage {
namespace {

void Put(KvEngine& engine, ByteView key, ByteView value) {
  KvBatch batch;
  batch.Put(Family::kSystem, key, value);
  ASSERT_TRUE(engine.Write(batch).ok());
}

TEST(MemoryKvEngine, LosesEverythingAfterTheLastFlushInACrash) {
  auto engine = MemoryKvEngine::Open({});
  ASSERT_TRUE(engine.ok());
  Put(**engine, "a", "flushed");
  ASSERT_TRUE((*engine)->Flush().ok());
  Put(**engine, "a", "not");
  Put(**engine, "b", "not");
  const auto walk = (*engine)->NewIterator(Family::kSystem, {});
  ASSERT_TRUE((*engine)->SimulateCrash().ok());
  EXPECT_EQ((*engine)->Get(Family::kSystem, "a")->value(), "flushed");
  EXPECT_FALSE((*engine)->Get(Family::kSystem, "b")->has_value());
  walk->SeekToLast();
  EXPECT_EQ(walk->key(), "b");
}

TEST(MemoryKvEngine, IsEmptyAfterACrashWithoutAFlush) {
  auto engine = MemoryKvEngine::Open({});
  ASSERT_TRUE(engine.ok());
  Put(**engine, "a", "x");
  ASSERT_TRUE((*engine)->SimulateCrash().ok());
  EXPECT_FALSE((*engine)->Get(Family::kSystem, "a")->has_value());
}

TEST(MemoryContent, RefusesEveryFlippedAndCutImage) {
  MemoryContent content;
  KvBatch batch;
  batch.Put(Family::kSystem, "a", "1");
  batch.Put(Family::kEntity, "bcd", "23");
  content.Apply(batch);
  const std::string image = content.EncodeImage();
  std::uint64_t tried = 0;
  for (std::size_t position = 0; position < image.size(); ++position, tried += 2) {
    std::string flipped = image;
    flipped[position] = static_cast<char>(flipped[position] ^ 0x10);
    EXPECT_EQ(MemoryContent().DecodeImage(flipped).code(), StatusCode::kCorruption);
    EXPECT_EQ(MemoryContent().DecodeImage(image.substr(0, position)).code(),
              StatusCode::kCorruption);
  }
  MemoryContent again;
  ASSERT_TRUE(again.DecodeImage(image).ok());
  EXPECT_EQ(again.EncodeImage(), image);
  std::printf("[ covered  ] %llu damaged images\n", static_cast<unsigned long long>(tried));
}

TEST(MemoryContent, ForgetsOldValuesOnceNobodyLooks) {
  MemoryContent content;
  KvBatch batch;
  batch.Put(Family::kSystem, "a", "12345");
  content.Apply(batch);
  const std::uint64_t once = content.Stats().memtable_bytes;
  const WriteNumber pinned = content.Pin();
  for (int round = 0; round < 10; ++round) content.Apply(batch);
  EXPECT_GT(content.Stats().memtable_bytes, once);
  content.Unpin(pinned);
  EXPECT_EQ(content.Stats().memtable_bytes, once);
}

}  // namespace
}  // namespace phenix::storage
