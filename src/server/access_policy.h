// Who may call at all, while there are no tokens: programs on this machine.
//
// A page in a browser can reach loopback too. It cannot choose the Host that its browser sends, and
// its browser tells where it came from (Origin); so both must name this machine.
// Threads:    immutable.
#ifndef SERVER_ACCESS_POLICY_H_
#define SERVER_ACCESS_POLICY_H_

#include <optional>
#include <string>
#include <string_view>

#include "api/http_message.h"
#include "api/problem.h"

namespace phenix::server {

class AccessPolicy {
 public:
  /// `host` is the address that the server listens on.
  AccessPolicy(std::string host, bool insecure) : host_(std::move(host)), insecure_(insecure) {}

  /// kRequestMalformed without exactly one Host; kAuthForbidden for one of another machine. An
  /// insecure server takes any.
  [[nodiscard]] std::optional<api::Problem> Check(const api::Request& request) const;

 private:
  [[nodiscard]] bool IsOwn(std::string_view authority) const;

  std::string host_;
  bool insecure_;
};

}  // namespace phenix::server

#endif  // SERVER_ACCESS_POLICY_H_
