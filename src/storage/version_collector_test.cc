#include "storage/version_collector.h"

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

using Versions = std::map<std::uint64_t, std::string>;
using Model = std::map<std::pair<Family, std::string>, Versions>;

constexpr Family kFamilies[] = {Family::kEntity, Family::kEdgeOut, Family::kUnique};
const std::string kTombstone(1, '\0');

/// Commits random puts and removals, with garbage rows as the transaction room writes them.
class History {
 public:
  History(KvEngine& engine, std::uint64_t seed) : engine_(engine), random_(seed) {}

  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }
  void Commit() {
    ++now_;
    KvBatch batch;
    std::string garbage;
    for (std::uint64_t left = 1 + Below(5); left > 0; --left) {
      const Family family = kFamilies[Below(3)];
      const std::string key = "k" + std::to_string(100 + Below(25));
      Versions& versions = model_[{family, key}];
      if (versions.count(now_) > 0) continue;
      const bool removed = Below(4) == 0;
      const std::string value = removed ? kTombstone : "\1" + std::to_string(now_);
      const bool supersedes = !versions.empty();
      if (supersedes || removed) AppendGarbageEntry(garbage, family, key);
      versions[now_] = value;
      batch.Put(family, VersionedKey(key, CommitTimestamp(now_)), value);
    }
    if (!garbage.empty())
      batch.Put(Family::kGarbage, GarbageKey(CommitTimestamp(now_), 0), garbage);
    ASSERT_TRUE(engine_.Write(batch).ok());
  }
  /// What may be left once everything up to `safepoint` is collected.
  void CollectModel(std::uint64_t safepoint) {
    for (auto& [key, versions] : model_) {
      auto newest = versions.upper_bound(safepoint);
      if (newest == versions.begin()) continue;
      --newest;
      const bool tombstone = newest->second == kTombstone;
      versions.erase(versions.begin(), tombstone ? std::next(newest) : newest);
    }
  }
  /// Every read at or above the safepoint answers as before; `exactly`: nothing else is stored.
  void Compare(std::uint64_t safepoint, bool exactly) {
    std::uint64_t expected = 0;
    for (const auto& [key, versions] : model_) {
      expected += versions.size();
      for (std::uint64_t at = safepoint; at <= now_; ++at) {
        auto newest = versions.upper_bound(at);
        const bool live = newest != versions.begin() && std::prev(newest)->second != kTombstone;
        const auto found = engine_.GetVersion(key.first, key.second, CommitTimestamp(at));
        ASSERT_TRUE(found.ok());
        const bool found_live = found->has_value() && (*found)->value != kTombstone;
        ASSERT_EQ(found_live, live) << key.second << " at " << at;
        if (live) ASSERT_EQ((*found)->value, std::prev(newest)->second);
      }
    }
    if (exactly) ASSERT_EQ(Stored(), expected);
  }
  std::uint64_t Stored() {
    std::uint64_t stored = 0;
    for (const Family family : kFamilies) {
      const auto walk = engine_.NewIterator(family, {});
      for (walk->SeekToFirst(); walk->Valid(); walk->Next()) ++stored;
    }
    return stored;
  }
  [[nodiscard]] std::uint64_t now() const { return now_; }

 private:
  KvEngine& engine_;
  std::mt19937_64 random_;
  std::uint64_t now_ = 0;
  Model model_;
};

struct Totals {
  std::uint64_t calls = 0;
  std::uint64_t versions = 0;
};

void CollectAll(KvEngine& engine, History& history, std::uint64_t safepoint, Totals& totals) {
  VersionCollector collector(engine);
  for (bool done = false; !done; ++totals.calls) {
    const auto collected = collector.CollectOnce(CommitTimestamp(safepoint), 1 + history.Below(12));
    ASSERT_TRUE(collected.ok()) << collected.status().ToString();
    done = collected->done;
    totals.versions += collected->versions;
    // In the middle, too, no reader may notice.
    if (history.Below(8) == 0) history.Compare(safepoint, false);
    ASSERT_LT(totals.calls, 100'000U);
  }
}

void RunHistories(KvEngine& engine, std::uint64_t seed) {
  std::printf("[   seed   ] %llu\n", static_cast<unsigned long long>(seed));
  History history(engine, seed);
  Totals totals;
  std::uint64_t safepoint = 0;
  for (int round = 0; round < 40; ++round) {
    for (std::uint64_t left = 1 + history.Below(30); left > 0; --left) history.Commit();
    safepoint += history.Below(history.now() - safepoint + 1);
    CollectAll(engine, history, safepoint, totals);
    history.CollectModel(safepoint);
    history.Compare(safepoint, true);
    if (testing::Test::HasFatalFailure()) return;
  }
  std::printf("[ covered  ] %llu commits, %llu calls, %llu versions removed\n",
              static_cast<unsigned long long>(history.now()),
              static_cast<unsigned long long>(totals.calls),
              static_cast<unsigned long long>(totals.versions));
  EXPECT_GT(totals.versions, 100U);
}

TEST(VersionCollector, LeavesWhatANaiveModelLeavesInMemory) {
  auto engine = MemoryKvEngine::Open({});
  ASSERT_TRUE(engine.ok());
  RunHistories(**engine, std::random_device()());
}

TEST(VersionCollector, LeavesWhatANaiveModelLeavesInRocks) {
  const std::string directory =
      testing::TempDir() + "version_collector_test_" + std::to_string(getpid());
  std::filesystem::remove_all(directory);
  {
    RocksKvEngineOptions options;
    options.directory = directory;
    auto engine = RocksKvEngine::Open(options);
    ASSERT_TRUE(engine.ok()) << engine.status().ToString();
    RunHistories(**engine, std::random_device()());
  }
  std::filesystem::remove_all(directory);
}

TEST(VersionCollector, BoundsOneCallAndTakesAKeyOfManyVersionsInParts) {
  auto engine = MemoryKvEngine::Open({});
  ASSERT_TRUE(engine.ok());
  KvBatch batch;
  for (std::uint64_t at = 1; at <= 1000; ++at) {
    batch.Put(Family::kEntity, VersionedKey("key", CommitTimestamp(at)), "\1");
  }
  batch.Put(Family::kEntity, VersionedKey("key", CommitTimestamp(1001)), kTombstone);
  std::string row;
  AppendGarbageEntry(row, Family::kEntity, "key");
  batch.Put(Family::kGarbage, GarbageKey(CommitTimestamp(1001), 0), row);
  ASSERT_TRUE((*engine)->Write(batch).ok());
  VersionCollector collector(**engine);
  std::uint64_t removed = 0;
  for (bool done = false; !done;) {
    const auto collected = collector.CollectOnce(CommitTimestamp(2000), 100);
    ASSERT_TRUE(collected.ok());
    EXPECT_LE(collected->versions, 100U);
    removed += collected->versions;
    done = collected->done;
    const auto found = (*engine)->GetVersion(Family::kEntity, "key", CommitTimestamp(UINT64_MAX));
    // Never one of the versions that the tombstone hides.
    if (found->has_value()) ASSERT_EQ((*found)->value, kTombstone);
  }
  EXPECT_EQ(removed, 1001U);
}

TEST(VersionCollector, RefusesARowThatIsNotOne) {
  const std::string good_key = GarbageKey(CommitTimestamp(1), 0);
  const std::pair<std::string, std::string> bad[] = {
      {"short", ""},
      {good_key, std::string("\x02\x09", 2) + "abc"},
      {good_key, std::string("\x63\x01", 2) + "a"},
      {good_key, std::string("\x00\x01", 2) + "a"},
  };
  for (const auto& [key, value] : bad) {
    auto engine = MemoryKvEngine::Open({});
    KvBatch batch;
    batch.Put(Family::kGarbage, key, value);
    ASSERT_TRUE((*engine)->Write(batch).ok());
    EXPECT_EQ(VersionCollector(**engine).CollectOnce(CommitTimestamp(9), 10).status().code(),
              StatusCode::kCorruption);
  }
}

}  // namespace
}  // namespace phenix::storage
