// `phenix serve` as its users meet it: the requests of the product page, keep-alive, probes,
// metrics, events, and a clean stop.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/http_client.h"
#include "tests/server/server_process.h"

namespace phenix::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What a shell prints for `script`.
std::string Shell(const std::string& script) {
  const std::string path = testing::TempDir() + "/phenix_script_" + std::to_string(getpid());
  std::ofstream(path) << script;
  std::string printed;
  FILE* pipe = popen(("sh " + path + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return printed;
  char part[4'096];
  std::size_t size = 0;
  while ((size = fread(part, 1, sizeof part, pipe)) > 0) printed.append(part, size);
  pclose(pipe);
  std::remove(path.c_str());
  return printed;
}

class RestTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server_.Serve(scratch_.path() + "/db")) << server_.Errors(); }
  HttpAnswer Call(const std::string& method, const std::string& target,
                  const std::string& body = "", const std::vector<std::string>& headers = {}) {
    return CallOnce(server_.http_port(), method, target, body, headers);
  }

  ScratchDirectory scratch_;
  ServerProcess server_;
};

TEST_F(RestTest, TheProductPageWorksAsPrinted) {
  std::string script = ReadFile(PHENIX_PRODUCT_PAGE);
  const std::string port = std::to_string(server_.http_port());
  std::size_t requests = 0;
  for (std::size_t at = 0; (at = script.find(":8080", at)) != std::string::npos; ++requests) {
    script.replace(at, 5, ":" + port);
  }
  EXPECT_EQ(requests, 3U);
  const std::string printed = Shell(script);
  EXPECT_THAT(printed, HasSubstr(R"("count":2,"ids":["entity1","entity2"])"));
  EXPECT_THAT(printed, HasSubstr(R"({"entities":[{"id":"entity1","score":)"));
  EXPECT_THAT(printed, HasSubstr(R"("metadata":{"title":"Document 1","category":"tech"})"));
  EXPECT_THAT(printed, Not(HasSubstr("Document 2")));
  EXPECT_THAT(printed, HasSubstr(R"({"status":"ok","version":)"));
}

TEST_F(RestTest, KeepsAConnectionForManyRequests) {
  HttpClient client(server_.http_port());
  for (int count = 0; count < 50; ++count) {
    ASSERT_EQ(client.Call("GET", "/limits").status, 200);
  }
  // Several at once on one connection are answered in order.
  const std::string get = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
  ASSERT_TRUE(client.Send(get + get + get));
  for (int count = 0; count < 3; ++count) EXPECT_EQ(client.Receive().status, 200);
}

TEST_F(RestTest, AnswersHeadWithoutABody) {
  HttpClient client(server_.http_port());
  const HttpAnswer head = client.Call("HEAD", "/limits");
  EXPECT_EQ(head.status, 200);
  EXPECT_NE(head.Header("content-length"), "0");
  EXPECT_EQ(client.Call("GET", "/livez").status, 200);
}

TEST_F(RestTest, SetsTheHeadersThatItPromises) {
  const HttpAnswer answer = Call("GET", "/none", "", {"X-Request-Id: my-id"});
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.Header("content-type"), "application/problem+json");
  EXPECT_EQ(answer.Header("x-request-id"), "my-id");
  EXPECT_EQ(answer.Header("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer.Header("cache-control"), "no-store");
}

TEST_F(RestTest, RefusesOtherHostsAndOrigins) {
  HttpClient client(server_.http_port());
  client.Send("GET /limits HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 403);
  client.Send("GET /limits HTTP/1.1\r\nHost: 127.evil.example\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 403);
  client.Send("GET /limits HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 400);
  client.Send("GET /limits HTTP/1.1\r\nHost: [::1]:1\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 200);
  EXPECT_EQ(Call("GET", "/limits", "", {"Origin: https://evil.example"}).status, 403);
  EXPECT_EQ(Call("GET", "/limits", "", {"Origin: null"}).status, 403);
  EXPECT_EQ(Call("GET", "/limits", "", {"Origin: http://localhost:3000"}).status, 200);
}

TEST_F(RestTest, AnswersManyClientsAtOnce) {
  constexpr int kClients = 16;
  constexpr int kRequests = 20;
  std::atomic<int> good{0};
  std::vector<std::thread> clients;
  for (int number = 0; number < kClients; ++number) {
    clients.emplace_back([&, number] {
      HttpClient client(server_.http_port());
      for (int count = 0; count < kRequests; ++count) {
        const std::string id = std::to_string(number) + "-" + std::to_string(count);
        const HttpAnswer answer =
            client.Call("POST", "/entities", R"({"entities":[{"id":")" + id + R"("}]})");
        if (answer.status == 200) ++good;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, kClients * kRequests);
  EXPECT_THAT(Call("POST", "/count", "{}").body, HasSubstr(R"({"count":320,)"));
}

TEST_F(RestTest, ServesTheMetricsThatTheProductPageNames) {
  Call("POST", "/entities", R"({"entities":[{"id":"a","vector":[1,2]}]})");
  Call("POST", "/query", R"({"vector_similarity":{"vector":[1,2]}})");
  const HttpAnswer answer = CallOnce(server_.metrics_port(), "GET", "/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(answer.body, HasSubstr("vector_db_query_duration_seconds_count 1"));
  EXPECT_THAT(answer.body, HasSubstr("vector_db_insert_total 1"));
  EXPECT_THAT(answer.body, HasSubstr("vector_db_storage_bytes{tier=\"hot\"} "));
  EXPECT_THAT(answer.body, HasSubstr("vector_db_shard_health{shard=\"0\"} 1"));
  EXPECT_THAT(answer.body, HasSubstr("vector_db_transaction_duration_seconds_count 1"));
  EXPECT_THAT(answer.body, HasSubstr("phenix_requests_queued 0"));
  EXPECT_THAT(answer.body, HasSubstr("phenix_log_syncs_total "));
  EXPECT_EQ(CallOnce(server_.metrics_port(), "GET", "/").status, 404);
  EXPECT_EQ(CallOnce(server_.metrics_port(), "POST", "/metrics").status, 404);
}

TEST_F(RestTest, StopsCleanlyAndLetsTheRunningRequestFinish) {
  HttpClient idle(server_.http_port());
  HttpClient busy(server_.http_port());
  const std::string body = R"({"entities":[{"id":"last"}]})";
  ASSERT_EQ(busy.Call("GET", "/livez").status, 200);
  server_.Signal(SIGTERM);
  EXPECT_TRUE(idle.ClosedWithin(10'000));
  const Ended ended = server_.Wait();
  EXPECT_TRUE(ended.exited);
  EXPECT_EQ(ended.code, 0);
  const std::string events = server_.Errors();
  EXPECT_THAT(events, HasSubstr(R"("msg":"draining")"));
  EXPECT_THAT(events, HasSubstr(R"("msg":"stopped")"));
}

TEST_F(RestTest, SaysOnceThatItIsReadyAndForWhom) {
  EXPECT_THAT(server_.ready_line(), HasSubstr("phenix ready: REST http://127.0.0.1:"));
  EXPECT_THAT(server_.ready_line(), HasSubstr("no authentication, no TLS, this machine only"));
}

}  // namespace
}  // namespace phenix::tests
