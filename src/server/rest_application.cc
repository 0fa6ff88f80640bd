#include "server/rest_application.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace phenix::server {
namespace {

/// "POST /query": the path without its parameters, which may hold what is nobody's business.
std::string LineOf(const api::Request& request) {
  return std::string(api::MethodName(request.method)) + " " +
         request.target.substr(0, request.target.find('?'));
}

std::string HeaderOf(const api::Response& response, std::string_view name) {
  const auto found =
      std::find_if(response.headers.begin(), response.headers.end(),
                   [name](const api::Header& header) { return header.first == name; });
  return found == response.headers.end() ? std::string() : found->second;
}

/// The trace id of a traceparent header (W3C Trace Context, version 00), empty when there is none.
std::string TraceIdOf(const api::Request& request) {
  constexpr std::size_t kSizeBytes = 55;
  constexpr std::size_t kTraceIdAt = 3;
  constexpr std::size_t kTraceIdBytes = 32;
  const std::string_view parent = request.HeaderValue("traceparent");
  if (parent.size() != kSizeBytes || !parent.starts_with("00-")) return "";
  const std::string_view id = parent.substr(kTraceIdAt, kTraceIdBytes);
  const bool good = id.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
                    id.find_first_not_of('0') != std::string_view::npos;
  return good ? std::string(id) : "";
}

void AddSecurityHeaders(api::Response& response) {
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Cache-Control", "no-store");
}

}  // namespace

RestApplication::RestApplication(const Parts& parts, AccessPolicy policy)
    : parts_(parts), policy_(std::move(policy)) {}

void RestApplication::Finish(const Arrival& arrival, api::Response response, const Answer& answer) {
  const std::chrono::nanoseconds duration = parts_.clock.Monotonic() - arrival.at;
  parts_.metrics.OnRequest(response.status, duration);
  AddSecurityHeaders(response);
  const EventLevel level = response.status >= 500 ? EventLevel::kWarn : EventLevel::kDebug;
  if (parts_.log.Writes(level)) {
    parts_.log.Write(level, "request",
                     {{"request", arrival.line},
                      {"trace_id", arrival.trace_id},
                      {"status", std::to_string(response.status)},
                      {"request_id", HeaderOf(response, "X-Request-Id")},
                      {"took_us", std::to_string(duration.count() / 1'000)}});
  }
  answer(std::move(response));
  running_.fetch_sub(1);
}

void RestApplication::OnRequest(api::Request request, Answer answer) {
  running_.fetch_add(1);
  const Arrival arrival{LineOf(request), TraceIdOf(request), parts_.clock.Monotonic()};
  const std::string request_id(request.HeaderValue("x-request-id"));
  std::optional<api::Problem> refused = policy_.Check(request);
  if (refused.has_value()) {
    return Finish(arrival, parts_.service.Refuse(*refused, request_id), answer);
  }
  if (api::Service::IsProbe(request)) {
    return Finish(arrival, parts_.service.Handle(request), answer);
  }
  // std::function copies what it holds, a request should not be copied.
  auto shared = std::make_shared<api::Request>(std::move(request));
  const bool taken = parts_.workers.TrySubmit(
      [this, shared, answer, arrival] { Finish(arrival, parts_.service.Handle(*shared), answer); });
  if (taken) return;
  api::Problem full{.code = api::Code::kUnavailable,
                    .detail = std::to_string(kWorkerQueueMax) + " requests are waiting already"};
  full.headers.emplace_back("Retry-After", "1");
  Finish(arrival, parts_.service.Refuse(full, request_id), answer);
}

api::Response RestApplication::OnRefused(api::Code code, const std::string& detail) {
  api::Response response = parts_.service.Refuse({.code = code, .detail = detail}, "");
  parts_.metrics.OnRequest(response.status, std::chrono::nanoseconds(0));
  AddSecurityHeaders(response);
  return response;
}

}  // namespace phenix::server
