// Problem: why a call failed, as RFC 9457 problem details with a code that never changes.
//
// The table of codes is in problem.cc and in docs/reference/rest.md. A client reacts to `code` and
// `retryable`; `detail` is for people.
// Threads:    values.
#ifndef API_PROBLEM_H_
#define API_PROBLEM_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http_message.h"
#include "base/assert.h"
#include "phenix/status.h"

namespace phenix::api {

enum class Code : std::uint8_t {
  kRequestMalformed,
  kRequestInvalid,
  kRequestMediaType,
  kRequestTooLarge,
  kRequestHeadersTooLarge,
  kRouteNotFound,
  kMethodNotAllowed,
  kAuthMissing,
  kAuthForbidden,
  kCollectionNotFound,
  kCollectionExists,
  kEntityNotFound,
  kEntityExists,
  kEdgeNotFound,
  kUniqueTaken,
  kVectorDimension,
  kVectorFieldNotFound,
  kPreconditionFailed,
  kIdempotencyMismatch,
  kBatchPartial,
  kTransactionConflict,
  kTransactionNotFound,
  kTransactionBusy,
  kTransactionUnknownOutcome,
  kHistoryGone,
  kLimitExceeded,
  kRateLimited,
  kTimeout,
  kStorageFull,
  kStorageFailed,
  kUnavailable,
  kUnimplemented,
  kInternal,
};

/// What is fixed about a code.
struct CodeRow {
  Code code;
  std::string_view name;  ///< "entity.not_found"
  int status;             ///< of HTTP
  bool retryable;         ///< The same request may succeed later.
  std::string_view title;
};
const CodeRow& RowOf(Code code);
std::span<const CodeRow> AllCodes();

/// One thing that is wrong with a request.
struct Fault {
  std::string path;                    ///< "entities[1].vector"; "?limit" for a query parameter
  std::optional<std::uint64_t> index;  ///< Of the entity, edge or operation in the request.
  std::string expected;
  std::string got;

  friend bool operator==(const Fault&, const Fault&) = default;
};

struct Problem {
  Code code = Code::kInternal;
  std::string detail;
  std::vector<Fault> errors = {};
  /// Further members of the answer: name, and value as JSON.
  std::vector<std::pair<std::string, std::string>> members = {};
  std::vector<Header> headers = {};
};

/// The problem of a status that needs no context to be understood.
Problem ProblemOf(const Status& status);
/// kRequestInvalid with every fault.
Problem InvalidRequest(std::vector<Fault> faults);
/// Its answer. `request_id` is a header value that was checked.
Response ResponseOf(const Problem& problem, std::string_view request_id);

/// A value, or the Problem that says why there is none.
template <typename T>
class [[nodiscard]] Attempt {
 public:
  Attempt(T value) : value_(std::move(value)) {}              // NOLINT(google-explicit-constructor)
  Attempt(Problem problem) : problem_(std::move(problem)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return value_.has_value(); }
  T& operator*() {
    PHENIX_ASSERT(value_.has_value());
    return *value_;
  }
  T* operator->() { return &**this; }
  /// Only when not ok(). Moves it out.
  Problem TakeProblem() {
    PHENIX_ASSERT(!value_.has_value());
    return std::move(problem_);
  }

 private:
  Problem problem_;
  std::optional<T> value_;
};

}  // namespace phenix::api

#endif  // API_PROBLEM_H_
