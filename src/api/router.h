// Which path and method lead to which call: the one table of the REST interface.
#ifndef API_ROUTER_H_
#define API_ROUTER_H_

#include <span>
#include <string>
#include <string_view>

#include "api/call.h"
#include "api/http_message.h"
#include "api/problem.h"
#include "api/target.h"

namespace phenix::api {

/// One line of the table. `pattern` is a path with at most one `{name}`.
struct Route {
  Method method;
  std::string_view pattern;
  Attempt<Response> (*run)(Call& call);
};
std::span<const Route> AllRoutes();

struct FoundRoute {
  const Route* route = nullptr;
  std::string name;  ///< what stood for the {…}
};
/// Problems: kRouteNotFound; kMethodNotAllowed with the Allow header.
Attempt<FoundRoute> FindRoute(Method method, const Target& target);

}  // namespace phenix::api

#endif  // API_ROUTER_H_
