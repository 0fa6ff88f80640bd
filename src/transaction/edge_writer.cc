// The edge operations of EntityWriter.
#include <algorithm>
#include <utility>

#include "model/names.h"
#include "transaction/change_feed.h"
#include "transaction/entity_writer.h"

namespace phenix::transaction {

Status EntityWriter::StageEdges(const Target& source, EntityOrdinal ordinal,
                                const PutOperation& operation) {
  if (operation.mode == PutMode::kReplace && source.found.has_value()) {
    PHENIX_RETURN_IF_ERROR(RemoveEdgesNotIn(ordinal, operation.edges, source));
  }
  for (const Edge& edge : operation.edges) {
    PHENIX_RETURN_IF_ERROR(StageEdge(source, ordinal, edge, operation.on_missing_target));
  }
  return Status::Ok();
}

Result<EntityOrdinal> EntityWriter::StageStub(const Target& target) {
  EntityRow row;
  PHENIX_RETURN_IF_ERROR(RemoveExpired(target));
  row.ordinal = ordinals_.Next();
  writes_.AddOrdinal(row.ordinal, target.record->id, target.id);
  const Document empty;
  row.document = empty.binary();
  if (target.record->validator != nullptr) {
    PHENIX_RETURN_IF_ERROR(target.record->validator->Check(empty));
  }
  PHENIX_RETURN_IF_ERROR(StageEntity(target, row));
  return row.ordinal;
}

Status EntityWriter::StageEdge(const Target& source, EntityOrdinal ordinal, const Edge& edge,
                               MissingTarget on_missing) {
  PHENIX_RETURN_IF_ERROR(model::ValidateEdgeLabel(edge.label));
  PHENIX_RETURN_IF_ERROR(model::ValidateEdgeWeight(edge.weight));
  const std::optional<LabelId> label = labels_->FindLabel(edge.label);
  if (!label.has_value()) {
    return {StatusCode::kInternal, "label '" + edge.label + "' was not created before its edge"};
  }
  const std::string& collection =
      edge.target.collection.empty() ? source.record->schema.name : edge.target.collection;
  PHENIX_ASSIGN_OR_RETURN(const Target target, Resolve(collection, edge.target.id));
  EntityOrdinal target_ordinal;
  if (target.found.has_value()) {
    target_ordinal = target.found->row.ordinal;
    CheckAlive(target, target_ordinal);
  } else if (target.key == source.key) {
    target_ordinal = ordinal;
  } else if (on_missing == MissingTarget::kError) {
    return {StatusCode::kNotFound, "edge '" + edge.label + "' of entity '" + source.id +
                                       "': target '" + edge.target.id + "' of collection '" +
                                       collection + "' does not exist"};
  } else {
    PHENIX_ASSIGN_OR_RETURN(target_ordinal, StageStub(target));
  }
  if (source.found.has_value()) CheckAlive(source, ordinal);
  std::string out_key = EdgeKey(ordinal, *label, target_ordinal);
  // A new incarnation cannot have had the edge before, so nothing needs to be looked up for it.
  bool supersedes = false;
  if (source.found.has_value() && target.found.has_value()) {
    PHENIX_ASSIGN_OR_RETURN(const auto before, reader_.FindRow(Family::kEdgeOut, out_key));
    supersedes = before.has_value();
  }
  CheckWritten(Family::kEdgeOut, out_key);
  writes_.conflicts().AddMark(WrittenMark(Family::kEdgeOut, out_key));
  writes_.conflicts().AddMark(EdgesTouchedMark(ordinal));
  writes_.conflicts().AddMark(EdgesTouchedMark(target_ordinal));
  StageRow(Family::kEdgeOut, std::move(out_key),
           EncodeEdgeRow(edge.weight, edge.properties.binary()), supersedes);
  StageRow(Family::kEdgeIn, EdgeKey(target_ordinal, *label, ordinal),
           EncodeEdgeRow(edge.weight, {}), supersedes);
  writes_.AddChange(EncodeFeedEntry({.kind = ChangeKind::kPutEdge,
                                     .collection = source.record->id,
                                     .id = source.id,
                                     .label = *label,
                                     .target_collection = target.record->id,
                                     .target_id = target.id}));
  return Status::Ok();
}

Status EntityWriter::RemoveEdgesNotIn(EntityOrdinal source, const std::vector<Edge>& keep,
                                      const Target& from) {
  const std::string begin = EdgePrefix(source);
  std::vector<ParsedEdgeKey> present;
  VisibleWalk walk =
      reader_.Walk({.family = Family::kEdgeOut, .begin = begin, .end = PrefixEnd(begin)});
  for (; walk.Valid(); walk.Next()) present.push_back(ParseEdgeKey(walk.key()));
  PHENIX_RETURN_IF_ERROR(walk.status());
  for (const ParsedEdgeKey& key : present) {
    PHENIX_ASSIGN_OR_RETURN(const auto far, reader_.FindOrdinal(key.far));
    if (!far.has_value()) continue;
    const bool kept = std::any_of(keep.begin(), keep.end(), [&](const Edge& edge) {
      const std::string& collection =
          edge.target.collection.empty() ? from.record->schema.name : edge.target.collection;
      return labels_->FindLabel(edge.label) == key.label && edge.target.id == far->id &&
             collection == far->collection->schema.name;
    });
    if (!kept) PHENIX_RETURN_IF_ERROR(StageEdgeRemoval(from, source, key.label, *far));
  }
  return Status::Ok();
}

Status EntityWriter::StageEdgeRemoval(const Target& source, EntityOrdinal source_ordinal,
                                      LabelId label, const LiveEntity& target) {
  const EntityOrdinal target_ordinal = target.found.row.ordinal;
  std::string out_key = EdgeKey(source_ordinal, label, target_ordinal);
  CheckWritten(Family::kEdgeOut, out_key);
  writes_.conflicts().AddMark(WrittenMark(Family::kEdgeOut, out_key));
  StageRow(Family::kEdgeOut, std::move(out_key), TombstoneRow(), true);
  StageRow(Family::kEdgeIn, EdgeKey(target_ordinal, label, source_ordinal), TombstoneRow(), true);
  writes_.AddChange(EncodeFeedEntry({.kind = ChangeKind::kDeleteEdge,
                                     .collection = source.record->id,
                                     .id = source.id,
                                     .label = label,
                                     .target_collection = target.collection->id,
                                     .target_id = target.id}));
  return Status::Ok();
}

Status EntityWriter::ApplyPutEdge(const PutEdgeOperation& operation) {
  PHENIX_ASSIGN_OR_RETURN(Target source, Resolve(operation.collection, operation.source));
  EntityOrdinal ordinal;
  if (source.found.has_value()) {
    ordinal = source.found->row.ordinal;
  } else if (operation.on_missing_endpoint == MissingTarget::kStub) {
    PHENIX_ASSIGN_OR_RETURN(ordinal, StageStub(source));
  } else {
    return {StatusCode::kNotFound, "edge source '" + operation.source + "' of collection '" +
                                       operation.collection + "' does not exist"};
  }
  return StageEdge(source, ordinal, operation.edge, operation.on_missing_endpoint);
}

Status EntityWriter::ApplyDeleteEdge(const DeleteEdgeOperation& operation) {
  PHENIX_ASSIGN_OR_RETURN(const Target source, Resolve(operation.collection, operation.source));
  const std::string& collection =
      operation.target.collection.empty() ? operation.collection : operation.target.collection;
  PHENIX_ASSIGN_OR_RETURN(const Target target, Resolve(collection, operation.target.id));
  const std::optional<LabelId> label = labels_->FindLabel(operation.label);
  if (source.found.has_value() && target.found.has_value() && label.has_value()) {
    const EntityOrdinal ordinal = source.found->row.ordinal;
    const std::string key = EdgeKey(ordinal, *label, target.found->row.ordinal);
    PHENIX_ASSIGN_OR_RETURN(const auto before, reader_.FindRow(Family::kEdgeOut, key));
    if (before.has_value()) {
      return StageEdgeRemoval(
          source, ordinal, *label,
          {.collection = target.record, .id = target.id, .found = *target.found});
    }
    CheckWritten(Family::kEdgeOut, key);
  }
  if (!operation.must_exist) return Status::Ok();
  return {StatusCode::kNotFound, "edge '" + operation.label + "' from '" + operation.source +
                                     "' to '" + operation.target.id + "' does not exist"};
}

}  // namespace phenix::transaction
