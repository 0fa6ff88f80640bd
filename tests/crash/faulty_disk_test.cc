// A simulated disk that loses power, keeps only part of what was not synced, cuts writes short,
// answers EIO and ENOSPC, and fails syncs. After each reopening: acknowledged transactions are
// there whole, refused ones not at all, unknown ones whole or not at all.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "database/open_database.h"
#include "io/clock.h"
#include "log/log_verifier.h"
#include "security/file_key_provider.h"
#include "security/signature.h"
#include "sim/fault_file_system.h"
#include "tests/crash/crash_options.h"
#include "tests/crash/crash_report.h"
#include "tests/crash/crash_workload.h"

namespace phenix::crash {
namespace {

constexpr const char* kDirectory = "/db";
constexpr const char* kMasterKey = "/master.key";
constexpr std::size_t kKeyBytesMax = 65'536;

struct DiskCase {
  const char* name;
  StateEngine engine;
  bool encrypted;
  unsigned seeds;
};

// One disk and the database on it, through any number of crashes.
class DiskLife {
 public:
  DiskLife(const DiskCase& parameter, std::uint64_t seed)
      : disk_(seed), random_(seed), key_random_(seed), encrypted_(parameter.encrypted) {
    options_ = CrashOptions(parameter.engine, encrypted_ ? std::string("file:") + kMasterKey : "");
    // That a new directory itself lasts is a test of its own.
    EXPECT_TRUE(disk_.files().CreateDirectories(kDirectory).ok());
    EXPECT_TRUE(disk_.files().SyncDirectory("/").ok());
    if (!encrypted_) return;
    EXPECT_TRUE(security::FileKeyProvider::Create(disk_.files(), key_random_, kMasterKey).ok());
  }

  [[nodiscard]] sim::FaultDisk& disk() { return disk_; }
  [[nodiscard]] std::uint64_t Random(std::uint64_t below) { return random_() % below; }
  [[nodiscard]] CrashReport& report() { return report_; }

  Result<std::unique_ptr<Database>> Open() {
    return database::OpenWithEnvironment(
        {.file_system = &disk_.files(), .clock = &io::SystemClock(), .random = &key_random_},
        kDirectory, options_);
  }

  // Commits until something fails or `count` are done, with a checkpoint now and then; remembers
  // what may be there afterwards.
  Status Commit(Database& database, unsigned count) {
    if (!set_up_) {
      PHENIX_RETURN_IF_ERROR(workload_.Setup(database));
      set_up_ = true;
    }
    for (unsigned done = 0; done < count; ++done) {
      const std::uint64_t number = acknowledged_.low + 1;
      const Status committed = workload_.Commit(database, 0, number);
      report_.Count(committed.ok() ? "acknowledged"
                                   : std::string(StatusCodeName(committed.code())));
      if (committed.ok()) acknowledged_.low = number;
      // Only this answer leaves it open.
      const bool unknown = committed.code() == StatusCode::kUnknownOutcome;
      acknowledged_.high = unknown ? number : acknowledged_.low;
      PHENIX_RETURN_IF_ERROR(committed);
      if (Random(12) == 0) PHENIX_RETURN_IF_ERROR(database.Maintain(true));
    }
    return Status::Ok();
  }

  // What is there now is what was acknowledged, and stays from here on.
  std::string Check(Database& database) {
    std::string wrong = workload_.Check(database, {acknowledged_});
    const auto newest = CrashWorkload::Newest(database, 0);
    if (newest.ok()) acknowledged_ = {.low = *newest, .high = *newest};
    return wrong;
  }

  // What the public key alone says of the log.
  std::string CheckLog(bool may_be_torn) {
    io::FileSystem& files = disk_.files();
    const auto formatted = files.Exists(std::string(kDirectory) + "/FORMAT");
    if (!formatted.ok() || !*formatted) return "";
    const auto pem = io::ReadFile(files, std::string(kDirectory) + "/public-key.pem", kKeyBytesMax);
    if (!pem.ok()) return pem.status().ToString();
    const auto key = security::Ed25519PublicKey::FromPem(*pem);
    if (!key.ok()) return key.status().ToString();
    const auto found = log::VerifyLog(files, std::string(kDirectory) + "/log", *key, std::nullopt);
    // Ended before there was a first frame; whether that may be, the check of the content tells.
    if (may_be_torn && found.status().code() == StatusCode::kNotFound) return "";
    if (!found.ok()) return "verify: " + found.status().ToString();
    if (found->outcome == log::VerifyOutcome::kClean) return "";
    if (found->outcome == log::VerifyOutcome::kTorn && may_be_torn) return "";
    return "verify: outcome " + std::to_string(static_cast<int>(found->outcome)) + ": " +
           found->what + " " + found->file;
  }

 private:
  sim::FaultDisk disk_;
  std::mt19937_64 random_;
  io::SeededRandom key_random_;
  const bool encrypted_;
  DatabaseOptions options_;
  const CrashWorkload workload_{WorkloadShape{}};
  Acknowledged acknowledged_;
  bool set_up_ = false;
  CrashReport report_;
};

// Opens on a good disk, checks everything, and leaves it open for more.
std::unique_ptr<Database> ReopenAndCheck(DiskLife& life) {
  EXPECT_EQ(life.CheckLog(true), "");
  auto database = life.Open();
  EXPECT_TRUE(database.ok()) << database.status().ToString();
  if (!database.ok()) return nullptr;
  EXPECT_EQ(life.Check(**database), "");
  return *std::move(database);
}

class FaultyDisk : public testing::TestWithParam<DiskCase> {};

// The power goes anywhere: in an opening, a commit, a checkpoint, a close.
void LosePowerAgainAndAgain(DiskLife& life) {
  constexpr unsigned kCuts = 6;
  for (unsigned cut = 0; cut < kCuts; ++cut) {
    life.disk().CutPowerAfter(cut == 0 ? life.Random(120) : life.Random(400));
    {
      auto database = life.Open();
      if (database.ok()) {
        static_cast<void>(life.Commit(**database, 60).ok());
        if (life.Random(3) == 0) life.disk().CutPower();
      }
    }
    life.disk().RestorePower();
    life.report().Count("power cut");
    const auto database = ReopenAndCheck(life);
    if (database == nullptr || testing::Test::HasFailure()) return;
    const Status committed = life.Commit(*database, 3);
    ASSERT_TRUE(committed.ok()) << committed.ToString();
    ASSERT_EQ(life.Check(*database), "");
  }
}

TEST_P(FaultyDisk, KeepsWhatWasAcknowledgedThroughPowerLoss) {
  CrashReport total;
  for (unsigned seed = 1; seed <= GetParam().seeds; ++seed) {
    DiskLife life(GetParam(), seed);
    LosePowerAgainAndAgain(life);
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
    total.Add(life.report());
  }
  total.Print(std::string("seeds 1 to ") + std::to_string(GetParam().seeds));
}

TEST(NewDatabase, LastsThroughPowerLossWithTheFoldersMadeForIt) {
  constexpr unsigned kSeeds = 20;
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    sim::FaultDisk disk(seed);
    io::SeededRandom random(seed);
    const database::Environment environment{
        .file_system = &disk.files(), .clock = &io::SystemClock(), .random = &random};
    DatabaseOptions options = CrashOptions(StateEngine::kMemory, "");
    const CrashWorkload workload{WorkloadShape{}};
    {
      const auto database = database::OpenWithEnvironment(environment, "/new/folders/db", options);
      ASSERT_TRUE(database.ok()) << database.status().ToString();
      ASSERT_TRUE(workload.Setup(**database).ok());
      ASSERT_TRUE(workload.Commit(**database, 0, 1).ok());
    }
    disk.RestorePower(sim::Survival::kNothing);
    options.create_if_missing = false;
    const auto database = database::OpenWithEnvironment(environment, "/new/folders/db", options);
    ASSERT_TRUE(database.ok()) << database.status().ToString();
    ASSERT_EQ(workload.Check(**database, {{.low = 1, .high = 1}}), "");
  }
  std::cout << "[ covered  ] " << kSeeds << " new databases\n";
}

// What these tests rest on: that a loss shows. This disk says that it wrote, and did not.
TEST(CrashWorkload, NoticesADiskThatLies) {
  constexpr std::uint64_t kEverySync = 1'000'000;
  DiskLife life({.name = "", .engine = StateEngine::kMemory, .encrypted = false, .seeds = 1}, 1);
  {
    const auto database = ReopenAndCheck(life);
    ASSERT_NE(database, nullptr);
    ASSERT_TRUE(life.Commit(*database, 5).ok());
    life.disk().Inject(
        {.kind = sim::FaultKind::kSyncLie, .path_part = "", .skip = 0, .count = kEverySync});
    ASSERT_TRUE(life.Commit(*database, 5).ok());
  }
  life.disk().RestorePower(sim::Survival::kNothing);
  life.disk().ClearFaults();
  const auto database = life.Open();
  ASSERT_TRUE(database.ok()) << database.status().ToString();
  EXPECT_NE(life.Check(**database), "");
}

constexpr std::pair<sim::FaultKind, const char*> kFaults[] = {
    {sim::FaultKind::kWriteError, "write error"}, {sim::FaultKind::kShortWrite, "short write"},
    {sim::FaultKind::kSyncError, "sync error"},   {sim::FaultKind::kNameError, "name error"},
    {sim::FaultKind::kReadError, "read error"},
};

void FailCalls(DiskLife& life, const std::pair<sim::FaultKind, const char*>& fault) {
  constexpr unsigned kRounds = 3;
  for (unsigned round = 0; round < kRounds; ++round) {
    {
      const auto database = ReopenAndCheck(life);
      if (database == nullptr || testing::Test::HasFailure()) return;
      const std::uint64_t before = life.disk().FaultCount();
      life.disk().Inject({.kind = fault.first,
                          .path_part = life.Random(2) == 0 ? "/log/" : "",
                          .skip = life.Random(25),
                          .count = 1 + life.Random(3)});
      static_cast<void>(life.Commit(*database, 40).ok());
      life.report().Count(fault.second, life.disk().FaultCount() - before);
      // Reads go on, or say why not; nothing that they show is wrong.
    }
    life.disk().ClearFaults();
    if (life.Random(2) == 0) life.disk().RestorePower();
  }
  const auto database = ReopenAndCheck(life);
  if (database == nullptr) return;
  const Status committed = life.Commit(*database, 5);
  ASSERT_TRUE(committed.ok()) << committed.ToString();
  ASSERT_EQ(life.Check(*database), "");
}

TEST_P(FaultyDisk, TellsFailedCallsFromCommits) {
  CrashReport total;
  const unsigned seeds = std::max(1U, GetParam().seeds / 4);
  for (const auto& fault : kFaults) {
    for (unsigned seed = 1; seed <= seeds; ++seed) {
      DiskLife life(GetParam(), 1000 + seed);
      FailCalls(life, fault);
      ASSERT_FALSE(HasFailure()) << fault.second << ", seed " << 1000 + seed;
      total.Add(life.report());
    }
  }
  total.Print("seeds 1001 to " + std::to_string(1000 + seeds));
}

// The disk is full for ever larger commits, then has space again, with the database open all the
// time.
void FillTheDisk(DiskLife& life) {
  constexpr std::uint64_t kSpaceMin = 1024;
  constexpr std::uint64_t kSpaceMax = std::uint64_t{64} << 20U;
  auto database = ReopenAndCheck(life);
  ASSERT_NE(database, nullptr);
  ASSERT_TRUE(life.Commit(*database, 10).ok());
  Status full(StatusCode::kResourceExhausted, "");
  for (std::uint64_t space = kSpaceMin; space < kSpaceMax && !full.ok(); space *= 2) {
    life.disk().LimitSpace(space);
    full = life.Commit(*database, 5);
    if (full.code() != StatusCode::kResourceExhausted) break;
    life.report().Count("refused for space");
  }
  life.disk().LimitSpace(UINT64_MAX);
  ASSERT_EQ(life.Check(*database), "");
  // A state that had no room for its files may want a new opening; the log alone does not.
  if (full.code() != StatusCode::kUnknownOutcome) {
    const Status goes_on = life.Commit(*database, 5);
    ASSERT_TRUE(goes_on.ok()) << goes_on.ToString() << " after " << full.ToString();
  }
  database.reset();
  database = ReopenAndCheck(life);
  ASSERT_NE(database, nullptr);
  ASSERT_TRUE(life.Commit(*database, 5).ok());
  ASSERT_EQ(life.Check(*database), "");
}

TEST_P(FaultyDisk, GoesOnWhenThereIsSpaceAgain) {
  CrashReport total;
  for (unsigned seed = 1; seed <= 3; ++seed) {
    DiskLife life(GetParam(), 2000 + seed);
    FillTheDisk(life);
    ASSERT_FALSE(HasFailure()) << "seed " << 2000 + seed;
    total.Add(life.report());
  }
  total.Print("seeds 2001 to 2003");
}

INSTANTIATE_TEST_SUITE_P(Engines, FaultyDisk,
                         testing::Values(DiskCase{"Memory", StateEngine::kMemory, false, 30},
                                         DiskCase{"RocksDb", StateEngine::kRocksDb, false, 12},
                                         DiskCase{"RocksDbEncrypted", StateEngine::kRocksDb, true,
                                                  6}),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
}  // namespace phenix::crash
