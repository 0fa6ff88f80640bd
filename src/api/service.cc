#include "api/service.h"

#include <algorithm>
#include <utility>

#include "api/generated_id.h"
#include "api/json/json_text.h"
#include "api/limits.h"
#include "api/router.h"
#include "api/target.h"
#include "api/write_answer.h"

namespace phenix::api {
namespace {

constexpr std::string_view kVersion = "0.1.0";

std::string_view PathOf(const Request& request) {
  return std::string_view(request.target).substr(0, request.target.find('?'));
}

bool IsGoodRequestId(std::string_view id) {
  return !id.empty() && id.size() <= kRequestIdBytesMax &&
         std::all_of(id.begin(), id.end(),
                     [](char letter) { return letter > ' ' && letter <= '~'; });
}

}  // namespace

Service::Service(io::Clock& clock, io::RandomSource& random, ServiceObserver& observer,
                 const ServiceSettings& settings)
    : clock_(clock),
      random_(random),
      observer_(observer),
      settings_(settings),
      started_(clock.Monotonic()),
      transactions_(clock, random) {}

Service::~Service() = default;

Status Service::Attach(Database& database) {
  CollectionSchema requests;
  requests.name = kRequestsCollection;
  PHENIX_RETURN_IF_ERROR(database.CreateCollection(requests));
  parts_ = std::make_unique<ServiceParts>(
      ServiceParts{database, clock_, random_, transactions_, observer_, settings_});
  ready_parts_.store(parts_.get(), std::memory_order_release);
  State expected = State::kStarting;
  state_.compare_exchange_strong(expected, State::kReady);
  return Status::Ok();
}

void Service::Drain() { state_.store(State::kDraining); }

void Service::CloseTransactions() { transactions_.CloseAll(); }

void Service::CloseExpired() { transactions_.CloseExpired(); }

bool Service::IsProbe(const Request& request) {
  const std::string_view path = PathOf(request);
  return request.method == Method::kGet &&
         (path == "/livez" || path == "/readyz" || path == "/startupz");
}

std::string Service::RequestId(std::string_view given) {
  if (IsGoodRequestId(given)) return std::string(given);
  return GeneratedId(clock_, random_);
}

Response Service::Handle(const Request& request) {
  const std::string request_id = RequestId(request.HeaderValue("x-request-id"));
  Attempt<Response> answer = Dispatch(request);
  Response response =
      answer.ok() ? std::move(*answer) : ResponseOf(answer.TakeProblem(), request_id);
  response.headers.emplace_back("X-Request-Id", request_id);
  return response;
}

Response Service::Refuse(const Problem& problem, std::string_view request_id) {
  const std::string id = RequestId(request_id);
  Response response = ResponseOf(problem, id);
  response.headers.emplace_back("X-Request-Id", id);
  return response;
}

Attempt<Response> Service::Dispatch(const Request& request) {
  if (IsProbe(request)) return Probe(PathOf(request));
  if (request.method == Method::kGet && PathOf(request) == "/health") return Health();
  const Result<Target> target = ParseTarget(request.target);
  if (!target.ok()) {
    return Problem{.code = Code::kRequestMalformed,
                   .detail = std::string(target.status().message())};
  }
  Attempt<FoundRoute> found = FindRoute(request.method, *target);
  if (!found.ok()) return found.TakeProblem();
  ServiceParts* parts = ready_parts_.load(std::memory_order_acquire);
  if (parts == nullptr) {
    Problem problem{.code = Code::kUnavailable, .detail = "the database is being opened"};
    problem.headers.emplace_back("Retry-After", "1");
    return problem;
  }
  Call call{request, *target, std::move(found->name), *parts};
  return found->route->run(call);
}

Response Service::Probe(std::string_view path) const {
  const State state = state_.load();
  const bool good = path == "/livez" || state == State::kReady ||
                    (path == "/startupz" && state == State::kDraining);
  JsonText json;
  json.BeginObject().Key("status").String(good ? "ok" : "unavailable");
  if (!good) {
    json.Key("reason").String(state == State::kStarting ? "the database is being opened"
                                                        : "the server is stopping");
  }
  json.End();
  return {.status = good ? 200 : 503, .headers = {}, .body = json.Take()};
}

Response Service::Health() const {
  const State state = state_.load();
  const bool good = state == State::kReady;
  JsonText json;
  json.BeginObject().Key("status");
  json.String(good ? "ok" : (state == State::kStarting ? "starting" : "draining"));
  json.Key("version").String(kVersion);
  const auto uptime =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Monotonic() - started_);
  json.Key("uptime_ms").Uint(static_cast<std::uint64_t>(uptime.count()));
  ServiceParts* parts = ready_parts_.load(std::memory_order_acquire);
  if (parts != nullptr) {
    const DatabaseStats stats = parts->database.Stats();
    const RecoveryReport& recovery = parts->database.recovery();
    json.Key("visible_ts").String(TimestampText(stats.visible_timestamp));
    json.Key("collections").Uint(UserCollections(stats));
    json.Key("entities_estimated").Uint(stats.entities_estimated);
    json.Key("recovery").BeginObject();
    json.Key("frames_replayed").Uint(recovery.frames_replayed);
    json.Key("transactions_replayed").Uint(recovery.transactions_replayed);
    json.Key("torn_bytes_cut").Uint(recovery.torn_bytes_cut);
    json.End();
  }
  json.End();
  return {.status = good ? 200 : 503, .headers = {}, .body = json.Take()};
}

}  // namespace phenix::api
