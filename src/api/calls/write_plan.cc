#include "api/calls/write_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "api/json/object_fields.h"
#include "api/limits.h"

namespace phenix::api {
namespace {

constexpr std::string_view kOperationPrefix = "operation ";

/// Takes "operation 3: " off the message of a batch that failed.
WriteFailure FailureOf(const Status& status) {
  const std::string_view message = status.message();
  const std::size_t colon = message.find(": ");
  if (!message.starts_with(kOperationPrefix) || colon == std::string_view::npos) {
    return {status, std::nullopt};
  }
  const auto position =
      ParseDecimal(message.substr(kOperationPrefix.size(), colon - kOperationPrefix.size()));
  if (!position.has_value()) return {status, std::nullopt};
  return {Status(status.code(), std::string(message.substr(colon + 2))),
          static_cast<std::size_t>(*position)};
}

Problem DescribeNow(Call& call, const WritePlan& plan, const Status& status) {
  Result<std::unique_ptr<Reader>> reader = call.parts.database.SnapshotAt(std::nullopt);
  if (!reader.ok()) return ProblemOf(status);
  return DescribeWriteFailure(**reader, plan, FailureOf(status));
}

/// True for a put that fails without its entity, and so cannot be the first of a collection.
bool NeedsEntity(const PutOperation& put) {
  const Precondition& precondition = put.precondition;
  return put.mode == PutMode::kUpdate || precondition.if_present ||
         precondition.if_version.has_value() || precondition.if_filter.has_value();
}

/// Creates the collections that puts of `plan` name and that do not exist, with the dimension of
/// the first vector of each field. False when there was none to create.
Result<bool> CreateMissingCollections(Call& call, const WritePlan& plan) {
  PHENIX_ASSIGN_OR_RETURN(const auto reader, call.parts.database.SnapshotAt(std::nullopt));
  std::map<std::string, CollectionSchema> missing;
  for (const WriteOperation& operation : plan.batch.operations) {
    const auto* put = std::get_if<PutOperation>(&operation);
    if (put == nullptr || NeedsEntity(*put)) continue;
    if (!missing.contains(put->collection) && reader->Collection(put->collection).ok()) continue;
    CollectionSchema& schema = missing[put->collection];
    schema.name = put->collection;
    for (const auto& [field, elements] : put->vectors) {
      if (elements.empty()) continue;
      schema.vectors.try_emplace(
          field, VectorField{static_cast<std::uint32_t>(elements.size()), Metric::kCosine});
    }
  }
  for (const auto& [name, schema] : missing) {
    const Status created = call.parts.database.CreateCollection(schema);
    // Somebody else may have created it meanwhile; then theirs counts.
    if (!created.ok() && created.code() != StatusCode::kAlreadyExists) return created;
  }
  return !missing.empty();
}

std::uint64_t CountVectors(const WritePlan& plan) {
  std::uint64_t count = 0;
  for (const WriteOperation& operation : plan.batch.operations) {
    const auto* put = std::get_if<PutOperation>(&operation);
    if (put != nullptr) count += put->vectors.size();
  }
  return count;
}

Attempt<Response> StagePlan(Call& call, const WritePlan& plan) {
  if (call.request.HasHeader("idempotency-key")) {
    return InvalidRequest({{"Idempotency-Key", std::nullopt,
                            "the key on the commit of the transaction, not inside it", "a key"}});
  }
  Attempt<OpenTransactions::Lease> lease = call.parts.transactions.Acquire(TransactionIdOf(call));
  if (!lease.ok()) return lease.TakeProblem();
  Transaction& transaction = lease->transaction();
  for (std::size_t at = 0; at < plan.batch.operations.size(); ++at) {
    const Status staged = transaction.Apply(plan.batch.operations[at]);
    if (staged.ok()) continue;
    Problem problem = DescribeWriteFailure(transaction, plan, {staged, at});
    if (at > 0) {
      lease->End();
      problem.members.emplace_back("tx_aborted", "true");
    }
    return problem;
  }
  call.parts.observer.OnVectorsInserted(CountVectors(plan));
  return RenderStaged(plan.answer);
}

Attempt<std::string> KeyOf(const Call& call, const std::string& suffix) {
  std::string key(call.request.HeaderValue("idempotency-key"));
  const bool printable = std::all_of(key.begin(), key.end(),
                                     [](char letter) { return letter > ' ' && letter <= '~'; });
  if (key.empty() || key.size() > kIdempotencyKeyBytesMax || !printable) {
    return InvalidRequest(
        {{"Idempotency-Key", std::nullopt, "1 to 255 printable ASCII characters without spaces",
          std::to_string(key.size()) + " bytes"}});
  }
  return key + suffix;
}

/// Adds the write that remembers the answer under the call's key.
std::optional<Problem> AddRecord(Call& call, WritePlan& plan) {
  Attempt<std::string> key = KeyOf(call, plan.key_suffix);
  if (!key.ok()) return key.TakeProblem();
  Result<PutOperation> record = RememberOperation(*key, RequestDigest(call.request), plan.answer);
  if (!record.ok()) return ProblemOf(record.status());
  plan.batch.operations.emplace_back(*std::move(record));
  return std::nullopt;
}

Result<CommitReceipt> WriteCreatingCollections(Call& call, const WritePlan& plan) {
  Result<CommitReceipt> receipt = call.parts.database.Write(plan.batch);
  if (receipt.ok() || receipt.status().code() != StatusCode::kNotFound) return receipt;
  PHENIX_ASSIGN_OR_RETURN(const bool created, CreateMissingCollections(call, plan));
  return created ? call.parts.database.Write(plan.batch) : std::move(receipt);
}

}  // namespace

void WritePlan::Add(WriteOperation operation, std::uint64_t position) {
  batch.operations.push_back(std::move(operation));
  positions.push_back(position);
}

Attempt<std::optional<Response>> FindRemembered(Call& call, const std::string& key_suffix) {
  if (!call.request.HasHeader("idempotency-key")) return std::optional<Response>();
  Attempt<std::string> key = KeyOf(call, key_suffix);
  if (!key.ok()) return key.TakeProblem();
  const Result<std::unique_ptr<Reader>> reader = call.parts.database.SnapshotAt(std::nullopt);
  if (!reader.ok()) return ProblemOf(reader.status());
  const Result<Entity> record = (*reader)->Get(kRequestsCollection, *key, {});
  if (!record.ok() && record.status().code() == StatusCode::kNotFound) {
    return std::optional<Response>();
  }
  if (!record.ok()) return ProblemOf(record.status());
  const Result<Remembered> remembered = ReadRemembered(*record);
  if (!remembered.ok()) return ProblemOf(remembered.status());
  if (remembered->digest != RequestDigest(call.request)) {
    return Problem{.code = Code::kIdempotencyMismatch,
                   .detail = "the key was used with another method, target or body"};
  }
  Response response = RenderCommitted(remembered->answer, record->version);
  response.headers.emplace_back("Idempotent-Replayed", "true");
  return std::optional<Response>(std::move(response));
}

std::optional<Problem> StageRemembered(Call& call, Transaction& transaction,
                                       const WriteAnswer& answer) {
  if (!call.request.HasHeader("idempotency-key")) return std::nullopt;
  Attempt<std::string> key = KeyOf(call, "");
  if (!key.ok()) return key.TakeProblem();
  Result<PutOperation> record = RememberOperation(*key, RequestDigest(call.request), answer);
  if (!record.ok()) return ProblemOf(record.status());
  const Status staged = transaction.Apply(*std::move(record));
  if (!staged.ok()) return ProblemOf(staged);
  return std::nullopt;
}

Attempt<Response> CommitPlan(Call& call, WritePlan plan) {
  if (!TransactionIdOf(call).empty()) return StagePlan(call, plan);
  const bool keyed = call.request.HasHeader("idempotency-key");
  if (keyed) {
    Attempt<std::optional<Response>> earlier = FindRemembered(call, plan.key_suffix);
    if (!earlier.ok()) return earlier.TakeProblem();
    if (earlier->has_value()) return std::move(**earlier);
    std::optional<Problem> refused = AddRecord(call, plan);
    if (refused.has_value()) return *std::move(refused);
  }
  const std::chrono::nanoseconds started = call.parts.clock.Monotonic();
  const Result<CommitReceipt> receipt = WriteCreatingCollections(call, plan);
  call.parts.observer.OnTransaction(call.parts.clock.Monotonic() - started, receipt.ok());
  if (receipt.ok()) {
    call.parts.observer.OnVectorsInserted(CountVectors(plan));
    return RenderCommitted(plan.answer, receipt->commit_timestamp);
  }
  if (keyed) {  // the same request may have committed meanwhile
    Attempt<std::optional<Response>> twin = FindRemembered(call, plan.key_suffix);
    if (!twin.ok()) return twin.TakeProblem();
    if (twin->has_value()) return std::move(**twin);
  }
  return DescribeNow(call, plan, receipt.status());
}

}  // namespace phenix::api
