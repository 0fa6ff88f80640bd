// Call: one request on its way through the room, and what every call needs of the service.
//
// Threads:    one thread from start to end. Ownership: borrows everything.
#ifndef API_CALL_H_
#define API_CALL_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/http_message.h"
#include "api/json/object_fields.h"
#include "api/open_transactions.h"
#include "api/problem.h"
#include "api/target.h"
#include "io/clock.h"
#include "io/random.h"
#include "phenix/database.h"
#include "phenix/reader.h"

namespace phenix::api {

/// What the configuration decides about calls.
struct ServiceSettings {
  std::uint32_t results_max = 1'000;      ///< max_hybrid_results: `k` and `limit` of a query
  std::uint32_t traversal_depth_max = 3;  ///< graph_traversal_depth: hops of a graph constraint
};

/// Told about what calls did, for metrics. Threads: any, at once.
class ServiceObserver {
 public:
  virtual ~ServiceObserver() = default;
  virtual void OnQuery(std::chrono::nanoseconds duration) = 0;
  virtual void OnVectorsInserted(std::uint64_t count) = 0;
  /// From the first to the last request of an interactive one; the whole call of any other.
  virtual void OnTransaction(std::chrono::nanoseconds duration, bool committed) = 0;
};

struct ServiceParts {
  Database& database;
  io::Clock& clock;
  io::RandomSource& random;
  OpenTransactions& transactions;
  ServiceObserver& observer;
  const ServiceSettings settings;
};

struct Call {
  const Request& request;
  const Target& target;
  std::string name;  ///< the {…} of the path, e.g. the id; empty if it has none
  ServiceParts& parts;
};

/// The reader of a call: its transaction, or a snapshot of its own.
class CallReader {
 public:
  /// The transaction of X-Tx-Id if there is one (then `as_of` must be absent), else the state now
  /// or as of the timestamp. Problems: kTransactionNotFound, kTransactionBusy, kHistoryGone.
  static Attempt<CallReader> Open(Call& call, std::optional<std::uint64_t> as_of);

  Reader& operator*() const { return lease_.has_value() ? lease_->transaction() : *snapshot_; }
  Reader* operator->() const { return &**this; }

 private:
  std::unique_ptr<Reader> snapshot_;
  std::optional<OpenTransactions::Lease> lease_;
};

/// The JSON body, which must be there. Problems: kRequestMalformed, kRequestMediaType.
Attempt<Document> ReadBody(const Call& call);
/// The same, {} when there is none.
Attempt<Document> ReadOptionalBody(const Call& call);

/// The name of a collection that a client may use: "default" if absent. Reserved ones are a fault.
std::string ReadCollection(ObjectFields& fields);
std::string ReadCollection(QueryFields& fields);
/// Problems: kRequestInvalid for a reserved name.
std::optional<Problem> CheckCollectionName(const std::string& name);

/// Why reading from `collection` failed: tells a missing collection from a missing entity.
Problem ReadProblem(Reader& reader, const std::string& collection, const Status& status);

/// The id of the transaction the call belongs to; empty if none.
std::string TransactionIdOf(const Call& call);

}  // namespace phenix::api

#endif  // API_CALL_H_
