// Request and Response: what a call of the REST interface gets and gives, free of any socket.
//
// Threads:    values; one thread at a time per object.
// Ownership:  own their bytes.
#ifndef API_HTTP_MESSAGE_H_
#define API_HTTP_MESSAGE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace phenix::api {

enum class Method : std::uint8_t { kGet, kPut, kPost, kPatch, kDelete, kOther };
/// "GET" and so on; "other" for kOther.
std::string_view MethodName(Method method);

/// Name and value of a header; in a Request the name is in lower case.
using Header = std::pair<std::string, std::string>;

struct Request {
  Method method = Method::kGet;  ///< HEAD arrives as kGet; its answer's body is then not sent.
  std::string target;  ///< Path and query as received, e.g. "/entities/a%20b?include=edges".
  std::vector<Header> headers;
  std::string body;

  /// The value of the first header of that (lower-case) name, empty if absent.
  [[nodiscard]] std::string_view HeaderValue(std::string_view name) const;
  [[nodiscard]] bool HasHeader(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<Header> headers;  ///< Beyond Content-Type, Content-Length and Connection.
  std::string body;
};

}  // namespace phenix::api

#endif  // API_HTTP_MESSAGE_H_
