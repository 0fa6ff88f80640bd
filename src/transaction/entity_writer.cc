#include "transaction/entity_writer.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "model/document_access.h"
#include "model/names.h"
#include "transaction/change_feed.h"
#include "transaction/filter_evaluation.h"
#include "transaction/unique_value.h"

namespace phenix::transaction {
namespace {

std::string Quoted(std::string_view collection, std::string_view id) {
  return "entity '" + std::string(id) + "' of collection '" + std::string(collection) + "'";
}

Status NotThere(std::string_view collection, std::string_view id) {
  return {StatusCode::kNotFound, Quoted(collection, id) + " does not exist"};
}

Status PreconditionFailed(const std::string& entity, const std::string& what) {
  return {StatusCode::kPreconditionFailed, entity + ": " + what};
}

Document DocumentOf(const EntityRow& row) {
  return model::DocumentAccess::Adopt(std::string(row.document));
}

}  // namespace

EntityWriter::EntityWriter(const StateReader& reader, WriteSet& writes, OrdinalAllocator& ordinals,
                           std::shared_ptr<const Catalog> labels)
    : reader_(reader), writes_(writes), ordinals_(ordinals), labels_(std::move(labels)) {}

Status EntityWriter::Apply(const WriteOperation& operation) {
  writes_.BeginStatement();
  Status status = std::visit(
      [this](const auto& concrete) {
        using Operation = std::decay_t<decltype(concrete)>;
        if constexpr (std::is_same_v<Operation, PutOperation>) return ApplyPut(concrete);
        if constexpr (std::is_same_v<Operation, DeleteOperation>) return ApplyDelete(concrete);
        if constexpr (std::is_same_v<Operation, PutEdgeOperation>) return ApplyPutEdge(concrete);
        if constexpr (std::is_same_v<Operation, DeleteEdgeOperation>)
          return ApplyDeleteEdge(concrete);
        if constexpr (std::is_same_v<Operation, CheckOperation>) return ApplyCheck(concrete);
      },
      operation);
  if (!status.ok()) writes_.RollbackStatement();
  return status;
}

Result<EntityWriter::Target> EntityWriter::Resolve(std::string_view collection,
                                                   std::string_view id) {
  Target target;
  PHENIX_ASSIGN_OR_RETURN(target.record, reader_.FindCollection(collection));
  PHENIX_RETURN_IF_ERROR(model::ValidateEntityId(id));
  target.id = std::string(id);
  target.key = EntityKey(target.record->id, id);
  PHENIX_ASSIGN_OR_RETURN(target.found, reader_.FindIncarnation(target.record->id, id));
  if (target.found.has_value() && target.found->expired) target.expired.swap(target.found);
  return target;
}

Status EntityWriter::CheckPrecondition(const Target& target,
                                       const Precondition& precondition) const {
  const std::string name = Quoted(target.record->schema.name, target.id);
  if (precondition.if_absent && target.found.has_value()) {
    return PreconditionFailed(
        name, "expected absent, got version " + std::to_string(target.found->version.value()));
  }
  if (precondition.if_present && !target.found.has_value()) {
    return PreconditionFailed(name, "expected present, got absent");
  }
  if (precondition.if_version.has_value()) {
    const std::uint64_t got = target.found.has_value() ? target.found->version.value() : 0;
    if (!target.found.has_value() || got != *precondition.if_version) {
      return PreconditionFailed(
          name, "expected version " + std::to_string(*precondition.if_version) + ", got " +
                    (target.found.has_value() ? std::to_string(got) : std::string("absent")));
    }
  }
  if (!precondition.if_filter.has_value()) return Status::Ok();
  if (!target.found.has_value()) {
    return PreconditionFailed(name, "expected a match of the filter, got absent");
  }
  model::FilterWarnings warnings;
  PHENIX_ASSIGN_OR_RETURN(
      const bool matches,
      MatchesFilter(*precondition.if_filter, reader_,
                    {.collection = target.record, .id = target.id, .found = *target.found},
                    warnings));
  if (matches) return Status::Ok();
  return PreconditionFailed(name,
                            "the filter " + precondition.if_filter->ToJson() + " does not match");
}

Status EntityWriter::CheckMode(const Target& target, PutMode mode) const {
  if (mode == PutMode::kInsert && target.found.has_value()) {
    return {StatusCode::kAlreadyExists, Quoted(target.record->schema.name, target.id) + " exists"};
  }
  if (mode == PutMode::kUpdate && !target.found.has_value()) {
    return NotThere(target.record->schema.name, target.id);
  }
  return Status::Ok();
}

Result<Document> EntityWriter::NextDocument(const Target& target,
                                            const PutOperation& operation) const {
  const bool keep_old = target.found.has_value() && operation.mode != PutMode::kReplace;
  if (!operation.document.has_value()) {
    return keep_old ? DocumentOf(target.found->row) : Document();
  }
  if (operation.mode != PutMode::kMerge) return *operation.document;
  const Document before = keep_old ? DocumentOf(target.found->row) : Document();
  return before.MergedWith(*operation.document);
}

Status EntityWriter::ApplyPut(const PutOperation& operation) {
  PHENIX_ASSIGN_OR_RETURN(const Target target, Resolve(operation.collection, operation.id));
  PHENIX_RETURN_IF_ERROR(CheckMode(target, operation.mode));
  PHENIX_RETURN_IF_ERROR(CheckPrecondition(target, operation.precondition));
  PHENIX_ASSIGN_OR_RETURN(const Document document, NextDocument(target, operation));
  if (target.record->validator != nullptr) {
    PHENIX_RETURN_IF_ERROR(target.record->validator->Check(document));
  }
  EntityRow row;
  if (target.found.has_value()) {
    row = target.found->row;
  } else {
    PHENIX_RETURN_IF_ERROR(RemoveExpired(target));
    row.ordinal = ordinals_.Next();
    writes_.AddOrdinal(row.ordinal, target.record->id, target.id);
  }
  row.document = document.binary();
  if (operation.time_to_live.has_value()) {
    const auto lifetime_ms = static_cast<std::uint64_t>(operation.time_to_live->count());
    row.expires_at_ms = lifetime_ms == 0 ? 0 : reader_.view().now_ms + lifetime_ms;
  } else if (operation.mode == PutMode::kReplace) {
    row.expires_at_ms = 0;
  }
  std::optional<Document> before;
  if (target.found.has_value()) before = DocumentOf(target.found->row);
  PHENIX_RETURN_IF_ERROR(
      StageUniqueValues(target, before.has_value() ? &*before : nullptr, &document, row.ordinal));
  PHENIX_RETURN_IF_ERROR(StageVectors(target, operation, row));
  PHENIX_RETURN_IF_ERROR(StageEntity(target, row));
  return StageEdges(target, row.ordinal, operation);
}

Status EntityWriter::StageEntity(const Target& target, const EntityRow& row) {
  StageRow(Family::kEntity, target.key, EncodeEntityRow(row), target.found.has_value());
  CheckWritten(Family::kEntity, target.key);
  writes_.conflicts().TouchCollection(target.record->id);
  writes_.conflicts().AddMark(WrittenMark(Family::kEntity, target.key));
  writes_.AddChange(EncodeFeedEntry({.kind = ChangeKind::kPutEntity,
                                     .collection = target.record->id,
                                     .id = target.id,
                                     .label = {},
                                     .target_collection = {},
                                     .target_id = {}}));
  if (row.expires_at_ms != 0) {
    OrdinalMember member;
    member.collection = target.record->id;
    member.id = target.id;
    writes_.Stage(Family::kExpiry, NumberPairKey(row.expires_at_ms, row.ordinal.value()),
                  {.operation = StateOperation::kPut,
                   .value = EncodeOrdinalRow(std::span(&member, 1)),
                   .supersedes = false});
  }
  return Status::Ok();
}

Status EntityWriter::StageVectors(const Target& target, const PutOperation& operation,
                                  EntityRow& row) {
  const CollectionRecord& record = *target.record;
  const std::vector<FieldId> held = row.vectors;
  const bool expiry_changed =
      target.found.has_value() && target.found->row.expires_at_ms != row.expires_at_ms;
  const auto drop = [&](FieldId field) {
    std::erase(row.vectors, field);
    StageRow(Family::kVector, VectorKey(record.id, field, row.ordinal), TombstoneRow(), true);
  };
  for (const auto& [name, elements] : operation.vectors) {
    const auto field = record.fields.find(name);
    if (field == record.fields.end()) {
      return {StatusCode::kNotFound,
              "collection '" + record.schema.name + "' has no vector field '" + name + "'"};
    }
    const bool had = std::find(held.begin(), held.end(), field->second) != held.end();
    if (elements.empty()) {
      if (had) drop(field->second);
      continue;
    }
    PHENIX_RETURN_IF_ERROR(model::ValidateVector(elements, record.schema.vectors.at(name)));
    if (!had) {
      row.vectors.insert(std::upper_bound(row.vectors.begin(), row.vectors.end(), field->second),
                         field->second);
    }
    StageRow(Family::kVector, VectorKey(record.id, field->second, row.ordinal),
             EncodeVectorRow(row.expires_at_ms, elements), had);
  }
  for (const FieldId field : held) {
    const auto* named = record.FindField(field);
    const bool given = named != nullptr && operation.vectors.contains(named->first);
    if (given) continue;
    if (named == nullptr || operation.mode == PutMode::kReplace) {
      drop(field);
    } else if (expiry_changed) {
      PHENIX_ASSIGN_OR_RETURN(const auto kept, reader_.FindVector(record.id, field, row.ordinal));
      if (!kept.has_value()) continue;
      StageRow(Family::kVector, VectorKey(record.id, field, row.ordinal),
               EncodeVectorRow(row.expires_at_ms, *kept), true);
    }
  }
  return Status::Ok();
}

Status EntityWriter::StageUniqueValues(const Target& target, const Document* before,
                                       const Document* after, EntityOrdinal ordinal) {
  for (const auto& [path, path_id] : target.record->unique_paths) {
    PHENIX_ASSIGN_OR_RETURN(const std::optional<std::string> old_value, UniqueValue(before, path));
    PHENIX_ASSIGN_OR_RETURN(const std::optional<std::string> new_value, UniqueValue(after, path));
    if (old_value == new_value) continue;
    if (old_value.has_value()) {
      std::string key = UniqueKey(target.record->id, path_id, *old_value);
      CheckWritten(Family::kUnique, key);
      writes_.conflicts().AddMark(WrittenMark(Family::kUnique, key));
      StageRow(Family::kUnique, std::move(key), TombstoneRow(), true);
    }
    if (new_value.has_value()) {
      PHENIX_RETURN_IF_ERROR(
          TakeUniqueValue(target, UniqueKey(target.record->id, path_id, *new_value), ordinal));
    }
  }
  return Status::Ok();
}

Status EntityWriter::TakeUniqueValue(const Target& target, std::string key, EntityOrdinal ordinal) {
  PHENIX_ASSIGN_OR_RETURN(const auto taken, reader_.FindRow(Family::kUnique, key));
  if (taken.has_value()) {
    PHENIX_ASSIGN_OR_RETURN(const UniqueRow owner, DecodeUniqueRow(taken->value));
    PHENIX_ASSIGN_OR_RETURN(const auto live, reader_.FindEntity(target.record->id, owner.id));
    const bool owned = live.has_value() && live->row.ordinal == owner.ordinal;
    if (owned && owner.ordinal != ordinal) {
      return {StatusCode::kAlreadyExists, Quoted(target.record->schema.name, target.id) +
                                              ": a unique value is taken by entity '" +
                                              std::string(owner.id) + "'"};
    }
  }
  CheckWritten(Family::kUnique, key);
  writes_.conflicts().AddMark(WrittenMark(Family::kUnique, key));
  StageRow(Family::kUnique, std::move(key), EncodeUniqueRow(ordinal, target.id), taken.has_value());
  return Status::Ok();
}

Status EntityWriter::ApplyDelete(const DeleteOperation& operation) {
  PHENIX_ASSIGN_OR_RETURN(const Target target, Resolve(operation.collection, operation.id));
  PHENIX_RETURN_IF_ERROR(CheckPrecondition(target, operation.precondition));
  if (!target.found.has_value()) {
    if (operation.must_exist) return NotThere(operation.collection, operation.id);
    CheckWritten(Family::kEntity, target.key);
    return Status::Ok();
  }
  return StageDeletion(target);
}

Status EntityWriter::RemoveExpired(const Target& target) {
  if (!target.expired.has_value()) return Status::Ok();
  Target gone = target;
  gone.found = target.expired;
  return StageDeletion(gone);
}

Status EntityWriter::StageDeletion(const Target& target) {
  const EntityRow& row = target.found->row;
  const Document before = DocumentOf(row);
  PHENIX_RETURN_IF_ERROR(StageUniqueValues(target, &before, nullptr, row.ordinal));
  for (const FieldId field : row.vectors) {
    StageRow(Family::kVector, VectorKey(target.record->id, field, row.ordinal), TombstoneRow(),
             true);
  }
  StageRow(Family::kEntity, target.key, TombstoneRow(), true);
  // Edges of a dead incarnation are invisible from now on, and removed once no snapshot needs them.
  writes_.Stage(Family::kSystem, std::string(kDeadOrdinalPrefix) + NumberKey(row.ordinal.value()),
                {.operation = StateOperation::kStamp, .value = {}, .supersedes = false});
  CheckWritten(Family::kEntity, target.key);
  writes_.conflicts().TouchCollection(target.record->id);
  ConflictCheck edges;
  edges.kind = ConflictCheck::Kind::kEdgesTouched;
  edges.mark = EdgesTouchedMark(row.ordinal);
  edges.ordinal = row.ordinal;
  writes_.conflicts().AddCheck(edges);
  writes_.conflicts().AddMark(WrittenMark(Family::kEntity, target.key));
  writes_.conflicts().AddMark(EntityDeletedMark(row.ordinal));
  writes_.AddChange(EncodeFeedEntry({.kind = ChangeKind::kDeleteEntity,
                                     .collection = target.record->id,
                                     .id = target.id,
                                     .label = {},
                                     .target_collection = {},
                                     .target_id = {}}));
  return Status::Ok();
}

Status EntityWriter::Expire(CollectionId collection, std::string_view id, EntityOrdinal ordinal) {
  writes_.BeginStatement();
  Target target;
  target.record = reader_.view().catalog->Find(collection);
  if (target.record == nullptr) return Status::Ok();
  target.id = std::string(id);
  target.key = EntityKey(collection, id);
  PHENIX_ASSIGN_OR_RETURN(target.expired, reader_.FindIncarnation(collection, id));
  if (!target.expired.has_value() || !target.expired->expired ||
      target.expired->row.ordinal != ordinal) {
    return Status::Ok();
  }
  Status status = RemoveExpired(target);
  if (!status.ok()) writes_.RollbackStatement();
  return status;
}

Status EntityWriter::ApplyCheck(const CheckOperation& operation) {
  PHENIX_ASSIGN_OR_RETURN(const Target target, Resolve(operation.collection, operation.id));
  CheckWritten(Family::kEntity, target.key);
  return CheckPrecondition(target, operation.precondition);
}

void EntityWriter::StageRow(Family family, std::string key, std::string value, bool supersedes) {
  writes_.Stage(
      family, std::move(key),
      {.operation = StateOperation::kPut, .value = std::move(value), .supersedes = supersedes});
}

void EntityWriter::CheckWritten(Family family, const std::string& key) {
  ConflictCheck check;
  check.kind = ConflictCheck::Kind::kWritten;
  check.mark = WrittenMark(family, key);
  check.family = family;
  check.key = key;
  writes_.conflicts().AddCheck(check);
}

void EntityWriter::CheckAlive(const Target& target, EntityOrdinal ordinal) {
  // What this transaction staged itself is covered by the check on its own row.
  if (target.found->version == CommitTimestamp(0)) return;
  ConflictCheck check;
  check.kind = ConflictCheck::Kind::kEntityDeleted;
  check.mark = EntityDeletedMark(ordinal);
  check.family = Family::kEntity;
  check.key = target.key;
  check.ordinal = ordinal;
  writes_.conflicts().AddCheck(check);
}

}  // namespace phenix::transaction
