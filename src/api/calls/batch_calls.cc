// POST /entities: many entities at once, atomic unless asked otherwise.
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "api/calls/calls.h"
#include "api/calls/write_plan.h"
#include "api/generated_id.h"
#include "api/json/entity_json.h"
#include "api/json/json_text.h"
#include "api/limits.h"
#include "model/value_view.h"

namespace phenix::api {
namespace {

using model::ValueType;
using model::ValueView;

struct EntityBatch {
  std::vector<PutOperation> puts;
  bool atomic = true;
};

void RefuseDuplicates(const std::vector<PutOperation>& puts, Faults& faults) {
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t position = 0; position < puts.size(); ++position) {
    if (puts[position].id.empty()) continue;
    const auto [first, fresh] = seen.emplace(puts[position].id, position);
    if (fresh) continue;
    faults.push_back({ElementPath("entities", position) + ".id", position,
                      "an id that the request names once",
                      "the id of entities[" + std::to_string(first->second) + "]"});
  }
}

EntityBatch ReadBatch(ValueView root, Faults& faults) {
  ObjectFields fields(root, "", faults);
  EntityBatch batch;
  PutDefaults defaults{.collection = ReadCollection(fields)};
  defaults.mode = ReadPutMode(fields, PutMode::kUpsert);
  defaults.on_missing_target = ReadMissingTarget(fields, MissingTarget::kStub);
  batch.atomic = fields.Bool("atomic").value_or(true);
  fields.Require("entities");
  const ValueView entities = fields.Container("entities", ValueType::kArray);
  fields.RefuseOthers();
  for (const ValueView entity : entities.Elements()) {
    const std::size_t position = batch.puts.size();
    const std::size_t known = faults.size();
    ObjectFields entity_fields(entity, ElementPath("entities", position), faults);
    batch.puts.push_back(ReadPut(entity_fields, defaults, faults));
    entity_fields.RefuseOthers();
    for (std::size_t at = known; at < faults.size(); ++at) faults[at].index = position;
  }
  RefuseDuplicates(batch.puts, faults);
  return batch;
}

/// Takes the edges of `put` that lead to entities that only come later in the request: they are
/// written when all of its entities are there.
void DeferEdges(PutOperation& put, const std::set<std::string>& later, std::uint64_t position,
                std::vector<std::pair<PutEdgeOperation, std::uint64_t>>& deferred) {
  std::vector<Edge> kept;
  for (Edge& edge : put.edges) {
    const bool same_collection =
        edge.target.collection.empty() || edge.target.collection == put.collection;
    if (!same_collection || !later.contains(edge.target.id)) {
      kept.push_back(std::move(edge));
      continue;
    }
    PutEdgeOperation operation;
    operation.collection = put.collection;
    operation.source = put.id;
    operation.edge = std::move(edge);
    operation.on_missing_endpoint = put.on_missing_target;
    deferred.emplace_back(std::move(operation), position);
  }
  put.edges = std::move(kept);
}

WritePlan PlanBatch(std::vector<PutOperation> puts) {
  WritePlan plan;
  plan.list = "entities";
  JsonText ids;
  ids.BeginArray();
  std::set<std::string> later;
  for (const PutOperation& put : puts) {
    ids.String(put.id);
    later.insert(put.id);
  }
  ids.End();
  std::vector<std::pair<PutEdgeOperation, std::uint64_t>> deferred;
  const std::size_t count = puts.size();
  for (std::size_t position = 0; position < count; ++position) {
    later.erase(puts[position].id);
    DeferEdges(puts[position], later, position, deferred);
    plan.Add(std::move(puts[position]), position);
  }
  for (auto& [operation, position] : deferred) plan.Add(std::move(operation), position);
  plan.answer.head = "\"count\":" + std::to_string(count) + ",\"ids\":" + ids.Take();
  plan.answer.versions = WriteAnswer::Versions::kList;
  plan.answer.version_count = count;
  return plan;
}

/// Commits every entity by itself; the answer has one result per entity, in order.
Attempt<Response> CommitEach(Call& call, std::vector<PutOperation> puts) {
  JsonText results;
  results.BeginArray();
  std::size_t failed = 0;
  for (std::size_t position = 0; position < puts.size(); ++position) {
    const std::string id = puts[position].id;
    WritePlan plan;
    plan.Add(std::move(puts[position]), position);
    plan.key_suffix = "#" + std::to_string(position);
    plan.answer.versions = WriteAnswer::Versions::kOne;
    Attempt<Response> answer = CommitPlan(call, std::move(plan));
    results.BeginObject().Key("id").String(id);
    if (answer.ok()) {
      results.Key("status").Uint(200).Key("result").Raw(answer->body).End();
      continue;
    }
    const Problem problem = answer.TakeProblem();
    const CodeRow& row = RowOf(problem.code);
    ++failed;
    results.Key("status").Uint(static_cast<std::uint64_t>(row.status));
    results.Key("code").String(row.name).Key("detail").String(problem.detail);
    results.Key("retryable").Bool(row.retryable).End();
  }
  results.End();
  if (failed > 0) {
    Problem partial{.code = Code::kBatchPartial,
                    .detail = std::to_string(failed) + " of " + std::to_string(puts.size()) +
                              " entities were not written"};
    partial.members.emplace_back("results", results.Take());
    return partial;
  }
  JsonText json;
  json.BeginObject().Key("count").Uint(puts.size()).Key("results").Raw(results.Take()).End();
  return Response{.headers = {}, .body = json.Take()};
}

}  // namespace

Attempt<Response> PostEntities(Call& call) {
  Attempt<Document> body = ReadBody(call);
  if (!body.ok()) return body.TakeProblem();
  Faults faults;
  QueryFields(call.target, faults).RefuseOthers();
  EntityBatch batch = ReadBatch(model::RootOf(*body), faults);
  if (!faults.empty()) return InvalidRequest(std::move(faults));
  if (batch.puts.size() > kRequestOperationsMax) {
    return Problem{.code = Code::kRequestTooLarge,
                   .detail = "a request may have " + std::to_string(kRequestOperationsMax) +
                             " entities; send several"};
  }
  for (PutOperation& put : batch.puts) {
    if (put.id.empty()) put.id = GeneratedId(call.parts.clock, call.parts.random);
  }
  if (!batch.atomic) return CommitEach(call, std::move(batch.puts));
  return CommitPlan(call, PlanBatch(std::move(batch.puts)));
}

}  // namespace phenix::api
