// The contract of KvEngine, run on both engines: single calls, then random operations against a
// std::map.
#include "storage/kv_engine.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <random>

#include "storage/memory_kv_engine.h"
#include "storage/rocks_kv_engine.h"
#include "storage/versioned_key.h"

namespace phenix::storage {
namespace {

std::string FreshDirectory() {
  static int number = 0;
  const std::string path = testing::TempDir() + "kv_engine_test_" + std::to_string(getpid()) + "_" +
                           std::to_string(++number);
  std::filesystem::remove_all(path);
  return path;
}

struct RocksMaker {
  static std::unique_ptr<KvEngine> Open(const std::string& directory) {
    RocksKvEngineOptions options;
    options.directory = directory;
    options.memory_bytes = 16U << 20U;
    options.write_buffer_bytes = 4U << 20U;
    Result<std::unique_ptr<RocksKvEngine>> engine = RocksKvEngine::Open(options);
    EXPECT_TRUE(engine.ok()) << engine.status().ToString();
    return engine.ok() ? std::move(*engine) : nullptr;
  }
};
struct MemoryMaker {
  static std::unique_ptr<KvEngine> Open(const std::string& directory) {
    Result<std::unique_ptr<MemoryKvEngine>> engine =
        MemoryKvEngine::Open({&io::PosixFileSystem(), directory});
    EXPECT_TRUE(engine.ok()) << engine.status().ToString();
    return engine.ok() ? std::move(*engine) : nullptr;
  }
};

template <typename Maker>
class KvEngineContract : public testing::Test {
 protected:
  void SetUp() override { Reopen(); }
  void TearDown() override {
    engine_.reset();
    std::filesystem::remove_all(directory_);
  }
  void Reopen() {
    engine_.reset();
    engine_ = Maker::Open(directory_);
    ASSERT_NE(engine_, nullptr);
  }
  KvEngine& engine() { return *engine_; }

  void Put(Family family, ByteView key, ByteView value) {
    KvBatch batch;
    batch.Put(family, key, value);
    ASSERT_TRUE(engine().Write(batch).ok());
  }
  void PutVersion(ByteView key, std::uint64_t at, ByteView value) {
    Put(Family::kEntity, VersionedKey(key, CommitTimestamp(at)), value);
  }
  std::string Get(Family family, ByteView key) {
    const auto value = engine().Get(family, key);
    EXPECT_TRUE(value.ok());
    return value->value_or("<absent>");
  }
  std::string Version(ByteView key, std::uint64_t at) {
    const auto found = engine().GetVersion(Family::kEntity, key, CommitTimestamp(at));
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    if (!found->has_value()) return "<absent>";
    return std::to_string((*found)->timestamp.value()) + ":" + (*found)->value;
  }

  const std::string directory_ = FreshDirectory();
  std::unique_ptr<KvEngine> engine_;
};
using Makers = testing::Types<RocksMaker, MemoryMaker>;
TYPED_TEST_SUITE(KvEngineContract, Makers);

TYPED_TEST(KvEngineContract, KeepsFamiliesApart) {
  for (std::size_t number = 0; number < kFamilyCount; ++number) {
    this->Put(static_cast<Family>(number), "the same key", FamilyName(static_cast<Family>(number)));
  }
  for (std::size_t number = 0; number < kFamilyCount; ++number) {
    const auto family = static_cast<Family>(number);
    EXPECT_EQ(this->Get(family, "the same key"), FamilyName(family));
    EXPECT_EQ(this->Get(family, "another key"), "<absent>");
  }
}

TYPED_TEST(KvEngineContract, AppliesABatchInItsOrder) {
  KvBatch batch;
  batch.Put(Family::kSystem, "a", "1");
  batch.Put(Family::kSystem, "a", "2");
  batch.Put(Family::kSystem, "b", "1");
  batch.Delete(Family::kSystem, "b");
  batch.Put(Family::kSystem, "c1", "1");
  batch.DeleteRange(Family::kSystem, "c", "d");
  batch.Put(Family::kSystem, "c2", "1");
  batch.DeleteRange(Family::kSystem, "z", "a");
  ASSERT_TRUE(this->engine().Write(batch).ok());
  EXPECT_EQ(this->Get(Family::kSystem, "a"), "2");
  EXPECT_EQ(this->Get(Family::kSystem, "b"), "<absent>");
  EXPECT_EQ(this->Get(Family::kSystem, "c1"), "<absent>");
  EXPECT_EQ(this->Get(Family::kSystem, "c2"), "1");
}

TYPED_TEST(KvEngineContract, FindsTheNewestVersionAtOrBefore) {
  this->PutVersion("key", 10, "ten");
  this->PutVersion("key", 20, "twenty");
  this->PutVersion("other", 15, "x");
  for (int flushed = 0; flushed < 2; ++flushed) {
    EXPECT_EQ(this->Version("key", 9), "<absent>");
    EXPECT_EQ(this->Version("key", 10), "10:ten");
    EXPECT_EQ(this->Version("key", 19), "10:ten");
    EXPECT_EQ(this->Version("key", 20), "20:twenty");
    EXPECT_EQ(this->Version("key", UINT64_MAX), "20:twenty");
    EXPECT_EQ(this->Version("kez", UINT64_MAX), "<absent>");
    EXPECT_EQ(this->Version("otheq", UINT64_MAX), "<absent>");
    ASSERT_TRUE(this->engine().Flush().ok());
  }
}

TYPED_TEST(KvEngineContract, SeesEveryWriteThatReturnedAtOnce) {
  for (std::uint64_t at = 1; at <= 300; ++at) {
    this->PutVersion("key", at, std::to_string(at));
    ASSERT_EQ(this->Version("key", UINT64_MAX), std::to_string(at) + ":" + std::to_string(at));
    if (at % 100 == 0) ASSERT_TRUE(this->engine().Flush().ok());
    if (at % 30 == 0) {
      KvBatch batch;
      batch.DeleteRange(Family::kEntity, "key", "kez");
      ASSERT_TRUE(this->engine().Write(batch).ok());
      ASSERT_EQ(this->Version("key", UINT64_MAX), "<absent>");
    }
  }
}

TYPED_TEST(KvEngineContract, WalksBothWaysBetweenBounds) {
  for (const char* key : {"a", "b", "c", "d", "e"}) this->Put(Family::kFeed, key, key);
  const auto walk = this->engine().NewIterator(
      Family::kFeed, {.lower_bound = "b", .upper_bound = "e", .fill_cache = true});
  std::string seen;
  for (walk->SeekToFirst(); walk->Valid(); walk->Next()) seen += walk->key();
  for (walk->SeekToLast(); walk->Valid(); walk->Prev()) seen += walk->value();
  EXPECT_EQ(seen, "bcddcb");
  walk->Seek("bb");
  EXPECT_EQ(walk->key(), "c");
  walk->SeekForPrev("bb");
  EXPECT_EQ(walk->key(), "b");
  walk->SeekForPrev("z");
  EXPECT_EQ(walk->key(), "d");
  walk->Seek("e");
  EXPECT_FALSE(walk->Valid());
  walk->SeekForPrev("a");
  EXPECT_FALSE(walk->Valid());
  EXPECT_TRUE(walk->status().ok());
}

TYPED_TEST(KvEngineContract, IteratesOverTheMomentItWasMade) {
  this->Put(Family::kFeed, "a", "1");
  this->Put(Family::kFeed, "b", "1");
  const auto walk = this->engine().NewIterator(Family::kFeed, {});
  KvBatch batch;
  batch.Put(Family::kFeed, "a", "2");
  batch.Delete(Family::kFeed, "b");
  batch.Put(Family::kFeed, "c", "2");
  ASSERT_TRUE(this->engine().Write(batch).ok());
  ASSERT_TRUE(this->engine().Flush().ok());
  std::string seen;
  for (walk->SeekToFirst(); walk->Valid(); walk->Next()) {
    seen.append(walk->key()).append(walk->value());
  }
  EXPECT_EQ(seen, "a1b1");
  EXPECT_EQ(this->Get(Family::kFeed, "b"), "<absent>");
}

TYPED_TEST(KvEngineContract, KeepsFlushedWritesAcrossAReopen) {
  this->PutVersion("key", 10, std::string(2000, 'x'));
  this->Put(Family::kVector, VersionedKey("v", CommitTimestamp(1)), std::string(600, 'v'));
  ASSERT_TRUE(this->engine().Flush().ok());
  this->Reopen();
  EXPECT_EQ(this->Version("key", 10), "10:" + std::string(2000, 'x'));
  EXPECT_EQ(this->Get(Family::kVector, VersionedKey("v", CommitTimestamp(1))),
            std::string(600, 'v'));
}

TYPED_TEST(KvEngineContract, OpensACheckpointAsAnEngineOfItsOwn) {
  this->PutVersion("key", 10, "before");
  this->Put(Family::kVector, VersionedKey("v", CommitTimestamp(1)), std::string(600, 'v'));
  const std::string copy = this->directory_ + "_copy";
  std::filesystem::remove_all(copy);
  ASSERT_TRUE(this->engine().CheckpointTo(copy).ok());
  EXPECT_EQ(this->engine().CheckpointTo(copy).code(), StatusCode::kAlreadyExists);
  this->PutVersion("key", 20, "after");
  {
    const auto opened = TypeParam::Open(copy);
    ASSERT_NE(opened, nullptr);
    const auto found = opened->GetVersion(Family::kEntity, "key", CommitTimestamp(UINT64_MAX));
    ASSERT_TRUE(found.ok() && found->has_value());
    EXPECT_EQ((*found)->value, "before");
    EXPECT_EQ(*opened->Get(Family::kVector, VersionedKey("v", CommitTimestamp(1))),
              std::string(600, 'v'));
  }
  EXPECT_EQ(this->Version("key", UINT64_MAX), "20:after");
  std::filesystem::remove_all(copy);
}

TYPED_TEST(KvEngineContract, LosesNothingByCompaction) {
  for (std::uint64_t number = 0; number < 300; ++number) {
    this->Put(Family::kVector,
              VersionedKey("v" + std::to_string(1000 + number), CommitTimestamp(1)),
              std::string(600, static_cast<char>('a' + number % 26)));
    if (number % 100 == 99) ASSERT_TRUE(this->engine().Flush().ok());
  }
  KvBatch batch;
  batch.DeleteRange(Family::kVector, "v1100", "v1200");
  ASSERT_TRUE(this->engine().Write(batch).ok());
  ASSERT_TRUE(this->engine().CompactRange(Family::kVector, "", "").ok());
  std::uint64_t keys = 0;
  const auto walk = this->engine().NewIterator(Family::kVector, {});
  for (walk->SeekToFirst(); walk->Valid(); walk->Next(), ++keys) {
    ASSERT_EQ(walk->value().size(), 600U);
  }
  EXPECT_EQ(keys, 200U);
  EXPECT_GT(this->engine().Stats().keys_estimated[static_cast<std::size_t>(Family::kVector)], 0U);
}

using Model = std::array<std::map<std::string, std::string>, kFamilyCount>;

class RandomHistory {
 public:
  explicit RandomHistory(std::uint64_t seed) : random_(seed) {}

  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }
  Family AnyFamily() {
    constexpr Family kFamilies[] = {Family::kSystem, Family::kEntity, Family::kVector};
    return kFamilies[Below(3)];
  }
  /// Prefix-free: always "k" and three digits.
  std::string UserKey() { return "k" + std::to_string(100 + Below(60)); }
  std::string Key(Family family) {
    if (!IsVersioned(family)) return UserKey();
    return VersionedKey(UserKey(), CommitTimestamp(1 + Below(8)));
  }
  std::string Value() {
    return std::string(Below(8) == 0 ? 400 : 5, static_cast<char>(Below(256)));
  }

  void Step(KvBatch& batch, Model& model) {
    const Family family = AnyFamily();
    auto& map = model[static_cast<std::size_t>(family)];
    const std::uint64_t choice = Below(20);
    const std::string key = Key(family);
    if (choice < 14) {
      const std::string value = Value();
      batch.Put(family, key, value);
      map[key] = value;
    } else if (choice < 19) {
      batch.Delete(family, key);
      map.erase(key);
    } else {
      std::string end = Key(family);
      batch.DeleteRange(family, key, end);
      if (key < end) map.erase(map.lower_bound(key), map.lower_bound(end));
    }
  }

 private:
  std::mt19937_64 random_;
};

void CompareWalk(KvEngine& engine, const Model& model, RandomHistory& history) {
  const Family family = history.AnyFamily();
  const auto& map = model[static_cast<std::size_t>(family)];
  const auto walk = engine.NewIterator(family, {});
  const std::string target = history.Key(family);
  auto expected = map.lower_bound(target);
  walk->Seek(target);
  for (int step = 0; step < 30; ++step) {
    ASSERT_EQ(walk->Valid(), expected != map.end());
    if (!walk->Valid()) break;
    ASSERT_EQ(walk->key(), expected->first);
    ASSERT_EQ(walk->value(), expected->second);
    // Mostly forwards, sometimes back.
    if (history.Below(4) != 0) {
      walk->Next();
      ++expected;
    } else {
      walk->Prev();
      if (expected == map.begin()) {
        ASSERT_FALSE(walk->Valid());
        break;
      }
      --expected;
    }
  }
  walk->SeekForPrev(target);
  auto last = map.upper_bound(target);
  ASSERT_EQ(walk->Valid(), last != map.begin());
  if (last != map.begin()) ASSERT_EQ(walk->key(), std::prev(last)->first);
}

void CompareReads(KvEngine& engine, const Model& model, RandomHistory& history) {
  const Family family = history.AnyFamily();
  const auto& map = model[static_cast<std::size_t>(family)];
  const std::string key = history.Key(family);
  const auto value = engine.Get(family, key);
  ASSERT_TRUE(value.ok());
  ASSERT_EQ(value->has_value(), map.count(key) == 1);
  if (value->has_value()) ASSERT_EQ(**value, map.at(key));
  if (!IsVersioned(family)) return;
  const std::string user_key = history.UserKey();
  const CommitTimestamp at(history.Below(10));
  const auto expected = map.lower_bound(VersionedKey(user_key, at));
  const bool present = expected != map.end() && UserKeyOf(expected->first) == user_key;
  const auto found = engine.GetVersion(family, user_key, at);
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->has_value(), present);
  if (!present) return;
  ASSERT_EQ((*found)->timestamp, VersionOf(expected->first));
  ASSERT_EQ((*found)->value, expected->second);
}

TYPED_TEST(KvEngineContract, AgreesWithAMapOnRandomHistories) {
  const std::uint64_t seed = std::random_device()();
  std::printf("[   seed   ] %llu\n", static_cast<unsigned long long>(seed));
  RandomHistory history(seed);
  Model model;
  KvBatch batch;
  std::uint64_t operations = 0;
  for (int round = 0; round < 1500; ++round) {
    batch.Clear();
    for (std::uint64_t left = 1 + history.Below(20); left > 0; --left, ++operations) {
      history.Step(batch, model);
    }
    ASSERT_TRUE(this->engine().Write(batch).ok());
    for (int read = 0; read < 10; ++read) {
      CompareReads(this->engine(), model, history);
      if (this->HasFatalFailure()) return;
    }
    CompareWalk(this->engine(), model, history);
    if (this->HasFatalFailure()) return;
    if (history.Below(40) == 0) ASSERT_TRUE(this->engine().Flush().ok());
    if (history.Below(200) == 0) {
      ASSERT_TRUE(this->engine().CompactRange(history.AnyFamily(), "", "").ok());
    }
    if (history.Below(300) == 0) {
      ASSERT_TRUE(this->engine().Flush().ok());
      this->Reopen();
    }
  }
  std::printf("[ covered  ] %llu operations, 15000 reads, 1500 walks\n",
              static_cast<unsigned long long>(operations));
}

}  // namespace
}  // namespace phenix::storage
