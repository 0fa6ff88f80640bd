// A plain HTTP/1.1 client over one socket, for tests: it sends what it is told, good or bad.
#ifndef TESTS_SERVER_HTTP_CLIENT_H_
#define TESTS_SERVER_HTTP_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace phenix::tests {

struct HttpAnswer {
  int status = 0;  ///< 0: the connection ended before a whole answer
  std::string head;
  std::string body;

  /// The value of a header, compared without case; empty if absent.
  [[nodiscard]] std::string Header(std::string_view name) const;
};

class HttpClient {
 public:
  /// Connects to 127.0.0.1.
  explicit HttpClient(std::uint16_t port);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  [[nodiscard]] bool connected() const { return socket_ >= 0; }
  /// False when the other side has closed.
  bool Send(std::string_view bytes);
  /// The next answer on the connection. `has_body`: false for the answer to HEAD.
  HttpAnswer Receive(bool has_body = true);
  /// One request with the headers that every good one has, and `headers` ("Name: value").
  HttpAnswer Call(const std::string& method, const std::string& target,
                  const std::string& body = "", const std::vector<std::string>& headers = {});
  /// True when the other side closes within `milliseconds` (what it still sends is dropped).
  bool ClosedWithin(int milliseconds);

 private:
  int socket_ = -1;
  std::uint16_t port_;
  std::string received_;
};

/// One request on a connection of its own.
HttpAnswer CallOnce(std::uint16_t port, const std::string& method, const std::string& target,
                    const std::string& body = "", const std::vector<std::string>& headers = {});

}  // namespace phenix::tests

#endif  // TESTS_SERVER_HTTP_CLIENT_H_
