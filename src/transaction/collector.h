// Gives back what no reader needs any more: superseded versions, edges of deleted entities, rows of
// dropped collections and fields, old rows of the change feed.
//
// Works on the state alone, never through the log: every step only removes what is invisible at and
// after the safepoint, may stop anywhere, and is repeated without harm.
// Threads: one round at a time, beside readers and commits.
#ifndef TRANSACTION_COLLECTOR_H_
#define TRANSACTION_COLLECTOR_H_

#include <cstdint>
#include <string>

#include "storage/kv_engine.h"
#include "storage/version_collector.h"
#include "transaction/catalog.h"

namespace phenix::transaction {

struct CollectorReport {
  std::uint64_t versions_removed = 0;
  std::uint64_t edges_removed = 0;
  std::uint64_t collections_removed = 0;
  bool done = true;  ///< False when a round's budget ended before the work did.
};

/// Family::kSystem: below which timestamp nothing may be read any more.
inline constexpr const char* kSafepointKey = "safepoint";
/// Zero in a new state.
Result<CommitTimestamp> ReadSafepoint(storage::KvEngine& engine);

class Collector {
 public:
  Collector(storage::KvEngine& engine, CatalogHistory& catalogs)
      : engine_(engine), catalogs_(catalogs), versions_(engine) {}

  /// One bounded round for everything superseded at or before `safepoint`.
  Result<CollectorReport> Collect(CommitTimestamp safepoint);

 private:
  Status RememberSafepoint(CommitTimestamp safepoint);
  Status CollectDeadOrdinals(CommitTimestamp safepoint, CollectorReport& report);
  Status RemoveEdgesOf(EntityOrdinal ordinal, CollectorReport& report);
  Status CollectDropped(CommitTimestamp safepoint, CollectorReport& report);
  Status RemoveCollection(CollectionId collection, CollectorReport& report);
  Status CollectDroppedFields(CommitTimestamp safepoint, CollectorReport& report);
  Status TrimFeed(CommitTimestamp safepoint);

  storage::KvEngine& engine_;
  CatalogHistory& catalogs_;
  storage::VersionCollector versions_;  // remembers where it stopped
};

}  // namespace phenix::transaction

#endif  // TRANSACTION_COLLECTOR_H_
