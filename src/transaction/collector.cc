#include "transaction/collector.h"

#include <functional>
#include <string_view>

#include "storage/versioned_key.h"
#include "transaction/entity_writer.h"
#include "transaction/limits.h"
#include "transaction/state_rows.h"

namespace phenix::transaction {
namespace {

// Calls `visit` with the rest of each key under `prefix` in Family::kSystem whose stamp is at or
// before `safepoint`, until it answers false.
Status ForEachWaiting(storage::KvEngine& engine, std::string_view prefix, CommitTimestamp safepoint,
                      const std::function<Result<bool>(base::ByteView rest)>& visit) {
  const std::string begin(prefix);
  const std::string end = PrefixEnd(prefix);
  const auto iterator =
      engine.NewIterator(storage::Family::kSystem, {.lower_bound = begin, .upper_bound = end});
  for (iterator->Seek(begin); iterator->Valid(); iterator->Next()) {
    if (iterator->value().size() < sizeof(std::uint64_t)) {
      return {StatusCode::kCorruption, "malformed stamp under " + std::string(prefix)};
    }
    const CommitTimestamp at(base::LoadLittle<std::uint64_t>(iterator->value().data()));
    if (at > safepoint) continue;
    PHENIX_ASSIGN_OR_RETURN(const bool go_on, visit(iterator->key().substr(prefix.size())));
    if (!go_on) break;
  }
  return iterator->status();
}

}  // namespace

Result<CommitTimestamp> ReadSafepoint(storage::KvEngine& engine) {
  PHENIX_ASSIGN_OR_RETURN(const auto stored, engine.Get(Family::kSystem, kSafepointKey));
  if (!stored.has_value()) return CommitTimestamp(0);
  if (stored->size() != sizeof(std::uint64_t)) {
    return Status(StatusCode::kCorruption, "malformed safepoint in the state");
  }
  return CommitTimestamp(base::LoadLittle<std::uint64_t>(stored->data()));
}

Status Collector::RememberSafepoint(CommitTimestamp safepoint) {
  PHENIX_ASSIGN_OR_RETURN(const CommitTimestamp before, ReadSafepoint(engine_));
  if (before >= safepoint) return Status::Ok();
  std::string bytes;
  base::PutLittle(bytes, safepoint.value());
  storage::KvBatch batch;
  batch.Put(Family::kSystem, kSafepointKey, bytes);
  return engine_.Write(batch);
}

Result<CollectorReport> Collector::Collect(CommitTimestamp safepoint) {
  CollectorReport report;
  // Written before anything is removed, so that no crash leaves less history than it says.
  PHENIX_RETURN_IF_ERROR(RememberSafepoint(safepoint));
  PHENIX_ASSIGN_OR_RETURN(const storage::VersionCollector::Collected collected,
                          versions_.CollectOnce(safepoint, kCollectKeysPerRound));
  report.versions_removed = collected.versions;
  report.done = collected.done;
  PHENIX_RETURN_IF_ERROR(CollectDeadOrdinals(safepoint, report));
  PHENIX_RETURN_IF_ERROR(CollectDropped(safepoint, report));
  PHENIX_RETURN_IF_ERROR(CollectDroppedFields(safepoint, report));
  PHENIX_RETURN_IF_ERROR(TrimFeed(safepoint));
  catalogs_.ForgetBefore(safepoint);
  return report;
}

Status Collector::CollectDeadOrdinals(CommitTimestamp safepoint, CollectorReport& report) {
  const std::uint64_t budget = report.edges_removed + kCollectKeysPerRound;
  return ForEachWaiting(
      engine_, kDeadOrdinalPrefix, safepoint, [&](base::ByteView rest) -> Result<bool> {
        if (rest.size() != sizeof(std::uint64_t)) {
          return Status(StatusCode::kCorruption, "malformed dead ordinal");
        }
        PHENIX_RETURN_IF_ERROR(RemoveEdgesOf(EntityOrdinal(base::LoadBig64(rest.data())), report));
        storage::KvBatch batch;
        batch.Delete(storage::Family::kSystem, std::string(kDeadOrdinalPrefix) + std::string(rest));
        PHENIX_RETURN_IF_ERROR(engine_.Write(batch));
        report.done = report.done && report.edges_removed < budget;
        return report.edges_removed < budget;
      });
}

Status Collector::RemoveEdgesOf(EntityOrdinal ordinal, CollectorReport& report) {
  const std::string begin = EdgePrefix(ordinal);
  const std::string end = PrefixEnd(begin);
  storage::KvBatch batch;
  for (const auto& [family, mirror] : {std::pair(Family::kEdgeOut, Family::kEdgeIn),
                                       std::pair(Family::kEdgeIn, Family::kEdgeOut)}) {
    const auto iterator = engine_.NewIterator(
        family, {.lower_bound = begin, .upper_bound = end, .fill_cache = false});
    for (iterator->Seek(begin); iterator->Valid(); iterator->Next()) {
      const ParsedEdgeKey key = ParseEdgeKey(storage::UserKeyOf(iterator->key()));
      batch.Delete(family, iterator->key());
      batch.Delete(mirror, storage::VersionedKey(EdgeKey(key.far, key.label, key.near),
                                                 storage::VersionOf(iterator->key())));
      ++report.edges_removed;
      if (batch.operations().size() >= kCollectKeysPerRound) {
        PHENIX_RETURN_IF_ERROR(engine_.Write(batch));
        batch.Clear();
      }
    }
    PHENIX_RETURN_IF_ERROR(iterator->status());
  }
  return batch.empty() ? Status::Ok() : engine_.Write(batch);
}

Status Collector::CollectDropped(CommitTimestamp safepoint, CollectorReport& report) {
  return ForEachWaiting(engine_, kDroppedCollectionPrefix, safepoint,
                        [&](base::ByteView rest) -> Result<bool> {
                          if (rest.size() != sizeof(std::uint32_t)) {
                            return Status(StatusCode::kCorruption, "malformed dropped collection");
                          }
                          PHENIX_RETURN_IF_ERROR(
                              RemoveCollection(CollectionId(base::LoadBig32(rest.data())), report));
                          storage::KvBatch batch;
                          batch.Delete(storage::Family::kSystem,
                                       std::string(kDroppedCollectionPrefix) + std::string(rest));
                          PHENIX_RETURN_IF_ERROR(engine_.Write(batch));
                          ++report.collections_removed;
                          return true;
                        });
}

Status Collector::RemoveCollection(CollectionId collection, CollectorReport& report) {
  const std::string begin = EntityPrefix(collection);
  const std::string end = PrefixEnd(begin);
  const auto iterator = engine_.NewIterator(
      Family::kEntity, {.lower_bound = begin, .upper_bound = end, .fill_cache = false});
  for (iterator->Seek(begin); iterator->Valid(); iterator->Next()) {
    if (IsTombstone(iterator->value())) continue;
    PHENIX_ASSIGN_OR_RETURN(const EntityRow row, DecodeEntityRow(iterator->value()));
    PHENIX_RETURN_IF_ERROR(RemoveEdgesOf(row.ordinal, report));
  }
  PHENIX_RETURN_IF_ERROR(iterator->status());
  storage::KvBatch batch;
  for (const Family family : {Family::kEntity, Family::kVector, Family::kUnique}) {
    batch.DeleteRange(family, begin, end);
  }
  return engine_.Write(batch);
}

Status Collector::CollectDroppedFields(CommitTimestamp safepoint, CollectorReport& report) {
  return ForEachWaiting(engine_, kDroppedFieldPrefix, safepoint,
                        [&](base::ByteView rest) -> Result<bool> {
                          storage::KvBatch batch;
                          batch.DeleteRange(Family::kVector, rest, PrefixEnd(rest));
                          batch.Delete(storage::Family::kSystem,
                                       std::string(kDroppedFieldPrefix) + std::string(rest));
                          PHENIX_RETURN_IF_ERROR(engine_.Write(batch));
                          ++report.versions_removed;
                          return true;
                        });
}

Status Collector::TrimFeed(CommitTimestamp safepoint) {
  const auto iterator = engine_.NewIterator(Family::kFeed, {.fill_cache = false});
  iterator->SeekToFirst();
  const std::string end = NumberKey(safepoint.value());
  if (!iterator->Valid() || iterator->key() >= end) return iterator->status();
  storage::KvBatch batch;
  batch.DeleteRange(Family::kFeed, iterator->key(), end);
  return engine_.Write(batch);
}

}  // namespace phenix::transaction
