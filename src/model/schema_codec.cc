#include "model/schema_codec.h"

#include <algorithm>
#include <set>
#include <utility>

#include "model/document_access.h"
#include "model/json_writer.h"
#include "model/names.h"
#include "model/path.h"
#include "model/schema_validator.h"
#include "model/value_view.h"

namespace phenix {
namespace {

constexpr std::pair<std::string_view, Metric> kMetricNames[] = {
    {"l2", Metric::kL2}, {"cosine", Metric::kCosine}, {"dot", Metric::kDot}};

}  // namespace

std::string_view MetricName(Metric metric) {
  for (const auto& [name, known] : kMetricNames) {
    if (known == metric) return name;
  }
  return {};
}

Result<Metric> ParseMetric(std::string_view name) {
  for (const auto& [known, metric] : kMetricNames) {
    if (known == name) return metric;
  }
  return Status(StatusCode::kInvalidArgument,
                "metric " + model::QuotedForMessage(name) + ": expected l2, cosine or dot");
}

namespace model {
namespace {

constexpr std::uint8_t kSchemaVersion = 1;
constexpr std::pair<std::string_view, IndexKind> kIndexKindNames[] = {
    {"attribute", IndexKind::kAttribute}, {"text", IndexKind::kText}, {"geo", IndexKind::kGeo}};

Status Refuse(std::string_view place, std::string_view expected, ValueView got) {
  std::string message = "collection schema at " + std::string(place) + ": expected " +
                        std::string(expected) + ", got ";
  message += ValueTypeName(got.type());
  if (got.type() == ValueType::kString) message += ' ' + QuotedForMessage(got.AsString());
  if (IsNumber(got.type())) {
    message += ' ';
    AppendJsonValue(message, got);
  }
  return {StatusCode::kInvalidArgument, std::move(message)};
}

Status TooMany(std::string_view what, std::size_t count_max) {
  return {StatusCode::kResourceExhausted,
          "collection schema: more than " + std::to_string(count_max) + ' ' + std::string(what)};
}

Status ValidateUniquePaths(const std::vector<std::string>& paths) {
  if (paths.size() > kUniquePathsMax) return TooMany("unique paths", kUniquePathsMax);
  std::set<std::string> seen;
  for (const std::string& text : paths) {
    PHENIX_ASSIGN_OR_RETURN(const Path path, Path::Parse(text));
    if (path.HasEachElement()) {
      return {StatusCode::kInvalidArgument,
              "unique path " + QuotedForMessage(text) + ": expected a path without []"};
    }
    if (!seen.insert(path.ToString()).second) {
      return {StatusCode::kInvalidArgument,
              "unique path " + QuotedForMessage(text) + ": given twice"};
    }
  }
  return Status::Ok();
}

Status ValidateIndexes(const std::vector<IndexDefinition>& indexes) {
  if (indexes.size() > kIndexesMax) return TooMany("indexes", kIndexesMax);
  std::set<std::pair<std::string, IndexKind>> seen;
  for (const IndexDefinition& index : indexes) {
    PHENIX_ASSIGN_OR_RETURN(const Path path, Path::Parse(index.path));
    if (static_cast<std::size_t>(index.kind) >= std::size(kIndexKindNames)) {
      return {StatusCode::kInvalidArgument,
              "index on " + QuotedForMessage(index.path) + ": expected attribute, text or geo"};
    }
    if (!seen.insert({path.ToString(), index.kind}).second) {
      return {StatusCode::kInvalidArgument,
              "index on " + QuotedForMessage(index.path) + ": given twice"};
    }
  }
  return Status::Ok();
}

Status ReadVectors(ValueView vectors, CollectionSchema& schema) {
  if (vectors && vectors.type() != ValueType::kObject) {
    return Refuse("vectors", "an object of fields by name", vectors);
  }
  for (const Member member : vectors.Members()) {
    const std::string place = "vectors." + PathKeyText(member.key);
    if (member.value.type() != ValueType::kObject) {
      return Refuse(place, "an object of dimension and metric", member.value);
    }
    VectorField field;
    for (const Member setting : member.value.Members()) {
      if (setting.key == "dimension") {
        const bool fits = setting.value.type() == ValueType::kInt && setting.value.AsInt() >= 1 &&
                          setting.value.AsInt() <= kVectorDimensionMax;
        if (!fits) return Refuse(place + ".dimension", "an integer from 1 to 65535", setting.value);
        field.dimension = static_cast<std::uint32_t>(setting.value.AsInt());
      } else if (setting.key == "metric" && setting.value.type() == ValueType::kString) {
        PHENIX_ASSIGN_OR_RETURN(field.metric, ParseMetric(setting.value.AsString()));
      } else {
        return Refuse(place + '.' + PathKeyText(setting.key),
                      "only dimension and metric (a string)", setting.value);
      }
    }
    schema.vectors.emplace(member.key, field);
  }
  return Status::Ok();
}

Status ReadUnique(ValueView unique, CollectionSchema& schema) {
  if (unique.type() != ValueType::kArray) return Refuse("unique", "an array of paths", unique);
  for (const ValueView path : unique.Elements()) {
    if (path.type() != ValueType::kString) return Refuse("unique[]", "a path", path);
    schema.unique_paths.emplace_back(path.AsString());
  }
  return Status::Ok();
}

Status ReadIndex(ValueView element, CollectionSchema& schema) {
  if (element.type() != ValueType::kObject)
    return Refuse("indexes[]", "an object of path and kind", element);
  IndexDefinition index;
  for (const Member setting : element.Members()) {
    const bool known = setting.key == "path" || setting.key == "kind";
    if (!known || setting.value.type() != ValueType::kString) {
      return Refuse("indexes[]." + PathKeyText(setting.key), "only path and kind, both strings",
                    setting.value);
    }
    if (setting.key == "path") {
      index.path = setting.value.AsString();
      continue;
    }
    const auto* kind = std::find_if(
        std::begin(kIndexKindNames), std::end(kIndexKindNames),
        [&setting](const auto& entry) { return entry.first == setting.value.AsString(); });
    if (kind == std::end(kIndexKindNames)) {
      return Refuse("indexes[].kind", "attribute, text or geo", setting.value);
    }
    index.kind = kind->second;
  }
  schema.indexes.push_back(std::move(index));
  return Status::Ok();
}

Status ReadIndexes(ValueView indexes, CollectionSchema& schema) {
  if (indexes.type() != ValueType::kArray) return Refuse("indexes", "an array", indexes);
  for (const ValueView element : indexes.Elements()) {
    PHENIX_RETURN_IF_ERROR(ReadIndex(element, schema));
  }
  return Status::Ok();
}

template <typename Items, typename Writer>
void AppendList(std::string& json, std::string_view brackets, const Items& items, Writer write) {
  json += brackets[0];
  bool first = true;
  for (const auto& item : items) {
    if (!first) json += ',';
    first = false;
    write(item);
  }
  json += brackets[1];
}

/// The body of the stored form; turns `reader` bad on anything that cannot be.
CollectionSchema ReadStored(base::ByteReader& reader, std::string& document_binary) {
  CollectionSchema schema;
  schema.name = reader.ReadLengthPrefixed();
  for (std::uint64_t count = reader.ReadVarint(); count > 0 && reader.ok(); --count) {
    std::string name(reader.ReadLengthPrefixed());
    VectorField field;
    field.dimension = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(reader.ReadVarint(), kVectorDimensionMax + 1));
    field.metric = static_cast<Metric>(reader.ReadLittle<std::uint8_t>());
    schema.vectors.emplace(std::move(name), field);
  }
  for (std::uint64_t count = reader.ReadVarint(); count > 0 && reader.ok(); --count) {
    schema.unique_paths.emplace_back(reader.ReadLengthPrefixed());
  }
  for (std::uint64_t count = reader.ReadVarint(); count > 0 && reader.ok(); --count) {
    IndexDefinition index;
    index.path = reader.ReadLengthPrefixed();
    index.kind = static_cast<IndexKind>(reader.ReadLittle<std::uint8_t>());
    schema.indexes.push_back(std::move(index));
  }
  document_binary = reader.ReadLengthPrefixed();
  return schema;
}

}  // namespace

Status ValidateSchema(const CollectionSchema& schema) {
  PHENIX_RETURN_IF_ERROR(ValidateCollectionName(schema.name));
  if (schema.vectors.size() > kVectorFieldsMax) return TooMany("vector fields", kVectorFieldsMax);
  for (const auto& [name, field] : schema.vectors) {
    PHENIX_RETURN_IF_ERROR(ValidateVectorFieldName(name));
    if (field.dimension < 1 || field.dimension > kVectorDimensionMax) {
      return {StatusCode::kInvalidArgument, "vector field " + QuotedForMessage(name) +
                                                ": expected a dimension from 1 to 65535, got " +
                                                std::to_string(field.dimension)};
    }
    if (MetricName(field.metric).empty()) {
      return {StatusCode::kInvalidArgument,
              "vector field " + QuotedForMessage(name) + ": expected a metric l2, cosine or dot"};
    }
  }
  PHENIX_RETURN_IF_ERROR(ValidateUniquePaths(schema.unique_paths));
  PHENIX_RETURN_IF_ERROR(ValidateIndexes(schema.indexes));
  if (!schema.document_schema.has_value()) return Status::Ok();
  return SchemaValidator::Compile(*schema.document_schema).status();
}

std::string EncodeSchema(const CollectionSchema& schema) {
  std::string bytes(1, static_cast<char>(kSchemaVersion));
  base::PutLengthPrefixed(bytes, schema.name);
  base::PutVarint(bytes, schema.vectors.size());
  for (const auto& [name, field] : schema.vectors) {
    base::PutLengthPrefixed(bytes, name);
    base::PutVarint(bytes, field.dimension);
    bytes.push_back(static_cast<char>(field.metric));
  }
  base::PutVarint(bytes, schema.unique_paths.size());
  for (const std::string& path : schema.unique_paths) base::PutLengthPrefixed(bytes, path);
  base::PutVarint(bytes, schema.indexes.size());
  for (const IndexDefinition& index : schema.indexes) {
    base::PutLengthPrefixed(bytes, index.path);
    bytes.push_back(static_cast<char>(index.kind));
  }
  const bool has_schema = schema.document_schema.has_value();
  base::PutLengthPrefixed(bytes, has_schema ? schema.document_schema->binary() : base::ByteView());
  return bytes;
}

Result<CollectionSchema> DecodeSchema(base::ByteView bytes) {
  base::ByteReader reader(bytes);
  const auto version = reader.ReadLittle<std::uint8_t>();
  if (!reader.ok() || version != kSchemaVersion) {
    return Status(StatusCode::kCorruption,
                  "collection schema has an unknown version: got=" + std::to_string(version));
  }
  std::string document_binary;
  CollectionSchema schema = ReadStored(reader, document_binary);
  if (!reader.ok() || !reader.AtEnd()) {
    return Status(StatusCode::kCorruption, "collection schema has wrong lengths: size_bytes=" +
                                               std::to_string(bytes.size()));
  }
  if (!document_binary.empty()) {
    PHENIX_ASSIGN_OR_RETURN(schema.document_schema,
                            Document::FromBinary(std::move(document_binary)));
  }
  const Status valid = ValidateSchema(schema);
  if (!valid.ok()) {
    return Status(StatusCode::kCorruption,
                  "collection schema is not valid: " + std::string(valid.message()));
  }
  // What else decodes to this schema (doubled fields, padded numbers) was not written by
  // EncodeSchema.
  if (EncodeSchema(schema) != bytes) {
    return Status(StatusCode::kCorruption, "collection schema is not in its one written form");
  }
  return schema;
}

Result<CollectionSchema> SchemaFromJson(std::string_view name, std::string_view json) {
  PHENIX_ASSIGN_OR_RETURN(const Document body, Document::FromJson(json));
  CollectionSchema schema;
  schema.name = name;
  for (const Member member : RootOf(body).Members()) {
    if (member.key == "vectors") {
      PHENIX_RETURN_IF_ERROR(ReadVectors(member.value, schema));
    } else if (member.key == "unique") {
      PHENIX_RETURN_IF_ERROR(ReadUnique(member.value, schema));
    } else if (member.key == "indexes") {
      PHENIX_RETURN_IF_ERROR(ReadIndexes(member.value, schema));
    } else if (member.key == "schema") {
      if (member.value.type() != ValueType::kObject) {
        return Refuse("schema", "a JSON Schema object", member.value);
      }
      schema.document_schema = DocumentAccess::FromObject(member.value);
    } else {
      return Refuse(PathKeyText(member.key), "only vectors, schema, unique, indexes", member.value);
    }
  }
  PHENIX_RETURN_IF_ERROR(ValidateSchema(schema));
  return schema;
}

std::string SchemaToJson(const CollectionSchema& schema) {
  std::string json = "{\"vectors\":";
  AppendList(json, "{}", schema.vectors, [&json](const auto& entry) {
    AppendJsonString(json, entry.first);
    json += ":{\"dimension\":" + std::to_string(entry.second.dimension) + ",\"metric\":";
    AppendJsonString(json, MetricName(entry.second.metric));
    json += '}';
  });
  if (schema.document_schema.has_value()) json += ",\"schema\":" + schema.document_schema->ToJson();
  if (!schema.unique_paths.empty()) {
    json += ",\"unique\":";
    AppendList(json, "[]", schema.unique_paths,
               [&json](const std::string& path) { AppendJsonString(json, path); });
  }
  if (!schema.indexes.empty()) {
    json += ",\"indexes\":";
    AppendList(json, "[]", schema.indexes, [&json](const IndexDefinition& index) {
      json += "{\"path\":";
      AppendJsonString(json, index.path);
      json += ",\"kind\":";
      AppendJsonString(json, kIndexKindNames[static_cast<std::size_t>(index.kind)].first);
      json += '}';
    });
  }
  return json + '}';
}

}  // namespace model
}  // namespace phenix
