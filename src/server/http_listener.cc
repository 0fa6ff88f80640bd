#include "server/http_listener.h"

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cctype>
#include <exception>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "base/assert.h"

namespace phenix::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kFirstReadBytes = 4'096;
constexpr std::size_t kBufferBytesMax = std::size_t{256} << 10U;
/// How long a refused client may go on sending before its connection is cut.
constexpr std::chrono::seconds kLingerMax{2};
constexpr std::chrono::milliseconds kAcceptPause{100};

class Session;

/// One network thread and its connections. Members belong to that thread once it runs.
struct Loop {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::set<Session*> sessions;
  bool draining = false;
  std::thread thread;
};

/// What sessions share.
struct Shared {
  HttpApplication& application;
  ListenerLimits limits;
  std::atomic<std::size_t> connections{0};
};

api::Method MethodOf(http::verb verb) {
  switch (verb) {
    case http::verb::get:
    case http::verb::head:
      return api::Method::kGet;
    case http::verb::put:
      return api::Method::kPut;
    case http::verb::post:
      return api::Method::kPost;
    case http::verb::patch:
      return api::Method::kPatch;
    case http::verb::delete_:
      return api::Method::kDelete;
    default:
      return api::Method::kOther;
  }
}

std::string LowerName(beast::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return lower;
}

api::Request Convert(http::request<http::string_body>&& message) {
  api::Request request;
  request.method = MethodOf(message.method());
  request.target = std::string(message.target());
  for (const auto& field : message) {
    request.headers.emplace_back(LowerName(field.name_string()), std::string(field.value()));
  }
  request.body = std::move(message.body());
  return request;
}

/// The code to answer a read error with; none when there is nobody to answer.
std::optional<api::Code> RefusalOf(const error_code& error) {
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return std::nullopt;
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return api::Code::kRequestHeadersTooLarge;
  }
  if (error == http::error::body_limit) return api::Code::kRequestTooLarge;
  if (error.category() == http::make_error_code(http::error::bad_method).category()) {
    return api::Code::kRequestMalformed;
  }
  return std::nullopt;
}

// One connection. Pending operations and the outstanding answer share it; all else happens on the
// thread of its loop.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Loop& loop, Shared& shared)
      : stream_(std::move(socket)), loop_(loop), shared_(shared) {}

  void Start() {
    loop_.sessions.insert(this);
    error_code ignored;
    stream_.socket().set_option(tcp::no_delay(true), ignored);
    WaitForRequest();
  }

  /// Closes the connection unless a request is with the application.
  void CloseIfIdle() {
    if (!answering_) CloseSocket();
  }
  void CloseSocket() {
    error_code ignored;
    stream_.socket().close(ignored);
  }

 private:
  void WaitForRequest() {
    if (loop_.draining) return Finish();
    if (buffer_.size() > 0) return ReadHeader();
    stream_.expires_after(shared_.limits.idle_max);
    stream_.async_read_some(buffer_.prepare(kFirstReadBytes),
                            [self = shared_from_this()](error_code error, std::size_t size_bytes) {
                              if (error) return self->Finish();
                              self->buffer_.commit(size_bytes);
                              self->ReadHeader();
                            });
  }

  void ReadHeader() {
    parser_.emplace();
    parser_->header_limit(shared_.limits.header_bytes_max);
    parser_->body_limit(shared_.limits.body_bytes_max);
    stream_.expires_after(shared_.limits.header_max);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) return self->Refuse(error);
                              self->stream_.expires_after(self->shared_.limits.body_max);
                              self->ReadBody();
                            });
  }

  void ReadBody() {
    const bool asks_first =
        beast::iequals(parser_->get()[http::field::expect], "100-continue") && !parser_->is_done();
    if (!asks_first) return ReadRest();
    asio::async_write(stream_, asio::buffer(kContinue),
                      [self = shared_from_this()](error_code error, std::size_t) {
                        if (error) return self->Finish();
                        self->ReadRest();
                      });
  }

  void ReadRest() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code error, std::size_t) {
                       if (error) return self->Refuse(error);
                       self->Ask();
                     });
  }

  /// Hands the request to the application.
  void Ask() {
    stream_.expires_never();
    keep_alive_ = parser_->get().keep_alive();
    version_ = parser_->get().version();
    without_body_ = parser_->get().method() == http::verb::head;
    answering_ = true;
    shared_.application.OnRequest(Convert(parser_->release()), [self = shared_from_this()](
                                                                   api::Response response) {
      asio::post(self->stream_.get_executor(), [self, response = std::move(response)]() mutable {
        self->Respond(std::move(response));
      });
    });
  }

  void Refuse(const error_code& error) {
    const std::optional<api::Code> code = RefusalOf(error);
    if (!code.has_value()) return Finish();
    keep_alive_ = false;
    Respond(shared_.application.OnRefused(*code, error.message()));
  }

  void Respond(api::Response response) {
    response_.emplace(static_cast<http::status>(response.status), version_);
    response_->keep_alive(keep_alive_ && !loop_.draining);
    response_->set(http::field::content_type, response.content_type);
    for (const auto& [name, value] : response.headers) response_->set(name, value);
    response_->content_length(response.body.size());
    if (!without_body_) response_->body() = std::move(response.body);
    stream_.expires_after(shared_.limits.write_max);
    http::async_write(stream_, *response_,
                      [self = shared_from_this()](error_code error, std::size_t) {
                        self->answering_ = false;
                        if (error) return self->Finish();
                        if (!self->response_->keep_alive()) return self->Linger();
                        self->WaitForRequest();
                      });
  }

  /// Lets the client read the answer before the connection is cut: what it still sends is dropped.
  void Linger() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(kLingerMax);
    Discard();
  }

  void Discard() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kFirstReadBytes),
                            [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) return self->Finish();
                              self->Discard();
                            });
  }

  void Finish() {
    CloseSocket();
    if (loop_.sessions.erase(this) > 0) shared_.connections.fetch_sub(1);
  }

  static constexpr std::string_view kContinueText = "HTTP/1.1 100 Continue\r\n\r\n";
  static inline const asio::const_buffer kContinue{kContinueText.data(), kContinueText.size()};

  beast::tcp_stream stream_;
  Loop& loop_;
  Shared& shared_;
  beast::flat_buffer buffer_{kBufferBytesMax};
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  unsigned version_ = 11;
  bool keep_alive_ = false;
  bool without_body_ = false;
  bool answering_ = false;
};

Status StatusOf(const error_code& error, const std::string& what) {
  StatusCode code = StatusCode::kIoError;
  if (error == asio::error::address_in_use) code = StatusCode::kUnavailable;
  if (error == asio::error::access_denied) code = StatusCode::kPermissionDenied;
  return {code, what + ": " + error.message()};
}

}  // namespace

struct HttpListener::State {
  State(const ListenerOptions& options, HttpApplication& application)
      : shared{.application = application, .limits = options.limits} {
    for (unsigned count = 0; count < std::max(1U, options.threads); ++count) {
      loops.push_back(std::make_unique<Loop>());
    }
    acceptor.emplace(loops.front()->context);
    pause.emplace(loops.front()->context);
  }

  Status Listen(const ListenerOptions& options) {
    error_code error;
    const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
    const asio::ip::address address = asio::ip::make_address(host, error);
    if (error) {
      return {StatusCode::kInvalidArgument, "'" + options.host + "' is no IP address"};
    }
    const tcp::endpoint endpoint(address, options.port);
    const std::string place = options.host + ":" + std::to_string(options.port);
    acceptor->open(endpoint.protocol(), error);
    if (error) return StatusOf(error, place);
    acceptor->set_option(asio::socket_base::reuse_address(true), error);
    if (error) return StatusOf(error, place);
    acceptor->bind(endpoint, error);
    if (error) return StatusOf(error, place);
    acceptor->listen(asio::socket_base::max_listen_connections, error);
    if (error) return StatusOf(error, place);
    port = acceptor->local_endpoint(error).port();
    return error ? StatusOf(error, place) : Status::Ok();
  }

  void Accept() {
    Loop& loop = *loops[next_loop++ % loops.size()];
    acceptor->async_accept(loop.context, [this, &loop](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted || !acceptor->is_open()) return;
      if (error) return AcceptLater();
      Serve(std::move(socket), loop);
      Accept();
    });
  }

  /// Out of descriptors, or the like: not at once again.
  void AcceptLater() {
    pause->expires_after(kAcceptPause);
    pause->async_wait([this](error_code error) {
      if (!error && acceptor->is_open()) Accept();
    });
  }

  void Serve(tcp::socket socket, Loop& loop) {
    if (shared.connections.load() >= shared.limits.connections_max) return;  // closes the socket
    shared.connections.fetch_add(1);
    asio::post(loop.context, [this, &loop, socket = std::move(socket)]() mutable {
      std::make_shared<Session>(std::move(socket), loop, shared)->Start();
    });
  }

  void Run() {
    asio::post(loops.front()->context, [this] { Accept(); });
    for (const auto& loop : loops) {
      loop->thread = std::thread([&context = loop->context] { RunContext(context); });
    }
  }

  static void RunContext(asio::io_context& context) {
    while (!context.stopped()) {
      try {
        context.run();
      } catch (const std::exception&) {  // out of memory for one connection: the others go on
        continue;
      }
    }
  }

  void ForEachSession(void (Session::*action)()) {
    for (const auto& loop : loops) {
      asio::post(loop->context, [&loop = *loop, action] {
        loop.draining = true;
        const std::vector<Session*> sessions(loop.sessions.begin(), loop.sessions.end());
        for (Session* session : sessions) (session->*action)();
      });
    }
  }

  void StopAccepting() {
    asio::post(loops.front()->context, [this] {
      error_code ignored;
      pause->cancel();
      acceptor->close(ignored);
    });
  }

  Shared shared;
  std::vector<std::unique_ptr<Loop>> loops;
  std::optional<tcp::acceptor> acceptor;
  std::optional<asio::steady_timer> pause;
  std::size_t next_loop = 0;
  std::uint16_t port = 0;
};

HttpListener::HttpListener(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpListener::~HttpListener() { Stop(); }

Result<std::unique_ptr<HttpListener>> HttpListener::Start(const ListenerOptions& options,
                                                          HttpApplication& application) {
  try {
    auto state = std::make_unique<State>(options, application);
    PHENIX_RETURN_IF_ERROR(state->Listen(options));
    state->Run();
    return std::unique_ptr<HttpListener>(new HttpListener(std::move(state)));
  } catch (const std::exception& error) {
    return Status(StatusCode::kIoError, std::string("network: ") + error.what());
  }
}

std::uint16_t HttpListener::port() const { return state_->port; }

std::size_t HttpListener::connections() const { return state_->shared.connections.load(); }

void HttpListener::Drain() {
  state_->StopAccepting();
  state_->ForEachSession(&Session::CloseIfIdle);
}

void HttpListener::Stop() {
  if (state_ == nullptr || !state_->loops.front()->thread.joinable()) return;
  state_->StopAccepting();
  state_->ForEachSession(&Session::CloseSocket);
  for (const auto& loop : state_->loops) loop->work.reset();
  for (const auto& loop : state_->loops) loop->thread.join();
}

}  // namespace phenix::server
