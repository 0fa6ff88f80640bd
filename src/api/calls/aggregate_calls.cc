// POST /count and POST /facets: one scan of what matches.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "api/calls/calls.h"
#include "api/json/entity_json.h"
#include "api/json/json_text.h"
#include "api/limits.h"
#include "model/json_writer.h"
#include "model/path.h"
#include "model/value_view.h"

namespace phenix::api {
namespace {

using model::ValueType;
using model::ValueView;

struct CountRequest {
  std::string collection;
  Filter filter;
  std::optional<std::uint64_t> as_of;
};

CountRequest ReadCount(ObjectFields& fields) {
  CountRequest request;
  request.collection = ReadCollection(fields);
  request.filter = ReadFilter(fields, "filter");
  request.as_of = fields.Timestamp("as_of");
  return request;
}

/// How many entities have each value of one path; values by their JSON.
struct Facet {
  std::string name;
  model::Path path;
  std::map<std::string, std::uint64_t> counts;
};

std::vector<Facet> ReadFacets(ObjectFields& fields) {
  std::vector<Facet> facets;
  fields.Require("fields");
  const ValueView names = fields.Container("fields", ValueType::kArray);
  if (names && (names.size() == 0 || names.size() > kFacetFieldsMax)) {
    fields.Refuse("fields", "1 to " + std::to_string(kFacetFieldsMax) + " paths",
                  std::to_string(names.size()));
    return facets;
  }
  for (const ValueView name : names.Elements()) {
    const std::string_view text =
        name.type() == ValueType::kString ? name.AsString() : std::string_view();
    Result<model::Path> path = model::Path::Parse(text);
    if (!path.ok()) {
      fields.Refuse(ElementPath("fields", facets.size()), "a path", GotText(name));
      return facets;
    }
    facets.push_back({std::string(text), *std::move(path), {}});
  }
  return facets;
}

/// Collects the scalars that a path reaches, each once.
struct ScalarVisitor {
  std::set<std::string> values;

  bool OnValue(ValueView value) {
    if (value.type() == ValueType::kObject || value.type() == ValueType::kArray) return false;
    std::string json;
    model::AppendJsonValue(json, value);
    values.insert(std::move(json));
    return false;
  }
  void OnBlocked(ValueView) {}
};

std::optional<Problem> CountValues(const Entity& entity, std::vector<Facet>& facets) {
  for (Facet& facet : facets) {
    ScalarVisitor visitor;
    model::VisitPath(model::RootOf(entity.document), facet.path.steps(), 0, visitor);
    for (const std::string& value : visitor.values) ++facet.counts[value];
    if (facet.counts.size() > kFacetValuesMax) {
      return Problem{.code = Code::kLimitExceeded,
                     .detail = "facet \"" + facet.name + "\" has more than " +
                               std::to_string(kFacetValuesMax) + " values"};
    }
  }
  return std::nullopt;
}

void WriteFacet(JsonText& json, const Facet& facet, std::size_t limit) {
  std::vector<std::pair<std::uint64_t, std::string_view>> rows;
  for (const auto& [value, count] : facet.counts) rows.emplace_back(count, value);
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  if (rows.size() > limit) rows.resize(limit);
  json.Key(facet.name).BeginArray();
  for (const auto& [count, value] : rows) {
    json.BeginObject().Key("value").Raw(value).Key("count").Uint(count).End();
  }
  json.End();
}

/// Calls `visit` with every entity that matches, until it returns a problem.
template <typename Visit>
std::optional<Problem> ScanAll(Reader& reader, const CountRequest& request, Visit visit) {
  ScanRequest scan;
  scan.collection = request.collection;
  scan.filter = request.filter;
  scan.limit = kPageLimitDefault;
  do {
    const Result<EntityPage> page = reader.Scan(scan);
    if (!page.ok()) return ReadProblem(reader, request.collection, page.status());
    for (const Entity& entity : page->entities) {
      std::optional<Problem> problem = visit(entity);
      if (problem.has_value()) return problem;
    }
    scan.cursor = page->next_cursor;
  } while (!scan.cursor.empty());
  return std::nullopt;
}

}  // namespace

Attempt<Response> CountEntities(Call& call) {
  Attempt<Document> body = ReadOptionalBody(call);
  if (!body.ok()) return body.TakeProblem();
  Faults faults;
  ObjectFields fields(model::RootOf(*body), "", faults);
  const CountRequest request = ReadCount(fields);
  fields.RefuseOthers();
  if (!faults.empty()) return InvalidRequest(std::move(faults));
  Attempt<CallReader> reader = CallReader::Open(call, request.as_of);
  if (!reader.ok()) return reader.TakeProblem();
  const Result<std::uint64_t> count = (**reader).Count(request.collection, request.filter);
  if (!count.ok()) return ReadProblem(**reader, request.collection, count.status());
  JsonText json;
  json.BeginObject().Key("count").Uint(*count);
  json.Key("snapshot_ts").String(TimestampText((**reader).timestamp())).End();
  return Response{.headers = {}, .body = json.Take()};
}

Attempt<Response> CountFacets(Call& call) {
  Attempt<Document> body = ReadBody(call);
  if (!body.ok()) return body.TakeProblem();
  Faults faults;
  ObjectFields fields(model::RootOf(*body), "", faults);
  const CountRequest request = ReadCount(fields);
  std::vector<Facet> facets = ReadFacets(fields);
  const auto limit = fields.Uint("limit", {.min = 1, .max = kFacetValuesMax});
  fields.RefuseOthers();
  if (!faults.empty()) return InvalidRequest(std::move(faults));
  Attempt<CallReader> reader = CallReader::Open(call, request.as_of);
  if (!reader.ok()) return reader.TakeProblem();
  std::optional<Problem> problem =
      ScanAll(**reader, request, [&](const Entity& entity) { return CountValues(entity, facets); });
  if (problem.has_value()) return *std::move(problem);
  JsonText json;
  json.BeginObject().Key("facets").BeginObject();
  for (const Facet& facet : facets) {
    WriteFacet(json, facet, static_cast<std::size_t>(limit.value_or(kFacetLimitDefault)));
  }
  json.End();
  json.Key("snapshot_ts").String(TimestampText((**reader).timestamp())).End();
  return Response{.headers = {}, .body = json.Take()};
}

}  // namespace phenix::api
