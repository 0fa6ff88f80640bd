// The maintenance calls of OpenDatabase: expiry, collection, checkpoints. Steps and crash points:
// docs/protocols/checkpoint.md.
#include <algorithm>
#include <chrono>

#include "database/open_database.h"
#include "database/session.h"
#include "io/crash_point.h"
#include "transaction/limits.h"

namespace phenix::database {
namespace {

constexpr std::chrono::milliseconds kMaintenancePeriod{500};

struct ExpiredEntity {
  std::string key;  // of Family::kExpiry
  EntityOrdinal ordinal;
  transaction::OrdinalMember member;
};

Result<std::vector<ExpiredEntity>> FindExpired(storage::KvEngine& engine, std::uint64_t now_ms) {
  std::vector<ExpiredEntity> expired;
  const std::string end = transaction::NumberKey(now_ms + 1);
  const auto iterator = engine.NewIterator(storage::Family::kExpiry, {.upper_bound = end});
  for (iterator->SeekToFirst();
       iterator->Valid() && expired.size() < transaction::kExpirePerTransaction; iterator->Next()) {
    PHENIX_ASSIGN_OR_RETURN(auto members, transaction::DecodeOrdinalRow(iterator->value()));
    if (members.size() != 1 || iterator->key().size() != 2 * sizeof(std::uint64_t)) {
      return Status(StatusCode::kCorruption, "malformed expiry row");
    }
    const EntityOrdinal ordinal(base::LoadBig64(iterator->key().data() + sizeof(std::uint64_t)));
    expired.push_back({std::string(iterator->key()), ordinal, std::move(members.front())});
  }
  PHENIX_RETURN_IF_ERROR(iterator->status());
  return expired;
}

}  // namespace

Status OpenDatabase::ExpireEntities() {
  PHENIX_ASSIGN_OR_RETURN(
      const auto expired,
      FindExpired(*parts_->engine, parts_->environment.clock->WallMilliseconds()));
  if (expired.empty()) return Status::Ok();
  const auto pin = parts_->snapshots->PinVisible(parts_->pipeline->visible());
  transaction::WriteSet writes;
  transaction::ReadView view = MakeView(*parts_, pin.at(), false);
  view.overlay = &writes;
  const transaction::StateReader reader(view);
  transaction::OrdinalAllocator ordinals(parts_->next_ordinal, 1);
  transaction::EntityWriter writer(reader, writes, ordinals, parts_->catalogs.Latest());
  for (const ExpiredEntity& entity : expired) {
    PHENIX_RETURN_IF_ERROR(
        writer.Expire(entity.member.collection, entity.member.id, entity.ordinal));
    writes.Stage(
        storage::Family::kExpiry, entity.key,
        {.operation = transaction::StateOperation::kDelete, .value = {}, .supersedes = false});
  }
  const Status committed = parts_->pipeline
                               ->Commit({.writes = &writes,
                                         .reads = nullptr,
                                         .read_at = pin.at(),
                                         .record_type = log::RecordType::kTransaction})
                               .status();
  // Somebody wrote one of them meanwhile; the next round sees what is left.
  return committed.code() == StatusCode::kConflict ? Status::Ok() : committed;
}

Status OpenDatabase::Collect() {
  const std::uint64_t now_ms = parts_->environment.clock->WallMilliseconds();
  const auto retention_ms = static_cast<std::uint64_t>(parts_->options.retention.count());
  const std::uint64_t kept_from_ms = now_ms > retention_ms ? now_ms - retention_ms : 0;
  const std::uint64_t visible = parts_->pipeline->visible().load(std::memory_order_acquire);
  const CommitTimestamp safepoint = parts_->snapshots->AdvanceSafepoint(
      CommitTimestamp(std::min(kept_from_ms << kTimestampCounterBits, visible)));
  return collector_.Collect(safepoint).status();
}

Status OpenDatabase::Checkpoint(bool force) {
  const std::uint64_t log_bytes = parts_->pipeline->counters().log_bytes;
  if (!force && log_bytes - checkpoint_log_bytes_ < parts_->options.checkpoint_log_bytes) {
    return Status::Ok();
  }
  const log::LogSequence applied = parts_->pipeline->applied_sequence();
  io::CrashPoint("checkpoint.before_flush");
  PHENIX_RETURN_IF_ERROR(parts_->engine->Flush());
  io::CrashPoint("checkpoint.flushed");
  PHENIX_RETURN_IF_ERROR(parts_->pipeline->WithLog(
      [&] { return parts_->log->TrimBefore(log::NextSequence(applied)); }));
  io::CrashPoint("checkpoint.trimmed");
  checkpoint_log_bytes_ = log_bytes;
  return Status::Ok();
}

Status OpenDatabase::Maintain(bool checkpoint) {
  const base::MutexLock lock(maintenance_);
  PHENIX_RETURN_IF_ERROR(ExpireEntities());
  PHENIX_RETURN_IF_ERROR(Collect());
  return Checkpoint(checkpoint);
}

void OpenDatabase::MaintainInBackground() {
  while (true) {
    {
      const base::MutexLock lock(stop_mutex_);
      if (!stopping_) static_cast<void>(stop_wake_.WaitFor(stop_mutex_, kMaintenancePeriod));
      if (stopping_) return;
    }
    // A round that fails is tried again; a log or state that failed also refuses the next commit,
    // which is where its error is answered.
    const Status maintained = Maintain(false);
    static_cast<void>(maintained);
  }
}

}  // namespace phenix::database
