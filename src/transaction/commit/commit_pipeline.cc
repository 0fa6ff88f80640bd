#include "transaction/commit/commit_pipeline.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "io/crash_point.h"
#include "transaction/limits.h"

namespace phenix::transaction {

std::string EncodeAppliedPosition(const AppliedPosition& position) {
  std::string bytes;
  base::PutLittle(bytes, position.sequence.value());
  base::PutLittle(bytes, position.timestamp.value());
  base::PutLittle(bytes, position.next_ordinal);
  return bytes;
}

Result<AppliedPosition> DecodeAppliedPosition(base::ByteView bytes) {
  base::ByteReader reader(bytes);
  AppliedPosition position;
  position.sequence = log::LogSequence(reader.ReadLittle<std::uint64_t>());
  position.timestamp = CommitTimestamp(reader.ReadLittle<std::uint64_t>());
  position.next_ordinal = reader.ReadLittle<std::uint64_t>();
  if (!reader.ok() || !reader.AtEnd()) {
    return Status(StatusCode::kCorruption, "malformed applied position in the state");
  }
  return position;
}

CommitPipeline::CommitPipeline(const CommitParts& parts, const AppliedPosition& start)
    : parts_(parts),
      visible_(start.timestamp.value()),
      sequenced_(start.timestamp.value()),
      judge_(*parts.engine) {
  const base::MutexLock lock(mutex_);
  progress_.applied = start.sequence;
}

Result<CommitTimestamp> CommitPipeline::Commit(const CommitRequest& request) {
  Waiter waiter(request);
  waiter.payload = std::make_shared<std::string>(request.writes->EncodePayload());
  Group group;
  {
    const base::MutexLock lock(mutex_);
    if (!failed_.ok()) {
      return Status(StatusCode::kUnavailable,
                    "the database stopped accepting writes: " + std::string(failed_.message()));
    }
    queue_.push_back(&waiter);
    while (!waiter.done && (progress_.leading || queue_.front() != &waiter))
      waiter.wake.Wait(mutex_);
    if (!waiter.done) {
      progress_.leading = true;
      group = TakeGroup();
    }
  }
  if (!group.empty()) Lead(group);
  if (!waiter.status.ok()) return waiter.status;
  return waiter.timestamp;
}

CommitPipeline::Group CommitPipeline::TakeGroup() {
  Group group;
  std::size_t bytes = 0;
  while (!queue_.empty() && group.size() < kGroupTransactionsMax) {
    bytes += queue_.front()->payload->size();
    if (!group.empty() && bytes > kGroupBytesMax) break;
    group.push_back(queue_.front());
    queue_.pop_front();
  }
  return group;
}

void CommitPipeline::Lead(const Group& group) {
  Group accepted = Sequence(group);
  Status outcome;
  log::LogSequence sequence;
  if (!accepted.empty()) {
    io::CrashPoint("commit.sequenced");
    const Result<log::AppendedFrame> appended = AppendFrame(accepted);
    io::CrashPoint("commit.logged");
    if (appended.ok()) {
      sequence = appended->sequence;
    } else {
      outcome = appended.status();
    }
  }
  EnterApplyStage();
  if (outcome.code() == StatusCode::kResourceExhausted) {
    // Nothing is stored at these timestamps. They become readable all the same, else the marks that
    // sequencing left would stay newer than every snapshot.
    visible_.store(accepted.back()->timestamp.value(), std::memory_order_release);
  }
  if (!accepted.empty() && outcome.ok()) {
    const Status applied = Apply(accepted, sequence);
    if (!applied.ok()) {
      outcome = Status(StatusCode::kUnknownOutcome,
                       "the commit is in the log and will be applied when the database is opened "
                       "again: " +
                           std::string(applied.message()));
    }
  }
  {
    const base::MutexLock lock(mutex_);
    for (Waiter* waiter : accepted) {
      if (waiter->status.ok()) waiter->status = outcome;
    }
    const bool survivable = outcome.ok() || outcome.code() == StatusCode::kResourceExhausted;
    if (!survivable && failed_.ok()) failed_ = outcome;
    counters_.conflicts += group.size() - accepted.size();
    if (outcome.ok()) counters_.commits += accepted.size();
  }
  Finish(group);
}

CommitTimestamp CommitPipeline::NextTimestamp() {
  const std::uint64_t last = sequenced_.load(std::memory_order_relaxed);
  const std::uint64_t next =
      std::max(last + 1, parts_.clock->WallMilliseconds() << kTimestampCounterBits);
  sequenced_.store(next, std::memory_order_release);
  return CommitTimestamp(next);
}

CommitPipeline::Group CommitPipeline::Sequence(const Group& group) {
  bool keep_history = false;
  {
    const base::MutexLock lock(mutex_);
    keep_history = progress_.serializable_count > 0;
    ++progress_.groups_started;
    if (!keep_history) progress_.unrecorded_group = progress_.groups_started;
    if (!failed_.ok()) {
      for (Waiter* waiter : group)
        waiter->status = Status(StatusCode::kUnavailable, std::string(failed_.message()));
      return {};
    }
  }
  Group accepted;
  for (Waiter* waiter : group) {
    waiter->status =
        judge_.Check(waiter->request, CommitTimestamp(visible_.load(std::memory_order_acquire)));
    if (!waiter->status.ok()) continue;
    waiter->timestamp = NextTimestamp();
    StampPayload(*waiter->payload, waiter->timestamp);
    judge_.Record(waiter->request, waiter->timestamp, waiter->payload, keep_history);
    accepted.push_back(waiter);
  }
  return accepted;
}

Result<log::AppendedFrame> CommitPipeline::AppendFrame(const Group& accepted) {
  std::vector<log::LogRecord> records;
  records.reserve(accepted.size());
  for (const Waiter* waiter : accepted) {
    log::LogRecord record;
    record.type = waiter->request.record_type;
    record.payload = *waiter->payload;
    const std::uint64_t timestamp = waiter->timestamp.value();
    std::memcpy(record.transaction_id.data(), &timestamp, sizeof(timestamp));
    records.push_back(record);
  }
  PHENIX_ASSIGN_OR_RETURN(log::PreparedBody body, parts_.log->PrepareBody(records, {}));
  log::FrameTimestamps timestamps;
  timestamps.min = accepted.front()->timestamp;
  timestamps.max = accepted.back()->timestamp;
  timestamps.closed = CommitTimestamp(accepted.front()->timestamp.value() - 1);
  return parts_.log->AppendPrepared(std::move(body), timestamps);
}

void CommitPipeline::EnterApplyStage() {
  const base::MutexLock lock(mutex_);
  while (progress_.applying) progress_.apply_free.Wait(mutex_);
  progress_.applying = true;
  PassLeadership();
}

Status CommitPipeline::AppendApplied(const Waiter& waiter, storage::KvBatch& batch) {
  PHENIX_ASSIGN_OR_RETURN(const DecodedPayload payload, DecodePayload(*waiter.payload));
  AppendToBatch(payload, batch);
  return parts_.listener == nullptr ? Status::Ok() : parts_.listener->OnApply(payload);
}

Status CommitPipeline::Apply(const Group& accepted, log::LogSequence sequence) {
  storage::KvBatch batch;
  for (const Waiter* waiter : accepted) PHENIX_RETURN_IF_ERROR(AppendApplied(*waiter, batch));
  const CommitTimestamp newest = accepted.back()->timestamp;
  batch.Put(Family::kSystem, kAppliedKey,
            EncodeAppliedPosition({.sequence = sequence,
                                   .timestamp = newest,
                                   .next_ordinal = parts_.next_ordinal->load()}));
  PHENIX_RETURN_IF_ERROR(parts_.engine->Write(batch));
  for (const Waiter* waiter : accepted) {
    for (const auto& [key, row] : waiter->request.writes->rows(Family::kEntity)) {
      parts_.cache->Apply(key, {waiter->timestamp, std::make_shared<const std::string>(row.value)});
    }
  }
  visible_.store(newest.value(), std::memory_order_release);
  const base::MutexLock lock(mutex_);
  progress_.applied = sequence;
  ++counters_.frames;
  for (const Waiter* waiter : accepted) counters_.log_bytes += waiter->payload->size();
  return Status::Ok();
}

void CommitPipeline::Finish(const Group& group) {
  io::CrashPoint("commit.applied");
  const base::MutexLock lock(mutex_);
  progress_.applying = false;
  ++progress_.groups_finished;
  progress_.apply_free.NotifyAll();
  for (Waiter* waiter : group) {
    waiter->done = true;
    waiter->wake.NotifyOne();
  }
}

void CommitPipeline::EnterSerializable() {
  const base::MutexLock lock(mutex_);
  ++progress_.serializable_count;
  const std::uint64_t unrecorded = progress_.unrecorded_group;
  while (progress_.groups_finished < unrecorded) progress_.apply_free.Wait(mutex_);
}

void CommitPipeline::LeaveSerializable() {
  const base::MutexLock lock(mutex_);
  --progress_.serializable_count;
}

log::LogSequence CommitPipeline::applied_sequence() const {
  const base::MutexLock lock(mutex_);
  return progress_.applied;
}

CommitCounters CommitPipeline::counters() const {
  const base::MutexLock lock(mutex_);
  return counters_;
}

Status CommitPipeline::WithLog(const std::function<Status()>& action) {
  {
    const base::MutexLock lock(mutex_);
    while (progress_.leading) progress_.leader_free.Wait(mutex_);
    progress_.leading = true;
  }
  Status status = action();
  const base::MutexLock lock(mutex_);
  PassLeadership();
  return status;
}

void CommitPipeline::PassLeadership() {
  progress_.leading = false;
  progress_.leader_free.NotifyOne();
  if (!queue_.empty()) queue_.front()->wake.NotifyOne();
}

}  // namespace phenix::transaction
