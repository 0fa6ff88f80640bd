#include "api/problem.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "api/json/json_text.h"
#include "api/limits.h"

namespace phenix::api {
namespace {

constexpr bool kRetry = true;
constexpr bool kFinal = false;

constexpr std::array kCodes = {
    CodeRow{Code::kRequestMalformed, "request.invalid", 400, kFinal, "The request is malformed"},
    CodeRow{Code::kRequestInvalid, "request.invalid", 422, kFinal, "A value is not allowed"},
    CodeRow{Code::kRequestMediaType, "request.media_type", 415, kFinal,
            "Not the expected media type"},
    CodeRow{Code::kRequestTooLarge, "request.too_large", 413, kFinal, "The request is too large"},
    CodeRow{Code::kRequestHeadersTooLarge, "request.headers_too_large", 431, kFinal,
            "The request headers are too large"},
    CodeRow{Code::kRouteNotFound, "route.not_found", 404, kFinal, "There is no such path"},
    CodeRow{Code::kMethodNotAllowed, "method.not_allowed", 405, kFinal,
            "The path does not take this method"},
    CodeRow{Code::kAuthMissing, "auth.missing", 401, kFinal, "No valid credential was given"},
    CodeRow{Code::kAuthForbidden, "auth.forbidden", 403, kFinal, "The caller may not do this"},
    CodeRow{Code::kCollectionNotFound, "collection.not_found", 404, kFinal, "No such collection"},
    CodeRow{Code::kCollectionExists, "collection.exists", 409, kFinal,
            "The collection exists with another schema"},
    CodeRow{Code::kEntityNotFound, "entity.not_found", 404, kFinal, "No such entity"},
    CodeRow{Code::kEntityExists, "entity.exists", 409, kFinal, "The entity exists"},
    CodeRow{Code::kEdgeNotFound, "edge.not_found", 404, kFinal, "No such edge"},
    CodeRow{Code::kUniqueTaken, "unique.taken", 409, kFinal,
            "Another entity has this unique value"},
    CodeRow{Code::kVectorDimension, "vector.dimension", 422, kFinal,
            "The vector has another dimension than its field"},
    CodeRow{Code::kVectorFieldNotFound, "vector.field_not_found", 422, kFinal,
            "The collection has no such vector field"},
    CodeRow{Code::kPreconditionFailed, "precondition.failed", 412, kFinal,
            "A precondition does not hold"},
    CodeRow{Code::kIdempotencyMismatch, "idempotency.mismatch", 422, kFinal,
            "The idempotency key was used with another request"},
    CodeRow{Code::kBatchPartial, "batch.partial", 422, kFinal, "A part of the batch failed"},
    CodeRow{Code::kTransactionConflict, "tx.conflict", 409, kRetry,
            "Another transaction committed first"},
    CodeRow{Code::kTransactionNotFound, "tx.not_found", 404, kFinal,
            "No such transaction, or it has ended"},
    CodeRow{Code::kTransactionBusy, "tx.busy", 409, kRetry,
            "Another request is using the transaction"},
    CodeRow{Code::kTransactionUnknownOutcome, "tx.unknown_outcome", 503, kFinal,
            "The write may or may not have been committed"},
    CodeRow{Code::kHistoryGone, "history.gone", 410, kFinal, "The timestamp is no longer kept"},
    CodeRow{Code::kLimitExceeded, "limit.exceeded", 422, kFinal, "A documented limit was passed"},
    CodeRow{Code::kRateLimited, "rate.limited", 429, kRetry, "Too many at once"},
    CodeRow{Code::kTimeout, "timeout", 504, kRetry, "The time given was not enough"},
    CodeRow{Code::kStorageFull, "storage.full", 507, kRetry,
            "No space is left; nothing was written"},
    CodeRow{Code::kStorageFailed, "storage.failed", 500, kFinal, "The storage failed"},
    CodeRow{Code::kUnavailable, "unavailable", 503, kRetry, "Not ready for this"},
    CodeRow{Code::kUnimplemented, "unimplemented", 501, kFinal,
            "This build does not offer the call"},
    CodeRow{Code::kInternal, "internal", 500, kFinal, "A bug in Phenix DB"},
};

Code CodeOf(StatusCode code) {
  switch (code) {
    case StatusCode::kInvalidArgument:
      return Code::kRequestInvalid;
    case StatusCode::kNotFound:
      return Code::kEntityNotFound;
    case StatusCode::kAlreadyExists:
      return Code::kEntityExists;
    case StatusCode::kPreconditionFailed:
      return Code::kPreconditionFailed;
    case StatusCode::kConflict:
      return Code::kTransactionConflict;
    case StatusCode::kUnavailable:
      return Code::kUnavailable;
    case StatusCode::kDeadlineExceeded:
      return Code::kTimeout;
    case StatusCode::kResourceExhausted:
      return Code::kLimitExceeded;
    case StatusCode::kPermissionDenied:
      return Code::kAuthForbidden;
    case StatusCode::kCorruption:
    case StatusCode::kIoError:
      return Code::kStorageFailed;
    case StatusCode::kUnknownOutcome:
      return Code::kTransactionUnknownOutcome;
    case StatusCode::kUnimplemented:
      return Code::kUnimplemented;
    case StatusCode::kOk:
    case StatusCode::kInternal:
      break;
  }
  return Code::kInternal;
}

void WriteFault(JsonText& json, const Fault& fault) {
  json.BeginObject();
  json.Key("path").String(fault.path);
  if (fault.index.has_value()) json.Key("index").Uint(*fault.index);
  json.Key("expected").String(fault.expected);
  json.Key("got").String(fault.got);
  json.End();
}

}  // namespace

std::span<const CodeRow> AllCodes() { return kCodes; }

const CodeRow& RowOf(Code code) {
  const auto row = std::find_if(kCodes.begin(), kCodes.end(), [code](const CodeRow& candidate) {
    return candidate.code == code;
  });
  PHENIX_ASSERT(row != kCodes.end());
  return *row;
}

Problem ProblemOf(const Status& status) {
  return {.code = CodeOf(status.code()), .detail = std::string(status.message())};
}

Problem InvalidRequest(std::vector<Fault> faults) {
  Problem problem{.code = Code::kRequestInvalid, .detail = {}};
  if (!faults.empty()) {
    const Fault& first = faults.front();
    problem.detail = first.path + ": expected " + first.expected + ", got " + first.got;
  }
  if (faults.size() > kFaultsMax) faults.resize(kFaultsMax);
  problem.errors = std::move(faults);
  return problem;
}

Response ResponseOf(const Problem& problem, std::string_view request_id) {
  const CodeRow& row = RowOf(problem.code);
  JsonText json;
  json.BeginObject();
  json.Key("type").String("urn:phenix:problem:" + std::string(row.name));
  json.Key("title").String(row.title);
  json.Key("status").Uint(static_cast<std::uint64_t>(row.status));
  json.Key("code").String(row.name);
  json.Key("detail").String(problem.detail);
  json.Key("retryable").Bool(row.retryable);
  json.Key("request_id").String(request_id);
  if (!problem.errors.empty()) {
    json.Key("errors").BeginArray();
    for (const Fault& fault : problem.errors) WriteFault(json, fault);
    json.End();
  }
  for (const auto& [name, value] : problem.members) json.Key(name).Raw(value);
  json.End();
  Response response;
  response.status = row.status;
  response.content_type = "application/problem+json";
  response.headers = problem.headers;
  response.body = json.Take();
  return response;
}

}  // namespace phenix::api
