// The pipeline against a log that fails on command.
#include "transaction/commit/commit_pipeline.h"

#include <gtest/gtest.h>

#include <thread>

#include "storage/memory_kv_engine.h"

namespace phenix::transaction {
namespace {

class ScriptedLog final : public log::CommitLog {
 public:
  Result<log::PreparedBody> PrepareBody(std::span<const log::LogRecord> records,
                                        std::span<const std::uint64_t>) const override {
    records_ += records.size();
    return log::PreparedBody{};
  }
  Result<log::AppendedFrame> AppendPrepared(log::PreparedBody,
                                            const log::FrameTimestamps&) override {
    if (!next_.ok()) return next_;
    return log::AppendedFrame{.sequence = log::LogSequence(++frames_), .size_bytes = 1};
  }
  Status ReadFrom(log::LogSequence, const log::FrameVisitor&) const override {
    return Status::Ok();
  }
  [[nodiscard]] log::LogSequence DurableSequence() const override {
    return log::LogSequence(frames_);
  }
  [[nodiscard]] log::LogSequence FirstSequence() const override { return log::LogSequence(1); }
  Status TrimBefore(log::LogSequence) override { return Status::Ok(); }
  Status Close() override { return Status::Ok(); }

  void FailWith(Status status) { next_ = std::move(status); }
  [[nodiscard]] std::uint64_t frames() const { return frames_; }

 private:
  Status next_;
  std::uint64_t frames_ = 0;
  mutable std::uint64_t records_ = 0;
};

class CommitPipelineTest : public testing::Test {
 protected:
  CommitPipelineTest()
      : engine_(*storage::MemoryKvEngine::Open({})),
        pipeline_({.log = &log_,
                   .engine = engine_.get(),
                   .cache = &cache_,
                   .clock = &clock_,
                   .listener = nullptr,
                   .next_ordinal = &next_ordinal_},
                  {}) {}

  static WriteSet WriteOf(const std::string& id) {
    WriteSet writes;
    const std::string key = EntityKey(CollectionId(1), id);
    writes.Stage(Family::kEntity, key,
                 {.operation = StateOperation::kPut, .value = "\x01", .supersedes = false});
    ConflictCheck check;
    check.family = Family::kEntity;
    check.key = key;
    check.mark = WrittenMark(Family::kEntity, key);
    writes.conflicts().AddMark(check.mark);
    writes.conflicts().AddCheck(check);
    return writes;
  }
  Result<CommitTimestamp> Commit(const WriteSet& writes, CommitTimestamp read_at) {
    return pipeline_.Commit({.writes = &writes,
                             .reads = nullptr,
                             .read_at = read_at,
                             .record_type = log::RecordType::kTransaction});
  }

  ScriptedLog log_;
  io::ManualClock clock_{1'000'000};
  std::atomic<std::uint64_t> next_ordinal_{1};
  HeadCache cache_{1 << 20, CommitTimestamp(0)};
  std::unique_ptr<storage::MemoryKvEngine> engine_;
  CommitPipeline pipeline_;
};

TEST_F(CommitPipelineTest, TimestampsGrowWhenTheClockGoesBackOrStands) {
  const auto first = Commit(WriteOf("a"), CommitTimestamp(0));
  const auto second = Commit(WriteOf("b"), CommitTimestamp(0));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_GT(*second, *first);
  EXPECT_EQ(pipeline_.visible().load(), second->value());
}

TEST_F(CommitPipelineTest, AFullDiskLosesOneGroupAndGoesOn) {
  log_.FailWith(Status(StatusCode::kResourceExhausted, "disk full"));
  EXPECT_EQ(Commit(WriteOf("a"), CommitTimestamp(0)).status().code(),
            StatusCode::kResourceExhausted);
  log_.FailWith(Status::Ok());
  const CommitTimestamp now(pipeline_.visible().load());
  EXPECT_TRUE(Commit(WriteOf("a"), now).ok()) << "what was refused conflicts with nothing";
}

TEST_F(CommitPipelineTest, AnUnknownOutcomeStopsAllLaterCommits) {
  log_.FailWith(Status(StatusCode::kUnknownOutcome, "sync failed"));
  EXPECT_EQ(Commit(WriteOf("a"), CommitTimestamp(0)).status().code(), StatusCode::kUnknownOutcome);
  log_.FailWith(Status::Ok());
  EXPECT_EQ(Commit(WriteOf("b"), CommitTimestamp(0)).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(log_.frames(), 0U);
}

TEST_F(CommitPipelineTest, ManyThreadsShareFramesAndEachKeyHasOneWinner) {
  constexpr int kThreads = 16;
  constexpr int kKeys = 200;
  std::atomic<int> wins{0}, conflicts{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int key = 0; key < kKeys; ++key) {
        const auto outcome = Commit(WriteOf(std::to_string(key)), CommitTimestamp(0));
        if (outcome.ok()) ++wins;
        if (outcome.status().code() == StatusCode::kConflict) ++conflicts;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wins.load(), kKeys);
  EXPECT_EQ(conflicts.load(), kThreads * kKeys - kKeys);
  EXPECT_EQ(pipeline_.counters().commits, static_cast<std::uint64_t>(kKeys));
}

}  // namespace
}  // namespace phenix::transaction
