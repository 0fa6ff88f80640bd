#include "transaction/change_feed.h"

#include "base/bytes.h"
#include "transaction/state_keys.h"

namespace phenix::transaction {
namespace {

EntityRef NameOf(const Catalog& catalog, CollectionId collection, base::ByteView id) {
  const auto record = catalog.Find(collection);
  return {.collection = record == nullptr ? std::string() : record->schema.name,
          .id = std::string(id)};
}

Status DecodeRow(base::ByteView row, const CatalogHistory& catalogs, CommitTimestamp at,
                 std::vector<Change>& changes) {
  // A commit that drops a collection is told with the name it had.
  const std::shared_ptr<const Catalog> now = catalogs.At(at);
  const std::shared_ptr<const Catalog> before = catalogs.At(CommitTimestamp(at.value() - 1));
  base::ByteReader reader(row);
  while (reader.ok() && !reader.AtEnd()) {
    Change change;
    change.commit_timestamp = at.value();
    change.kind = static_cast<ChangeKind>(reader.ReadLittle<std::uint8_t>());
    const CollectionId collection(static_cast<std::uint32_t>(reader.ReadVarint()));
    change.entity = NameOf(now->Find(collection) == nullptr ? *before : *now, collection,
                           reader.ReadLengthPrefixed());
    if (change.kind == ChangeKind::kPutEdge || change.kind == ChangeKind::kDeleteEdge) {
      change.label = std::string(
          catalogs.Latest()->LabelName(LabelId(static_cast<std::uint32_t>(reader.ReadVarint()))));
      const CollectionId target(static_cast<std::uint32_t>(reader.ReadVarint()));
      change.target = NameOf(*now, target, reader.ReadLengthPrefixed());
    }
    changes.push_back(std::move(change));
  }
  if (reader.ok()) return Status::Ok();
  return {StatusCode::kCorruption, "malformed change feed row at " + std::to_string(at.value())};
}

}  // namespace

std::string EncodeFeedEntry(const FeedEntry& entry) {
  std::string bytes(1, static_cast<char>(entry.kind));
  base::PutVarint(bytes, entry.collection.value());
  base::PutLengthPrefixed(bytes, entry.id);
  if (entry.kind == ChangeKind::kPutEdge || entry.kind == ChangeKind::kDeleteEdge) {
    base::PutVarint(bytes, entry.label.value());
    base::PutVarint(bytes, entry.target_collection.value());
    base::PutLengthPrefixed(bytes, entry.target_id);
  }
  return bytes;
}

Result<ChangePage> ReadChanges(storage::KvEngine& engine, const CatalogHistory& catalogs,
                               CommitTimestamp after, CommitTimestamp until, std::uint32_t limit) {
  ChangePage page;
  page.next_timestamp = after.value();
  const std::string begin = NumberKey(after.value() + 1);
  const std::string end = NumberKey(until.value() + 1);
  const auto iterator = engine.NewIterator(
      storage::Family::kFeed, {.lower_bound = begin, .upper_bound = end, .fill_cache = false});
  for (iterator->Seek(begin); iterator->Valid(); iterator->Next()) {
    if (page.changes.size() >= limit) return page;
    const CommitTimestamp at(base::LoadBig64(iterator->key().data()));
    PHENIX_RETURN_IF_ERROR(DecodeRow(iterator->value(), catalogs, at, page.changes));
    page.next_timestamp = at.value();
  }
  PHENIX_RETURN_IF_ERROR(iterator->status());
  page.next_timestamp = until.value();
  return page;
}

}  // namespace phenix::transaction
