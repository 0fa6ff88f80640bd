#include "transaction/request_reader.h"

#include <utility>

#include "model/document_access.h"
#include "transaction/page_cursor.h"

namespace phenix::transaction {
namespace {

Status CheckLimit(std::uint32_t limit, std::uint32_t limit_max) {
  if (limit >= 1 && limit <= limit_max) return Status::Ok();
  return {StatusCode::kInvalidArgument,
          "limit: expected 1 to " + std::to_string(limit_max) + ", got " + std::to_string(limit)};
}

Status NoSuchEntity(std::string_view collection, std::string_view id) {
  return {StatusCode::kNotFound, "entity '" + std::string(id) + "' of collection '" +
                                     std::string(collection) + "' does not exist"};
}

}  // namespace

Result<Entity> RequestReader::Build(const CollectionRecord& record, std::string_view id,
                                    const FoundEntity& found, const Include& include) const {
  Entity entity;
  entity.id = std::string(id);
  entity.version = found.version.value();
  entity.document = model::DocumentAccess::Adopt(std::string(found.row.document));
  if (found.row.expires_at_ms != 0) {
    entity.expires_at_ms = static_cast<std::int64_t>(found.row.expires_at_ms);
  }
  if (include.vectors) PHENIX_RETURN_IF_ERROR(AddVectors(record, found, entity));
  if (include.edges) PHENIX_RETURN_IF_ERROR(AddEdges(record, found, entity));
  return entity;
}

Status RequestReader::AddVectors(const CollectionRecord& record, const FoundEntity& found,
                                 Entity& entity) const {
  for (const FieldId field : found.row.vectors) {
    const auto* named = record.FindField(field);
    if (named == nullptr) continue;  // a field that was dropped
    PHENIX_ASSIGN_OR_RETURN(auto vector, reader_.FindVector(record.id, field, found.row.ordinal));
    if (vector.has_value()) entity.vectors.emplace(named->first, *std::move(vector));
  }
  return Status::Ok();
}

Status RequestReader::AddEdges(const CollectionRecord& record, const FoundEntity& found,
                               Entity& entity) const {
  const std::string begin = EdgePrefix(found.row.ordinal);
  VisibleWalk walk =
      reader_.Walk({.family = Family::kEdgeOut, .begin = begin, .end = PrefixEnd(begin)});
  const std::shared_ptr<const Catalog> labels = reader_.view().catalogs->Latest();
  for (; walk.Valid() && entity.edges.size() < kEdgePageMax; walk.Next()) {
    const ParsedEdgeKey key = ParseEdgeKey(walk.key());
    PHENIX_ASSIGN_OR_RETURN(const EdgeRow row, DecodeEdgeRow(walk.value()));
    PHENIX_ASSIGN_OR_RETURN(auto far, reader_.FindOrdinal(key.far));
    if (!far.has_value()) continue;
    Edge edge;
    edge.label = std::string(labels->LabelName(key.label));
    edge.target.id = std::move(far->id);
    if (far->collection->id != record.id) edge.target.collection = far->collection->schema.name;
    edge.weight = row.weight;
    edge.properties = model::DocumentAccess::Adopt(std::string(row.properties));
    entity.edges.push_back(std::move(edge));
  }
  return walk.status();
}

Result<Entity> RequestReader::Get(std::string_view collection, std::string_view id,
                                  const Include& include) const {
  PHENIX_ASSIGN_OR_RETURN(const Record record, reader_.FindCollection(collection));
  PHENIX_ASSIGN_OR_RETURN(const auto found, reader_.FindEntity(record->id, id));
  if (!found.has_value()) return NoSuchEntity(collection, id);
  return Build(*record, id, *found, include);
}

Result<EntityPage> RequestReader::Scan(const ScanRequest& request) const {
  PHENIX_RETURN_IF_ERROR(CheckLimit(request.limit, kPageLimitMax));
  PHENIX_ASSIGN_OR_RETURN(const Record record, reader_.FindCollection(request.collection));
  const CommitTimestamp at = reader_.view().at;
  PHENIX_ASSIGN_OR_RETURN(const std::string last, DecodeCursor(request.cursor, at));
  const std::string prefix = EntityPrefix(record->id);
  WalkRange range{.family = Family::kEntity, .begin = prefix, .end = PrefixEnd(prefix)};
  if (!request.id_from.empty()) range.begin = EntityKey(record->id, request.id_from);
  if (!request.id_to.empty()) range.end = EntityKey(record->id, request.id_to);
  if (!last.empty()) range.begin = PrefixEnd(last);
  EntityPage page;
  model::FilterWarnings warnings;
  VisibleWalk walk = reader_.Walk(std::move(range));
  std::string last_delivered;
  for (; walk.Valid(); walk.Next()) {
    PHENIX_ASSIGN_OR_RETURN(const auto found, reader_.Adopt(walk.value(), walk.version()));
    const auto parsed = ParseEntityKey(walk.key());
    if (!parsed.has_value()) return Status(StatusCode::kCorruption, "malformed entity key");
    if (!found.has_value()) continue;
    if (!request.filter.IsEmpty()) {
      PHENIX_ASSIGN_OR_RETURN(
          const bool matches,
          MatchesFilter(request.filter, reader_,
                        {.collection = record, .id = parsed->id, .found = *found}, warnings));
      if (!matches) continue;
    }
    if (page.entities.size() == request.limit) {
      page.next_cursor = EncodeCursor(at, last_delivered);
      break;
    }
    if (request.ids_only) {
      Entity entity;
      entity.id = parsed->id;
      entity.version = found->version.value();
      page.entities.push_back(std::move(entity));
    } else {
      PHENIX_ASSIGN_OR_RETURN(Entity entity, Build(*record, parsed->id, *found, request.include));
      page.entities.push_back(std::move(entity));
    }
    last_delivered.assign(walk.key());
  }
  PHENIX_RETURN_IF_ERROR(walk.status());
  page.warnings = warnings.messages();
  return page;
}

Result<std::uint64_t> RequestReader::Count(std::string_view collection,
                                           const Filter& filter) const {
  PHENIX_ASSIGN_OR_RETURN(const Record record, reader_.FindCollection(collection));
  const std::string prefix = EntityPrefix(record->id);
  std::uint64_t count = 0;
  model::FilterWarnings warnings;
  VisibleWalk walk =
      reader_.Walk({.family = Family::kEntity, .begin = prefix, .end = PrefixEnd(prefix)});
  for (; walk.Valid(); walk.Next()) {
    PHENIX_ASSIGN_OR_RETURN(const auto found, reader_.Adopt(walk.value(), walk.version()));
    if (!found.has_value()) continue;
    if (!filter.IsEmpty()) {
      const auto parsed = ParseEntityKey(walk.key());
      if (!parsed.has_value()) return Status(StatusCode::kCorruption, "malformed entity key");
      PHENIX_ASSIGN_OR_RETURN(
          const bool matches,
          MatchesFilter(filter, reader_, {.collection = record, .id = parsed->id, .found = *found},
                        warnings));
      if (!matches) continue;
    }
    ++count;
  }
  PHENIX_RETURN_IF_ERROR(walk.status());
  return count;
}

struct RequestReader::EdgeWalk {
  const EdgeRequest& request;
  Record record;
  EntityOrdinal ordinal;
  std::optional<LabelId> label;
  std::shared_ptr<const Catalog> labels;
  std::string last;  // family byte, then the last user key; empty at the first page
};

Result<EdgePage> RequestReader::Edges(const EdgeRequest& request) const {
  PHENIX_RETURN_IF_ERROR(CheckLimit(request.limit, kEdgePageMax));
  EdgeWalk walk{
      .request = request, .record = {}, .ordinal = {}, .label = {}, .labels = {}, .last = {}};
  PHENIX_ASSIGN_OR_RETURN(walk.record, reader_.FindCollection(request.collection));
  PHENIX_ASSIGN_OR_RETURN(walk.last, DecodeCursor(request.cursor, reader_.view().at));
  PHENIX_ASSIGN_OR_RETURN(const auto found, reader_.FindEntity(walk.record->id, request.id));
  if (!found.has_value()) return NoSuchEntity(request.collection, request.id);
  walk.ordinal = found->row.ordinal;
  walk.labels = reader_.view().catalogs->Latest();
  EdgePage page;
  if (!request.label.empty()) {
    walk.label = walk.labels->FindLabel(request.label);
    if (!walk.label.has_value()) return page;
  }
  if (request.direction != EdgeDirection::kIn) {
    PHENIX_RETURN_IF_ERROR(CollectEdges(walk, Family::kEdgeOut, page));
  }
  if (request.direction != EdgeDirection::kOut && page.next_cursor.empty()) {
    PHENIX_RETURN_IF_ERROR(CollectEdges(walk, Family::kEdgeIn, page));
  }
  return page;
}

Status RequestReader::CollectEdges(EdgeWalk& walk, Family family, EdgePage& page) const {
  const char tag = static_cast<char>(family);
  const std::string prefix =
      walk.label.has_value() ? EdgePrefix(walk.ordinal, *walk.label) : EdgePrefix(walk.ordinal);
  WalkRange range{.family = family, .begin = prefix, .end = PrefixEnd(prefix)};
  if (!walk.last.empty() && walk.last.front() > tag) return Status::Ok();
  if (!walk.last.empty() && walk.last.front() == tag) range.begin = PrefixEnd(walk.last.substr(1));
  VisibleWalk rows = reader_.Walk(std::move(range));
  for (; rows.Valid(); rows.Next()) {
    PHENIX_ASSIGN_OR_RETURN(auto edge,
                            BuildEdge(walk, family, rows.key(), rows.value(), rows.version()));
    if (!edge.has_value()) continue;
    if (page.edges.size() == walk.request.limit) {
      page.next_cursor = EncodeCursor(reader_.view().at, walk.last);
      return Status::Ok();
    }
    page.edges.push_back(*std::move(edge));
    walk.last.assign(1, tag);
    walk.last.append(rows.key());
  }
  return rows.status();
}

Result<std::optional<IncidentEdge>> RequestReader::BuildEdge(const EdgeWalk& walk, Family family,
                                                             base::ByteView key, base::ByteView row,
                                                             CommitTimestamp version) const {
  const ParsedEdgeKey parsed = ParseEdgeKey(key);
  const bool is_loop = parsed.near == parsed.far;
  if (is_loop && family == Family::kEdgeIn && walk.request.direction == EdgeDirection::kAny) {
    return std::optional<IncidentEdge>();  // seen on the way out
  }
  PHENIX_ASSIGN_OR_RETURN(auto far, reader_.FindOrdinal(parsed.far));
  if (!far.has_value()) return std::optional<IncidentEdge>();
  IncidentEdge edge;
  edge.label = std::string(walk.labels->LabelName(parsed.label));
  edge.version = version.value();
  const EntityRef here{.collection = walk.request.collection, .id = walk.request.id};
  const EntityRef there{.collection = far->collection->schema.name, .id = std::move(far->id)};
  std::string stored(row);
  if (family == Family::kEdgeIn) {
    // Properties lie with the source.
    PHENIX_ASSIGN_OR_RETURN(
        auto out,
        reader_.FindRow(Family::kEdgeOut, EdgeKey(parsed.far, parsed.label, parsed.near)));
    if (!out.has_value()) return Status(StatusCode::kCorruption, "edge without its mirror");
    stored = std::move(out->value);
  }
  edge.source = family == Family::kEdgeOut ? here : there;
  edge.target = family == Family::kEdgeOut ? there : here;
  PHENIX_ASSIGN_OR_RETURN(const EdgeRow decoded, DecodeEdgeRow(stored));
  edge.weight = decoded.weight;
  edge.properties = model::DocumentAccess::Adopt(std::string(decoded.properties));
  return std::optional(std::move(edge));
}

Result<CollectionSchema> RequestReader::Collection(std::string_view name) const {
  PHENIX_ASSIGN_OR_RETURN(const Record record, reader_.FindCollection(name));
  return record->schema;
}

std::vector<CollectionSchema> RequestReader::Collections() const {
  std::vector<CollectionSchema> schemas;
  for (const auto& [name, record] : reader_.view().catalog->collections()) {
    schemas.push_back(record->schema);
  }
  return schemas;
}

}  // namespace phenix::transaction
