#include "transaction/visible_walk.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <random>

#include "storage/memory_kv_engine.h"
#include "storage/versioned_key.h"
#include "transaction/state_keys.h"

namespace phenix::transaction {
namespace {

using Rows = std::map<std::string, std::string>;

Rows Collect(VisibleWalk walk) {
  Rows rows;
  for (; walk.Valid(); walk.Next()) rows[std::string(walk.key())] = std::string(walk.value());
  EXPECT_TRUE(walk.status().ok());
  return rows;
}

TEST(VisibleWalk, TellsWhatAnOverlayOverSortedVersionsTells) {
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  std::uint64_t walks = 0, rows_seen = 0;
  for (int round = 0; round < 60; ++round) {
    const auto engine = *storage::MemoryKvEngine::Open({});
    std::map<std::string, std::map<std::uint64_t, std::string>> versions;
    for (std::uint64_t at = 1; at <= 80; ++at) {
      const std::string key = EntityKey(CollectionId(1), std::to_string(random() % 15));
      const std::string value = random() % 4 == 0 ? TombstoneRow() : "\x01" + std::to_string(at);
      storage::KvBatch batch;
      batch.Put(Family::kEntity, storage::VersionedKey(key, CommitTimestamp(at)), value);
      ASSERT_TRUE(engine->Write(batch).ok());
      versions[key][at] = value;
    }
    WriteSet staged;
    Rows overlay;
    for (int n = 0; n < 8; ++n) {
      const std::string key = EntityKey(CollectionId(1), std::to_string(random() % 20));
      const std::string value = random() % 3 == 0 ? TombstoneRow() : "\x01staged";
      staged.Stage(Family::kEntity, key,
                   {.operation = StateOperation::kPut, .value = value, .supersedes = false});
      overlay[key] = value;
    }
    for (const WriteSet* with :
         {static_cast<const WriteSet*>(nullptr), static_cast<const WriteSet*>(&staged)}) {
      const std::uint64_t read_at = random() % 90;
      Rows expected;
      for (const auto& [key, history] : versions) {
        const auto newest = history.upper_bound(read_at);
        if (newest != history.begin()) expected[key] = std::prev(newest)->second;
      }
      if (with != nullptr) {
        for (const auto& [key, value] : overlay) expected[key] = value;
      }
      std::erase_if(expected, [](const auto& row) { return IsTombstone(row.second); });
      const std::string prefix = EntityPrefix(CollectionId(1));
      const Rows found = Collect(VisibleWalk(
          *engine, {.family = Family::kEntity, .begin = prefix, .end = PrefixEnd(prefix)},
          CommitTimestamp(read_at), with));
      ASSERT_EQ(found, expected) << "seed " << seed << " round " << round;
      ++walks;
      rows_seen += found.size();
    }
  }
  EXPECT_GT(rows_seen, 0U);
  std::printf("[ covered  ] %llu walks, %llu rows, seed %llu\n",
              static_cast<unsigned long long>(walks), static_cast<unsigned long long>(rows_seen),
              static_cast<unsigned long long>(seed));
}

TEST(StateKeys, EntityKeysSortLikeIdsAndReadBack) {
  const std::vector<std::string> ids = {
      "a", std::string("a\0", 2), std::string("a\0b", 3), "a\x01", "aa", "b"};
  std::string before;
  for (const std::string& id : ids) {
    const std::string key = EntityKey(CollectionId(7), id);
    EXPECT_LT(before, key);
    const auto parsed = ParseEntityKey(key);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->id, id);
    EXPECT_EQ(parsed->collection, CollectionId(7));
    for (std::size_t cut = 0; cut < key.size(); ++cut) {
      EXPECT_FALSE(ParseEntityKey(base::ByteView(key).substr(0, cut)).has_value());
    }
    before = key;
  }
}

}  // namespace
}  // namespace phenix::transaction
