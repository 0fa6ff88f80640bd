// GET /changes, /limits and /stats.
#include <utility>

#include "api/calls/calls.h"
#include "api/json/json_text.h"
#include "api/json/object_fields.h"
#include "api/limits.h"
#include "api/write_answer.h"
#include "phenix/filter.h"
#include "phenix/reader.h"
#include "phenix/schema.h"

namespace phenix::api {
namespace {

std::string_view KindName(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kPutEntity:
      return "put_entity";
    case ChangeKind::kDeleteEntity:
      return "delete_entity";
    case ChangeKind::kPutEdge:
      return "put_edge";
    case ChangeKind::kDeleteEdge:
      return "delete_edge";
    case ChangeKind::kSchema:
      break;
  }
  return "schema";
}

void WriteChange(JsonText& json, const Change& change) {
  json.BeginObject();
  json.Key("commit_ts").String(TimestampText(change.commit_timestamp));
  json.Key("kind").String(KindName(change.kind));
  json.Key("collection").String(change.entity.collection);
  if (!change.entity.id.empty()) json.Key("id").String(change.entity.id);
  const bool edge = change.kind == ChangeKind::kPutEdge || change.kind == ChangeKind::kDeleteEdge;
  if (edge) {
    json.Key("label").String(change.label);
    json.Key("target").String(change.target.id);
    if (change.target.collection != change.entity.collection) {
      json.Key("target_collection").String(change.target.collection);
    }
  }
  json.End();
}

}  // namespace

Attempt<Response> ListChanges(Call& call) {
  Faults faults;
  QueryFields query(call.target, faults);
  const std::uint64_t after = query.Uint("after", {}).value_or(0);
  const auto limit = query.Uint("limit", {.min = 1, .max = kChangesLimitMax});
  query.RefuseOthers();
  if (!faults.empty()) return InvalidRequest(std::move(faults));
  const Result<ChangePage> page = call.parts.database.Changes(
      after, static_cast<std::uint32_t>(limit.value_or(kChangesLimitDefault)));
  if (!page.ok()) {
    Problem problem = ProblemOf(page.status());
    if (problem.code == Code::kRequestInvalid) problem.code = Code::kHistoryGone;
    return problem;
  }
  JsonText json;
  json.BeginObject().Key("changes").BeginArray();
  for (const Change& change : page->changes) {
    if (!change.entity.collection.starts_with(kReservedPrefix)) WriteChange(json, change);
  }
  json.End();
  json.Key("next").String(TimestampText(page->next_timestamp)).End();
  return Response{.headers = {}, .body = json.Take()};
}

Attempt<Response> ShowLimits(Call& call) {
  JsonText json;
  json.BeginObject();
  json.Key("request_body_bytes").Uint(kRequestBodyBytesMax);
  json.Key("request_target_bytes").Uint(kRequestTargetBytesMax);
  json.Key("request_operations").Uint(kRequestOperationsMax);
  json.Key("document_bytes").Uint(kDocumentBytesMax);
  json.Key("document_depth").Uint(kDocumentDepthMax);
  json.Key("entity_id_bytes").Uint(kEntityIdBytesMax);
  json.Key("edge_label_bytes").Uint(kEdgeLabelBytesMax);
  json.Key("vector_dimension").Uint(kVectorDimensionMax);
  json.Key("page_limit").Uint(kPageLimitMax);
  json.Key("query_results").Uint(call.parts.settings.results_max);
  json.Key("graph_hops").Uint(call.parts.settings.traversal_depth_max);
  json.Key("filter_bytes").Uint(kFilterBytesMax);
  json.Key("filter_depth").Uint(kFilterDepthMax);
  json.Key("filter_conditions").Uint(kFilterNodesMax);
  json.Key("facet_fields").Uint(kFacetFieldsMax);
  json.Key("facet_values").Uint(kFacetValuesMax);
  json.Key("transactions_open").Uint(kTransactionsOpenMax);
  json.Key("transaction_idle_ms").Uint(static_cast<std::uint64_t>(kTransactionIdleMax.count()));
  json.Key("transaction_timeout_ms")
      .Uint(static_cast<std::uint64_t>(kTransactionTimeoutMax.count()));
  json.Key("idempotency_key_bytes").Uint(kIdempotencyKeyBytesMax);
  json.Key("idempotency_memory_ms").Uint(static_cast<std::uint64_t>(kIdempotencyMemory.count()));
  json.End();
  return Response{.headers = {}, .body = json.Take()};
}

Attempt<Response> ShowStats(Call& call) {
  const DatabaseStats stats = call.parts.database.Stats();
  JsonText json;
  json.BeginObject();
  json.Key("visible_ts").String(TimestampText(stats.visible_timestamp));
  json.Key("collections").Uint(UserCollections(stats));
  json.Key("entities_estimated").Uint(stats.entities_estimated);
  json.Key("vectors_estimated").Uint(stats.vectors_estimated);
  json.Key("edges_estimated").Uint(stats.edges_estimated);
  json.Key("state_disk_bytes").Uint(stats.state_disk_bytes);
  json.Key("log_disk_bytes").Uint(stats.log_disk_bytes);
  json.Key("memory_bytes").Uint(stats.memory_bytes);
  json.Key("commits").Uint(stats.commits);
  json.Key("conflicts").Uint(stats.conflicts);
  json.Key("log_frames").Uint(stats.log_frames);
  json.Key("log_syncs").Uint(stats.log_syncs);
  json.Key("snapshots_open").Uint(stats.snapshots_open);
  json.Key("transactions_open").Uint(call.parts.transactions.size());
  json.End();
  return Response{.headers = {}, .body = json.Take()};
}

}  // namespace phenix::api
