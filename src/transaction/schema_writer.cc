#include "transaction/schema_writer.h"

#include <algorithm>
#include <map>
#include <utility>

#include "model/document_access.h"
#include "model/schema_codec.h"
#include "storage/versioned_key.h"
#include "transaction/change_feed.h"
#include "transaction/entity_writer.h"
#include "transaction/unique_value.h"

namespace phenix::transaction {
namespace {

constexpr std::string_view kNextCollectionKey = "next/collection";
constexpr std::string_view kNextLabelKey = "next/label";
constexpr std::string_view kSchemaMarkKey = "schema";
constexpr char kLive = '\x01';

// Gives numbers to fields and paths of `after` that `before` does not know.
void NumberNames(const CollectionRecord& before, CollectionRecord& after) {
  after.fields.clear();
  after.unique_paths.clear();
  for (const auto& [name, spec] : after.schema.vectors) {
    const auto known = before.fields.find(name);
    after.fields[name] = known != before.fields.end() ? known->second : FieldId(after.next_field++);
  }
  for (const std::string& path : after.schema.unique_paths) {
    const auto known = before.unique_paths.find(path);
    after.unique_paths[path] =
        known != before.unique_paths.end() ? known->second : after.next_path++;
  }
}

Status ApplySchemaRow(Catalog& catalog, base::ByteView key, base::ByteView value) {
  if (key.size() != 1 + sizeof(std::uint32_t)) {
    return {StatusCode::kCorruption, "malformed schema key"};
  }
  const std::uint32_t number = base::LoadBig32(key.data() + 1);
  if (key == LabelKey(LabelId(number))) {
    if (!IsTombstone(value)) catalog.PutLabel(LabelId(number), std::string(value.substr(1)));
    return Status::Ok();
  }
  if (IsTombstone(value)) {
    catalog.Remove(CollectionId(number));
    return Status::Ok();
  }
  PHENIX_ASSIGN_OR_RETURN(CollectionRecord record, DecodeCollectionRecord(value));
  catalog.Put(std::make_shared<const CollectionRecord>(std::move(record)));
  return Status::Ok();
}

}  // namespace

SchemaWriter::SchemaWriter(const StateReader& reader, WriteSet& writes)
    : reader_(reader), writes_(writes) {
  ConflictCheck check;
  check.kind = ConflictCheck::Kind::kTouched;
  check.family = Family::kSchema;
  check.key = kSchemaMarkKey;
  check.mark = WrittenMark(Family::kSchema, kSchemaMarkKey);
  writes_.conflicts().AddMark(check.mark);
  writes_.conflicts().AddCheck(check);
}

Result<std::uint64_t> SchemaWriter::NextNumber(std::string_view counter) {
  std::uint64_t number = 1;
  PHENIX_ASSIGN_OR_RETURN(const auto stored, reader_.view().engine->Get(Family::kSystem, counter));
  const StagedRow* staged = writes_.Find(Family::kSystem, counter);
  if (staged != nullptr) {
    number = base::LoadLittle<std::uint64_t>(staged->value.data());
  } else if (stored.has_value() && stored->size() == sizeof(number)) {
    number = base::LoadLittle<std::uint64_t>(stored->data());
  }
  std::string next;
  base::PutLittle<std::uint64_t>(next, number + 1);
  writes_.Stage(Family::kSystem, std::string(counter),
                {.operation = StateOperation::kPut, .value = std::move(next), .supersedes = false});
  return number;
}

Status SchemaWriter::StageRecord(const CollectionRecord& record, bool supersedes) {
  const std::string key = CollectionKey(record.id);
  writes_.conflicts().AddMark(WrittenMark(Family::kSchema, key));
  writes_.AddChange(EncodeFeedEntry({.kind = ChangeKind::kSchema,
                                     .collection = record.id,
                                     .id = {},
                                     .label = {},
                                     .target_collection = {},
                                     .target_id = {}}));
  writes_.Stage(Family::kSchema, key,
                {.operation = StateOperation::kPut,
                 .value = EncodeCollectionRecord(record),
                 .supersedes = supersedes});
  return Status::Ok();
}

Status SchemaWriter::Create(const CollectionSchema& schema) {
  PHENIX_RETURN_IF_ERROR(model::ValidateSchema(schema));
  const auto existing = reader_.view().catalog->Find(schema.name);
  if (existing != nullptr) {
    if (existing->schema == schema) return Status::Ok();
    return {StatusCode::kAlreadyExists,
            "collection '" + schema.name + "' exists with a different schema"};
  }
  CollectionRecord record;
  PHENIX_ASSIGN_OR_RETURN(const std::uint64_t number, NextNumber(kNextCollectionKey));
  record.id = CollectionId(static_cast<std::uint32_t>(number));
  record.schema = schema;
  NumberNames({}, record);
  PHENIX_RETURN_IF_ERROR(CompileValidator(record));
  return StageRecord(record, false);
}

Status SchemaWriter::Alter(const CollectionSchema& schema) {
  PHENIX_RETURN_IF_ERROR(model::ValidateSchema(schema));
  PHENIX_ASSIGN_OR_RETURN(const auto before, reader_.FindCollection(schema.name));
  if (before->schema == schema) return Status::Ok();
  for (const auto& [name, spec] : schema.vectors) {
    const auto old = before->schema.vectors.find(name);
    if (old != before->schema.vectors.end() && !(old->second == spec)) {
      return {StatusCode::kInvalidArgument,
              "vector field '" + name +
                  "': dimension and metric cannot change; drop the field and "
                  "add one of another name"};
    }
  }
  CollectionRecord after = *before;
  after.schema = schema;
  NumberNames(*before, after);
  PHENIX_RETURN_IF_ERROR(CompileValidator(after));
  PHENIX_RETURN_IF_ERROR(CheckEntities(*before, after));
  for (const auto& [name, field] : before->fields) {
    if (after.fields.contains(name)) continue;
    writes_.Stage(Family::kSystem,
                  std::string(kDroppedFieldPrefix) + VectorPrefix(before->id, field),
                  {.operation = StateOperation::kStamp, .value = {}, .supersedes = false});
  }
  ConflictCheck check;
  check.kind = ConflictCheck::Kind::kTouched;
  check.mark = CollectionTouchedMark(before->id);
  writes_.conflicts().AddCheck(check);
  return StageRecord(after, true);
}

Status SchemaWriter::CheckEntities(const CollectionRecord& before, const CollectionRecord& after) {
  std::vector<std::string> new_paths;
  for (const auto& [path, number] : after.unique_paths) {
    if (!before.unique_paths.contains(path)) new_paths.push_back(path);
  }
  const bool schema_changed = !(before.schema.document_schema == after.schema.document_schema);
  if (new_paths.empty() && !schema_changed) return Status::Ok();
  const std::string prefix = EntityPrefix(before.id);
  VisibleWalk walk =
      reader_.Walk({.family = Family::kEntity, .begin = prefix, .end = PrefixEnd(prefix)});
  for (; walk.Valid(); walk.Next()) {
    PHENIX_ASSIGN_OR_RETURN(const auto found, reader_.Adopt(walk.value(), walk.version()));
    const auto parsed = ParseEntityKey(walk.key());
    if (!found.has_value() || !parsed.has_value()) continue;
    if (schema_changed && after.validator != nullptr) {
      const Status fits =
          after.validator->Check(model::DocumentAccess::Adopt(std::string(found->row.document)));
      if (!fits.ok()) {
        return {StatusCode::kPreconditionFailed,
                "entity '" + parsed->id + "' does not fit: " + std::string(fits.message())};
      }
    }
    for (const std::string& path : new_paths) {
      PHENIX_RETURN_IF_ERROR(StageUniqueRows(after, path, parsed->id, *found));
    }
  }
  return walk.status();
}

Status SchemaWriter::StageUniqueRows(const CollectionRecord& after, const std::string& path,
                                     std::string_view id, const FoundEntity& found) {
  const Document document = model::DocumentAccess::Adopt(std::string(found.row.document));
  PHENIX_ASSIGN_OR_RETURN(const auto value, UniqueValue(&document, path));
  if (!value.has_value()) return Status::Ok();
  std::string key = UniqueKey(after.id, after.unique_paths.at(path), *value);
  const StagedRow* taken = writes_.Find(Family::kUnique, key);
  if (taken != nullptr) {
    PHENIX_ASSIGN_OR_RETURN(const UniqueRow owner, DecodeUniqueRow(taken->value));
    return {StatusCode::kPreconditionFailed, "entities '" + std::string(owner.id) + "' and '" +
                                                 std::string(id) + "' have the same value at '" +
                                                 path + "'"};
  }
  writes_.conflicts().AddMark(WrittenMark(Family::kUnique, key));
  writes_.Stage(Family::kUnique, std::move(key),
                {.operation = StateOperation::kPut,
                 .value = EncodeUniqueRow(found.row.ordinal, id),
                 .supersedes = false});
  return Status::Ok();
}

Status SchemaWriter::Drop(std::string_view name) {
  PHENIX_ASSIGN_OR_RETURN(const auto record, reader_.FindCollection(name));
  const std::string key = CollectionKey(record->id);
  writes_.conflicts().AddMark(WrittenMark(Family::kSchema, key));
  writes_.AddChange(EncodeFeedEntry({.kind = ChangeKind::kSchema,
                                     .collection = record->id,
                                     .id = {},
                                     .label = {},
                                     .target_collection = {},
                                     .target_id = {}}));
  writes_.Stage(Family::kSchema, key,
                {.operation = StateOperation::kPut, .value = TombstoneRow(), .supersedes = false});
  std::string waiting(kDroppedCollectionPrefix);
  base::PutBig32(waiting, record->id.value());
  writes_.Stage(Family::kSystem, std::move(waiting),
                {.operation = StateOperation::kStamp, .value = {}, .supersedes = false});
  return Status::Ok();
}

Status SchemaWriter::AddLabels(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (reader_.view().catalog->FindLabel(name).has_value()) continue;
    PHENIX_ASSIGN_OR_RETURN(const std::uint64_t number, NextNumber(kNextLabelKey));
    const LabelId label(static_cast<std::uint32_t>(number));
    writes_.Stage(Family::kSchema, LabelKey(label),
                  {.operation = StateOperation::kPut,
                   .value = std::string(1, kLive) + name,
                   .supersedes = false});
  }
  return Status::Ok();
}

Result<std::shared_ptr<const Catalog>> CatalogAfter(const Catalog& before,
                                                    const DecodedPayload& payload) {
  std::shared_ptr<Catalog> after;
  for (const PayloadOperation& operation : payload.operations) {
    if (operation.family != Family::kSchema) continue;
    if (after == nullptr) after = std::make_shared<Catalog>(before);
    PHENIX_RETURN_IF_ERROR(ApplySchemaRow(*after, operation.key, operation.value));
  }
  return std::shared_ptr<const Catalog>(std::move(after));
}

Status LoadCatalogs(storage::KvEngine& engine, CatalogHistory& catalogs) {
  std::multimap<CommitTimestamp, std::pair<std::string, std::string>> rows;
  const auto iterator = engine.NewIterator(Family::kSchema, {});
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    rows.emplace(storage::VersionOf(iterator->key()),
                 std::pair(std::string(storage::UserKeyOf(iterator->key())),
                           std::string(iterator->value())));
  }
  PHENIX_RETURN_IF_ERROR(iterator->status());
  Catalog catalog;
  for (auto row = rows.begin(); row != rows.end();) {
    const CommitTimestamp at = row->first;
    for (; row != rows.end() && row->first == at; ++row) {
      PHENIX_RETURN_IF_ERROR(ApplySchemaRow(catalog, row->second.first, row->second.second));
    }
    catalogs.Publish(at, std::make_shared<const Catalog>(catalog));
  }
  return Status::Ok();
}

}  // namespace phenix::transaction
