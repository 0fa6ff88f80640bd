// The change feed: what each commit changed, kept under its timestamp for the retention.
// Format: docs/formats/state.md, Family::kFeed. Threads: functions from any thread.
#ifndef TRANSACTION_CHANGE_FEED_H_
#define TRANSACTION_CHANGE_FEED_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/strong_id.h"
#include "phenix/database.h"
#include "storage/kv_engine.h"
#include "transaction/catalog.h"

namespace phenix::transaction {

/// A change as it is stored: numbers instead of names.
struct FeedEntry {
  ChangeKind kind = ChangeKind::kPutEntity;
  CollectionId collection;
  std::string_view id;
  LabelId label;
  CollectionId target_collection;
  std::string_view target_id;
};
std::string EncodeFeedEntry(const FeedEntry& entry);

/// Commits in (after, until], whole, until about `limit` changes were collected. Names are those of
/// the catalog at the commit; a collection that was dropped since still has its name.
Result<ChangePage> ReadChanges(storage::KvEngine& engine, const CatalogHistory& catalogs,
                               CommitTimestamp after, CommitTimestamp until, std::uint32_t limit);

}  // namespace phenix::transaction

#endif  // TRANSACTION_CHANGE_FEED_H_
