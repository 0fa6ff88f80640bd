#include "api/json/schema_json.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "model/json_writer.h"

namespace phenix::api {
namespace {

using model::ValueType;
using model::ValueView;

struct KindName {
  IndexKind kind;
  std::string_view name;
};
constexpr std::array kKindNames = {KindName{IndexKind::kAttribute, "attribute"},
                                   KindName{IndexKind::kText, "text"},
                                   KindName{IndexKind::kGeo, "geo"}};

void ReadVectorFields(ObjectFields& fields, CollectionSchema& schema, Faults& faults) {
  const ValueView vectors = fields.Container("vectors", ValueType::kObject);
  constexpr Metric kMetrics[] = {Metric::kCosine, Metric::kL2, Metric::kDot};
  for (const model::Member member : vectors.Members()) {
    ObjectFields field(member.value, MemberPath("vectors", "\"" + std::string(member.key) + "\""),
                       faults);
    VectorField vector;
    field.Require("dimension");
    vector.dimension = static_cast<std::uint32_t>(
        field.Uint("dimension", {.min = 1, .max = kVectorDimensionMax}).value_or(1));
    const auto metric = field.OneOf("metric", {"cosine", "l2", "dot"});
    vector.metric = kMetrics[metric.value_or(0)];
    field.RefuseOthers();
    schema.vectors.emplace(member.key, vector);
  }
}

void ReadUniquePaths(ObjectFields& fields, CollectionSchema& schema) {
  const ValueView paths = fields.Container("unique", ValueType::kArray);
  for (const ValueView path : paths.Elements()) {
    if (path.type() != ValueType::kString) {
      fields.Refuse(ElementPath("unique", schema.unique_paths.size()), "a path", GotText(path));
      return;
    }
    schema.unique_paths.emplace_back(path.AsString());
  }
}

void ReadIndexes(ObjectFields& fields, CollectionSchema& schema, Faults& faults) {
  const ValueView indexes = fields.Container("indexes", ValueType::kArray);
  for (const ValueView value : indexes.Elements()) {
    ObjectFields index(value, ElementPath("indexes", schema.indexes.size()), faults);
    IndexDefinition definition;
    index.Require("path");
    definition.path = index.String("path").value_or("");
    const auto kind = index.OneOf("kind", {"attribute", "text", "geo"});
    definition.kind = kKindNames[kind.value_or(0)].kind;
    index.RefuseOthers();
    schema.indexes.push_back(std::move(definition));
  }
}

std::string_view NameOf(IndexKind kind) {
  const auto* const row = std::find_if(kKindNames.begin(), kKindNames.end(),
                                       [kind](const KindName& name) { return name.kind == kind; });
  return row == kKindNames.end() ? std::string_view() : row->name;
}

}  // namespace

CollectionSchema ReadSchema(const std::string& name, ValueView root, Faults& faults) {
  ObjectFields fields(root, "", faults);
  CollectionSchema schema;
  schema.name = name;
  ReadVectorFields(fields, schema, faults);
  ReadUniquePaths(fields, schema);
  ReadIndexes(fields, schema, faults);
  const ValueView document_schema = fields.Container("schema", ValueType::kObject);
  if (document_schema) schema.document_schema = DocumentOf(document_schema);
  fields.RefuseOthers();
  return schema;
}

void WriteSchema(JsonText& json, const CollectionSchema& schema) {
  json.BeginObject();
  json.Key("name").String(schema.name);
  json.Key("vectors").BeginObject();
  for (const auto& [name, field] : schema.vectors) {
    json.Key(name).BeginObject();
    json.Key("dimension").Uint(field.dimension);
    json.Key("metric").String(MetricName(field.metric));
    json.End();
  }
  json.End();
  json.Key("unique").BeginArray();
  for (const std::string& path : schema.unique_paths) json.String(path);
  json.End();
  json.Key("indexes").BeginArray();
  for (const IndexDefinition& index : schema.indexes) {
    json.BeginObject();
    json.Key("path").String(index.path);
    json.Key("kind").String(NameOf(index.kind));
    json.End();
  }
  json.End();
  if (schema.document_schema.has_value()) {
    json.Key("schema").Value(model::RootOf(*schema.document_schema));
  }
  json.End();
}

}  // namespace phenix::api
