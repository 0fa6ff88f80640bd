#include "api/calls/precondition_headers.h"

#include <optional>
#include <string>
#include <string_view>

#include "api/json/object_fields.h"

namespace phenix::api {

Attempt<Precondition> ReadPreconditionHeaders(const Request& request) {
  Precondition precondition;
  const std::string_view match = request.HeaderValue("if-match");
  const std::string_view none_match = request.HeaderValue("if-none-match");
  if (!none_match.empty() && none_match != "*") {
    return InvalidRequest({{"If-None-Match", std::nullopt, "*", std::string(none_match)}});
  }
  precondition.if_absent = none_match == "*";
  if (match.empty()) return precondition;
  if (match == "*") {
    precondition.if_present = true;
    return precondition;
  }
  const bool quoted = match.size() > 2 && match.front() == '"' && match.back() == '"';
  if (quoted) precondition.if_version = ParseDecimal(match.substr(1, match.size() - 2));
  if (!precondition.if_version.has_value()) {
    return InvalidRequest(
        {{"If-Match", std::nullopt, "* or one version in double quotes", std::string(match)}});
  }
  return precondition;
}

}  // namespace phenix::api
