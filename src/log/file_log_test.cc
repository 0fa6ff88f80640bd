#include "log/file_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "log/log_mark.h"
#include "log/log_test_support.h"
#include "log/log_verifier.h"
#include "sim/memory_file_system.h"

namespace phenix::log {
namespace {

struct MemoryRig : LogRig {
  explicit MemoryRig(std::uint64_t seed = 1) : LogRig(memory, seed) {}
  sim::MemoryFileSystem memory;
};

std::vector<OwnedFrame> After(const std::vector<OwnedFrame>& frames, std::uint64_t sequence) {
  std::vector<OwnedFrame> later;
  for (const OwnedFrame& frame : frames) {
    if (frame.sequence > sequence) later.push_back(frame);
  }
  return later;
}

TEST(FileLog, StartsWithAFenceAndCountsUp) {
  MemoryRig rig;
  ASSERT_TRUE(rig.Open().ok());
  EXPECT_EQ(rig.log->DurableSequence(), LogSequence(1));
  EXPECT_EQ(rig.log->open_report().epoch, LogEpoch(1));
  ASSERT_TRUE(rig.Append("one").ok());
  ASSERT_TRUE(rig.Append("two").ok());
  EXPECT_EQ(rig.log->DurableSequence(), LogSequence(3));
  EXPECT_EQ(rig.log->Head().sequence, LogSequence(3));
  EXPECT_EQ(rig.ReadFrom(LogSequence(1)), rig.written);
}

TEST(FileLog, ReplaysWhatWasAppendedInEveryMode) {
  for (const bool encrypt : {false, true}) {
    for (const auto signing : {security::SigningMode::kHmac, security::SigningMode::kEd25519,
                               security::SigningMode::kBoth}) {
      MemoryRig rig;
      rig.options.encrypt = encrypt;
      rig.options.signing = signing;
      ASSERT_TRUE(rig.Open().ok());
      for (int number = 0; number < 5; ++number)
        ASSERT_TRUE(rig.Append(std::string(500, 'p')).ok());
      ASSERT_TRUE(rig.log->Close().ok());
      ASSERT_TRUE(rig.Open().ok());
      EXPECT_EQ(rig.replayed, rig.written);
      EXPECT_EQ(rig.log->open_report().epoch, LogEpoch(2));
      EXPECT_EQ(rig.log->open_report().frames, 6U);
      EXPECT_EQ(rig.log->open_report().torn_bytes, 0U);
    }
  }
}

TEST(FileLog, OpensALogOfAnotherSigningModeAndAfterKeyRotation) {
  MemoryRig rig;
  rig.options.signing = security::SigningMode::kHmac;
  ASSERT_TRUE(rig.Open().ok());
  ASSERT_TRUE(rig.Append("hmac").ok());
  rig.options.signing = security::SigningMode::kEd25519;
  rig.options.encrypt = true;
  ASSERT_TRUE(rig.Open().ok());
  ASSERT_TRUE(rig.Append("signed and sealed").ok());
  rig.options.signing = security::SigningMode::kBoth;
  ASSERT_TRUE(rig.Open().ok());
  EXPECT_EQ(rig.replayed, rig.written);
}

TEST(FileLog, ReplaysOnlyAfterTheGivenFrame) {
  MemoryRig rig;
  ASSERT_TRUE(rig.Open().ok());
  for (int number = 0; number < 9; ++number)
    ASSERT_TRUE(rig.Append("x" + std::to_string(number)).ok());
  for (std::uint64_t after = 0; after <= 10; ++after) {
    rig.options.read_only = true;
    ASSERT_TRUE(rig.Open(LogSequence(after)).ok());
    EXPECT_EQ(rig.replayed, After(rig.written, after)) << after;
    EXPECT_EQ(rig.log->open_report().replayed_frames, 10 - after);
  }
  EXPECT_EQ(rig.Open(LogSequence(11)).code(), StatusCode::kCorruption) << "state ahead of the log";
}

TEST(FileLog, HandsOnWhatTheReplayVisitorAnswers) {
  MemoryRig rig;
  ASSERT_TRUE(rig.Open().ok());
  rig.log.reset();
  const auto opened =
      FileLog::Open({rig.files, rig.clock, rig.random}, rig.options, LogSequence(0),
                    [](const DecodedFrame&) { return Status(StatusCode::kConflict, "enough"); });
  EXPECT_EQ(opened.status().code(), StatusCode::kConflict);
}

TEST(FileLog, ExcludesASecondWriterButNotAReader) {
  MemoryRig rig;
  ASSERT_TRUE(rig.Open().ok());
  ASSERT_TRUE(rig.Append("kept").ok());
  MemoryRig second;
  FileLogOptions options = rig.options;
  const auto ignore = [](const DecodedFrame&) { return Status::Ok(); };
  const LogEnvironment environment{rig.files, rig.clock, rig.random};
  EXPECT_EQ(FileLog::Open(environment, options, LogSequence(0), ignore).status().code(),
            StatusCode::kUnavailable);
  options.read_only = true;
  const auto reader = FileLog::Open(environment, options, LogSequence(0), ignore);
  ASSERT_TRUE(reader.ok()) << reader.status().ToString();
  EXPECT_EQ((*reader)->PrepareBody({}, {}).status().code(), StatusCode::kPermissionDenied);
  EXPECT_EQ((*reader)->TrimBefore(LogSequence(1)).code(), StatusCode::kPermissionDenied);
  ASSERT_TRUE(rig.log->Close().ok());
  options.read_only = false;
  EXPECT_TRUE(FileLog::Open(environment, options, LogSequence(0), ignore).ok());
}

TEST(FileLog, RefusesImpossibleOptionsAndTimestamps) {
  MemoryRig rig;
  rig.options.segment_size_bytes = 10;
  EXPECT_EQ(rig.Open().code(), StatusCode::kInvalidArgument);
  rig.options.segment_size_bytes = kSegmentBytesDefault;
  rig.options.keys = nullptr;
  EXPECT_EQ(rig.Open().code(), StatusCode::kInvalidArgument);
  rig.options.keys = rig.keys.get();
  ASSERT_TRUE(rig.Open().ok());
  const std::vector<OwnedRecord> owned = {{RecordType::kTransaction, "x", 0, 0}};
  EXPECT_EQ(rig.log
                ->Append({.records = Borrow(owned),
                          .timestamp_min = CommitTimestamp(2),
                          .timestamp_max = CommitTimestamp(1),
                          .closed = {},
                          .shards = {}})
                .status()
                .code(),
            StatusCode::kInvalidArgument);
  EXPECT_TRUE(rig.Append("still open").ok());
}

TEST(FileLog, ClosesForGood) {
  MemoryRig rig;
  ASSERT_TRUE(rig.Open().ok());
  ASSERT_TRUE(rig.Append("x").ok());
  ASSERT_TRUE(rig.log->Close().ok());
  EXPECT_TRUE(rig.log->Close().ok());
  EXPECT_EQ(rig.Append("y").code(), StatusCode::kUnavailable);
  EXPECT_EQ(rig.log->TrimBefore(LogSequence(1)).code(), StatusCode::kOk) << "nothing to trim";
}

TEST(FileLog, ContinuesTheChainOverSegmentsAndFillsThem) {
  MemoryRig rig;
  rig.options.segment_size_bytes = kSegmentBytesMin;
  ASSERT_TRUE(rig.Open().ok());
  for (int number = 0; number < 60; ++number) ASSERT_TRUE(rig.Append(std::string(200, 'p')).ok());
  ASSERT_TRUE(rig.Append(std::string(3 * kSegmentBytesMin, 'q')).ok()) << "larger than a segment";
  const auto segments = ListSegments(rig.files, kTestDirectory);
  EXPECT_GT(segments->size(), 5U);
  EXPECT_EQ(rig.ReadFrom(LogSequence(1)), rig.written);
  for (const std::uint64_t from : {2U, 17U, 33U, 60U, 62U}) {
    EXPECT_EQ(rig.ReadFrom(LogSequence(from)), After(rig.written, from - 1)) << from;
  }
  EXPECT_TRUE(rig.ReadFrom(LogSequence(63)).empty());
  ASSERT_TRUE(rig.Open().ok());
  EXPECT_EQ(rig.replayed, rig.written);
}

TEST(FileLog, TrimsWholeSegmentsBelowTheWatermarkOnly) {
  MemoryRig rig;
  rig.options.segment_size_bytes = kSegmentBytesMin;
  rig.options.compress = false;
  ASSERT_TRUE(rig.Open().ok());
  for (int number = 0; number < 40; ++number) ASSERT_TRUE(rig.Append(std::string(300, 'p')).ok());
  const std::vector<LogSequence> before = *ListSegments(rig.files, kTestDirectory);
  ASSERT_GT(before.size(), 4U);
  ASSERT_TRUE(rig.log->TrimBefore(before[1]).ok());
  EXPECT_EQ(rig.log->FirstSequence(), before[1]);
  const LogSequence watermark(before[3].value() + 1);
  ASSERT_TRUE(rig.log->TrimBefore(watermark).ok());
  EXPECT_EQ(rig.log->FirstSequence(), before[3]);
  EXPECT_EQ(ListSegments(rig.files, kTestDirectory)->front(), before[3]);
  EXPECT_EQ(rig.log->ReadFrom(LogSequence(1), nullptr).code(), StatusCode::kNotFound);
  EXPECT_EQ(rig.ReadFrom(before[3]), After(rig.written, before[3].value() - 1));

  ASSERT_TRUE(rig.Append("after the trim").ok());
  EXPECT_EQ(rig.Open(LogSequence(before[3].value() - 2)).code(), StatusCode::kCorruption)
      << "the state lacks frames that are gone";
  ASSERT_TRUE(rig.Open(LogSequence(before[3].value() - 1)).ok());
  EXPECT_EQ(rig.replayed, After(rig.written, before[3].value() - 1));
  EXPECT_EQ(VerifyLog(rig.files, kTestDirectory, PublicKeyOf(*rig.keys), {})->outcome,
            VerifyOutcome::kClean);
}

TEST(FileLog, NeverTrimsTheNewestSegment) {
  MemoryRig rig;
  rig.options.segment_size_bytes = kSegmentBytesMin;
  ASSERT_TRUE(rig.Open().ok());
  for (int number = 0; number < 20; ++number) ASSERT_TRUE(rig.Append(std::string(300, 'p')).ok());
  ASSERT_TRUE(rig.log->TrimBefore(LogSequence(1000)).ok());
  ASSERT_TRUE(rig.Append("goes on").ok());
  ASSERT_TRUE(rig.Open(LogSequence(rig.log->FirstSequence().value() - 1)).ok());
  EXPECT_EQ(rig.replayed.back(), rig.written.back());
}

TEST(FileLog, RemovesSegmentsThatAnInterruptedTrimLeft) {
  MemoryRig rig;
  rig.options.segment_size_bytes = kSegmentBytesMin;
  ASSERT_TRUE(rig.Open().ok());
  for (int number = 0; number < 20; ++number) ASSERT_TRUE(rig.Append(std::string(300, 'p')).ok());
  const std::string first = ReadAllOf(rig.files, SegmentPath(1));
  const LogSequence second = (*ListSegments(rig.files, kTestDirectory))[1];
  ASSERT_TRUE(rig.log->TrimBefore(second).ok());
  WriteAllOf(rig.files, SegmentPath(1), first);
  ASSERT_TRUE(rig.Open(LogSequence(second.value() - 1)).ok());
  EXPECT_EQ(rig.log->open_report().segments_removed, 1U);
  EXPECT_EQ(ListSegments(rig.files, kTestDirectory)->front(), second);
}

TEST(FileLog, RefusesALogThatWasRolledBack) {
  MemoryRig rig;
  ASSERT_TRUE(rig.Open().ok());
  ASSERT_TRUE(rig.Append("old").ok());
  const std::string old = ReadAllOf(rig.files, SegmentPath(1));
  const std::string old_anchor =
      ReadAllOf(rig.files, io::JoinPath(kTestDirectory, kAnchorFileName));
  ASSERT_TRUE(rig.Append("new").ok());
  ASSERT_TRUE(rig.log->Close().ok());
  const LogHead head = rig.log->Head();
  rig.log.reset();
  WriteAllOf(rig.files, SegmentPath(1), old);
  const Status refused = rig.Open();
  EXPECT_EQ(refused.code(), StatusCode::kCorruption);
  EXPECT_NE(refused.message().find("rolled_back"), std::string_view::npos) << refused.ToString();
  // With the anchor put back too, only a head known from outside shows it.
  WriteAllOf(rig.files, io::JoinPath(kTestDirectory, kAnchorFileName), old_anchor);
  rig.options.expected_head = head;
  EXPECT_EQ(rig.Open().code(), StatusCode::kCorruption);
  rig.options.expected_head = std::nullopt;
  EXPECT_TRUE(rig.Open().ok());
}

TEST(FileLog, RefusesTheKeysOfAnotherDatabaseAndAnotherLane) {
  MemoryRig rig;
  ASSERT_TRUE(rig.Open().ok());
  ASSERT_TRUE(rig.Append("x").ok());
  rig.options.lane = LaneId(1);
  EXPECT_EQ(rig.Open().code(), StatusCode::kCorruption);
  rig.options.lane = LaneId(0);
  const auto other_keys = MakeKeys(77);
  rig.options.keys = other_keys.get();
  EXPECT_EQ(rig.Open().code(), StatusCode::kCorruption);
}

/// Appends `count` frames, prepared outside of `order`; returns how many failed.
int AppendMany(FileLog& log, base::Mutex& order, char letter, std::size_t count) {
  int failures = 0;
  for (std::size_t number = 0; number < count; ++number) {
    const std::string payload(2000 + number, letter);
    const LogRecord record{
        .type = RecordType::kTransaction, .transaction_id = {}, .payload = payload};
    Result<PreparedBody> body = log.PrepareBody({&record, 1}, {});
    const base::MutexLock lock(order);
    if (!body.ok() || !log.AppendPrepared(*std::move(body), {}).ok()) ++failures;
  }
  return failures;
}

/// Reads beside the writers until frame `end`; returns how many frames or calls were wrong.
int ReadUntil(const FileLog& log, std::uint64_t end) {
  int failures = 0;
  std::uint64_t last = 0;
  while (last < end && failures == 0) {
    const Status read = log.ReadFrom(LogSequence(last + 1), [&](const DecodedFrame& frame) {
      if (frame.header.sequence.value() != last + 1) ++failures;
      last = frame.header.sequence.value();
      return Status::Ok();
    });
    if (!read.ok()) ++failures;
  }
  return failures;
}

TEST(FileLog, AppendsBodiesThatOtherThreadsPrepared) {
  MemoryRig rig;
  rig.options.segment_size_bytes = 64 * kKibibyte;
  ASSERT_TRUE(rig.Open().ok());
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kFrames = 50;
  base::Mutex order;
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  threads.reserve(kThreads + 1);
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    const char letter = static_cast<char>('a' + thread);
    threads.emplace_back([&, letter] { failures += AppendMany(*rig.log, order, letter, kFrames); });
  }
  threads.emplace_back([&] { failures += ReadUntil(*rig.log, 1 + kThreads * kFrames); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures.load(), 0);
  EXPECT_EQ(rig.log->DurableSequence(), LogSequence(1 + kThreads * kFrames));
}

/// Random operations on a log and on a plain list.
struct RandomWork {
  explicit RandomWork(std::uint64_t seed) : rig(seed), choice(seed * 1000) {
    rig.options.segment_size_bytes = kSegmentBytesMin * (1 + choice.Next64() % 4);
  }
  void Append() {
    std::vector<OwnedRecord> records;
    for (std::uint64_t count = 1 + choice.Next64() % 4; count > 0; --count) {
      const std::size_t size_bytes = choice.Next64() % 900;
      const bool packs = choice.Next64() % 2 == 0;
      records.push_back({RecordType::kTransaction,
                         packs ? std::string(size_bytes, 'r') : choice.Bytes(size_bytes), 0,
                         static_cast<std::uint8_t>(choice.Next64())});
    }
    ASSERT_TRUE(rig.Append(std::move(records)).ok());
    ++frames;
  }
  void Trim() {
    const std::uint64_t last = rig.log->DurableSequence().value();
    state = std::max(state, last - std::min(last, choice.Next64() % 3));
    ASSERT_TRUE(rig.log->TrimBefore(LogSequence(state)).ok());
    ++trims;
  }
  void Reopen() {
    rig.options.encrypt = choice.Next64() % 2 == 0;
    rig.options.compress = choice.Next64() % 2 == 0;
    rig.options.signing = static_cast<security::SigningMode>(choice.Next64() % 3);
    const bool close = choice.Next64() % 2 == 0;
    ASSERT_TRUE(!close || rig.log->Close().ok());
    const Status opened = rig.Open(LogSequence(state));
    ASSERT_TRUE(opened.ok()) << opened.ToString();
    ASSERT_EQ(rig.replayed, After(rig.written, state));
    ++opens;
  }
  void Step() {
    const std::uint64_t what = choice.Next64() % 20;
    if (what < 15) {
      Append();
    } else if (what < 17) {
      Trim();
    } else {
      Reopen();
    }
    const std::uint64_t from = rig.log->FirstSequence().value() + choice.Next64() % 10;
    ASSERT_EQ(rig.ReadFrom(LogSequence(from)), After(rig.written, from - 1));
  }

  MemoryRig rig;
  io::SeededRandom choice;
  std::uint64_t state = 0;  ///< What the store above the log has applied.
  std::uint64_t frames = 0, opens = 0, trims = 0;
};

TEST(FileLog, BehavesLikeAListOverRandomOperations) {
  constexpr std::uint64_t kSeeds = 30;
  constexpr int kOperations = 120;
  std::uint64_t frames = 0, opens = 0, trims = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed=" + std::to_string(seed));
    RandomWork work(seed);
    ASSERT_TRUE(work.rig.Open().ok());
    for (int operation = 0; operation < kOperations && !HasFatalFailure(); ++operation) work.Step();
    frames += work.frames;
    opens += work.opens;
    trims += work.trims;
  }
  std::printf("[ covered  ] seeds 1-%llu: %llu frames, %llu reopenings, %llu trims\n",
              static_cast<unsigned long long>(kSeeds), static_cast<unsigned long long>(frames),
              static_cast<unsigned long long>(opens), static_cast<unsigned long long>(trims));
}

}  // namespace
}  // namespace phenix::log
