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
    std::vector<std::thread> clients;
    for (int number = 0; number < kClients; ++number) {
      clients.emplace_back([&, number] {
        HttpClient client(server.http_port());
        for (int count = 0;; ++count) {
          const std::string id =
              std::to_string(round) + "-" + std::to_string(number) + "-" + std::to_string(count);
          const HttpAnswer answer =
              client.Call("POST", "/entities", R"({"entities":[{"id":")" + id + R"("}]})");
          if (answer.status != 200) return;
          const std::lock_guard<std::mutex> lock(mutex);
          acknowledged.insert(id);
          ++written;
        }
      });
    }
    while (written < 100) std::this_thread::yield();
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

TEST(ServerDurability, AKeyedWriteHappensOnceWhateverIsKilled) {
  const ScratchDirectory scratch;
  const std::string data = scratch.path() + "/db";
  constexpr int kWrites = 60;
  std::vector<std::string> answers(kWrites);
  int kills = 0;
  for (int next = 0; next < kWrites;) {
    ServerProcess server;
    ASSERT_TRUE(server.Serve(data)) << server.Errors();
    // Kills while a write is under way; its client then sends it again to the next process.
    std::thread killer;
    HttpClient client(server.http_port());
    for (int here = 0; next < kWrites; ++here) {
      if (here == 7) {
        killer = std::thread([&] { server.Signal(SIGKILL); });
        ++kills;
      }
      const HttpAnswer answer = client.Call(
          "POST", "/entities", R"({"entities":[{"metadata":{"n":)" + std::to_string(next) + "}}]}",
          {"Idempotency-Key: write-" + std::to_string(next)});
      if (answer.status != 200) break;
      answers[static_cast<std::size_t>(next++)] = answer.body;
    }
    if (killer.joinable()) killer.join();
  }
  ServerProcess server;
  ASSERT_TRUE(server.Serve(data)) << server.Errors();
  HttpClient client(server.http_port());
  for (int number = 0; number < kWrites; ++number) {
    const HttpAnswer again = client.Call(
        "POST", "/entities", R"({"entities":[{"metadata":{"n":)" + std::to_string(number) + "}}]}",
        {"Idempotency-Key: write-" + std::to_string(number)});
    EXPECT_EQ(again.Header("idempotent-replayed"), "true");
    EXPECT_EQ(again.body, answers[static_cast<std::size_t>(number)]);
  }
  EXPECT_THAT(client.Call("POST", "/count", "{}").body,
              HasSubstr("{\"count\":" + std::to_string(kWrites) + ","));
  std::printf("[ covered  ] %d keyed writes over %d kills\n", kWrites, kills);
  EXPECT_GE(kills, 5);
}

}  // namespace
}  // namespace phenix::tests
