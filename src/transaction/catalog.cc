#include "transaction/catalog.h"

#include <utility>

#include "base/assert.h"
#include "base/bytes.h"
#include "model/schema_codec.h"

namespace phenix::transaction {
namespace {

constexpr char kLive = '\x01';

template <typename Number>
void EncodeNames(std::string& bytes, const std::map<std::string, Number, std::less<>>& names) {
  base::PutVarint(bytes, names.size());
  for (const auto& [name, number] : names) {
    base::PutLengthPrefixed(bytes, name);
    if constexpr (requires { number.value(); }) {
      base::PutVarint(bytes, number.value());
    } else {
      base::PutVarint(bytes, number);
    }
  }
}

template <typename Number>
void DecodeNames(base::ByteReader& reader, std::map<std::string, Number, std::less<>>& names) {
  const std::uint64_t count = reader.ReadVarint();
  for (std::uint64_t position = 0; position < count && reader.ok(); ++position) {
    std::string name(reader.ReadLengthPrefixed());
    names.insert_or_assign(std::move(name),
                           Number(static_cast<std::uint16_t>(reader.ReadVarint())));
  }
}

}  // namespace

const std::pair<const std::string, FieldId>* CollectionRecord::FindField(FieldId field) const {
  for (const auto& entry : fields) {
    if (entry.second == field) return &entry;
  }
  return nullptr;
}

std::string EncodeCollectionRecord(const CollectionRecord& record) {
  std::string bytes(1, kLive);
  base::PutVarint(bytes, record.id.value());
  base::PutVarint(bytes, record.next_field);
  base::PutVarint(bytes, record.next_path);
  EncodeNames(bytes, record.fields);
  EncodeNames(bytes, record.unique_paths);
  base::PutLengthPrefixed(bytes, model::EncodeSchema(record.schema));
  return bytes;
}

Result<CollectionRecord> DecodeCollectionRecord(base::ByteView bytes) {
  base::ByteReader reader(bytes);
  CollectionRecord record;
  const bool live = reader.ReadLittle<char>() == kLive;
  record.id = CollectionId(static_cast<std::uint32_t>(reader.ReadVarint()));
  record.next_field = static_cast<std::uint16_t>(reader.ReadVarint());
  record.next_path = static_cast<std::uint16_t>(reader.ReadVarint());
  DecodeNames(reader, record.fields);
  DecodeNames(reader, record.unique_paths);
  const base::ByteView schema = reader.ReadLengthPrefixed();
  if (!live || !reader.ok() || !reader.AtEnd()) {
    return Status(StatusCode::kCorruption, "malformed collection record");
  }
  PHENIX_ASSIGN_OR_RETURN(record.schema, model::DecodeSchema(schema));
  PHENIX_RETURN_IF_ERROR(CompileValidator(record));
  return record;
}

Status CompileValidator(CollectionRecord& record) {
  record.validator = nullptr;
  if (!record.schema.document_schema.has_value()) return Status::Ok();
  PHENIX_ASSIGN_OR_RETURN(model::SchemaValidator validator,
                          model::SchemaValidator::Compile(*record.schema.document_schema));
  record.validator = std::make_shared<const model::SchemaValidator>(std::move(validator));
  return Status::Ok();
}

std::shared_ptr<const CollectionRecord> Catalog::Find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

std::shared_ptr<const CollectionRecord> Catalog::Find(CollectionId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::optional<LabelId> Catalog::FindLabel(std::string_view name) const {
  const auto found = labels_.find(name);
  return found == labels_.end() ? std::nullopt : std::optional(found->second);
}

std::string_view Catalog::LabelName(LabelId label) const {
  const auto found = label_names_.find(label);
  return found == label_names_.end() ? std::string_view() : std::string_view(found->second);
}

void Catalog::Put(std::shared_ptr<const CollectionRecord> record) {
  Remove(record->id);
  by_name_[record->schema.name] = record;
  by_id_[record->id] = std::move(record);
}

void Catalog::Remove(CollectionId id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  by_name_.erase(found->second->schema.name);
  by_id_.erase(found);
}

void Catalog::PutLabel(LabelId label, std::string name) {
  label_names_[label] = name;
  labels_[std::move(name)] = label;
}

std::shared_ptr<const Catalog> CatalogHistory::At(CommitTimestamp at) const {
  const base::MutexLock lock(mutex_);
  for (auto version = versions_.rbegin(); version != versions_.rend(); ++version) {
    if (version->first <= at) return version->second;
  }
  return std::make_shared<const Catalog>();
}

std::shared_ptr<const Catalog> CatalogHistory::Latest() const {
  const base::MutexLock lock(mutex_);
  return versions_.empty() ? std::make_shared<const Catalog>() : versions_.back().second;
}

void CatalogHistory::Publish(CommitTimestamp timestamp, std::shared_ptr<const Catalog> catalog) {
  const base::MutexLock lock(mutex_);
  PHENIX_ASSERT(versions_.empty() || versions_.back().first <= timestamp);
  versions_.emplace_back(timestamp, std::move(catalog));
}

void CatalogHistory::ForgetBefore(CommitTimestamp safepoint) {
  const base::MutexLock lock(mutex_);
  while (versions_.size() > 1 && versions_[1].first <= safepoint) versions_.pop_front();
}

}  // namespace phenix::transaction
