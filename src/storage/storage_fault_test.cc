// The RocksDB engine on a disk that fails and forgets: typed errors, and after a reopen all
// families at one write that is not older than the last acknowledged flush.
#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <map>
#include <random>

#include "sim/fault_file_system.h"
#include "storage/memory_kv_engine.h"
#include "storage/rocks_kv_engine.h"

namespace phenix::storage {
namespace {

using sim::FaultDisk;
using sim::FaultKind;
using sim::FaultRule;
using sim::Survival;

constexpr Family kFamilies[] = {Family::kSystem, Family::kEntity, Family::kVector};

Result<std::unique_ptr<RocksKvEngine>> Open(FaultDisk& disk) {
  RocksKvEngineOptions options;
  options.directory = "/db";
  options.file_system = &disk.files();
  options.memory_bytes = 8U << 20U;
  options.write_buffer_bytes = 2U << 20U;
  return RocksKvEngine::Open(options);
}

Status WriteNumber(KvEngine& engine, std::uint64_t number) {
  KvBatch batch;
  for (const Family family : kFamilies) {
    batch.Put(family, "the number", std::to_string(number));
    batch.Put(family, "payload" + std::to_string(number), std::string(600, 'p'));
  }
  return engine.Write(batch);
}

/// The number that all families agree on; UINT64_MAX if they do not.
std::uint64_t AgreedNumber(KvEngine& engine) {
  std::uint64_t agreed = 0;
  for (const Family family : kFamilies) {
    const auto value = engine.Get(family, "the number");
    EXPECT_TRUE(value.ok()) << value.status().ToString();
    if (!value.ok()) return UINT64_MAX;
    const std::uint64_t number = value->has_value() ? std::stoull(**value) : 0;
    if (family == kFamilies[0]) agreed = number;
    if (number != agreed) return UINT64_MAX;
  }
  // Everything up to the number is there, nothing after it.
  for (const Family family : kFamilies) {
    for (std::uint64_t number = 1; number <= agreed + 2; ++number) {
      const auto value = engine.Get(family, "payload" + std::to_string(number));
      EXPECT_TRUE(value.ok()) << value.status().ToString();
      if (!value.ok() || value->has_value() != (number <= agreed)) return UINT64_MAX;
    }
  }
  return agreed;
}

struct Load {
  std::uint64_t written = 0;
  std::uint64_t flushed = 0;
  Status failure;
};

/// Writes and sometimes flushes until something fails, at most `writes` times.
void Drive(KvEngine& engine, Load& load, std::uint64_t writes, std::mt19937_64& random) {
  for (std::uint64_t left = writes; left > 0; --left) {
    load.failure = WriteNumber(engine, load.written + 1);
    if (!load.failure.ok()) return;
    ++load.written;
    if (random() % 15 != 0) continue;
    load.failure = engine.Flush();
    if (!load.failure.ok()) return;
    load.flushed = load.written;
  }
}

TEST(StorageFault, SurvivesPowerCutsAtAnyOperation) {
  constexpr std::uint64_t kDisks = 12;
  constexpr int kCutsPerDisk = 6;
  std::uint64_t cuts = 0;
  std::uint64_t kept = 0;
  std::uint64_t lost = 0;
  for (std::uint64_t seed = 1; seed <= kDisks; ++seed) {
    FaultDisk disk(seed);
    std::mt19937_64 random(seed);
    Load load;
    for (int round = 0; round < kCutsPerDisk; ++round, ++cuts) {
      // In the first rounds the cut often hits the opening itself.
      disk.CutPowerAfter(1 + random() % (round % 2 == 0 ? 60 : 400));
      if (auto engine = Open(disk); engine.ok()) Drive(**engine, load, 400, random);
      disk.RestorePower();
      const auto engine = Open(disk);
      ASSERT_TRUE(engine.ok()) << "seed " << seed << ": " << engine.status().ToString();
      const std::uint64_t number = AgreedNumber(**engine);
      ASSERT_NE(number, UINT64_MAX) << "seed " << seed << " round " << round;
      ASSERT_GE(number, load.flushed) << "seed " << seed << " round " << round;
      // One more than acknowledged may have arrived: the write that failed.
      ASSERT_LE(number, load.written + 1) << "seed " << seed << " round " << round;
      kept += number;
      lost += load.written > number ? load.written - number : 0;
      load.written = number;
      ASSERT_TRUE((*engine)->Flush().ok());
      load.flushed = number;
    }
  }
  std::printf("[ covered  ] %llu power cuts, %llu writes kept, %llu unflushed ones lost\n",
              static_cast<unsigned long long>(cuts), static_cast<unsigned long long>(kept),
              static_cast<unsigned long long>(lost));
  EXPECT_GT(lost, 0U);
}

/// Breaks the disk, expects `code` from the load and then from every write, mends it, reopens.
void ExpectTypedFailure(FaultDisk& disk, StatusCode code, const std::function<void()>& mend) {
  std::mt19937_64 random(3);
  Load load;
  {
    auto engine = Open(disk);
    ASSERT_TRUE(engine.ok()) << engine.status().ToString();
    load.written = load.flushed = AgreedNumber(**engine);
    Drive(**engine, load, 3000, random);
    ASSERT_EQ(load.failure.code(), code) << load.failure.ToString();
    EXPECT_EQ(WriteNumber(**engine, load.written + 1).code(), code);
    EXPECT_EQ((*engine)->Flush().code(), code);
  }
  mend();
  disk.RestorePower(Survival::kNothing);
  const auto engine = Open(disk);
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  const std::uint64_t number = AgreedNumber(**engine);
  ASSERT_NE(number, UINT64_MAX);
  EXPECT_GE(number, load.flushed);
  EXPECT_LE(number, load.written + 1);
  EXPECT_TRUE(WriteNumber(**engine, number + 1).ok());
  EXPECT_TRUE((*engine)->Flush().ok());
}

TEST(StorageFault, SaysThatTheDiskIsFullAndGoesOnAfterAReopen) {
  for (const std::uint64_t space : {300'000U, 700'000U, 1'500'000U}) {
    FaultDisk disk(space);
    disk.LimitSpace(space);
    ExpectTypedFailure(disk, StatusCode::kResourceExhausted, [&] { disk.LimitSpace(UINT64_MAX); });
    EXPECT_GT(disk.FaultCount(), 0U);
  }
}

TEST(StorageFault, RefusesWritesAfterAFailedFlushUntilReopened) {
  const FaultRule rules[] = {
      {.kind = FaultKind::kWriteError, .path_part = ".sst", .skip = 6, .count = 1},
      {.kind = FaultKind::kShortWrite, .path_part = ".sst", .skip = 4, .count = 1},
      {.kind = FaultKind::kSyncError, .path_part = ".sst", .skip = 4, .count = 1},
      {.kind = FaultKind::kSyncError, .path_part = ".blob", .skip = 1, .count = 1},
      {.kind = FaultKind::kSyncError, .path_part = "MANIFEST", .skip = 40, .count = 1},
      {.kind = FaultKind::kNameError, .path_part = ".sst", .skip = 4, .count = 1},
  };
  for (const FaultRule& rule : rules) {
    SCOPED_TRACE(rule.path_part + " kind " + std::to_string(static_cast<int>(rule.kind)));
    FaultDisk disk(7);
    disk.Inject(rule);
    ExpectTypedFailure(disk, StatusCode::kIoError, [] {});
    EXPECT_EQ(disk.FaultCount(), 1U);
  }
}

TEST(StorageFault, ReportsAReadErrorAndAnswersTheNextRead) {
  FaultDisk disk(9);
  {
    auto engine = Open(disk);
    ASSERT_TRUE(engine.ok());
    for (std::uint64_t number = 1; number <= 200; ++number) {
      ASSERT_TRUE(WriteNumber(**engine, number).ok());
    }
    ASSERT_TRUE((*engine)->Flush().ok());
  }
  const auto engine = Open(disk);
  ASSERT_TRUE(engine.ok());
  disk.Inject({.kind = FaultKind::kReadError, .path_part = ".sst", .skip = 0, .count = 1});
  EXPECT_EQ((*engine)->Get(Family::kEntity, "payload150").status().code(), StatusCode::kIoError);
  const auto again = (*engine)->Get(Family::kEntity, "payload150");
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_TRUE(again->has_value());
}

TEST(StorageFault, KeepsACheckpointThatWasAcknowledged) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    FaultDisk disk(seed);
    {
      auto engine = Open(disk);
      ASSERT_TRUE(engine.ok());
      ASSERT_TRUE(WriteNumber(**engine, 1).ok());
      ASSERT_TRUE((*engine)->CheckpointTo("/copy").ok());
      disk.CutPower();
    }
    disk.RestorePower(Survival::kNothing);
    RocksKvEngineOptions options;
    options.directory = "/copy";
    options.file_system = &disk.files();
    const auto copy = RocksKvEngine::Open(options);
    ASSERT_TRUE(copy.ok()) << copy.status().ToString();
    EXPECT_EQ(AgreedNumber(**copy), 1U);
  }
}

TEST(StorageFault, MemoryEngineKeepsItsLastImageThroughPowerCuts) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    FaultDisk disk(seed);
    std::mt19937_64 random(seed);
    Load load;
    for (int round = 0; round < 4; ++round) {
      disk.CutPowerAfter(1 + random() % 20);
      if (auto engine = MemoryKvEngine::Open({&disk.files(), "/db"}); engine.ok()) {
        Drive(**engine, load, 60, random);
      }
      disk.RestorePower();
      const auto engine = MemoryKvEngine::Open({&disk.files(), "/db"});
      ASSERT_TRUE(engine.ok()) << engine.status().ToString();
      const std::uint64_t number = AgreedNumber(**engine);
      ASSERT_NE(number, UINT64_MAX);
      ASSERT_GE(number, load.flushed);
      load.written = load.flushed = number;
      ASSERT_TRUE((*engine)->Flush().ok());
    }
  }
}

}  // namespace
}  // namespace phenix::storage
