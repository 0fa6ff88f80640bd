// What only the RocksDB engine promises: consistency over families after kill -9, one owner, memory
// within its budget.
#include "storage/rocks_kv_engine.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "io/clock.h"
#include "storage/versioned_key.h"

extern char** environ;

namespace phenix::storage {
namespace {

constexpr char kChildVariable[] = "PHENIX_KILLED_WRITER_DIRECTORY";
constexpr Family kFamilies[] = {Family::kSystem, Family::kEntity, Family::kVector, Family::kEdgeOut,
                                Family::kEdgeIn};

std::string Scratch(const std::string& name) {
  const std::string path = testing::TempDir() + name + "_" + std::to_string(getpid());
  std::filesystem::remove_all(path);
  return path;
}

Result<std::unique_ptr<RocksKvEngine>> Open(const std::string& directory) {
  RocksKvEngineOptions options;
  options.directory = directory;
  options.memory_bytes = 24U << 20U;
  options.write_buffer_bytes = 6U << 20U;
  return RocksKvEngine::Open(options);
}

void AddNumbered(KvBatch& batch, std::uint64_t number) {
  for (const Family family : kFamilies) {
    batch.Put(family, "the number", std::to_string(number));
    batch.Put(family, "payload" + std::to_string(number % 1000), std::string(700, 'p'));
  }
}
std::uint64_t NumberIn(KvEngine& engine, Family family) {
  const auto value = engine.Get(family, "the number");
  EXPECT_TRUE(value.ok());
  return value->has_value() ? std::stoull(**value) : 0;
}

// Runs in a process of its own, started by the test below, until it is killed.
TEST(KilledWriter, DISABLED_WritesUntilKilled) {
  const char* directory = std::getenv(kChildVariable);
  if (directory == nullptr) GTEST_SKIP() << "only started by another test";
  auto engine = Open(std::string(directory) + "/engine");
  ASSERT_TRUE(engine.ok());
  std::atomic<std::uint64_t> written{NumberIn(**engine, Family::kSystem)};
  std::ofstream acknowledged(std::string(directory) + "/acknowledged", std::ios::app);
  std::thread flusher([&] {
    for (;;) {
      const std::uint64_t before = written.load();
      if (!(*engine)->Flush().ok()) std::abort();
      acknowledged << before << std::endl;
      io::SystemClock().SleepFor(std::chrono::milliseconds(5));
    }
  });
  KvBatch batch;
  for (std::uint64_t number = written.load() + 1;; ++number) {
    batch.Clear();
    AddNumbered(batch, number);
    if (!(*engine)->Write(batch).ok()) std::abort();
    written.store(number);
  }
}

std::uint64_t LastAcknowledged(const std::string& directory) {
  std::ifstream file(directory + "/acknowledged");
  std::uint64_t last = 0;
  for (std::string line; std::getline(file, line) && !file.eof();) last = std::stoull(line);
  return last;
}

void RunAndKill(const std::string& directory, std::chrono::milliseconds after) {
  setenv(kChildVariable, directory.c_str(), 1);
  char name[] = "/proc/self/exe";
  char filter[] = "--gtest_filter=KilledWriter.*";
  char disabled[] = "--gtest_also_run_disabled_tests";
  char brief[] = "--gtest_brief=1";
  char* arguments[] = {name, filter, disabled, brief, nullptr};
  pid_t child = 0;
  ASSERT_EQ(posix_spawn(&child, name, nullptr, nullptr, arguments, environ), 0);
  io::SystemClock().SleepFor(after);
  ASSERT_EQ(kill(child, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself";
}

TEST(RocksKvEngine, HasAllFamiliesAtOneWriteAfterKill) {
  constexpr int kRounds = 12;
  const std::string directory = Scratch("rocks_kill_test");
  std::filesystem::create_directories(directory);
  std::mt19937_64 random(std::random_device{}());
  std::uint64_t flushed = 0;
  std::uint64_t last = 0;
  for (int round = 0; round < kRounds; ++round) {
    RunAndKill(directory, std::chrono::milliseconds(300 + random() % 500));
    ASSERT_FALSE(HasFatalFailure());
    const auto engine = Open(directory + "/engine");
    ASSERT_TRUE(engine.ok()) << engine.status().ToString();
    const std::uint64_t number = NumberIn(**engine, Family::kSystem);
    for (const Family family : kFamilies) ASSERT_EQ(NumberIn(**engine, family), number);
    flushed = LastAcknowledged(directory);
    ASSERT_GE(number, flushed);
    ASSERT_GE(number, last);
    last = number;
  }
  std::printf("[ covered  ] %d kills, %llu writes, last acknowledged flush %llu\n", kRounds,
              static_cast<unsigned long long>(last), static_cast<unsigned long long>(flushed));
  EXPECT_GT(flushed, 0U);
  std::filesystem::remove_all(directory);
}

TEST(RocksKvEngine, RefusesASecondOwner) {
  const std::string directory = Scratch("rocks_owner_test");
  const auto first = Open(directory);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Open(directory).status().code(), StatusCode::kUnavailable);
  std::filesystem::remove_all(directory);
}

TEST(RocksKvEngine, KeepsMemoryNearItsBudgetUnderLoad) {
  constexpr std::uint64_t kBudget = 24U << 20U;
  const std::string directory = Scratch("rocks_memory_test");
  {
    const auto engine = Open(directory);
    ASSERT_TRUE(engine.ok());
    std::uint64_t most = 0;
    std::uint64_t most_memtables = 0;
    KvBatch batch;
    for (std::uint64_t number = 0; number < 60'000; ++number) {
      batch.Put(
          Family::kEntity,
          VersionedKey("e" + std::to_string(number * 7919 % 1'000'000), CommitTimestamp(number)),
          std::string(800, static_cast<char>(number)));
      if (batch.operations().size() < 500) continue;
      ASSERT_TRUE((*engine)->Write(batch).ok());
      batch.Clear();
      const KvStats stats = (*engine)->Stats();
      most = std::max(most, stats.cache_bytes);
      most_memtables = std::max(most_memtables, stats.memtable_bytes);
    }
    std::printf("[ covered  ] 48 MB written, at most %llu KiB of cache, %llu KiB of memtables\n",
                static_cast<unsigned long long>(most >> 10U),
                static_cast<unsigned long long>(most_memtables >> 10U));
    EXPECT_LT(most, kBudget + (4U << 20U));
    EXPECT_LT(most_memtables, (6U << 20U) + (3U << 20U));
  }
  std::filesystem::remove_all(directory);
}

TEST(RocksKvEngine, ReadsVersionsWhileWritingFlushingAndCompacting) {
  const std::string directory = Scratch("rocks_threads_test");
  {
    const auto opened = Open(directory);
    ASSERT_TRUE(opened.ok());
    RocksKvEngine& engine = **opened;
    std::atomic<std::uint64_t> visible{0};
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> reads{0};
    std::vector<std::thread> readers;
    for (int reader = 0; reader < 3; ++reader) {
      readers.emplace_back([&] {
        while (!stop.load()) {
          const std::uint64_t at_least = visible.load();
          const auto found = engine.GetVersion(Family::kEntity, "key", CommitTimestamp(UINT64_MAX));
          ASSERT_TRUE(found.ok());
          if (at_least == 0) continue;
          ASSERT_TRUE(found->has_value());
          ASSERT_GE((*found)->timestamp.value(), at_least);
          reads.fetch_add(1);
        }
      });
    }
    KvBatch batch;
    for (std::uint64_t at = 1; at <= 1500; ++at) {
      batch.Clear();
      batch.Put(Family::kEntity, VersionedKey("key", CommitTimestamp(at)), "x");
      ASSERT_TRUE(engine.Write(batch).ok());
      visible.store(at);
      if (at % 100 == 0) ASSERT_TRUE(engine.Flush().ok());
      if (at % 500 == 0) ASSERT_TRUE(engine.CompactRange(Family::kEntity, "", "").ok());
    }
    stop.store(true);
    for (std::thread& reader : readers) reader.join();
    std::printf("[ covered  ] %llu reads beside 1500 writes\n",
                static_cast<unsigned long long>(reads.load()));
    EXPECT_GT(reads.load(), 0U);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace phenix::storage
