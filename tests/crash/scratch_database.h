// A scratch folder with the place of a database in it, and what every crash test asks of that
// place. Threads: one at a time.
#ifndef TESTS_CRASH_SCRATCH_DATABASE_H_
#define TESTS_CRASH_SCRATCH_DATABASE_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/file_system.h"
#include "io/random.h"
#include "security/file_key_provider.h"
#include "tests/crash/crash_options.h"
#include "tests/crash/crash_workload.h"

namespace phenix::crash {

class ScratchDatabase {
 public:
  /// With `encrypted` there is a master key beside the database.
  ScratchDatabase(StateEngine engine, bool encrypted) : engine_(engine) {
    std::string pattern = testing::TempDir() + "phenix-crash-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    if (!encrypted) return;
    kms_ = "file:" + folder_ + "/master.key";
    EXPECT_TRUE(security::FileKeyProvider::Create(io::PosixFileSystem(), io::SystemRandom(),
                                                  folder_ + "/master.key")
                    .ok());
  }
  ~ScratchDatabase() { std::filesystem::remove_all(folder_); }
  ScratchDatabase(const ScratchDatabase&) = delete;
  ScratchDatabase& operator=(const ScratchDatabase&) = delete;

  [[nodiscard]] std::string directory() const { return folder_ + "/db"; }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] DatabaseOptions options() const { return CrashOptions(engine_, kms_); }
  /// The words of crash_child that name it.
  [[nodiscard]] std::vector<std::string> ChildWords() const {
    return {directory(), engine_ == StateEngine::kMemory ? "memory" : "rocksdb",
            kms_.empty() ? "-" : kms_};
  }

  /// After a crash: the log is clean or torn, and the database holds what `acknowledged` says.
  /// Empty when right.
  [[nodiscard]] std::string CheckAfterCrash(const CrashWorkload& workload,
                                            const std::vector<Acknowledged>& acknowledged) {
    const std::string log = CheckLog(true);
    if (!log.empty()) return log;
    {
      const auto database = Database::Open(directory(), options());
      if (!database.ok()) return "open: " + database.status().ToString();
      recovery_ = (*database)->recovery();
      std::string wrong = workload.Check(**database, acknowledged);
      if (!wrong.empty()) return wrong;
      wrong = GoOn(workload, **database, acknowledged.size());
      if (!wrong.empty()) return wrong;
    }
    return CheckLog(false);
  }

  /// What the opening after the last crash found and did.
  [[nodiscard]] const RecoveryReport& recovery() const { return recovery_; }

  /// Verifies the log with the public key alone. A directory that was never finished passes.
  [[nodiscard]] std::string CheckLog(bool may_be_torn) const {
    const std::string key = directory() + "/public-key.pem";
    if (may_be_torn && !std::filesystem::exists(directory() + "/FORMAT")) return "";
    const auto report = VerifyDatabase(directory(), key, "");
    // Ended before there was a first frame; whether that may be, the check of the content tells.
    if (may_be_torn && report.status().code() == StatusCode::kNotFound) return "";
    if (!report.ok()) return "verify: " + report.status().ToString();
    if (report->outcome == VerifyOutcome::kClean) return "";
    if (report->outcome == VerifyOutcome::kTorn && may_be_torn) return "";
    return "verify: outcome " + std::to_string(static_cast<int>(report->outcome)) + ": " +
           report->detail;
  }

 private:
  // Life after the crash: every writer commits again, and all of it is there at once and after a
  // clean end.
  [[nodiscard]] std::string GoOn(const CrashWorkload& workload, Database& database,
                                 std::size_t writers) const {
    constexpr std::uint64_t kMore = 3;
    const Status set_up = workload.Setup(database);
    if (!set_up.ok()) return "set up again: " + set_up.ToString();
    std::vector<Acknowledged> now;
    for (unsigned writer = 0; writer < writers; ++writer) {
      const auto newest = CrashWorkload::Newest(database, writer);
      if (!newest.ok()) return newest.status().ToString();
      for (std::uint64_t more = 1; more <= kMore; ++more) {
        const Status committed = workload.Commit(database, writer, *newest + more);
        if (!committed.ok()) return "commit after the crash: " + committed.ToString();
      }
      now.push_back({.low = *newest + kMore, .high = *newest + kMore});
    }
    return workload.Check(database, now);
  }

  const StateEngine engine_;
  std::string folder_;
  std::string kms_;
  RecoveryReport recovery_;
};

}  // namespace phenix::crash

#endif  // TESTS_CRASH_SCRATCH_DATABASE_H_
