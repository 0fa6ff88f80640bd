// kill -9 at any moment, again and again, while several threads write, checkpoints run, and
// versions are collected.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/crash/child_process.h"
#include "tests/crash/crash_plan.h"
#include "tests/crash/crash_report.h"
#include "tests/crash/scratch_database.h"

namespace phenix::crash {
namespace {

constexpr unsigned kThreads = 4;
constexpr std::uint64_t kSeed = 41;

class KillLoop : public testing::TestWithParam<bool> {};

TEST_P(KillLoop, LosesNothingAndLeavesNothingInPart) {
  constexpr unsigned kRounds = 8;
  const bool encrypted = GetParam();
  ScratchDatabase scratch(StateEngine::kRocksDb, encrypted);
  const CrashWorkload workload(kLoadShape);
  CrashReport report;
  std::mt19937_64 random(kSeed + (encrypted ? 1 : 0));
  std::vector<Acknowledged> acknowledged(kThreads);
  for (unsigned round = 0; round < kRounds; ++round) {
    std::vector<std::string> words = {PHENIX_CRASH_CHILD, "load"};
    for (const std::string& word : scratch.ChildWords()) words.push_back(word);
    words.push_back(std::to_string(kThreads));
    ChildProcess child(words);
    ASSERT_TRUE(child.WaitForMessage());
    std::this_thread::sleep_for(std::chrono::milliseconds(200 + random() % 600));
    child.Kill();
    std::uint64_t commits = 0;
    for (const Message& message : child.Finish()) {
      if (message.kind != Message::Kind::kCommitted) continue;
      acknowledged[message.writer].low = std::max(acknowledged[message.writer].low, message.number);
      ++commits;
    }
    ASSERT_EQ(child.exit_code(), -SIGKILL);
    for (Acknowledged& writer : acknowledged) writer.high = writer.low + 1;
    ASSERT_EQ(scratch.CheckAfterCrash(workload, acknowledged), "") << "round " << round;
    report.Count("kill");
    report.Count("acknowledged transaction", commits);
    report.Count("replayed transaction", scratch.recovery().transactions_replayed);
    report.Count("torn byte", scratch.recovery().torn_bytes_cut);
    // CheckAfterCrash() has gone on from whatever was there.
    const auto database = Database::Open(scratch.directory(), scratch.options());
    ASSERT_TRUE(database.ok()) << database.status().ToString();
    for (unsigned writer = 0; writer < kThreads; ++writer) {
      const auto newest = CrashWorkload::Newest(**database, writer);
      ASSERT_TRUE(newest.ok());
      acknowledged[writer].low = *newest;
    }
  }
  report.Print("seed " + std::to_string(kSeed) + (encrypted ? ", encrypted" : ""));
}

INSTANTIATE_TEST_SUITE_P(Encryption, KillLoop, testing::Bool(), [](const auto& parameter) {
  return parameter.param ? "Encrypted" : "Plain";
});

}  // namespace
}  // namespace phenix::crash
