#include "cli/entity_json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "model/json_scanner.h"
#include "model/json_writer.h"

namespace phenix::cli {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr double kMillisecondsPerSecond = 1000;
// The largest float and half its last digit: from here on numbers round to infinity.
constexpr double kFloatRounding = 0x1.ffffffp127;
constexpr double kTimeToLiveSecondsMax = 1e12;

Status Wrong(const std::string& place, std::string_view expected) {
  return {StatusCode::kInvalidArgument, place + ": expected " + std::string(expected)};
}

std::string Element(std::string_view array, std::size_t position) {
  return std::string(array) + "[" + std::to_string(position) + "]";
}

Status ReadFloats(ondemand::value value, const std::string& place, std::vector<float>& floats) {
  ondemand::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return Wrong(place, "an array of numbers");
  for (auto element : array) {
    double number = 0;
    const bool good =
        element.get_double().get(number) == simdjson::SUCCESS && std::abs(number) < kFloatRounding;
    if (!good) return Wrong(Element(place, floats.size()), "a number that a 32-bit float can hold");
    constexpr double kLargest = std::numeric_limits<float>::max();
    floats.push_back(static_cast<float>(std::clamp(number, -kLargest, kLargest)));
  }
  return Status::Ok();
}

Status ReadText(ondemand::value value, const std::string& place, std::string& text) {
  std::string_view found;
  if (value.get_string().get(found) != simdjson::SUCCESS) return Wrong(place, "a string");
  text = found;
  return Status::Ok();
}

Result<Document> ReadDocument(ondemand::value value, const std::string& place) {
  ondemand::object object;
  std::string_view raw;
  if (value.get_object().get(object) != simdjson::SUCCESS ||
      object.raw_json().get(raw) != simdjson::SUCCESS) {
    return Wrong(place, "an object");
  }
  Result<Document> document = Document::FromJson(raw);
  if (document.ok()) return document;
  return Status(document.status().code(), place + ": " + std::string(document.status().message()));
}

Status ReadVersion(ondemand::value value, const std::string& place, std::uint64_t& version) {
  std::uint64_t number = 0;
  if (value.get_uint64().get(number) != simdjson::SUCCESS &&
      value.get_uint64_in_string().get(number) != simdjson::SUCCESS) {
    return Wrong(place, "a version as a number or a decimal string");
  }
  version = number;
  return Status::Ok();
}

struct EdgeMembers {
  bool label = false;
  bool target = false;
};

Status ReadEdgeMember(std::string_view key, ondemand::value value, const std::string& place,
                      Edge& edge, EdgeMembers& seen) {
  if (key == "label" && !seen.label) {
    seen.label = true;
    return ReadText(value, place + ".label", edge.label);
  }
  if (key == "target" && !seen.target) {
    seen.target = true;
    return ReadText(value, place + ".target", edge.target.id);
  }
  if (key == "collection") return ReadText(value, place + ".collection", edge.target.collection);
  if (key == "weight") {
    const bool good = value.get_double().get(edge.weight) == simdjson::SUCCESS;
    return good ? Status::Ok() : Wrong(place + ".weight", "a number");
  }
  if (key == "properties") {
    PHENIX_ASSIGN_OR_RETURN(edge.properties, ReadDocument(value, place + ".properties"));
    return Status::Ok();
  }
  return Wrong(place, "each of label, target, collection, weight, properties at most once, got " +
                          model::QuotedForMessage(key));
}

Status ReadEdge(ondemand::value value, const std::string& place, Edge& edge) {
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return Wrong(place, "an object");
  EdgeMembers seen;
  for (auto field : object) {
    std::string_view key;
    ondemand::value member;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS ||
        field.value().get(member) != simdjson::SUCCESS) {
      return Wrong(place, "an object");
    }
    PHENIX_RETURN_IF_ERROR(ReadEdgeMember(key, member, place, edge, seen));
  }
  if (!seen.label) return Wrong(place, "a member label");
  return seen.target ? Status::Ok() : Wrong(place, "a member target");
}

Status ReadEdges(ondemand::value value, std::vector<Edge>& edges) {
  ondemand::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return Wrong("edges", "an array");
  for (auto element : array) {
    ondemand::value edge;
    const std::string place = Element("edges", edges.size());
    if (std::move(element).get(edge) != simdjson::SUCCESS) return Wrong(place, "an object");
    PHENIX_RETURN_IF_ERROR(ReadEdge(edge, place, edges.emplace_back()));
  }
  return Status::Ok();
}

Status ReadVectors(ondemand::value value, PutOperation& put) {
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return Wrong("vectors", "an object");
  for (auto field : object) {
    std::string_view key;
    ondemand::value member;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS ||
        field.value().get(member) != simdjson::SUCCESS) {
      return Wrong("vectors", "an object");
    }
    const std::string name(key);
    const auto [entry, is_new] = put.vectors.try_emplace(name);
    if (!is_new) return Wrong("vectors", "each field once, got '" + name + "' again");
    PHENIX_RETURN_IF_ERROR(ReadFloats(member, "vectors." + name, entry->second));
  }
  return Status::Ok();
}

Status ReadTimeToLive(ondemand::value value, PutOperation& put) {
  double seconds = 0;
  const bool good = value.get_double().get(seconds) == simdjson::SUCCESS && seconds >= 0 &&
                    seconds <= kTimeToLiveSecondsMax;
  if (!good) return Wrong("ttl_seconds", "a number of seconds, 0 for permanent");
  put.time_to_live =
      std::chrono::milliseconds(std::llround(std::ceil(seconds * kMillisecondsPerSecond)));
  return Status::Ok();
}

Status ReadExpiry(ondemand::value value, std::uint64_t now_ms, PutOperation& put) {
  std::int64_t at_ms = 0;
  if (value.get_int64().get(at_ms) != simdjson::SUCCESS || at_ms < 0) {
    return Wrong("expires_at_ms", "milliseconds since 1970-01-01T00:00:00Z");
  }
  // Zero would mean permanent; what has ended already ends at once.
  put.time_to_live = std::chrono::milliseconds(
      std::max<std::int64_t>(1, at_ms - static_cast<std::int64_t>(now_ms)));
  return Status::Ok();
}

constexpr std::array<std::string_view, 11> kMembers = {
    "id",          "metadata",      "vector",     "vectors",   "edges",  "collection",
    "ttl_seconds", "expires_at_ms", "if_version", "if_absent", "version"};
constexpr const char* kMemberList =
    "each of id, metadata, vector, vectors, edges, collection, ttl_seconds, expires_at_ms, "
    "if_version, if_absent, version at most once, got ";

Status ReadMember(std::string_view key, ondemand::value value, std::uint64_t now_ms,
                  PutOperation& put) {
  if (key == "id") return ReadText(value, "id", put.id);
  if (key == "metadata") {
    PHENIX_ASSIGN_OR_RETURN(put.document, ReadDocument(value, "metadata"));
    return Status::Ok();
  }
  if (key == "vector") {
    const auto [entry, is_new] = put.vectors.try_emplace("");
    return is_new ? ReadFloats(value, "vector", entry->second)
                  : Wrong("vector", "the unnamed vector once");
  }
  if (key == "vectors") return ReadVectors(value, put);
  if (key == "edges") return ReadEdges(value, put.edges);
  if (key == "collection") return ReadText(value, "collection", put.collection);
  if (key == "ttl_seconds") return ReadTimeToLive(value, put);
  if (key == "expires_at_ms") return ReadExpiry(value, now_ms, put);
  if (key == "if_version")
    return ReadVersion(value, "if_version", put.precondition.if_version.emplace());
  if (key == "if_absent") {
    const bool good = value.get_bool().get(put.precondition.if_absent) == simdjson::SUCCESS;
    return good ? Status::Ok() : Wrong("if_absent", "true or false");
  }
  // The member "version" is read over.
  std::uint64_t version = 0;
  return ReadVersion(value, "version", version);
}

Status ReadMembers(ondemand::object object, std::uint64_t now_ms, PutOperation& put) {
  std::array<bool, kMembers.size()> seen{};
  for (auto field : object) {
    std::string_view key;
    ondemand::value value;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS ||
        field.value().get(value) != simdjson::SUCCESS) {
      return Wrong("entity", "a JSON object");
    }
    const auto position = static_cast<std::size_t>(
        std::find(kMembers.begin(), kMembers.end(), key) - kMembers.begin());
    if (position == kMembers.size() || seen[position]) {
      return Wrong("entity", kMemberList + model::QuotedForMessage(key));
    }
    seen[position] = true;
    PHENIX_RETURN_IF_ERROR(ReadMember(key, value, now_ms, put));
  }
  return seen[0] ? Status::Ok() : Wrong("entity", "a member id");
}

// What is wrong with the text as JSON counts before what was made of it.
Status Explain(std::string_view json, Status status) {
  const auto fault = model::FindJsonFault(json);
  if (!fault.has_value() || fault->limit) return status;
  return {StatusCode::kInvalidArgument, fault->ToString()};
}

}  // namespace

struct EntityReader::Parser {
  std::string padded;
  ondemand::parser parser;
};

EntityReader::EntityReader() : parser_(std::make_unique<Parser>()) {}
EntityReader::~EntityReader() = default;

Result<PutOperation> EntityReader::Read(std::string_view json, const PutDefaults& defaults) {
  PutOperation put;
  put.collection = defaults.collection;
  put.mode = defaults.mode;
  put.on_missing_target = defaults.on_missing_target;
  parser_->padded.assign(json);
  parser_->padded.append(simdjson::SIMDJSON_PADDING, '\0');
  ondemand::document text;
  ondemand::object object;
  const auto parsed =
      parser_->parser.iterate(parser_->padded.data(), json.size(), parser_->padded.size())
          .get(text);
  if (parsed != simdjson::SUCCESS || text.get_object().get(object) != simdjson::SUCCESS) {
    return Explain(json, Wrong("entity", "a JSON object"));
  }
  const Status read = ReadMembers(object, defaults.now_ms, put);
  if (!read.ok()) return Explain(json, read);
  const char* behind = nullptr;
  if (text.current_location().get(behind) == simdjson::SUCCESS) {
    return Explain(json, Wrong("entity", "nothing after the object"));
  }
  return put;
}

Result<std::vector<float>> ReadVector(std::string_view json) {
  std::string member = "{\"id\":\"\",\"vector\":";
  member.append(json);
  member += '}';
  EntityReader reader;
  Result<PutOperation> put = reader.Read(member, {});
  if (!put.ok() || put->vectors.size() != 1 || put->vectors.count("") != 1) {
    return Status(StatusCode::kInvalidArgument,
                  "vector: expected numbers like [0.5, 1], got " + model::QuotedForMessage(json));
  }
  return std::move(put->vectors.begin()->second);
}

namespace {

void AppendFloats(std::string& out, const std::vector<float>& floats) {
  out += '[';
  for (std::size_t i = 0; i < floats.size(); ++i) {
    if (i > 0) out += ',';
    model::AppendJsonFloat(out, floats[i]);
  }
  out += ']';
}

void AppendVectors(std::string& out, const Entity& entity) {
  std::string named;
  for (const auto& [field, floats] : entity.vectors) {
    if (field.empty()) {
      out += ",\"vector\":";
      AppendFloats(out, floats);
      continue;
    }
    if (!named.empty()) named += ',';
    model::AppendJsonString(named, field);
    named += ':';
    AppendFloats(named, floats);
  }
  if (!named.empty()) out += ",\"vectors\":{" + named + '}';
}

void AppendEdge(std::string& out, const Edge& edge, std::string_view collection) {
  out += "{\"label\":";
  model::AppendJsonString(out, edge.label);
  out += ",\"target\":";
  model::AppendJsonString(out, edge.target.id);
  if (!edge.target.collection.empty() && edge.target.collection != collection) {
    out += ",\"collection\":";
    model::AppendJsonString(out, edge.target.collection);
  }
  out += ",\"weight\":";
  model::AppendJsonDouble(out, edge.weight);
  if (edge.properties != Document()) {
    out += ",\"properties\":";
    out += edge.properties.ToJson();
  }
  out += '}';
}

void AppendEdges(std::string& out, const std::vector<Edge>& edges, std::string_view collection) {
  std::vector<const Edge*> sorted;
  sorted.reserve(edges.size());
  for (const Edge& edge : edges) sorted.push_back(&edge);
  std::sort(sorted.begin(), sorted.end(), [](const Edge* a, const Edge* b) {
    return std::tie(a->label, a->target) < std::tie(b->label, b->target);
  });
  out += ",\"edges\":[";
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0) out += ',';
    AppendEdge(out, *sorted[i], collection);
  }
  out += ']';
}

}  // namespace

void AppendEntityMembers(std::string& out, const Entity& entity, std::string_view collection,
                         EntityStyle style) {
  out += "\"id\":";
  model::AppendJsonString(out, entity.id);
  if (style == EntityStyle::kAnswer)
    out += ",\"version\":\"" + std::to_string(entity.version) + '"';
  out += ",\"metadata\":";
  out += entity.document.ToJson();
  AppendVectors(out, entity);
  if (!entity.edges.empty()) AppendEdges(out, entity.edges, collection);
  if (entity.expires_at_ms.has_value()) {
    out += ",\"expires_at_ms\":";
    model::AppendJsonInt(out, *entity.expires_at_ms);
  }
}

void AppendEntity(std::string& out, const Entity& entity, std::string_view collection,
                  EntityStyle style) {
  out += '{';
  AppendEntityMembers(out, entity, collection, style);
  out += '}';
}

}  // namespace phenix::cli
