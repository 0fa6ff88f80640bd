// What was acknowledged survives kill -9: writes, and the memory of idempotency keys.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/http_client.h"
#include "tests/server/server_process.h"

namespace phenix::tests {
namespace {

using testing::HasSubstr;

TEST(ServerDurability, AcknowledgedWritesSurviveKill) {
  const ScratchDirectory scratch;
  const std::string data = scratch.path() + "/db";
  std::set<std::string> acknowledged;
  constexpr int kRounds = 4;
  constexpr int kClients = 4;
  for (int round = 0; round < kRounds; ++round) {
    ServerProcess server;
    ASSERT_TRUE(server.Serve(data)) << server.Errors();
    std::mutex mutex;
    std::atomic<std::size_t> written{0};
    std::atomic<int> running{kClients};
    std::vector<std::thread> clients;
    for (int number = 0; number < kClients; ++number) {
      clients.emplace_back([&, number] {
        HttpClient client(server.http_port());
        for (int count = 0;; ++count) {
          const std::string id =
              std::to_string(round) + "-" + std::to_string(number) + "-" + std::to_string(count);
          const HttpAnswer answer =
              client.Call("POST", "/entities", R"({"entities":[{"id":")" + id + R"("}]})");
          if (answer.status != 200) {
            --running;
            return;
          }
          const std::lock_guard<std::mutex> lock(mutex);
          acknowledged.insert(id);
          ++written;
        }
      });
    }
    while (written < 100 && running > 0) std::this_thread::yield();
    server.Signal(SIGKILL);
    const Ended ended = server.Wait();
    EXPECT_FALSE(ended.exited);
    for (std::thread& client : clients) client.join();
  }
  ServerProcess server;
  ASSERT_TRUE(server.Serve(data)) << server.Errors();
  HttpClient client(server.http_port());
  for (const std::string& id : acknowledged) {
    ASSERT_EQ(client.Call("GET", "/entities/" + id).status, 200) << id;
  }
  std::printf("[ covered  ] %zu acknowledged writes over %d kills\n", acknowledged.size(), kRounds);
  EXPECT_GE(acknowledged.size(), 400U);
}

/// Sends keyed write `number`; the same number is the same request.
HttpAnswer SendKeyed(HttpClient& client, std::size_t number) {
  const std::string text = std::to_string(number);
  return client.Call("POST", "/entities", R"({"entities":[{"metadata":{"n":)" + text + "}}]}",
                     {"Idempotency-Key: write-" + text});
}

TEST(ServerDurability, AKeyedWriteHappensOnceWhateverIsKilled) {
  const ScratchDirectory scratch;
  const std::string data = scratch.path() + "/db";
  constexpr int kKills = 8;
  constexpr int kWritesBeforeKill = 7;
  std::vector<std::string> answers;
  for (int kill = 0; kill < kKills; ++kill) {
    ServerProcess server;
    ASSERT_TRUE(server.Serve(data)) << server.Errors();
    HttpClient client(server.http_port());
    std::thread killer;
    for (int count = 0;; ++count) {
      // Kills while a write is under way; the next process gets that write again.
      if (count == kWritesBeforeKill) killer = std::thread([&] { server.Signal(SIGKILL); });
      const HttpAnswer answer = SendKeyed(client, answers.size());
      if (answer.status != 200) break;
      answers.push_back(answer.body);
    }
    ASSERT_TRUE(killer.joinable()) << "a write failed before the kill";
    killer.join();
  }
  ServerProcess server;
  ASSERT_TRUE(server.Serve(data)) << server.Errors();
  HttpClient client(server.http_port());
  SendKeyed(client, answers.size());  // the one whose answer the last kill took
  for (std::size_t number = 0; number < answers.size(); ++number) {
    const HttpAnswer again = SendKeyed(client, number);
    EXPECT_EQ(again.Header("idempotent-replayed"), "true");
    EXPECT_EQ(again.body, answers[number]);
  }
  const std::string count = std::to_string(answers.size() + 1);
  EXPECT_THAT(client.Call("POST", "/count", "{}").body, HasSubstr("{\"count\":" + count + ","));
  std::printf("[ covered  ] %s keyed writes over %d kills\n", count.c_str(), kKills);
}

}  // namespace
}  // namespace phenix::tests
