#include "tests/server/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

namespace phenix::tests {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return lower;
}

}  // namespace

std::string HttpAnswer::Header(std::string_view name) const {
  const std::string mark = "\r\n" + Lower(name) + ": ";
  const std::size_t at = Lower(head).find(mark);
  if (at == std::string::npos) return "";
  const std::size_t from = at + mark.size();
  return head.substr(from, head.find("\r\n", from) - from);
}

HttpClient::HttpClient(std::uint16_t port) : port_(port) {
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    close(socket_);
    socket_ = -1;
  }
}

HttpClient::~HttpClient() {
  if (socket_ >= 0) close(socket_);
}

bool HttpClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

HttpAnswer HttpClient::Receive(bool has_body) {
  HttpAnswer answer;
  std::array<char, 16'384> part{};
  while (true) {
    const std::size_t head_end = received_.find("\r\n\r\n");
    if (head_end != std::string::npos) {
      answer.head = received_.substr(0, head_end + 2);
      const std::string length = answer.Header("content-length");
      const std::size_t size = has_body && !length.empty() ? std::stoul(length) : 0;
      if (received_.size() >= head_end + 4 + size) {
        answer.body = received_.substr(head_end + 4, size);
        received_.erase(0, head_end + 4 + size);
        answer.status = std::atoi(answer.head.c_str() + std::string_view("HTTP/1.1 ").size());
        return answer;
      }
    }
    const ssize_t got = recv(socket_, part.data(), part.size(), 0);
    if (got <= 0) return {};
    received_.append(part.data(), static_cast<std::size_t>(got));
  }
}

HttpAnswer HttpClient::Call(const std::string& method, const std::string& target,
                            const std::string& body, const std::vector<std::string>& headers) {
  std::string request =
      method + " " + target + " HTTP/1.1\r\nHost: localhost:" + std::to_string(port_) + "\r\n";
  if (!body.empty()) {
    request +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  for (const std::string& header : headers) request += header + "\r\n";
  if (!Send(request + "\r\n" + body)) return {};
  return Receive(method != "HEAD");
}

bool HttpClient::ClosedWithin(int milliseconds) {
  std::array<char, 4'096> part{};
  while (true) {
    pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, milliseconds) <= 0) return false;
    if (recv(socket_, part.data(), part.size(), 0) <= 0) return true;
  }
}

HttpAnswer CallOnce(std::uint16_t port, const std::string& method, const std::string& target,
                    const std::string& body, const std::vector<std::string>& headers) {
  HttpClient client(port);
  if (!client.connected()) return {};
  return client.Call(method, target, body, headers);
}

}  // namespace phenix::tests
