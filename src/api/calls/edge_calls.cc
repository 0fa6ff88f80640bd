// GET /entities/{id}/edges and POST, DELETE /edges.
#include <utility>

#include "api/calls/calls.h"
#include "api/calls/write_plan.h"
#include "api/json/entity_json.h"
#include "api/json/json_text.h"
#include "api/json/page_token.h"
#include "api/limits.h"
#include "model/value_view.h"

namespace phenix::api {
namespace {

using model::ValueType;
using model::ValueView;

std::optional<Problem> CheckCount(std::size_t count) {
  if (count <= kRequestOperationsMax) return std::nullopt;
  return Problem{.code = Code::kRequestTooLarge,
                 .detail = "a request may have " + std::to_string(kRequestOperationsMax) +
                           " edges; send several"};
}

/// Calls `read(fields)` for each member of "edges" and adds the operation that it returns.
template <typename Read>
void ReadEdges(ObjectFields& fields, Faults& faults, WritePlan& plan, Read read) {
  fields.Require("edges");
  const ValueView edges = fields.Container("edges", ValueType::kArray);
  fields.RefuseOthers();
  std::uint64_t position = 0;
  for (const ValueView edge : edges.Elements()) {
    const std::size_t known = faults.size();
    ObjectFields edge_fields(edge, ElementPath("edges", position), faults);
    plan.Add(read(edge_fields), position);
    edge_fields.RefuseOthers();
    for (std::size_t at = known; at < faults.size(); ++at) faults[at].index = position;
    ++position;
  }
  plan.list = "edges";
  plan.answer.head = "\"count\":" + std::to_string(position);
}

Attempt<Response> CommitEdges(Call& call, Faults faults, WritePlan plan) {
  QueryFields(call.target, faults).RefuseOthers();
  if (!faults.empty()) return InvalidRequest(std::move(faults));
  std::optional<Problem> too_many = CheckCount(plan.positions.size());
  if (too_many.has_value()) return *std::move(too_many);
  return CommitPlan(call, std::move(plan));
}

}  // namespace

Attempt<Response> ListEdges(Call& call) {
  Faults faults;
  QueryFields query(call.target, faults);
  EdgeRequest request;
  request.collection = ReadCollection(query);
  request.id = call.name;
  constexpr EdgeDirection kDirections[] = {EdgeDirection::kOut, EdgeDirection::kIn,
                                           EdgeDirection::kAny};
  const std::size_t direction = query.OneOf("direction", {"out", "in", "any"}).value_or(0);
  request.direction = kDirections[direction];
  request.label = query.String("label").value_or("");
  const auto limit = query.Uint("limit", {.min = 1, .max = kEdgePageMax});
  request.limit = static_cast<std::uint32_t>(limit.value_or(kPageLimitDefault));
  std::optional<std::uint64_t> as_of = query.Uint("as_of", {});
  const std::string token = query.String("cursor").value_or("");
  query.RefuseOthers();
  if (!faults.empty()) return InvalidRequest(std::move(faults));
  const std::uint32_t digest =
      PageDigest({request.collection, request.id, request.label, std::to_string(direction)});
  Attempt<PageToken> page_token = ReadPageToken(token, digest, as_of);
  if (!page_token.ok()) return page_token.TakeProblem();
  if (!token.empty() && TransactionIdOf(call).empty()) as_of = page_token->snapshot_timestamp;
  request.cursor = page_token->inner;
  Attempt<CallReader> reader = CallReader::Open(call, as_of);
  if (!reader.ok()) return reader.TakeProblem();
  const Result<EdgePage> page = (**reader).Edges(request);
  if (!page.ok()) return ReadProblem(**reader, request.collection, page.status());
  JsonText json;
  json.BeginObject().Key("edges").BeginArray();
  for (const IncidentEdge& edge : page->edges) WriteIncidentEdge(json, edge, request.collection);
  json.End();
  WritePageToken(json, {(**reader).timestamp(), digest, page->next_cursor});
  json.Key("snapshot_ts").String(TimestampText((**reader).timestamp())).End();
  return Response{.headers = {}, .body = json.Take()};
}

Attempt<Response> PostEdges(Call& call) {
  Attempt<Document> body = ReadBody(call);
  if (!body.ok()) return body.TakeProblem();
  Faults faults;
  WritePlan plan;
  ObjectFields fields(model::RootOf(*body), "", faults);
  PutDefaults defaults{.collection = ReadCollection(fields)};
  defaults.on_missing_target = ReadMissingTarget(fields, MissingTarget::kError);
  ReadEdges(fields, faults, plan, [&](ObjectFields& edge) { return ReadPutEdge(edge, defaults); });
  return CommitEdges(call, std::move(faults), std::move(plan));
}

Attempt<Response> DeleteEdges(Call& call) {
  Attempt<Document> body = ReadBody(call);
  if (!body.ok()) return body.TakeProblem();
  Faults faults;
  WritePlan plan;
  ObjectFields fields(model::RootOf(*body), "", faults);
  const std::string collection = ReadCollection(fields);
  ReadEdges(fields, faults, plan, [&](ObjectFields& edge) {
    DeleteEdgeOperation operation = ReadDeleteEdge(edge, collection);
    operation.must_exist = true;
    return operation;
  });
  return CommitEdges(call, std::move(faults), std::move(plan));
}

}  // namespace phenix::api
