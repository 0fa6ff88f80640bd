#include "server/access_policy.h"

#include <algorithm>

#include "server/configuration.h"

namespace phenix::server {
namespace {

/// "localhost" of "localhost:8080", "::1" of "[::1]:8080".
std::string_view HostOf(std::string_view authority) {
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    return close == std::string_view::npos ? authority : authority.substr(1, close - 1);
  }
  return authority.substr(0, authority.find(':'));
}

api::Problem Forbidden(std::string detail) {
  return {.code = api::Code::kAuthForbidden, .detail = std::move(detail)};
}

}  // namespace

bool AccessPolicy::IsOwn(std::string_view authority) const {
  const std::string_view host = HostOf(authority);
  return IsLoopback(host) || host == host_;
}

std::optional<api::Problem> AccessPolicy::Check(const api::Request& request) const {
  const auto hosts =
      std::count_if(request.headers.begin(), request.headers.end(),
                    [](const api::Header& header) { return header.first == "host"; });
  if (hosts != 1) {
    return api::Problem{.code = api::Code::kRequestMalformed,
                        .detail = "expected one Host header, got " + std::to_string(hosts)};
  }
  if (insecure_) return std::nullopt;
  if (!IsOwn(request.HeaderValue("host"))) {
    return Forbidden("the Host header names another machine");
  }
  const std::string_view origin = request.HeaderValue("origin");
  if (origin.empty()) return std::nullopt;
  const std::size_t scheme_end = origin.find("://");
  if (scheme_end != std::string_view::npos && IsOwn(origin.substr(scheme_end + 3))) {
    return std::nullopt;
  }
  return Forbidden("the Origin header names another machine");
}

}  // namespace phenix::server
