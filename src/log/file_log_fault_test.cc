// A disk that fails, fills up, lies and loses its power: what was acknowledged is there, what was
// refused is not, what is unknown is whole or absent.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "log/log_test_support.h"
#include "log/log_verifier.h"
#include "sim/fault_file_system.h"

namespace phenix::log {
namespace {

struct FaultRig : LogRig {
  explicit FaultRig(std::uint64_t seed = 1)
      : FaultRig(std::make_unique<sim::FaultDisk>(seed), seed) {}
  FaultRig(std::unique_ptr<sim::FaultDisk> made, std::uint64_t seed)
      : LogRig(made->files(), seed), disk(std::move(made)) {
    // The database's own directory is not the log's business.
    EXPECT_TRUE(files.CreateDirectories("/db").ok() && files.SyncDirectory("/").ok());
  }
  std::unique_ptr<sim::FaultDisk> disk;
};

TEST(FileLogFaults, RefusesFurtherAppendsAfterAFailedSync) {
  FaultRig rig;
  ASSERT_TRUE(rig.Open().ok());
  ASSERT_TRUE(rig.Append("acknowledged").ok());
  rig.disk->Inject({.kind = sim::FaultKind::kSyncError, .path_part = ".phl"});
  EXPECT_EQ(rig.Append("unknown").code(), StatusCode::kUnknownOutcome);
  const Status refused = rig.Append("refused");
  EXPECT_EQ(refused.code(), StatusCode::kUnavailable);
  EXPECT_NE(refused.message().find("unknown_outcome"), std::string_view::npos)
      << refused.ToString();
  EXPECT_EQ(rig.log->TrimBefore(LogSequence(1)).code(), StatusCode::kOk);
  EXPECT_EQ(rig.log->DurableSequence(), LogSequence(2));
  EXPECT_EQ(rig.ReadFrom(LogSequence(1)), rig.written) << "the doubtful frame is not shown";
}

TEST(FileLogFaults, SettlesAFrameThatWasReadAfterAFailedSync) {
  for (const sim::Survival survival :
       {sim::Survival::kNothing, sim::Survival::kEverything, sim::Survival::kRandom}) {
    FaultRig rig;
    ASSERT_TRUE(rig.Open().ok());
    ASSERT_TRUE(rig.Append("acknowledged").ok());
    rig.disk->Inject({.kind = sim::FaultKind::kSyncError, .path_part = ".phl"});
    EXPECT_EQ(rig.Append("doubtful").code(), StatusCode::kUnknownOutcome);
    // The same machine, the same page cache: the frame is read, and from then on it must stay.
    ASSERT_TRUE(rig.Open().ok());
    ASSERT_EQ(rig.replayed.size(), 2U);
    ASSERT_TRUE(rig.Append("behind it").ok());
    rig.log.reset();
    rig.disk->RestorePower(survival);
    const Status opened = rig.Open();
    ASSERT_TRUE(opened.ok()) << opened.ToString();
    ASSERT_EQ(rig.replayed.size(), 3U);
    EXPECT_EQ(rig.replayed[1].records.front().payload, "doubtful");
    EXPECT_EQ(rig.replayed[2].records.front().payload, "behind it");
  }
}

TEST(FileLogFaults, GoesOnAfterAFullDisk) {
  FaultRig rig;
  ASSERT_TRUE(rig.Open().ok());
  ASSERT_TRUE(rig.Append("before").ok());
  std::uint64_t used = 0;
  const std::vector<io::DirectoryEntry> entries = *rig.files.List(kTestDirectory);
  for (const io::DirectoryEntry& entry : entries) {
    used += *rig.files.FileSize(io::JoinPath(kTestDirectory, entry.name));
  }
  rig.disk->LimitSpace(used + 700);
  rig.options.compress = false;
  io::SeededRandom random(1);
  EXPECT_EQ(rig.Append(random.Bytes(2000)).code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(rig.log->DurableSequence(), LogSequence(2));
  EXPECT_TRUE(rig.Append("small enough").ok());
  rig.disk->LimitSpace(UINT64_MAX);
  EXPECT_TRUE(rig.Append(random.Bytes(2000)).ok());
  ASSERT_TRUE(rig.Open().ok());
  EXPECT_EQ(rig.replayed, rig.written);
  EXPECT_EQ(rig.log->open_report().torn_bytes, 0U);
}

TEST(FileLogFaults, RefusesFurtherAppendsAfterAShortWriteButKnowsItsOutcome) {
  for (const sim::FaultKind kind : {sim::FaultKind::kShortWrite, sim::FaultKind::kWriteError}) {
    FaultRig rig;
    ASSERT_TRUE(rig.Open().ok());
    ASSERT_TRUE(rig.Append("acknowledged").ok());
    rig.disk->Inject({.kind = kind, .path_part = ".phl"});
    EXPECT_EQ(rig.Append("not there").code(), StatusCode::kIoError);
    EXPECT_EQ(rig.Append("refused").code(), StatusCode::kUnavailable);
    ASSERT_TRUE(rig.Open().ok());
    EXPECT_EQ(rig.replayed, rig.written);
  }
}

TEST(FileLogFaults, DoesNotKnowTheOutcomeWhenAShortWriteCannotBeUndone) {
  FaultRig rig;
  ASSERT_TRUE(rig.Open().ok());
  rig.disk->Inject({.kind = sim::FaultKind::kShortWrite, .path_part = ".phl"});
  rig.disk->Inject({.kind = sim::FaultKind::kWriteError, .path_part = ".phl", .skip = 1});
  EXPECT_EQ(rig.Append("half there").code(), StatusCode::kUnknownOutcome);
  rig.disk->ClearFaults();
  ASSERT_TRUE(rig.Open().ok());
  EXPECT_TRUE(rig.replayed.empty());
  EXPECT_GT(rig.log->open_report().torn_bytes, 0U);
}

TEST(FileLogFaults, KnowsTheOutcomeWhenASegmentCannotBeStarted) {
  FaultRig rig;
  rig.options.segment_size_bytes = kSegmentBytesMin;
  ASSERT_TRUE(rig.Open().ok());
  io::SeededRandom random(1);
  while (*rig.files.FileSize(SegmentPath(1)) < kSegmentBytesMin - 800) {
    ASSERT_TRUE(rig.Append(random.Bytes(400)).ok());
  }
  rig.disk->Inject({.kind = sim::FaultKind::kNameError, .path_part = ".phl"});
  EXPECT_EQ(rig.Append(random.Bytes(2000)).code(), StatusCode::kIoError);
  EXPECT_EQ(rig.Append("refused").code(), StatusCode::kUnavailable);
  ASSERT_TRUE(rig.Open().ok());
  EXPECT_EQ(rig.replayed, rig.written);
}

TEST(FileLogFaults, ReportsAReadErrorAsSuch) {
  FaultRig rig;
  ASSERT_TRUE(rig.Open().ok());
  ASSERT_TRUE(rig.Append("x").ok());
  rig.disk->Inject(
      {.kind = sim::FaultKind::kReadError, .path_part = ".phl", .skip = 0, .count = 100});
  EXPECT_EQ(rig.Open().code(), StatusCode::kIoError) << "never taken for the end of the log";
  rig.disk->ClearFaults();
  EXPECT_TRUE(rig.Open().ok());
}

/// What is known about a log while its disk misbehaves.
struct Expectation {
  std::uint64_t state = 0;         ///< The store above the log holds everything up to here.
  std::uint64_t acknowledged = 0;  ///< Appends that answered OK.
  std::set<std::string> unknown;   ///< Payloads that may be there.
};

void Work(FaultRig& rig, io::SeededRandom& choice, Expectation& expected) {
  for (int step = 0; step < 60 && rig.disk->HasPower(); ++step) {
    if (choice.Next64() % 12 == 0) {
      const std::uint64_t last = rig.log->DurableSequence().value();
      expected.state = std::max(expected.state, last > 25 ? last - 25 : 0);
      static_cast<void>(rig.log->TrimBefore(LogSequence(expected.state)).ok());
    }
    const std::string payload = choice.Bytes(8 + choice.Next64() % 1500);
    const Status appended = rig.Append(payload);
    if (appended.ok()) ++expected.acknowledged;
    if (appended.code() == StatusCode::kUnknownOutcome) expected.unknown.insert(payload);
    if (!appended.ok()) break;
  }
}

/// What was acknowledged is there in order; beside it only what is unknown. From then on all of
/// that counts as written, since the log was opened on top of it.
void CheckReplay(FaultRig& rig, const Expectation& expected) {
  std::vector<OwnedFrame> kept, due;
  for (const OwnedFrame& frame : rig.written) {
    (frame.sequence > expected.state ? due : kept).push_back(frame);
  }
  std::size_t next = 0;
  for (const OwnedFrame& frame : rig.replayed) {
    if (next < due.size() && due[next] == frame) {
      ++next;
    } else {
      ASSERT_EQ(expected.unknown.count(frame.records.front().payload), 1U)
          << "a frame that nobody wrote";
    }
  }
  ASSERT_EQ(next, due.size()) << "an acknowledged frame is missing";
  rig.written = std::move(kept);
  rig.written.insert(rig.written.end(), rig.replayed.begin(), rig.replayed.end());
}

struct Coverage {
  std::uint64_t acknowledged = 0, cuts = 0, faults = 0, torn = 0;
};

/// A power cut to come, a fault to come, or neither.
void PlanTrouble(FaultRig& rig, io::SeededRandom& choice) {
  const std::uint64_t trouble = choice.Next64() % 4;
  if (trouble < 2) rig.disk->CutPowerAfter(1 + choice.Next64() % 150);
  if (trouble != 2) return;
  const bool sync = choice.Next64() % 2 == 0;
  rig.disk->Inject({.kind = sync ? sim::FaultKind::kSyncError : sim::FaultKind::kShortWrite,
                    .path_part = ".phl",
                    .skip = choice.Next64() % 40});
}

/// Six times: trouble planned, log opened, compared and written to, power perhaps cut.
void LiveThroughTrouble(std::uint64_t seed, Coverage& coverage) {
  FaultRig rig(seed);
  io::SeededRandom choice(seed + 5000);
  rig.options.segment_size_bytes = kSegmentBytesMin * (1 + choice.Next64() % 3);
  rig.options.signing = security::SigningMode::kHmac;
  rig.options.encrypt = choice.Next64() % 2 == 0;
  Expectation expected;
  for (int round = 0; round < 6; ++round) {
    PlanTrouble(rig, choice);
    const Status opened = rig.Open(LogSequence(expected.state));
    ASSERT_NE(opened.code(), StatusCode::kCorruption) << opened.ToString();
    if (opened.ok()) {
      ASSERT_NO_FATAL_FAILURE(CheckReplay(rig, expected));
      coverage.torn += rig.log->open_report().torn_bytes > 0 ? 1 : 0;
      Work(rig, choice, expected);
    }
    coverage.faults += rig.disk->FaultCount() > 0 ? 1 : 0;
    rig.disk->ClearFaults();
    if (choice.Next64() % 3 != 0 || !rig.disk->HasPower()) {
      rig.disk->RestorePower();
      ++coverage.cuts;
    }
  }
  coverage.acknowledged += expected.acknowledged;
}

TEST(FileLogFaults, KeepsEveryAcknowledgedFrameOverPowerCutsAndFaults) {
  constexpr std::uint64_t kSeeds = 400;
  Coverage coverage;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed=" + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(LiveThroughTrouble(seed, coverage));
  }
  EXPECT_GT(coverage.torn, 0U);
  std::printf(
      "[ covered  ] seeds 1-%llu: %llu frames acknowledged, %llu power cuts, %llu rounds with"
      " faults, %llu torn tails cut\n",
      static_cast<unsigned long long>(kSeeds),
      static_cast<unsigned long long>(coverage.acknowledged),
      static_cast<unsigned long long>(coverage.cuts),
      static_cast<unsigned long long>(coverage.faults),
      static_cast<unsigned long long>(coverage.torn));
}

}  // namespace
}  // namespace phenix::log
