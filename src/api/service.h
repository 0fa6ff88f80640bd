// Service: the REST interface without sockets. A request in, a response out.
//
// Invariants: every request gets exactly one response; whatever is not 2xx carries a problem body
//             with a code of the table; X-Request-Id is on every response.
// Threads:    Handle() from any thread, at once; Attach() once; Drain() from any.
// Ownership:  borrows all that it is given, which must outlive it.
// Not here:   sockets, time limits, authentication (server/).
#ifndef API_SERVICE_H_
#define API_SERVICE_H_

#include <atomic>
#include <memory>
#include <string>

#include "api/call.h"
#include "api/http_message.h"
#include "api/open_transactions.h"
#include "api/problem.h"
#include "io/clock.h"
#include "io/random.h"
#include "phenix/database.h"

namespace phenix::api {

class Service {
 public:
  Service(io::Clock& clock, io::RandomSource& random, ServiceObserver& observer,
          const ServiceSettings& settings);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Makes the service ready: until now every call but the probes answered kUnavailable.
  /// Errors: those of creating the collection of remembered requests.
  Status Attach(Database& database);
  /// From now on /readyz says no; calls go on.
  void Drain();
  /// Aborts every open transaction that no request is using. Before the database closes.
  void CloseTransactions();
  /// Aborts the ones that have expired. To be called about once a second.
  void CloseExpired();

  Response Handle(const Request& request);
  /// True for the probes, which touch neither disk nor lock and may run on a network thread.
  [[nodiscard]] static bool IsProbe(const Request& request);
  /// The answer to a request that never became one. `request_id` as received, may be empty.
  Response Refuse(const Problem& problem, std::string_view request_id);

 private:
  enum class State : std::uint8_t { kStarting, kReady, kDraining };

  Attempt<Response> Dispatch(const Request& request);
  [[nodiscard]] Response Probe(std::string_view path) const;
  [[nodiscard]] Response Health() const;
  std::string RequestId(std::string_view given);

  io::Clock& clock_;
  io::RandomSource& random_;
  ServiceObserver& observer_;
  const ServiceSettings settings_;
  const std::chrono::nanoseconds started_;
  OpenTransactions transactions_;
  std::atomic<State> state_{State::kStarting};
  std::atomic<ServiceParts*> ready_parts_{nullptr};
  std::unique_ptr<ServiceParts> parts_;  // written once by Attach(), read through ready_parts_
};

}  // namespace phenix::api

#endif  // API_SERVICE_H_
