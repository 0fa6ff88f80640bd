// The process ends at every named step of create, open, commit, checkpoint, trim, backup and close.
// After each: every acknowledged transaction is there whole, no other one in part, the log is clean
// or torn, and the database goes on.
#include "io/crash_point.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/crash/child_process.h"
#include "tests/crash/crash_plan.h"
#include "tests/crash/crash_report.h"
#include "tests/crash/scratch_database.h"

namespace phenix::crash {
namespace {

struct PlannedRun {
  int exit_code = 0;
  Acknowledged acknowledged;
  bool backed_up = false;
};

PlannedRun RunChild(const ScratchDatabase& scratch, const std::string& plan,
                    const std::string& point, unsigned visit) {
  std::vector<std::string> words = {PHENIX_CRASH_CHILD, plan};
  for (const std::string& word : scratch.ChildWords()) words.push_back(word);
  words.push_back(point);
  words.push_back(std::to_string(visit));
  ChildProcess child(words);
  PlannedRun run;
  for (const Message& message : child.Finish()) {
    if (message.kind == Message::Kind::kCommitted) run.acknowledged.low = message.number;
    if (message.kind == Message::Kind::kBackedUp) run.backed_up = true;
  }
  run.exit_code = child.exit_code();
  run.acknowledged.high = run.acknowledged.low + 1;
  return run;
}

// The names that a whole run of `plan` passes; the child prints them on standard error.
std::vector<std::string> PointsOf(const std::string& plan, StateEngine engine, bool encrypted) {
  ScratchDatabase scratch(engine, encrypted);
  const std::string names = scratch.path("names");
  std::string command = std::string(PHENIX_CRASH_CHILD) + " " + plan;
  for (const std::string& word : scratch.ChildWords()) command += " " + word;
  command += " record 1 >/dev/null 2>" + names;
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  const auto text = io::ReadFile(io::PosixFileSystem(), names, std::uint64_t{1} << 20U);
  EXPECT_TRUE(text.ok());
  std::vector<std::string> points;
  std::string name;
  for (const char c : *text) {
    if (c != '\n') {
      name += c;
      continue;
    }
    points.push_back(name);
    name.clear();
  }
  return points;
}

// A backup that was acknowledged is restored whole; one that was cut off is refused or whole.
std::string CheckBackup(const ScratchDatabase& scratch, const CrashWorkload& workload,
                        const PlannedRun& run) {
  const std::string backup = scratch.directory() + kBackupSuffix;
  const std::string restored = scratch.path("restored");
  if (!std::filesystem::exists(backup)) return run.backed_up ? "the backup is gone" : "";
  const Status status = RestoreBackup(backup, restored);
  if (!status.ok()) return run.backed_up ? "restore: " + status.ToString() : "";
  const auto database = Database::Open(restored, scratch.options());
  if (!database.ok()) return "open the restored: " + database.status().ToString();
  return workload.Check(**database, {{.low = 25, .high = 25}});
}

struct CrashCase {
  std::string plan;
  WorkloadShape shape;
  StateEngine engine = StateEngine::kRocksDb;
  bool encrypted = false;
};

void CrashAt(const CrashCase& crash, const std::string& point, const std::vector<unsigned>& visits,
             CrashReport& report) {
  const CrashWorkload workload(crash.shape);
  for (const unsigned visit : visits) {
    ScratchDatabase scratch(crash.engine, crash.encrypted);
    const PlannedRun run = RunChild(scratch, crash.plan, point, visit);
    if (run.exit_code == 0) return;  // not visited so often
    const std::string where = point + ", visit " + std::to_string(visit);
    ASSERT_EQ(run.exit_code, io::kCrashPointExitCode) << where;
    ASSERT_EQ(scratch.CheckAfterCrash(workload, {run.acknowledged}), "") << where;
    if (crash.plan == "steps") {
      ASSERT_EQ(CheckBackup(scratch, workload, run), "") << where;
    }
    report.Count(point);
    report.Count("(replayed transactions)", scratch.recovery().transactions_replayed);
  }
}

struct StepsCase {
  const char* name;
  StateEngine engine;
  bool encrypted;
  /// Of the steps that the planned life takes again and again; of the others the first.
  std::vector<unsigned> visits;
};

bool IsRepeated(const std::string& point) {
  return point.starts_with("commit.") || point.starts_with("log.append") ||
         point == "backup.copied_file";
}

class CrashSteps : public testing::TestWithParam<StepsCase> {};

TEST_P(CrashSteps, LoseNothingAndLeaveNothingInPart) {
  const StepsCase& parameter = GetParam();
  CrashReport report;
  const auto points = PointsOf("steps", parameter.engine, parameter.encrypted);
  // Renaming the points must not leave the test without any.
  for (const char* expected : {"create.keys_made", "commit.sequenced", "commit.logged",
                               "commit.applied", "log.append_synced", "checkpoint.flushed",
                               "backup.manifest_written", "log.close_anchored"}) {
    EXPECT_NE(std::find(points.begin(), points.end(), expected), points.end()) << expected;
  }
  for (const std::string& point : points) {
    const std::vector<unsigned> once = {1};
    CrashAt({.plan = "steps",
             .shape = kStepsShape,
             .engine = parameter.engine,
             .encrypted = parameter.encrypted},
            point, IsRepeated(point) ? parameter.visits : once, report);
    if (HasFatalFailure()) return;
  }
  report.Print("killed at " + std::to_string(points.size()) + " steps, " + parameter.name);
}

INSTANTIATE_TEST_SUITE_P(Engines, CrashSteps,
                         testing::Values(StepsCase{"RocksDb", StateEngine::kRocksDb, false, {1, 9}},
                                         StepsCase{
                                             "RocksDbEncrypted", StateEngine::kRocksDb, true, {3}},
                                         StepsCase{"Memory", StateEngine::kMemory, false, {1, 4}}),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST(CrashTrim, LosesNothingAndLeavesNothingInPart) {
  CrashReport report;
  std::vector<std::string> points;
  for (const std::string& point : PointsOf("trim", StateEngine::kRocksDb, false)) {
    // Each run writes two segments; the steps around these are the same in the planned life.
    if (point.starts_with("log.trim") || point == "checkpoint.flushed") {
      points.push_back(point);
    }
  }
  EXPECT_NE(std::find(points.begin(), points.end(), "log.trim_removed_one"), points.end());
  for (const std::string& point : points) {
    CrashAt({.plan = "trim", .shape = kTrimShape}, point, {1}, report);
    if (HasFatalFailure()) return;
  }
  report.Print("killed at " + std::to_string(points.size()) + " steps of a trim");
}

}  // namespace
}  // namespace phenix::crash
