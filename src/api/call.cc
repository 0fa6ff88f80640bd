#include "api/call.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "api/write_answer.h"
#include "model/json_writer.h"
#include "model/names.h"

namespace phenix::api {
namespace {

constexpr std::string_view kDefaultCollection = "default";

/// True for application/json and application/…+json, with or without parameters.
bool IsJsonMediaType(std::string_view type) {
  std::string lower(type.substr(0, type.find(';')));
  while (!lower.empty() && lower.back() == ' ') lower.pop_back();
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return lower == "application/json" ||
         (lower.starts_with("application/") && lower.ends_with("+json"));
}

bool IsReserved(std::string_view name) { return name.starts_with(kReservedPrefix); }

constexpr const char* kCollectionExpected =
    "a collection name that does not start with \"_phenix.\"";

}  // namespace

Attempt<CallReader> CallReader::Open(Call& call, std::optional<std::uint64_t> as_of) {
  CallReader reader;
  const std::string id = TransactionIdOf(call);
  if (!id.empty()) {
    if (as_of.has_value()) {
      return InvalidRequest(
          {{"as_of", std::nullopt, "no as_of inside a transaction", "a timestamp"}});
    }
    Attempt<OpenTransactions::Lease> lease = call.parts.transactions.Acquire(id);
    if (!lease.ok()) return lease.TakeProblem();
    reader.lease_.emplace(std::move(*lease));
    return reader;
  }
  Result<std::unique_ptr<Reader>> snapshot = call.parts.database.SnapshotAt(as_of);
  if (!snapshot.ok()) {
    Problem problem = ProblemOf(snapshot.status());
    const bool past = as_of.has_value() && *as_of < call.parts.database.Stats().visible_timestamp;
    if (past && problem.code == Code::kRequestInvalid) problem.code = Code::kHistoryGone;
    return problem;
  }
  reader.snapshot_ = *std::move(snapshot);
  return reader;
}

Attempt<Document> ReadBody(const Call& call) {
  if (call.request.body.empty()) {
    return Problem{.code = Code::kRequestMalformed, .detail = "expected a JSON object as the body"};
  }
  return ReadOptionalBody(call);
}

Attempt<Document> ReadOptionalBody(const Call& call) {
  if (call.request.body.empty()) return Document();
  if (!IsJsonMediaType(call.request.HeaderValue("content-type"))) {
    return Problem{.code = Code::kRequestMediaType,
                   .detail = "expected the header Content-Type: application/json"};
  }
  Result<Document> document = Document::FromJson(call.request.body);
  if (document.ok()) return *std::move(document);
  const bool too_large = document.status().code() == StatusCode::kResourceExhausted &&
                         call.request.body.size() > kDocumentBytesMax;
  return Problem{.code = too_large ? Code::kRequestTooLarge : Code::kRequestMalformed,
                 .detail = std::string(document.status().message())};
}

std::string ReadCollection(ObjectFields& fields) {
  std::optional<std::string> name = fields.String("collection");
  if (!name.has_value()) return std::string(kDefaultCollection);
  if (IsReserved(*name)) fields.Refuse("collection", kCollectionExpected, *name);
  return *std::move(name);
}

std::string ReadCollection(QueryFields& fields) {
  std::optional<std::string> name = fields.String("collection");
  if (!name.has_value()) return std::string(kDefaultCollection);
  if (IsReserved(*name)) fields.Refuse("collection", kCollectionExpected, *name);
  return *std::move(name);
}

std::optional<Problem> CheckCollectionName(const std::string& name) {
  if (IsReserved(name)) {
    return InvalidRequest({{"collection", std::nullopt, kCollectionExpected, name}});
  }
  const Status valid = model::ValidateCollectionName(name);
  if (valid.ok()) return std::nullopt;
  return ProblemOf(valid);
}

Problem ReadProblem(Reader& reader, const std::string& collection, const Status& status) {
  Problem problem = ProblemOf(status);
  if (status.code() != StatusCode::kNotFound) return problem;
  const Result<CollectionSchema> schema = reader.Collection(collection);
  if (!schema.ok() && schema.status().code() == StatusCode::kNotFound) {
    problem.code = Code::kCollectionNotFound;
  }
  return problem;
}

std::string TransactionIdOf(const Call& call) {
  return std::string(call.request.HeaderValue("x-tx-id"));
}

}  // namespace phenix::api
