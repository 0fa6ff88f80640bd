// The process that crash tests kill. Tells what it committed on standard output, a Message each.
//
//   phenix_crash_child steps DIR ENGINE KMS POINT VISIT   the planned life; ends at that crash
//   point phenix_crash_child trim  DIR ENGINE KMS POINT VISIT   as much log as it takes to trim a
//   segment phenix_crash_child load  DIR ENGINE KMS THREADS       writers and checkpoints until it
//   is killed
//
// ENGINE is rocksdb or memory; KMS is "-" or file:PATH. POINT "record" prints the names of the
// crash points passed on standard error instead. Ends with 0 when the plan is done.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"
#include "io/crash_point.h"
#include "tests/crash/child_process.h"
#include "tests/crash/crash_options.h"
#include "tests/crash/crash_plan.h"
#include "tests/crash/crash_workload.h"

namespace phenix::crash {
namespace {

void Tell(const Message& message) {
  if (write(STDOUT_FILENO, &message, sizeof(message)) != static_cast<ssize_t>(sizeof(message))) {
    _exit(kPipeBrokenExitCode);
  }
}

void DieOf(const Status& status) {
  std::cerr << "crash child: " << status.ToString() << std::endl;
  _exit(kFailedExitCode);
}

void Must(const Status& status) {
  if (!status.ok()) DieOf(status);
}

std::unique_ptr<Database> MustOpen(const std::string& directory, const DatabaseOptions& options) {
  auto database = Database::Open(directory, options);
  if (!database.ok()) DieOf(database.status());
  return *std::move(database);
}

void CommitRange(const CrashWorkload& workload, Database& database, const NumberRange& numbers) {
  for (std::uint64_t number = numbers.first; number <= numbers.last; ++number) {
    Must(workload.Commit(database, 0, number));
    Tell({.kind = Message::Kind::kCommitted, .writer = 0, .number = number});
  }
}

void RunSteps(const std::string& directory, const DatabaseOptions& options) {
  const CrashWorkload workload(kStepsShape);
  auto database = MustOpen(directory, options);
  Must(workload.Setup(*database));
  Tell({.kind = Message::Kind::kSetUp, .writer = 0, .number = 0});
  CommitRange(workload, *database, {1, 15});
  Must(database->Maintain(true));
  CommitRange(workload, *database, {16, 25});
  Must(database->Backup(directory + kBackupSuffix));
  Tell({.kind = Message::Kind::kBackedUp, .writer = 0, .number = 25});
  CommitRange(workload, *database, {26, 30});
  database.reset();
  database = MustOpen(directory, options);
  CommitRange(workload, *database, {31, 35});
  Must(database->Maintain(true));
  database.reset();
}

void RunTrim(const std::string& directory, const DatabaseOptions& options) {
  const CrashWorkload workload(kTrimShape);
  auto database = MustOpen(directory, options);
  Must(workload.Setup(*database));
  CommitRange(workload, *database, {1, kTrimTransactions});
  Must(database->Maintain(true));
  CommitRange(workload, *database, {kTrimTransactions + 1, kTrimTransactions + 3});
}

[[noreturn]] void RunLoad(const std::string& directory, DatabaseOptions options, unsigned threads) {
  options.background_maintenance = true;
  const CrashWorkload workload(kLoadShape);
  const auto database = MustOpen(directory, options);
  Must(workload.Setup(*database));
  Tell({.kind = Message::Kind::kSetUp, .writer = 0, .number = 0});
  std::vector<std::thread> writers;
  for (unsigned writer = 0; writer < threads; ++writer) {
    writers.emplace_back([&, writer] {
      const auto newest = CrashWorkload::Newest(*database, writer);
      if (!newest.ok()) DieOf(newest.status());
      for (std::uint64_t number = *newest + 1;; ++number) {
        Must(workload.Commit(*database, writer, number));
        Tell({.kind = Message::Kind::kCommitted, .writer = writer, .number = number});
      }
    });
  }
  while (true) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    Must(database->Maintain(true));
  }
}

int Run(const std::vector<std::string>& words) {
  if (words.size() < 5) return kUsageExitCode;
  const StateEngine engine = words[2] == "memory" ? StateEngine::kMemory : StateEngine::kRocksDb;
  const DatabaseOptions options = CrashOptions(engine, words[3] == "-" ? "" : words[3]);
  if (words[0] == "load") RunLoad(words[1], options, static_cast<unsigned>(std::stoul(words[4])));
  if (words.size() != 6) return kUsageExitCode;
  const bool recording = words[4] == "record";
  if (recording) {
    io::RecordCrashPoints(true);
  } else {
    io::ArmCrashPoint(words[4], static_cast<unsigned>(std::stoul(words[5])));
  }
  if (words[0] == "steps") RunSteps(words[1], options);
  if (words[0] == "trim") RunTrim(words[1], options);
  if (recording) {
    for (const std::string& name : io::RecordedCrashPoints()) std::cerr << name << '\n';
  }
  return 0;
}

}  // namespace
}  // namespace phenix::crash

int main(int argc, char** argv) {
  return phenix::crash::Run(std::vector<std::string>(argv + 1, argv + argc));
}
