// POST, GET /entities and GET, PUT, PATCH, DELETE /entities/{id}.
#include <optional>
#include <utility>

#include "api/calls/calls.h"
#include "api/calls/precondition_headers.h"
#include "api/calls/write_plan.h"
#include "api/json/entity_json.h"
#include "api/json/json_text.h"
#include "api/json/page_token.h"
#include "api/limits.h"
#include "model/value_view.h"

namespace phenix::api {
namespace {

using model::ValueView;

/// "include=vectors,edges".
EntityShape ReadShape(QueryFields& query) {
  EntityShape shape;
  const std::string include = query.String("include").value_or("");
  std::string_view rest = include;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    if (part == "vectors") {
      shape.vectors = true;
    } else if (part == "edges") {
      shape.edges = true;
    } else if (part != "metadata") {
      query.Refuse("include", "metadata, vectors and edges with commas", std::string(part));
    }
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return shape;
}

std::optional<std::uint64_t> ReadAsOf(QueryFields& query) { return query.Uint("as_of", {}); }

/// The collection of a call that names an entity in its path, and nothing else in its query.
Attempt<std::string> ReadOnlyCollection(const Call& call) {
  Faults faults;
  QueryFields query(call.target, faults);
  std::string collection = ReadCollection(query);
  query.RefuseOthers();
  if (!faults.empty()) return InvalidRequest(std::move(faults));
  return collection;
}

/// A write of one entity. Without If-Match, an entity that is missing is "not found", not a failed
/// precondition.
Attempt<Response> CommitOne(Call& call, WriteOperation operation, WriteAnswer::Versions versions) {
  WritePlan plan;
  plan.Add(std::move(operation), 0);
  plan.answer.versions = versions;
  Attempt<Response> answer = CommitPlan(call, std::move(plan));
  if (answer.ok()) return answer;
  Problem problem = answer.TakeProblem();
  const bool conditional =
      call.request.HasHeader("if-match") || call.request.HasHeader("if-none-match");
  if (problem.code == Code::kPreconditionFailed && !conditional) {
    problem.code = Code::kEntityNotFound;
  }
  return problem;
}

}  // namespace

Attempt<Response> GetEntity(Call& call) {
  Faults faults;
  QueryFields query(call.target, faults);
  const std::string collection = ReadCollection(query);
  const EntityShape shape = ReadShape(query);
  const std::optional<std::uint64_t> as_of = ReadAsOf(query);
  query.RefuseOthers();
  if (!faults.empty()) return InvalidRequest(std::move(faults));
  Attempt<CallReader> reader = CallReader::Open(call, as_of);
  if (!reader.ok()) return reader.TakeProblem();
  const Result<Entity> entity = (**reader).Get(collection, call.name, shape.include());
  if (!entity.ok()) return ReadProblem(**reader, collection, entity.status());
  JsonText json;
  WriteEntity(json, *entity, shape, nullptr);
  Response response{.headers = {}, .body = json.Take()};
  response.headers.emplace_back("ETag", "\"" + TimestampText(entity->version) + "\"");
  return response;
}

Attempt<Response> ScanEntities(Call& call) {
  Faults faults;
  QueryFields query(call.target, faults);
  ScanRequest request;
  request.collection = ReadCollection(query);
  const EntityShape shape = ReadShape(query);
  std::optional<std::uint64_t> as_of = ReadAsOf(query);
  const auto limit = query.Uint("limit", {.min = 1, .max = kPageLimitMax});
  request.limit = static_cast<std::uint32_t>(limit.value_or(kPageLimitDefault));
  request.include = shape.include();
  const std::string filter_json = query.String("filter").value_or("{}");
  Result<Filter> filter = Filter::Parse(filter_json);
  if (!filter.ok()) query.Refuse("filter", "a filter", std::string(filter.status().message()));
  const std::string token = query.String("cursor").value_or("");
  query.RefuseOthers();
  if (!faults.empty()) return InvalidRequest(std::move(faults));
  request.filter = *std::move(filter);
  const std::uint32_t digest = PageDigest({request.collection, filter_json});
  Attempt<PageToken> page_token = ReadPageToken(token, digest, as_of);
  if (!page_token.ok()) return page_token.TakeProblem();
  if (!token.empty() && TransactionIdOf(call).empty()) as_of = page_token->snapshot_timestamp;
  request.cursor = page_token->inner;
  Attempt<CallReader> reader = CallReader::Open(call, as_of);
  if (!reader.ok()) return reader.TakeProblem();
  const Result<EntityPage> page = (**reader).Scan(request);
  if (!page.ok()) return ReadProblem(**reader, request.collection, page.status());
  JsonText json;
  json.BeginObject().Key("entities").BeginArray();
  for (const Entity& entity : page->entities) WriteEntity(json, entity, shape, nullptr);
  json.End();
  WritePageToken(json, {(**reader).timestamp(), digest, page->next_cursor});
  json.Key("snapshot_ts").String(TimestampText((**reader).timestamp()));
  WriteWarnings(json, page->warnings);
  json.End();
  return Response{.headers = {}, .body = json.Take()};
}

Attempt<Response> PutEntity(Call& call) {
  Attempt<Document> body = ReadBody(call);
  if (!body.ok()) return body.TakeProblem();
  Attempt<std::string> collection = ReadOnlyCollection(call);
  if (!collection.ok()) return collection.TakeProblem();
  Attempt<Precondition> headers = ReadPreconditionHeaders(call.request);
  if (!headers.ok()) return headers.TakeProblem();
  Faults faults;
  ObjectFields fields(model::RootOf(*body), "", faults);
  PutDefaults defaults{.collection = *collection, .mode = PutMode::kReplace};
  defaults.on_missing_target = ReadMissingTarget(fields, MissingTarget::kStub);
  PutOperation put = ReadPut(fields, defaults, faults);
  if (!put.id.empty() && put.id != call.name) {
    fields.Refuse("id", "the id of the path", "\"" + put.id + "\"");
  }
  fields.RefuseOthers();
  if (!faults.empty()) return InvalidRequest(std::move(faults));
  put.id = call.name;
  if (headers->if_version.has_value()) put.precondition.if_version = headers->if_version;
  put.precondition.if_present = headers->if_present;
  put.precondition.if_absent = put.precondition.if_absent || headers->if_absent;
  WritePlan plan;
  plan.Add(std::move(put), 0);
  plan.answer.versions = WriteAnswer::Versions::kOne;
  return CommitPlan(call, std::move(plan));
}

Attempt<Response> PatchEntity(Call& call) {
  Attempt<std::string> collection = ReadOnlyCollection(call);
  if (!collection.ok()) return collection.TakeProblem();
  Attempt<Document> patch = ReadBody(call);
  if (!patch.ok()) return patch.TakeProblem();
  Attempt<Precondition> precondition = ReadPreconditionHeaders(call.request);
  if (!precondition.ok()) return precondition.TakeProblem();
  PutOperation put;
  put.collection = *collection;
  put.id = call.name;
  put.document = *patch;
  put.mode = PutMode::kMerge;
  put.precondition = *precondition;
  put.precondition.if_present = true;
  return CommitOne(call, std::move(put), WriteAnswer::Versions::kOne);
}

Attempt<Response> DeleteEntity(Call& call) {
  Attempt<std::string> collection = ReadOnlyCollection(call);
  if (!collection.ok()) return collection.TakeProblem();
  Attempt<Precondition> precondition = ReadPreconditionHeaders(call.request);
  if (!precondition.ok()) return precondition.TakeProblem();
  DeleteOperation operation;
  operation.collection = *collection;
  operation.id = call.name;
  operation.precondition = *precondition;
  operation.must_exist = true;
  return CommitOne(call, std::move(operation), WriteAnswer::Versions::kNone);
}

}  // namespace phenix::api
