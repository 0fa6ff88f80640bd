// POST /tx, /tx/{id}/commit, /tx/{id}/abort and /tx/run.
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

Isolation ReadIsolation(ObjectFields& fields) {
  const auto position = fields.OneOf("isolation", {"snapshot", "serializable"});
  return position.value_or(0) == 1 ? Isolation::kSerializable : Isolation::kSnapshot;
}

WriteOperation ReadPutMember(ObjectFields& fields, Faults& faults) {
  PutDefaults defaults{.collection = ReadCollection(fields)};
  defaults.mode = ReadPutMode(fields, PutMode::kUpsert);
  defaults.on_missing_target = ReadMissingTarget(fields, MissingTarget::kStub);
  return ReadPut(fields, defaults, faults);
}

std::string ReadId(ObjectFields& fields) {
  fields.Require("id");
  return fields.String("id").value_or("");
}

WriteOperation ReadDeleteMember(ObjectFields& fields) {
  DeleteOperation operation;
  operation.collection = ReadCollection(fields);
  operation.id = ReadId(fields);
  operation.precondition = ReadPrecondition(fields);
  operation.must_exist = fields.Bool("must_exist").value_or(false);
  return operation;
}

WriteOperation ReadEdgeMember(ObjectFields& fields) {
  PutDefaults defaults{.collection = ReadCollection(fields)};
  defaults.on_missing_target = ReadMissingTarget(fields, MissingTarget::kError);
  return ReadPutEdge(fields, defaults);
}

WriteOperation ReadDeleteEdgeMember(ObjectFields& fields) {
  DeleteEdgeOperation operation = ReadDeleteEdge(fields, ReadCollection(fields));
  operation.must_exist = fields.Bool("must_exist").value_or(false);
  return operation;
}

WriteOperation ReadCheckMember(ObjectFields& fields) {
  CheckOperation operation;
  operation.collection = ReadCollection(fields);
  operation.id = ReadId(fields);
  operation.precondition = ReadPrecondition(fields);
  operation.precondition.if_present = fields.Bool("if_present").value_or(false);
  return operation;
}

WriteOperation ReadMember(std::string_view kind, ObjectFields& fields, Faults& faults) {
  if (kind == "put") return ReadPutMember(fields, faults);
  if (kind == "delete") return ReadDeleteMember(fields);
  if (kind == "edge") return ReadEdgeMember(fields);
  if (kind == "delete_edge") return ReadDeleteEdgeMember(fields);
  return ReadCheckMember(fields);
}

/// {"put": {...}} and the like: exactly one known member.
std::optional<WriteOperation> ReadOperation(ValueView value, std::string path, Faults& faults) {
  constexpr std::string_view kKinds[] = {"put", "delete", "edge", "delete_edge", "check"};
  ObjectFields fields(value, path, faults);
  std::optional<WriteOperation> operation;
  for (const std::string_view kind : kKinds) {
    const ValueView member = fields.Container(kind, ValueType::kObject);
    if (!member) continue;
    if (operation.has_value()) fields.Refuse(kind, "one member per operation", "another one");
    ObjectFields member_fields(member, MemberPath(path, kind), faults);
    operation = ReadMember(kind, member_fields, faults);
    member_fields.RefuseOthers();
  }
  fields.RefuseOthers();
  if (!operation.has_value() && value.type() == ValueType::kObject) {
    faults.push_back(
        {path, std::nullopt, "put, delete, edge, delete_edge or check", GotText(value)});
  }
  return operation;
}

void GiveIds(Call& call, WriteBatch& batch) {
  for (WriteOperation& operation : batch.operations) {
    auto* put = std::get_if<PutOperation>(&operation);
    if (put != nullptr && put->id.empty()) {
      put->id = GeneratedId(call.parts.clock, call.parts.random);
    }
  }
}

/// One attempt at `plan` in a serializable transaction; a conflict is left to the caller.
Attempt<Response> RunOnce(Call& call, const WritePlan& plan) {
  Result<std::unique_ptr<Transaction>> begun =
      call.parts.database.Begin({.isolation = Isolation::kSerializable});
  if (!begun.ok()) return ProblemOf(begun.status());
  Transaction& transaction = **begun;
  for (std::size_t at = 0; at < plan.batch.operations.size(); ++at) {
    const Status staged = transaction.Apply(plan.batch.operations[at]);
    if (!staged.ok()) return DescribeWriteFailure(transaction, plan, {staged, at});
  }
  std::optional<Problem> refused = StageRemembered(call, transaction, plan.answer);
  if (refused.has_value()) return *std::move(refused);
  const Result<CommitReceipt> receipt = transaction.Commit();
  if (!receipt.ok()) return ProblemOf(receipt.status());
  return RenderCommitted(plan.answer, receipt->commit_timestamp);
}

/// What the same keyed request was answered if it committed meanwhile, else `problem`.
Attempt<Response> AnswerOfTwin(Call& call, Problem problem) {
  Attempt<std::optional<Response>> twin = FindRemembered(call, "");
  if (!twin.ok()) return twin.TakeProblem();
  if (twin->has_value()) return std::move(**twin);
  return problem;
}

Attempt<Response> RunSerializable(Call& call, const WritePlan& plan) {
  Attempt<std::optional<Response>> earlier = FindRemembered(call, "");
  if (!earlier.ok()) return earlier.TakeProblem();
  if (earlier->has_value()) return std::move(**earlier);
  for (unsigned attempt = 1;; ++attempt) {
    const std::chrono::nanoseconds started = call.parts.clock.Monotonic();
    Attempt<Response> answer = RunOnce(call, plan);
    call.parts.observer.OnTransaction(call.parts.clock.Monotonic() - started, answer.ok());
    if (answer.ok()) return answer;
    Problem problem = answer.TakeProblem();
    if (problem.code == Code::kTransactionConflict && attempt < kRunAttemptsMax) continue;
    return AnswerOfTwin(call, std::move(problem));
  }
}

Attempt<WritePlan> ReadRun(const Document& body, Isolation& isolation) {
  Faults faults;
  ObjectFields fields(model::RootOf(body), "", faults);
  isolation = ReadIsolation(fields);
  fields.Require("operations");
  const ValueView operations = fields.Container("operations", ValueType::kArray);
  fields.RefuseOthers();
  WritePlan plan;
  plan.list = "operations";
  std::uint64_t position = 0;
  for (const ValueView value : operations.Elements()) {
    const std::size_t known = faults.size();
    std::optional<WriteOperation> operation =
        ReadOperation(value, ElementPath("operations", position), faults);
    if (operation.has_value()) plan.Add(*std::move(operation), position);
    for (std::size_t at = known; at < faults.size(); ++at) faults[at].index = position;
    ++position;
  }
  if (!faults.empty()) return InvalidRequest(std::move(faults));
  if (plan.positions.size() > kRequestOperationsMax) {
    return Problem{.code = Code::kRequestTooLarge,
                   .detail = "a transaction may have " + std::to_string(kRequestOperationsMax) +
                             " operations"};
  }
  return plan;
}

}  // namespace

Attempt<Response> BeginTransaction(Call& call) {
  Attempt<Document> body = ReadOptionalBody(call);
  if (!body.ok()) return body.TakeProblem();
  Faults faults;
  ObjectFields fields(model::RootOf(*body), "", faults);
  const Isolation isolation = ReadIsolation(fields);
  const auto timeout_ms = fields.Uint(
      "timeout_ms", {.min = 1, .max = static_cast<std::uint64_t>(kTransactionTimeoutMax.count())});
  fields.RefuseOthers();
  if (!faults.empty()) return InvalidRequest(std::move(faults));
  const auto timeout =
      timeout_ms.has_value() ? std::chrono::milliseconds(*timeout_ms) : kTransactionTimeoutDefault;
  Attempt<OpenTransactions::Opened> opened =
      call.parts.transactions.Begin(call.parts.database, {.isolation = isolation}, timeout);
  if (!opened.ok()) return opened.TakeProblem();
  JsonText json;
  json.BeginObject().Key("tx_id").String(opened->id);
  json.Key("snapshot_ts").String(TimestampText(opened->snapshot_timestamp)).End();
  return Response{.status = 201, .headers = {}, .body = json.Take()};
}

Attempt<Response> CommitTransaction(Call& call) {
  Attempt<std::optional<Response>> earlier = FindRemembered(call, "");
  if (!earlier.ok()) return earlier.TakeProblem();
  if (earlier->has_value()) return std::move(**earlier);
  Attempt<OpenTransactions::Lease> lease = call.parts.transactions.Acquire(call.name);
  if (!lease.ok()) return AnswerOfTwin(call, lease.TakeProblem());
  std::optional<Problem> refused = StageRemembered(call, lease->transaction(), {});
  if (refused.has_value()) return *std::move(refused);
  const std::chrono::nanoseconds age = lease->Age();
  const Result<CommitReceipt> receipt = lease->transaction().Commit();
  lease->End();
  call.parts.observer.OnTransaction(age, receipt.ok());
  if (receipt.ok()) return RenderCommitted({}, receipt->commit_timestamp);
  Problem problem = ProblemOf(receipt.status());
  if (receipt.status().code() == StatusCode::kDeadlineExceeded) {
    problem.code = Code::kTransactionNotFound;
  }
  problem.members.emplace_back("tx_id", "\"" + call.name + "\"");
  return problem;
}

Attempt<Response> AbortTransaction(Call& call) {
  Attempt<OpenTransactions::Lease> lease = call.parts.transactions.Acquire(call.name);
  if (!lease.ok()) return lease.TakeProblem();
  lease->transaction().Abort();
  const std::chrono::nanoseconds age = lease->Age();
  lease->End();
  call.parts.observer.OnTransaction(age, false);
  return Response{.headers = {}, .body = "{}"};
}

Attempt<Response> RunTransaction(Call& call) {
  if (!TransactionIdOf(call).empty()) {
    return InvalidRequest(
        {{"X-Tx-Id", std::nullopt, "no transaction around another", "a transaction"}});
  }
  Attempt<Document> body = ReadBody(call);
  if (!body.ok()) return body.TakeProblem();
  Isolation isolation = Isolation::kSnapshot;
  Attempt<WritePlan> plan = ReadRun(*body, isolation);
  if (!plan.ok()) return plan.TakeProblem();
  GiveIds(call, plan->batch);
  if (isolation == Isolation::kSerializable) return RunSerializable(call, *plan);
  return CommitPlan(call, std::move(*plan));
}

}  // namespace phenix::api
