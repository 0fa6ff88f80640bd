#include "transaction/state_reader.h"

#include <utility>

namespace phenix::transaction {

Result<std::shared_ptr<const CollectionRecord>> StateReader::FindCollection(
    std::string_view name) const {
  std::shared_ptr<const CollectionRecord> record = view_.catalog->Find(name);
  if (record != nullptr) return record;
  return Status(StatusCode::kNotFound, "collection '" + std::string(name) + "' does not exist");
}

Result<std::optional<FoundEntity>> StateReader::Decode(std::shared_ptr<const std::string> bytes,
                                                       CommitTimestamp version) const {
  if (IsTombstone(*bytes)) return std::optional<FoundEntity>();
  PHENIX_ASSIGN_OR_RETURN(EntityRow row, DecodeEntityRow(*bytes));
  const bool expired = Expired(row.expires_at_ms);
  return std::optional(FoundEntity{version, std::move(bytes), std::move(row), expired});
}

Result<std::optional<FoundEntity>> StateReader::Adopt(base::ByteView bytes,
                                                      CommitTimestamp version) const {
  PHENIX_ASSIGN_OR_RETURN(auto found, Decode(std::make_shared<const std::string>(bytes), version));
  if (found.has_value() && found->expired) return std::optional<FoundEntity>();
  return found;
}

Result<std::optional<VectorRow>> StateReader::AdoptVector(base::ByteView bytes) const {
  PHENIX_ASSIGN_OR_RETURN(const VectorRow row, DecodeVectorRow(bytes));
  if (Expired(row.expires_at_ms)) return std::optional<VectorRow>();
  return std::optional(row);
}

Result<std::optional<FoundEntity>> StateReader::FindEntity(CollectionId collection,
                                                           std::string_view id) const {
  PHENIX_ASSIGN_OR_RETURN(auto found, FindIncarnation(collection, id));
  if (found.has_value() && found->expired) return std::optional<FoundEntity>();
  return found;
}

Result<std::optional<FoundEntity>> StateReader::FindIncarnation(CollectionId collection,
                                                                std::string_view id) const {
  const std::string key = EntityKey(collection, id);
  if (view_.overlay != nullptr) {
    const StagedRow* staged = view_.overlay->Find(Family::kEntity, key);
    if (staged != nullptr) {
      return Decode(std::make_shared<const std::string>(staged->value), CommitTimestamp(0));
    }
  }
  if (view_.reads != nullptr) view_.reads->AddKey(Family::kEntity, key);
  RowVersion cached = view_.cache->Get(key, view_.at);
  if (cached.bytes == nullptr) {
    PHENIX_ASSIGN_OR_RETURN(auto version, view_.engine->GetVersion(Family::kEntity, key, view_.at));
    if (!version.has_value()) return std::optional<FoundEntity>();
    cached = {version->timestamp, std::make_shared<const std::string>(std::move(version->value))};
    view_.cache->Offer(key, cached, view_.at);
  }
  return Decode(std::move(cached.bytes), cached.timestamp);
}

Result<std::optional<OrdinalMember>> StateReader::NameOf(EntityOrdinal ordinal) const {
  if (view_.overlay != nullptr) {
    const OrdinalMember* own = view_.overlay->FindOrdinal(ordinal);
    if (own != nullptr) return std::optional(*own);
  }
  const std::unique_ptr<storage::KvIterator> iterator =
      view_.engine->NewIterator(Family::kOrdinal, {});
  iterator->SeekForPrev(NumberKey(ordinal.value()));
  if (!iterator->Valid()) {
    PHENIX_RETURN_IF_ERROR(iterator->status());
    return std::optional<OrdinalMember>();
  }
  const std::uint64_t first = base::LoadBig64(iterator->key().data());
  PHENIX_ASSIGN_OR_RETURN(std::vector<OrdinalMember> members, DecodeOrdinalRow(iterator->value()));
  for (OrdinalMember& member : members) {
    if (first + member.offset == ordinal.value()) return std::optional(std::move(member));
  }
  return std::optional<OrdinalMember>();
}

Result<std::optional<LiveEntity>> StateReader::FindOrdinal(EntityOrdinal ordinal) const {
  PHENIX_ASSIGN_OR_RETURN(auto name, NameOf(ordinal));
  if (!name.has_value()) return std::optional<LiveEntity>();
  LiveEntity live;
  live.collection = view_.catalog->Find(name->collection);
  if (live.collection == nullptr) return std::optional<LiveEntity>();
  PHENIX_ASSIGN_OR_RETURN(auto found, FindEntity(name->collection, name->id));
  if (!found.has_value() || found->row.ordinal != ordinal) return std::optional<LiveEntity>();
  live.id = std::move(name->id);
  live.found = *std::move(found);
  return std::optional(std::move(live));
}

Result<std::optional<storage::VersionedValue>> StateReader::FindRow(Family family,
                                                                    base::ByteView key) const {
  if (view_.overlay != nullptr) {
    const StagedRow* staged = view_.overlay->Find(family, key);
    if (staged != nullptr) {
      if (IsTombstone(staged->value)) return std::optional<storage::VersionedValue>();
      return std::optional(storage::VersionedValue{CommitTimestamp(0), staged->value});
    }
  }
  if (view_.reads != nullptr) view_.reads->AddKey(family, key);
  PHENIX_ASSIGN_OR_RETURN(auto version, view_.engine->GetVersion(family, key, view_.at));
  if (!version.has_value() || IsTombstone(version->value)) {
    return std::optional<storage::VersionedValue>();
  }
  return version;
}

Result<std::optional<std::vector<float>>> StateReader::FindVector(CollectionId collection,
                                                                  FieldId field,
                                                                  EntityOrdinal ordinal) const {
  PHENIX_ASSIGN_OR_RETURN(auto row,
                          FindRow(Family::kVector, VectorKey(collection, field, ordinal)));
  if (!row.has_value()) return std::optional<std::vector<float>>();
  PHENIX_ASSIGN_OR_RETURN(const VectorRow vector, DecodeVectorRow(row->value));
  return std::optional(VectorElements(vector));
}

VisibleWalk StateReader::Walk(WalkRange range) const {
  if (view_.reads != nullptr) {
    view_.reads->AddRange({.family = range.family, .begin = range.begin, .end = range.end});
  }
  return {*view_.engine, std::move(range), view_.at, view_.overlay};
}

}  // namespace phenix::transaction
