#include "transaction/commit/conflict_judge.h"

#include "storage/versioned_key.h"
#include "transaction/limits.h"
#include "transaction/state_keys.h"
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
    case ConflictCheck::Kind::kEdgesTouched:
      return "an edge of a deleted entity was written";
    case ConflictCheck::Kind::kTouched:
      return "the collection was written to";
  }
  return "something was changed";
}

Status Conflict(const std::string& what) {
  return {StatusCode::kConflict,
          what + " by another transaction after this one's snapshot; run the transaction again"};
}

}  // namespace

ConflictJudge::ConflictJudge(storage::KvEngine& engine)
    : engine_(engine), table_(kConflictBuckets) {}

void ConflictJudge::Record(const CommitRequest& request, CommitTimestamp at,
                           const std::shared_ptr<const std::string>& payload, bool keep_payload) {
  for (const std::uint64_t mark : request.writes->conflicts().marks()) table_.Record(mark, at);
  history_.Record(at, payload, keep_payload);
}

Result<bool> ConflictJudge::Changed(const ConflictCheck& check, CommitTimestamp after,
                                    CommitTimestamp settled) const {
  switch (table_.Since(check.mark, after, settled)) {
    case ConflictTable::Answer::kNotSince:
      return false;
    case ConflictTable::Answer::kSince:
      return true;
    case ConflictTable::Answer::kUnknown:
      return ChangedInState(check, after);
  }
  return true;
}

Status ConflictJudge::Check(const CommitRequest& request, CommitTimestamp settled) const {
  for (const ConflictCheck& check : request.writes->conflicts().checks()) {
    PHENIX_ASSIGN_OR_RETURN(const bool changed, Changed(check, request.read_at, settled));
    if (changed) return Conflict(Describe(check));
  }
  if (request.reads == nullptr) return Status::Ok();
  for (const std::string& key : request.reads->keys()) {
    ConflictCheck check;
    check.family = static_cast<Family>(key.front());
    check.key = base::ByteView(key).substr(1);
    check.mark = WrittenMark(check.family, check.key);
    PHENIX_ASSIGN_OR_RETURN(const bool changed, Changed(check, request.read_at, settled));
    if (changed) return Conflict(Describe(check) + " that was read");
  }
  if (history_.WroteInto(request.reads->ranges(), request.read_at)) {
    return Conflict("something in a range that was read was changed");
  }
  return Status::Ok();
}

Result<bool> ConflictJudge::ChangedInState(const ConflictCheck& check,
                                           CommitTimestamp after) const {
  switch (check.kind) {
    case ConflictCheck::Kind::kWritten: {
      PHENIX_ASSIGN_OR_RETURN(auto newest, engine_.GetVersion(check.family, check.key, kForever));
      return newest.has_value() && newest->timestamp > after;
    }
    case ConflictCheck::Kind::kEntityDeleted: {
      PHENIX_ASSIGN_OR_RETURN(auto newest,
                              engine_.GetVersion(Family::kEntity, check.key, kForever));
      if (!newest.has_value() || IsTombstone(newest->value)) return true;
      PHENIX_ASSIGN_OR_RETURN(const EntityRow row, DecodeEntityRow(newest->value));
      return row.ordinal != check.ordinal;
    }
    case ConflictCheck::Kind::kEdgesTouched:
      return EdgesChanged(check.ordinal, after);
    case ConflictCheck::Kind::kTouched:
      return true;
  }
  return true;
}

Result<bool> ConflictJudge::EdgesChanged(EntityOrdinal ordinal, CommitTimestamp after) const {
  const std::string begin = EdgePrefix(ordinal);
  const std::string end = PrefixEnd(begin);
  for (const Family family : {Family::kEdgeOut, Family::kEdgeIn}) {
    const auto iterator = engine_.NewIterator(
        family, {.lower_bound = begin, .upper_bound = end, .fill_cache = false});
    for (iterator->Seek(begin); iterator->Valid(); iterator->Next()) {
      if (storage::VersionOf(iterator->key()) > after) return true;
    }
    PHENIX_RETURN_IF_ERROR(iterator->status());
  }
  return false;
}

}  // namespace phenix::transaction
