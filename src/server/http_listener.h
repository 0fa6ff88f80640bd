// HttpListener: HTTP/1.1 on one TCP port, on network threads of its own.
//
// Invariants: of one connection at most one request is with the application; its next request is
//             read after the answer was written. Header, body, idle time and number of connections
//             are bounded by ListenerLimits.
// Threads:    Start() by one; connections() and Drain() from any; Stop() once, when no answer is
//             outstanding.
// Ownership:  borrows the application, which must outlive it.
// Errors:     a request that breaks HTTP or a limit is answered through OnRefused() and its
//             connection closed; one that comes too slowly is closed without an answer.
// Not here:   what a request means (api/). Only http_listener.cc sees Boost.
#ifndef SERVER_HTTP_LISTENER_H_
#define SERVER_HTTP_LISTENER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/http_message.h"
#include "api/limits.h"
#include "api/problem.h"
#include "phenix/status.h"

namespace phenix::server {

struct ListenerLimits {
  std::uint32_t header_bytes_max = 16'384;
  std::uint64_t body_bytes_max = api::kRequestBodyBytesMax;
  std::size_t connections_max = 12'000;
  std::chrono::milliseconds idle_max = std::chrono::seconds(75);
  std::chrono::milliseconds header_max = std::chrono::seconds(10);  ///< first to last header byte
  std::chrono::milliseconds body_max = std::chrono::seconds(60);
  std::chrono::milliseconds write_max = std::chrono::seconds(60);
};

struct ListenerOptions {
  std::string host;        ///< an IP address, or "localhost"
  std::uint16_t port = 0;  ///< 0: the system chooses
  unsigned threads = 2;
  ListenerLimits limits;
};

/// To be called exactly once, from any thread.
using Answer = std::function<void(api::Response)>;

class HttpApplication {
 public:
  virtual ~HttpApplication() = default;
  /// Called on a network thread, which must not be kept.
  virtual void OnRequest(api::Request request, Answer answer) = 0;
  /// The answer to what never became a request.
  virtual api::Response OnRefused(api::Code code, const std::string& detail) = 0;
};

class HttpListener {
 public:
  /// Listens when it returns. Errors: kInvalidArgument for a bad host, kUnavailable for a port that
  /// is taken, kPermissionDenied.
  static Result<std::unique_ptr<HttpListener>> Start(const ListenerOptions& options,
                                                     HttpApplication& application);
  ~HttpListener();
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t connections() const;
  /// Accepts no more, closes idle connections; the others close after their answer.
  void Drain();
  /// Closes everything and joins the threads.
  void Stop();

 private:
  struct State;
  explicit HttpListener(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace phenix::server

#endif  // SERVER_HTTP_LISTENER_H_
