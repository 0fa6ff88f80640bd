#include "api/http_message.h"

#include <algorithm>

namespace phenix::api {
namespace {

auto FindHeader(const std::vector<Header>& headers, std::string_view name) {
  return std::find_if(headers.begin(), headers.end(),
                      [name](const Header& header) { return header.first == name; });
}

}  // namespace

std::string_view MethodName(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kPut:
      return "PUT";
    case Method::kPost:
      return "POST";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    case Method::kOther:
      break;
  }
  return "other";
}

std::string_view Request::HeaderValue(std::string_view name) const {
  const auto found = FindHeader(headers, name);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

bool Request::HasHeader(std::string_view name) const {
  return FindHeader(headers, name) != headers.end();
}

}  // namespace phenix::api
