#include "transaction/commit_pipeline.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "io/crash_point.h"
#include "storage/versioned_key.h"
#include "transaction/limits.h"
#include "transaction/state_rows.h"

namespace phenix::transaction {
namespace {

constexpr CommitTimestamp kForever(UINT64_MAX);

std::string Describe(const ConflictCheck& check) {
  switch (check.kind) {
    case ConflictCheck::Kind::kWritten:
    case ConflictCheck::Kind::kEntityDeleted:
      if (check.family == Family::kEntity) {
        const auto parsed = ParseEntityKey(check.key);
        if (parsed.has_value()) return "entity '" + parsed->id + "' was changed";
      }
      if (check.family == Family::kUnique) return "a unique value was taken";
      if (check.family == Family::kSchema) return "the schema was changed";
      return "an edge was changed";
    case ConflictCheck::Kind::kEdgesTouched: return "an edge of a deleted entity was written";
    case ConflictCheck::Kind::kTouched: return "the collection was written to";
  }
  return "something was changed";
}

Status Conflict(const std::string& what) {
  return {StatusCode::kConflict,
          what + " by another transaction after this one's snapshot; run the transaction again"};
}

}  // namespace

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
      applied_sequence_(start.sequence),
      visible_(start.timestamp.value()),
      sequenced_(start.timestamp.value()),
      conflicts_(kConflictBuckets) {}

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
    while (!waiter.done && (leading_ || queue_.front() != &waiter)) waiter.wake.Wait(mutex_);
    if (!waiter.done) {
      leading_ = true;
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
  if (!accepted.empty() && outcome.ok()) {
    const Status applied = Apply(accepted, sequence);
    if (!applied.ok()) {
      outcome = Status(StatusCode::kUnknownOutcome,
                       "the commit is in the log and will be applied when the database is opened "
                       "again: " + std::string(applied.message()));
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
    keep_history = serializable_count_ > 0;
    ++groups_started_;
    if (!keep_history) unrecorded_group_ = groups_started_;
    if (!failed_.ok()) {
      for (Waiter* waiter : group) waiter->status = Status(StatusCode::kUnavailable, std::string(failed_.message()));
      return {};
    }
  }
  Group accepted;
  for (Waiter* waiter : group) {
    waiter->status = CheckConflicts(waiter->request);
    if (!waiter->status.ok()) continue;
    waiter->timestamp = NextTimestamp();
    StampPayload(*waiter->payload, waiter->timestamp);
    for (const std::uint64_t mark : waiter->request.writes->marks()) {
      conflicts_.Record(mark, waiter->timestamp);
    }
    history_.Record(waiter->timestamp, waiter->payload, keep_history);
    accepted.push_back(waiter);
  }
  return accepted;
}

Status CommitPipeline::CheckConflicts(const CommitRequest& request) const {
  const CommitTimestamp settled(visible_.load(std::memory_order_acquire));
  for (const ConflictCheck& check : request.writes->checks()) {
    const ConflictTable::Answer answer = conflicts_.Since(check.mark, request.read_at, settled);
    if (answer == ConflictTable::Answer::kNotSince) continue;
    if (answer == ConflictTable::Answer::kUnknown) {
      PHENIX_ASSIGN_OR_RETURN(const bool changed, ChangedSince(check, request.read_at));
      if (!changed) continue;
    }
    return Conflict(Describe(check));
  }
  if (request.reads == nullptr) return Status::Ok();
  for (const std::string& key : request.reads->keys()) {
    ConflictCheck check;
    check.family = static_cast<Family>(key.front());
    check.key = base::ByteView(key).substr(1);
    check.mark = WrittenMark(check.family, check.key);
    const ConflictTable::Answer answer = conflicts_.Since(check.mark, request.read_at, settled);
    if (answer == ConflictTable::Answer::kNotSince) continue;
    if (answer == ConflictTable::Answer::kUnknown) {
      PHENIX_ASSIGN_OR_RETURN(const bool changed, ChangedSince(check, request.read_at));
      if (!changed) continue;
    }
    return Conflict(Describe(check) + " that was read");
  }
  if (history_.WroteInto(request.reads->ranges(), request.read_at)) {
    return Conflict("something in a range that was read was changed");
  }
  return Status::Ok();
}

Result<bool> CommitPipeline::ChangedSince(const ConflictCheck& check, CommitTimestamp after) const {
  switch (check.kind) {
    case ConflictCheck::Kind::kWritten: {
      PHENIX_ASSIGN_OR_RETURN(auto newest, parts_.engine->GetVersion(check.family, check.key, kForever));
      return newest.has_value() && newest->timestamp > after;
    }
    case ConflictCheck::Kind::kEntityDeleted: {
      PHENIX_ASSIGN_OR_RETURN(auto newest, parts_.engine->GetVersion(Family::kEntity, check.key, kForever));
      if (!newest.has_value() || IsTombstone(newest->value)) return true;
      PHENIX_ASSIGN_OR_RETURN(const EntityRow row, DecodeEntityRow(newest->value));
      return row.ordinal != check.ordinal;
    }
    case ConflictCheck::Kind::kEdgesTouched: return EdgesChangedSince(check.ordinal, after);
    case ConflictCheck::Kind::kTouched: return true;
  }
  return true;
}

Result<bool> CommitPipeline::EdgesChangedSince(EntityOrdinal ordinal, CommitTimestamp after) const {
  const std::string begin = EdgePrefix(ordinal);
  const std::string end = PrefixEnd(begin);
  for (const Family family : {Family::kEdgeOut, Family::kEdgeIn}) {
    const auto iterator = parts_.engine->NewIterator(
        family, {.lower_bound = begin, .upper_bound = end, .fill_cache = false});
    for (iterator->Seek(begin); iterator->Valid(); iterator->Next()) {
      if (storage::VersionOf(iterator->key()) > after) return true;
    }
    PHENIX_RETURN_IF_ERROR(iterator->status());
  }
  return false;
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
  while (applying_) apply_free_.Wait(mutex_);
  applying_ = true;
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
  applied_sequence_ = sequence;
  ++counters_.frames;
  for (const Waiter* waiter : accepted) counters_.log_bytes += waiter->payload->size();
  return Status::Ok();
}

void CommitPipeline::Finish(const Group& group) {
  io::CrashPoint("commit.applied");
  const base::MutexLock lock(mutex_);
  applying_ = false;
  ++groups_finished_;
  apply_free_.NotifyAll();
  for (Waiter* waiter : group) {
    waiter->done = true;
    waiter->wake.NotifyOne();
  }
}

void CommitPipeline::EnterSerializable() {
  const base::MutexLock lock(mutex_);
  ++serializable_count_;
  const std::uint64_t unrecorded = unrecorded_group_;
  while (groups_finished_ < unrecorded) apply_free_.Wait(mutex_);
}

void CommitPipeline::LeaveSerializable() {
  const base::MutexLock lock(mutex_);
  --serializable_count_;
}

log::LogSequence CommitPipeline::applied_sequence() const {
  const base::MutexLock lock(mutex_);
  return applied_sequence_;
}

CommitCounters CommitPipeline::counters() const {
  const base::MutexLock lock(mutex_);
  return counters_;
}

Status CommitPipeline::WithLog(const std::function<Status()>& action) {
  {
    const base::MutexLock lock(mutex_);
    while (leading_) leader_free_.Wait(mutex_);
    leading_ = true;
  }
  Status status = action();
  const base::MutexLock lock(mutex_);
  PassLeadership();
  return status;
}

void CommitPipeline::PassLeadership() {
  leading_ = false;
  leader_free_.NotifyOne();
  if (!queue_.empty()) queue_.front()->wake.NotifyOne();
}

}  // namespace phenix::transaction
