// Turns write operations into staged rows: resolves names, checks modes, preconditions, schema,
// unique values and edge endpoints against what the transaction sees, and notes the conflict checks
// that keep the outcome true until the commit.
//
// Invariants: an operation that fails stages nothing; an edge is staged in both directions or not
// at
//             all, and only between entities that exist at the snapshot or are staged.
// Threads:    one at a time. Ownership: borrows the reader, the write set and the allocator.
// Errors:     those of phenix/write_batch.h, each naming collection and entity.
#ifndef TRANSACTION_ENTITY_WRITER_H_
#define TRANSACTION_ENTITY_WRITER_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "phenix/write_batch.h"
#include "transaction/commit/write_set.h"
#include "transaction/ordinal_allocator.h"
#include "transaction/state_reader.h"

namespace phenix::transaction {

class EntityWriter {
 public:
  /// `reader` looks through `writes`. Every label that an operation names must be in the catalog
  /// that `labels` holds (schema_writer.h creates them).
  EntityWriter(const StateReader& reader, WriteSet& writes, OrdinalAllocator& ordinals,
               std::shared_ptr<const Catalog> labels);

  /// Stages one operation.
  Status Apply(const WriteOperation& operation);
  /// Deletes an entity that has expired, if `ordinal` still is its incarnation.
  Status Expire(CollectionId collection, std::string_view id, EntityOrdinal ordinal);
  void SetLabels(std::shared_ptr<const Catalog> labels) { labels_ = std::move(labels); }

 private:
  using Record = std::shared_ptr<const CollectionRecord>;
  struct Target {
    Record record;
    std::string id;
    std::string key;  // of Family::kEntity
    std::optional<FoundEntity> found;
    std::optional<FoundEntity> expired;  // an incarnation that is gone but not removed yet
  };

  Status ApplyPut(const PutOperation& operation);
  Status ApplyDelete(const DeleteOperation& operation);
  Status ApplyPutEdge(const PutEdgeOperation& operation);
  Status ApplyDeleteEdge(const DeleteEdgeOperation& operation);
  Status ApplyCheck(const CheckOperation& operation);

  Result<Target> Resolve(std::string_view collection, std::string_view id);
  Status CheckPrecondition(const Target& target, const Precondition& precondition) const;
  Status CheckMode(const Target& target, PutMode mode) const;
  Result<Document> NextDocument(const Target& target, const PutOperation& operation) const;

  Status StageEntity(const Target& target, const EntityRow& row);
  Status StageVectors(const Target& target, const PutOperation& operation, EntityRow& row);
  Status StageVector(const Target& target, FieldId field, const std::vector<float>& elements,
                     const EntityRow& row);
  Status StageUniqueValues(const Target& target, const Document* before, const Document* after,
                           EntityOrdinal ordinal);
  Status TakeUniqueValue(const Target& target, std::string key, EntityOrdinal ordinal);
  Status StageEdges(const Target& source, EntityOrdinal ordinal, const PutOperation& operation);
  Status StageEdge(const Target& source, EntityOrdinal ordinal, const Edge& edge,
                   MissingTarget on_missing);
  Status RemoveEdgesNotIn(EntityOrdinal source, const std::vector<Edge>& keep, const Target& from);
  Status StageEdgeRemoval(const Target& source, EntityOrdinal source_ordinal, LabelId label,
                          const LiveEntity& target);
  Result<EntityOrdinal> StageStub(const Target& target);
  Status StageDeletion(const Target& target);
  Status RemoveExpired(const Target& target);
  void StageRow(Family family, std::string key, std::string value, bool supersedes);
  void CheckWritten(Family family, const std::string& key);
  void CheckAlive(const Target& target, EntityOrdinal ordinal);

  const StateReader& reader_;
  WriteSet& writes_;
  OrdinalAllocator& ordinals_;
  std::shared_ptr<const Catalog> labels_;
};

/// Deleted ordinals wait under this prefix in Family::kSystem until their edges may be removed.
inline constexpr std::string_view kDeadOrdinalPrefix = "dead/";
/// Dropped collections wait under this one.
inline constexpr std::string_view kDroppedCollectionPrefix = "drop/";
/// And dropped vector fields, by the prefix of their keys.
inline constexpr std::string_view kDroppedFieldPrefix = "field/";

}  // namespace phenix::transaction

#endif  // TRANSACTION_ENTITY_WRITER_H_
