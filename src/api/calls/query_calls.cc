// POST /query and POST /explain, the simple form, by exact search or a scan in id order.
#include <algorithm>
#include <utility>

#include "api/calls/calls.h"
#include "api/json/entity_json.h"
#include "api/json/json_text.h"
#include "api/json/page_token.h"
#include "api/json/query_json.h"
#include "model/value_view.h"

namespace phenix::api {
namespace {

/// One page of answers, and what finding them took.
struct QueryPage {
  std::vector<Entity> entities;
  std::vector<Rank> ranks;  ///< one per entity
  std::vector<std::string> warnings;
  std::string next;  ///< inner part of the cursor
  std::uint64_t visited = 0;
  std::uint64_t matched = 0;
};

/// A vector of another dimension than the field, told as such.
Problem SearchProblem(Reader& reader, const SimpleQuery& query, const Status& status) {
  Problem problem = ReadProblem(reader, query.collection, status);
  const Result<CollectionSchema> schema = reader.Collection(query.collection);
  if (!schema.ok()) return problem;
  const auto field = schema->vectors.find(query.nearness->field);
  if (field == schema->vectors.end()) {
    problem.code = Code::kVectorFieldNotFound;
    return problem;
  }
  if (query.nearness->vector.size() == field->second.dimension) return problem;
  problem.code = Code::kVectorDimension;
  problem.errors.push_back({"vector_similarity.vector", std::nullopt,
                            std::to_string(field->second.dimension) + " numbers",
                            std::to_string(query.nearness->vector.size())});
  return problem;
}

/// The page from rank `skip` on of the k nearest.
Attempt<QueryPage> Search(Reader& reader, const SimpleQuery& query, std::uint32_t skip) {
  NearestRequest request;
  request.collection = query.collection;
  request.field = query.nearness->field;
  request.vector = query.nearness->vector;
  request.radius = query.nearness->radius;
  request.filter = query.filter;
  request.include = query.shape.include();
  const std::uint32_t end = std::min(query.nearness->k, skip + query.limit);
  // One more than the page shows whether another follows.
  request.k = std::min(query.nearness->k, end + 1);
  Result<NearestPage> found = reader.Nearest(request);
  if (!found.ok()) return SearchProblem(reader, query, found.status());
  QueryPage page;
  page.visited = found->distances_computed;
  page.matched = found->neighbors.size();
  page.warnings = std::move(found->warnings);
  for (std::size_t rank = skip; rank < std::min<std::size_t>(end, found->neighbors.size());
       ++rank) {
    Neighbor& neighbor = found->neighbors[rank];
    page.entities.push_back(std::move(neighbor.entity));
    page.ranks.push_back({.score = neighbor.score, .distance = neighbor.distance});
  }
  if (found->neighbors.size() > end) page.next = std::to_string(end);
  return page;
}

Attempt<QueryPage> ScanInIdOrder(Reader& reader, const SimpleQuery& query,
                                 const std::string& cursor) {
  ScanRequest request;
  request.collection = query.collection;
  request.filter = query.filter;
  request.limit = query.limit;
  request.cursor = cursor;
  request.include = query.shape.include();
  Result<EntityPage> found = reader.Scan(request);
  if (!found.ok()) return ReadProblem(reader, query.collection, found.status());
  QueryPage page;
  page.entities = std::move(found->entities);
  page.ranks.assign(page.entities.size(), {.score = 1.0, .distance = std::nullopt});
  page.warnings = std::move(found->warnings);
  page.next = std::move(found->next_cursor);
  page.matched = page.entities.size();
  return page;
}

Attempt<QueryPage> RunQuery(Reader& reader, const SimpleQuery& query, const std::string& cursor) {
  if (!query.nearness.has_value()) return ScanInIdOrder(reader, query, cursor);
  const auto skip = ParseDecimal(cursor).value_or(0);
  if (skip > query.nearness->k) {
    return InvalidRequest({{"cursor", std::nullopt, "the next_cursor of an earlier page", cursor}});
  }
  return Search(reader, query, static_cast<std::uint32_t>(skip));
}

/// The operators of a query, first to run first.
void WritePlanMembers(JsonText& json, const SimpleQuery& query, std::uint64_t entities) {
  json.Key("plan").BeginArray();
  json.BeginObject();
  json.Key("operator").String(query.nearness.has_value() ? "exact_search" : "scan_in_id_order");
  json.Key("collection").String(query.collection);
  if (query.nearness.has_value()) {
    json.Key("field").String(query.nearness->field);
    json.Key("k").Uint(query.nearness->k);
  }
  json.Key("rows_estimated").Uint(entities);
  json.End();
  if (!query.filter.IsEmpty()) {
    json.BeginObject().Key("operator").String("filter");
    json.Key("filter").Raw(query.filter.ToJson()).End();
  }
  json.BeginObject().Key("operator").String("limit");
  json.Key("rows").Uint(query.limit).End();
  json.End();
}

double Milliseconds(std::chrono::nanoseconds duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

void WriteStats(JsonText& json, const SimpleQuery& query, const QueryPage& page,
                std::chrono::nanoseconds duration) {
  json.Key("stats").BeginObject();
  json.Key("took_ms").Double(Milliseconds(duration));
  json.Key("matched").Uint(page.matched);
  if (query.nearness.has_value()) json.Key("visited").Uint(page.visited);
  json.Key("exact").Bool(true);
  json.End();
}

/// The query of a request, read and checked.
Attempt<SimpleQuery> ReadQuery(Call& call) {
  Attempt<Document> body = ReadBody(call);
  if (!body.ok()) return body.TakeProblem();
  const model::ValueView root = model::RootOf(*body);
  if (IsStagedQuery(root)) {
    return Problem{.code = Code::kUnimplemented,
                   .detail = "\"stages\": this build runs the simple form of a query only"};
  }
  Faults faults;
  QueryFields(call.target, faults).RefuseOthers();
  const ServiceSettings& settings = call.parts.settings;
  SimpleQuery query = ReadSimpleQuery(
      root, {.results_max = settings.results_max, .hops_max = settings.traversal_depth_max},
      faults);
  if (!faults.empty()) return InvalidRequest(std::move(faults));
  return query;
}

std::uint32_t DigestOf(const SimpleQuery& query) {
  std::string vector;
  if (query.nearness.has_value()) {
    vector = query.nearness->field + "/" + std::to_string(query.nearness->k) + "/";
    for (const float element : query.nearness->vector) vector += std::to_string(element) + " ";
  }
  return PageDigest({query.collection, query.filter.ToJson(), vector});
}

}  // namespace

Attempt<Response> PostQuery(Call& call) {
  Attempt<SimpleQuery> query = ReadQuery(call);
  if (!query.ok()) return query.TakeProblem();
  const std::uint32_t digest = DigestOf(*query);
  Attempt<PageToken> token = ReadPageToken(query->cursor, digest, query->as_of);
  if (!token.ok()) return token.TakeProblem();
  if (!query->cursor.empty() && TransactionIdOf(call).empty()) {
    query->as_of = token->snapshot_timestamp;
  }
  const std::chrono::nanoseconds started = call.parts.clock.Monotonic();
  Attempt<CallReader> reader = CallReader::Open(call, query->as_of);
  if (!reader.ok()) return reader.TakeProblem();
  Attempt<QueryPage> page = RunQuery(**reader, *query, token->inner);
  if (!page.ok()) return page.TakeProblem();
  const std::chrono::nanoseconds duration = call.parts.clock.Monotonic() - started;
  call.parts.observer.OnQuery(duration);
  JsonText json;
  json.BeginObject().Key("entities").BeginArray();
  for (std::size_t position = 0; position < page->entities.size(); ++position) {
    WriteEntity(json, page->entities[position], query->shape, &page->ranks[position]);
  }
  json.End();
  json.Key("snapshot_ts").String(TimestampText((**reader).timestamp()));
  WritePageToken(json, {(**reader).timestamp(), digest, page->next});
  WriteWarnings(json, page->warnings);
  WriteStats(json, *query, *page, duration);
  if (query->explain) {
    json.Key("explain").BeginObject();
    WritePlanMembers(json, *query, call.parts.database.Stats().entities_estimated);
    json.End();
  }
  json.End();
  return Response{.headers = {}, .body = json.Take()};
}

Attempt<Response> ExplainQuery(Call& call) {
  Attempt<SimpleQuery> query = ReadQuery(call);
  if (!query.ok()) return query.TakeProblem();
  Attempt<CallReader> reader = CallReader::Open(call, query->as_of);
  if (!reader.ok()) return reader.TakeProblem();
  const Result<CollectionSchema> schema = (**reader).Collection(query->collection);
  if (!schema.ok()) return ReadProblem(**reader, query->collection, schema.status());
  JsonText json;
  json.BeginObject();
  WritePlanMembers(json, *query, call.parts.database.Stats().entities_estimated);
  if (query->profile) {
    const std::chrono::nanoseconds started = call.parts.clock.Monotonic();
    Attempt<QueryPage> page = RunQuery(**reader, *query, "");
    if (!page.ok()) return page.TakeProblem();
    json.Key("profile").BeginObject();
    json.Key("rows").Uint(page->entities.size());
    WriteStats(json, *query, *page, call.parts.clock.Monotonic() - started);
    json.End();
  }
  json.Key("snapshot_ts").String(TimestampText((**reader).timestamp())).End();
  return Response{.headers = {}, .body = json.Take()};
}

}  // namespace phenix::api
