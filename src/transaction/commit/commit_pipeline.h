// Commits transactions in groups: check for conflicts, give timestamps, make the log durable, apply
// to the state, make visible, answer. Steps and crash points: docs/protocols/commit.md.
//
// One waiting thread at a time leads: it takes all requests that wait, sequences and logs them as
// one frame, and applies them while the next leader already logs the next frame. Invariants: commit
// timestamps grow in log order; a timestamp becomes visible only after its frame is
//             durable and applied, and all earlier ones are; nothing is answered before.
// Threads:    Commit() from any thread; it returns when the outcome is known.
// Ownership:  borrows everything in CommitParts.
// Errors:     kConflict, kResourceExhausted (disk full, nothing written), kUnknownOutcome and
//             kIoError (the log failed); after the last two every call answers kUnavailable.
#ifndef TRANSACTION_COMMIT_COMMIT_PIPELINE_H_
#define TRANSACTION_COMMIT_COMMIT_PIPELINE_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/strong_id.h"
#include "base/thread_annotations.h"
#include "io/clock.h"
#include "log/commit_log.h"
#include "storage/kv_engine.h"
#include "transaction/commit/conflict_judge.h"
#include "transaction/commit/write_set.h"
#include "transaction/head_cache.h"

namespace phenix::transaction {

/// Hears of every transaction in commit order, live and in replay, before it becomes visible.
class ApplyListener {
 public:
  virtual ~ApplyListener() = default;
  ApplyListener() = default;
  ApplyListener(const ApplyListener&) = delete;
  ApplyListener& operator=(const ApplyListener&) = delete;
  virtual Status OnApply(const DecodedPayload& payload) = 0;
};

struct CommitParts {
  log::CommitLog* log = nullptr;
  storage::KvEngine* engine = nullptr;
  HeadCache* cache = nullptr;
  io::Clock* clock = nullptr;
  ApplyListener* listener = nullptr;
  std::atomic<std::uint64_t>* next_ordinal = nullptr;
};

/// Where the state stands; Family::kSystem, key kAppliedKey.
struct AppliedPosition {
  log::LogSequence sequence;
  CommitTimestamp timestamp;
  std::uint64_t next_ordinal = 1;
};
inline constexpr const char* kAppliedKey = "applied";
std::string EncodeAppliedPosition(const AppliedPosition& position);
Result<AppliedPosition> DecodeAppliedPosition(base::ByteView bytes);

struct CommitCounters {
  std::uint64_t commits = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t frames = 0;
  std::uint64_t log_bytes = 0;
};

class CommitPipeline {
 public:
  CommitPipeline(const CommitParts& parts, const AppliedPosition& start);

  Result<CommitTimestamp> Commit(const CommitRequest& request);

  /// The newest readable timestamp.
  [[nodiscard]] const std::atomic<std::uint64_t>& visible() const { return visible_; }
  /// From here on, commits keep what range validation needs; returns once the visible timestamp has
  /// reached every commit that did not. Pair with LeaveSerializable().
  void EnterSerializable();
  void LeaveSerializable();
  /// The newest frame whose transactions are all in the state.
  [[nodiscard]] log::LogSequence applied_sequence() const;
  [[nodiscard]] CommitCounters counters() const;
  /// Runs `action` while nobody else uses the log; commits wait.
  Status WithLog(const std::function<Status()>& action);

 private:
  struct Waiter {
    explicit Waiter(const CommitRequest& from) : request(from) {}
    const CommitRequest& request;
    std::shared_ptr<std::string> payload;
    Status status;
    CommitTimestamp timestamp;
    bool done = false;
    base::ConditionVariable wake;
  };
  using Group = std::vector<Waiter*>;

  Group TakeGroup() PHENIX_REQUIRES(mutex_);
  void Lead(const Group& group);
  // Sequencing stage: one leader at a time.
  Group Sequence(const Group& group);
  Result<log::AppendedFrame> AppendFrame(const Group& accepted);
  // Apply stage: one leader at a time, in log order.
  Status Apply(const Group& accepted, log::LogSequence sequence);
  Status AppendApplied(const Waiter& waiter, storage::KvBatch& batch);
  void EnterApplyStage();
  void PassLeadership() PHENIX_REQUIRES(mutex_);
  void Finish(const Group& group);
  CommitTimestamp NextTimestamp();

  /// Who does what at the moment.
  struct Progress {
    bool leading = false;
    bool applying = false;
    base::ConditionVariable leader_free;
    base::ConditionVariable apply_free;  // also: a group has finished
    std::uint64_t serializable_count = 0;
    // Groups are numbered as they are sequenced and finish in that order.
    std::uint64_t groups_started = 0;
    std::uint64_t groups_finished = 0;
    std::uint64_t unrecorded_group = 0;
    log::LogSequence applied;
  };

  const CommitParts parts_;
  mutable base::Mutex mutex_;
  std::deque<Waiter*> queue_ PHENIX_GUARDED_BY(mutex_);
  Progress progress_ PHENIX_GUARDED_BY(mutex_);
  Status failed_ PHENIX_GUARDED_BY(mutex_);
  CommitCounters counters_ PHENIX_GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> visible_;
  std::atomic<std::uint64_t> sequenced_;
  ConflictJudge judge_;  // the leader's, between taking and passing on leadership
};

}  // namespace phenix::transaction

#endif  // TRANSACTION_COMMIT_COMMIT_PIPELINE_H_
