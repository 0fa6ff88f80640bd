#include "api/json/entity_json.h"

#include <chrono>
#include <utility>

namespace phenix::api {
namespace {

using model::ValueType;
using model::ValueView;

constexpr std::uint64_t kTimeToLiveSecondsMax = std::uint64_t{100} * 365 * 24 * 3600;

void RequireName(ObjectFields& fields, std::string_view key, std::optional<std::string>& name) {
  fields.Require(key);
  if (!name.has_value()) return;
  if (name->empty()) fields.Refuse(key, "a name of at least 1 byte", "\"\"");
}

/// The members that "edges" of an entity and the edges of POST /edges share.
Edge ReadEdge(ObjectFields& fields) {
  Edge edge;
  std::optional<std::string> target = fields.String("target");
  RequireName(fields, "target", target);
  std::optional<std::string> label = fields.String("label");
  RequireName(fields, "label", label);
  edge.target.id = std::move(target).value_or("");
  edge.target.collection = fields.String("target_collection").value_or("");
  edge.label = std::move(label).value_or("");
  edge.weight = fields.Number("weight").value_or(1.0);
  const ValueView properties = fields.Container("properties", ValueType::kObject);
  if (properties) edge.properties = DocumentOf(properties);
  return edge;
}

void ReadVectors(ObjectFields& fields, PutOperation& put, Faults& faults) {
  std::optional<std::vector<float>> unnamed = fields.Floats("vector");
  if (unnamed.has_value()) put.vectors[""] = *std::move(unnamed);
  const ValueView named = fields.Container("vectors", ValueType::kObject);
  if (!named) return;
  ObjectFields by_name(named, MemberPath(fields.path(), "vectors"), faults);
  for (const model::Member member : named.Members()) {
    std::optional<std::vector<float>> floats = by_name.Floats(member.key);
    if (!floats.has_value()) continue;
    if (!put.vectors.emplace(member.key, *std::move(floats)).second) {
      by_name.Refuse(member.key, "the unnamed vector once", "it in \"vector\" too");
    }
  }
}

void WriteVector(JsonText& json, const std::vector<float>& vector) {
  json.BeginArray();
  for (const float element : vector) json.Float(element);
  json.End();
}

void WriteVectors(JsonText& json, const Entity& entity) {
  const auto unnamed = entity.vectors.find("");
  if (unnamed != entity.vectors.end()) WriteVector(json.Key("vector"), unnamed->second);
  const bool has_named = entity.vectors.size() > (unnamed == entity.vectors.end() ? 0U : 1U);
  if (!has_named) return;
  json.Key("vectors").BeginObject();
  for (const auto& [name, vector] : entity.vectors) {
    if (!name.empty()) WriteVector(json.Key(name), vector);
  }
  json.End();
}

void WriteEdgeTail(JsonText& json, double weight, const Document& properties) {
  json.Key("weight").Double(weight);
  const ValueView root = model::RootOf(properties);
  if (root.size() > 0) json.Key("properties").Value(root);
}

void WriteEdges(JsonText& json, const std::vector<Edge>& edges) {
  json.Key("edges").BeginArray();
  for (const Edge& edge : edges) {
    json.BeginObject();
    json.Key("target").String(edge.target.id);
    if (!edge.target.collection.empty()) {
      json.Key("target_collection").String(edge.target.collection);
    }
    json.Key("label").String(edge.label);
    WriteEdgeTail(json, edge.weight, edge.properties);
    json.End();
  }
  json.End();
}

}  // namespace

PutMode ReadPutMode(ObjectFields& fields, PutMode otherwise) {
  constexpr PutMode kModes[] = {PutMode::kUpsert, PutMode::kInsert, PutMode::kUpdate,
                                PutMode::kMerge, PutMode::kReplace};
  const auto position = fields.OneOf("mode", {"upsert", "insert", "update", "merge", "replace"});
  return position.has_value() ? kModes[*position] : otherwise;
}

MissingTarget ReadMissingTarget(ObjectFields& fields, MissingTarget otherwise) {
  const auto position = fields.OneOf("on_missing_target", {"error", "stub"});
  if (!position.has_value()) return otherwise;
  return *position == 0 ? MissingTarget::kError : MissingTarget::kStub;
}

Filter ReadFilter(ObjectFields& fields, std::string_view key) {
  const ValueView value = fields.Container(key, ValueType::kObject);
  if (!value) return {};
  Result<Filter> filter = Filter::Parse(DocumentOf(value).ToJson());
  if (filter.ok()) return *std::move(filter);
  fields.Refuse(key, "a filter", std::string(filter.status().message()));
  return {};
}

Precondition ReadPrecondition(ObjectFields& fields) {
  Precondition precondition;
  precondition.if_version = fields.Timestamp("if_version");
  precondition.if_absent = fields.Bool("if_absent").value_or(false);
  Filter filter = ReadFilter(fields, "if");
  if (!filter.IsEmpty()) precondition.if_filter = std::move(filter);
  return precondition;
}

PutOperation ReadPut(ObjectFields& fields, const PutDefaults& defaults, Faults& faults) {
  PutOperation put;
  put.collection = defaults.collection;
  put.mode = defaults.mode;
  put.on_missing_target = defaults.on_missing_target;
  std::optional<std::string> id = fields.String("id");
  if (id.has_value() && id->empty()) fields.Refuse("id", "1 to 512 bytes", "\"\"");
  put.id = std::move(id).value_or("");
  const ValueView metadata = fields.Container("metadata", ValueType::kObject);
  if (metadata) put.document = DocumentOf(metadata);
  ReadVectors(fields, put, faults);
  const ValueView edges = fields.Container("edges", ValueType::kArray);
  std::size_t position = 0;
  for (const ValueView edge : edges.Elements()) {
    ObjectFields edge_fields(edge, ElementPath(MemberPath(fields.path(), "edges"), position++),
                             faults);
    put.edges.push_back(ReadEdge(edge_fields));
    edge_fields.RefuseOthers();
  }
  const auto seconds = fields.Uint("ttl_seconds", {.min = 0, .max = kTimeToLiveSecondsMax});
  if (seconds.has_value()) put.time_to_live = std::chrono::seconds(*seconds);
  put.precondition = ReadPrecondition(fields);
  return put;
}

PutEdgeOperation ReadPutEdge(ObjectFields& fields, const PutDefaults& defaults) {
  PutEdgeOperation operation;
  operation.collection = defaults.collection;
  operation.on_missing_endpoint = defaults.on_missing_target;
  std::optional<std::string> source = fields.String("source");
  RequireName(fields, "source", source);
  operation.source = std::move(source).value_or("");
  operation.edge = ReadEdge(fields);
  return operation;
}

DeleteEdgeOperation ReadDeleteEdge(ObjectFields& fields, const std::string& collection) {
  DeleteEdgeOperation operation;
  operation.collection = collection;
  std::optional<std::string> source = fields.String("source");
  RequireName(fields, "source", source);
  std::optional<std::string> target = fields.String("target");
  RequireName(fields, "target", target);
  std::optional<std::string> label = fields.String("label");
  RequireName(fields, "label", label);
  operation.source = std::move(source).value_or("");
  operation.target.id = std::move(target).value_or("");
  operation.target.collection = fields.String("target_collection").value_or("");
  operation.label = std::move(label).value_or("");
  return operation;
}

void WriteEntity(JsonText& json, const Entity& entity, const EntityShape& shape, const Rank* rank) {
  json.BeginObject();
  json.Key("id").String(entity.id);
  if (rank != nullptr) {
    json.Key("score").Double(rank->score);
    if (rank->distance.has_value()) json.Key("distance").Double(*rank->distance);
  }
  json.Key("version").String(TimestampText(entity.version));
  if (shape.metadata) json.Key("metadata").Value(model::RootOf(entity.document));
  if (shape.vectors) WriteVectors(json, entity);
  if (shape.edges) WriteEdges(json, entity.edges);
  if (entity.expires_at_ms.has_value()) {
    json.Key("expires_at_ms").Uint(static_cast<std::uint64_t>(*entity.expires_at_ms));
  }
  json.End();
}

void WriteIncidentEdge(JsonText& json, const IncidentEdge& edge, const std::string& collection) {
  json.BeginObject();
  json.Key("source").String(edge.source.id);
  if (!edge.source.collection.empty() && edge.source.collection != collection) {
    json.Key("source_collection").String(edge.source.collection);
  }
  json.Key("target").String(edge.target.id);
  if (!edge.target.collection.empty() && edge.target.collection != collection) {
    json.Key("target_collection").String(edge.target.collection);
  }
  json.Key("label").String(edge.label);
  WriteEdgeTail(json, edge.weight, edge.properties);
  json.Key("version").String(TimestampText(edge.version));
  json.End();
}

}  // namespace phenix::api
