// Clients that break the rules: each is answered or cut off, and the server goes on serving.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/server/http_client.h"
#include "tests/server/server_process.h"

namespace phenix::tests {
namespace {

using testing::HasSubstr;

class HostileInputTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string data = scratch_.path() + "/db";
    ASSERT_TRUE(server_.Start({"serve", "--data", data, "--http-port", "0", "--metrics-port", "0"},
                              {{"PHENIX_DB_LIMITS_HEADER_TIMEOUT_MS", "300"},
                               {"PHENIX_DB_LIMITS_BODY_TIMEOUT_MS", "300"}}))
        << server_.Errors();
  }
  void TearDown() override {
    EXPECT_EQ(CallOnce(server_.http_port(), "GET", "/readyz").status, 200) << "serves no more";
  }
  HttpAnswer SendRaw(const std::string& bytes) {
    HttpClient client(server_.http_port());
    client.Send(bytes);
    return client.Receive();
  }

  ScratchDirectory scratch_;
  ServerProcess server_;
};

TEST_F(HostileInputTest, AnswersBrokenHttpWith400) {
  const std::string broken[] = {
      "\r\nGARBAGE\r\n\r\n",
      "GET\r\n\r\n",
      "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\nBad Header: x\r\n\r\n",
      std::string("GET / HTTP/1.1\r\nHost: localhost\r\nX: a") + '\0' + "b\r\n\r\n",
  };
  for (const std::string& bytes : broken) {
    const HttpAnswer answer = SendRaw(bytes);
    EXPECT_EQ(answer.status, 400) << bytes;
    EXPECT_THAT(answer.body, HasSubstr("request.invalid")) << bytes;
  }
}

TEST_F(HostileInputTest, AnswersLargeHeadersWith431) {
  const HttpAnswer answer = SendRaw(
      "GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_EQ(answer.status, 431);
  EXPECT_THAT(answer.body, HasSubstr("request.headers_too_large"));
}

TEST_F(HostileInputTest, AnswersADeclaredLargeBodyWith413BeforeItComes) {
  const HttpAnswer answer = SendRaw(
      "POST /entities HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 99999999999\r\n\r\n");
  EXPECT_EQ(answer.status, 413);
  EXPECT_THAT(answer.body, HasSubstr("request.too_large"));
}

TEST_F(HostileInputTest, AnswersALargeChunkedBodyWith413) {
  HttpClient client(server_.http_port());
  client.Send("POST /entities HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "100000\r\n" + std::string(0x100000, ' ') + "\r\n";
  for (int count = 0; count < 18; ++count) {
    if (!client.Send(chunk)) break;
  }
  EXPECT_EQ(client.Receive().status, 413);
}

TEST_F(HostileInputTest, CutsOffHeadersThatComeTooSlowly) {
  HttpClient client(server_.http_port());
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nX: "));
  EXPECT_TRUE(client.ClosedWithin(20'000));
}

TEST_F(HostileInputTest, CutsOffABodyThatComesTooSlowly) {
  HttpClient client(server_.http_port());
  ASSERT_TRUE(
      client.Send("POST /entities HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{"));
  EXPECT_TRUE(client.ClosedWithin(20'000));
}

TEST_F(HostileInputTest, ForgetsClientsThatLeaveInTheMiddle) {
  for (int count = 0; count < 50; ++count) {
    HttpClient client(server_.http_port());
    client.Send("POST /entities HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"ent");
  }
  for (int count = 0; count < 50; ++count) {
    HttpClient client(server_.http_port());
    client.Send(
        "POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\n\r\n{}");
  }
}

TEST_F(HostileInputTest, ServesBesideManyIdleConnections) {
  constexpr std::size_t kConnections = 800;
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (std::size_t count = 0; count < kConnections; ++count) {
    clients.push_back(std::make_unique<HttpClient>(server_.http_port()));
    ASSERT_TRUE(clients.back()->connected()) << count;
  }
  EXPECT_EQ(CallOnce(server_.http_port(), "POST", "/query", "{}").status, 404);
  EXPECT_THAT(CallOnce(server_.metrics_port(), "GET", "/metrics").body,
              HasSubstr("phenix_connections_open 8"));
  for (const auto& client : clients) {
    ASSERT_EQ(client->Call("GET", "/livez").status, 200);
  }
}

TEST_F(HostileInputTest, SurvivesRandomBytesAndMutatedRequests) {
  const unsigned seed = std::random_device{}();
  std::printf("[ seed     ] %u\n", seed);
  std::mt19937 random(seed);
  const std::string good =
      "POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 45\r\n\r\n{\"vector_similarity\":{\"vector\":[1,2],\"k\":3}}\n";
  constexpr int kInputs = 400;
  for (int count = 0; count < kInputs; ++count) {
    std::string bytes = good;
    for (unsigned change = 0; change <= random() % 8; ++change) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    HttpClient client(server_.http_port());
    client.Send(bytes);
  }
  std::printf("[ covered  ] %d mutated requests\n", kInputs);
}

}  // namespace
}  // namespace phenix::tests
