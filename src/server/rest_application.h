// RestApplication: between the network threads and the calls: who may call, on which thread a call
// runs, what is counted and written down about it.
//
// Threads:    OnRequest() on network threads; calls on the worker pool, probes at once.
// Ownership:  borrows all of its parts.
#ifndef SERVER_REST_APPLICATION_H_
#define SERVER_REST_APPLICATION_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>

#include "api/service.h"
#include "io/clock.h"
#include "server/access_policy.h"
#include "server/event_log.h"
#include "server/http_listener.h"
#include "server/metrics.h"
#include "server/worker_pool.h"

namespace phenix::server {

class RestApplication final : public HttpApplication {
 public:
  struct Parts {
    api::Service& service;
    WorkerPool& workers;
    Metrics& metrics;
    EventLog& log;
    io::Clock& clock;
  };

  RestApplication(const Parts& parts, AccessPolicy policy);

  void OnRequest(api::Request request, Answer answer) override;
  api::Response OnRefused(api::Code code, const std::string& detail) override;
  /// Requests that have no answer yet.
  [[nodiscard]] std::size_t running() const { return running_.load(); }

 private:
  /// What is written down about a request.
  struct Arrival {
    std::string line;  ///< "POST /query"
    std::string trace_id;
    std::chrono::nanoseconds at;
  };
  void Finish(const Arrival& arrival, api::Response response, const Answer& answer);

  const Parts parts_;
  const AccessPolicy policy_;
  std::atomic<std::size_t> running_{0};
};

}  // namespace phenix::server

#endif  // SERVER_REST_APPLICATION_H_
