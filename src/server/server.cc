#include "server/server.h"

#include <thread>
#include <utility>

#include "api/service.h"
#include "base/thread_annotations.h"
#include "phenix/database.h"
#include "server/http_listener.h"
#include "server/metrics.h"
#include "server/rest_application.h"
#include "server/worker_pool.h"

namespace phenix::server {
namespace {

constexpr std::chrono::seconds kTick{1};
constexpr std::chrono::milliseconds kDrainPoll{5};
constexpr unsigned kNetworkThreads = 2;

/// GET /metrics on a port of its own.
class MetricsApplication final : public HttpApplication {
 public:
  MetricsApplication(const Metrics& metrics, std::function<ScrapeSample()> sample,
                     AccessPolicy policy)
      : metrics_(metrics), sample_(std::move(sample)), policy_(std::move(policy)) {}

  void OnRequest(api::Request request, Answer answer) override {
    const std::string path = request.target.substr(0, request.target.find('?'));
    const std::optional<api::Problem> refused = policy_.Check(request);
    if (refused.has_value()) return answer(api::ResponseOf(*refused, ""));
    if (request.method != api::Method::kGet || path != "/metrics") {
      return answer(OnRefused(api::Code::kRouteNotFound, "this port serves GET /metrics"));
    }
    api::Response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_.Scrape(sample_());
    answer(std::move(response));
  }

  api::Response OnRefused(api::Code code, const std::string& detail) override {
    return api::ResponseOf({.code = code, .detail = detail}, "");
  }

 private:
  const Metrics& metrics_;
  const std::function<ScrapeSample()> sample_;
  const AccessPolicy policy_;
};

}  // namespace

struct Server::Parts {
  Parts(const ServerSettings& from, const Environment& with)
      : settings(from),
        environment(with),
        workers(from.worker_threads),
        service(with.clock, with.random, metrics,
                {.results_max = from.results_max, .traversal_depth_max = from.traversal_depth_max}),
        rest({service, workers, metrics, with.log, with.clock},
             AccessPolicy(from.http.host, from.insecure)),
        scrape(
            metrics, [this] { return Sample(); }, AccessPolicy(from.metrics.host, from.insecure)) {}

  ScrapeSample Sample() {
    ScrapeSample sample;
    sample.requests_queued = workers.queued();
    sample.connections_open = http == nullptr ? 0 : http->connections();
    const base::MutexLock lock(mutex);
    sample.ready = serving != nullptr;
    if (serving != nullptr) sample.database = serving->Stats();
    return sample;
  }

  [[nodiscard]] ListenerLimits RestLimits() const {
    ListenerLimits limits;
    limits.connections_max = settings.limits.connections;
    limits.header_bytes_max = settings.limits.header_bytes;
    limits.header_max = settings.limits.header_timeout;
    limits.body_max = settings.limits.body_timeout;
    limits.idle_max = settings.limits.idle_timeout;
    return limits;
  }

  Status Listen() {
    PHENIX_ASSIGN_OR_RETURN(http, HttpListener::Start({.host = settings.http.host,
                                                       .port = settings.http.port,
                                                       .threads = kNetworkThreads,
                                                       .limits = RestLimits()},
                                                      rest));
    if (!settings.metrics_enabled) return Status::Ok();
    ListenerLimits limits;
    limits.body_bytes_max = 0;
    limits.connections_max = 64;
    PHENIX_ASSIGN_OR_RETURN(metrics_listener, HttpListener::Start({.host = settings.metrics.host,
                                                                   .port = settings.metrics.port,
                                                                   .threads = 1,
                                                                   .limits = limits},
                                                                  scrape));
    return Status::Ok();
  }

  Status OpenDatabase() {
    PHENIX_ASSIGN_OR_RETURN(database, Database::Open(settings.data_directory, settings.database));
    PHENIX_RETURN_IF_ERROR(service.Attach(*database));
    const base::MutexLock lock(mutex);
    serving = database.get();
    return Status::Ok();
  }

  /// Ends transactions that their clients forgot.
  void Tick() {
    base::MutexLock lock(mutex);
    while (!stopping) {
      wake.WaitFor(mutex, kTick);
      if (!stopping) service.CloseExpired();
    }
  }

  void StopTicking() {
    {
      const base::MutexLock lock(mutex);
      stopping = true;
      serving = nullptr;
    }
    wake.NotifyAll();
    if (ticker.joinable()) ticker.join();
  }

  void Drain() {
    service.Drain();
    if (http != nullptr) http->Drain();
    const std::chrono::nanoseconds end = environment.clock.Monotonic() + kDrainMax;
    while (http != nullptr && (rest.running() > 0 || http->connections() > 0) &&
           environment.clock.Monotonic() < end) {
      environment.clock.SleepFor(kDrainPoll);
    }
  }

  const ServerSettings settings;
  const Environment environment;
  Metrics metrics;
  WorkerPool workers;
  api::Service service;
  RestApplication rest;
  MetricsApplication scrape;
  std::unique_ptr<Database> database;
  std::unique_ptr<HttpListener> http;
  std::unique_ptr<HttpListener> metrics_listener;
  base::Mutex mutex;
  base::ConditionVariable wake;
  Database* serving PHENIX_GUARDED_BY(mutex) = nullptr;  // what a scrape may ask
  bool stopping PHENIX_GUARDED_BY(mutex) = false;
  std::thread ticker;
};

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() {
  if (parts_ != nullptr) static_cast<void>(Stop());
}

Result<std::unique_ptr<Server>> Server::Start(const ServerSettings& settings,
                                              const Environment& environment) {
  std::unique_ptr<Server> server(new Server(std::make_unique<Parts>(settings, environment)));
  PHENIX_RETURN_IF_ERROR(server->parts_->Listen());
  PHENIX_RETURN_IF_ERROR(server->parts_->OpenDatabase());
  server->parts_->ticker = std::thread([parts = server->parts_.get()] { parts->Tick(); });
  return server;
}

std::uint16_t Server::http_port() const { return parts_->http->port(); }

std::uint16_t Server::metrics_port() const {
  return parts_->metrics_listener == nullptr ? 0 : parts_->metrics_listener->port();
}

Status Server::Stop() {
  Parts& parts = *parts_;
  parts.Drain();
  parts.workers.Stop();
  if (parts.http != nullptr) parts.http->Stop();
  parts.StopTicking();
  if (parts.metrics_listener != nullptr) parts.metrics_listener->Stop();
  parts.service.CloseTransactions();
  Status checkpoint = Status::Ok();
  if (parts.database != nullptr) checkpoint = parts.database->Maintain(true);
  parts.database.reset();
  parts_.reset();
  return checkpoint;
}

}  // namespace phenix::server
