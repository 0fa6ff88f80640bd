// The configuration of the server: precedence, refusals with their place, and what each setting
// does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/server/http_client.h"
#include "tests/server/server_process.h"

namespace phenix::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

class ConfigurationTest : public testing::Test {
 protected:
  std::string WriteFile(const std::string& text) {
    const std::string path = scratch_.path() + "/config.yaml";
    std::ofstream(path) << text;
    return path;
  }
  /// Starts a server that must refuse, and returns what it said.
  std::string Refusal(std::vector<std::string> more,
                      std::map<std::string, std::string> variables = {}) {
    variables.emplace("PHENIX_DB_HTTP_PORT", "0");
    variables.emplace("PHENIX_DB_METRICS_PORT", "0");
    std::vector<std::string> arguments = {"serve", "--data", scratch_.path() + "/db"};
    for (std::string& word : more) arguments.push_back(std::move(word));
    ServerProcess server;
    EXPECT_FALSE(server.Start(arguments, variables)) << server.ready_line();
    const Ended ended = server.Wait();
    EXPECT_TRUE(ended.exited);
    EXPECT_NE(ended.code, 0);
    return server.Errors();
  }
  std::vector<std::string> WithPorts(std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        "serve", "--data", scratch_.path() + "/db", "--http-port", "0", "--metrics-port", "0"};
    for (std::string& word : more) arguments.push_back(std::move(word));
    return arguments;
  }

  ScratchDirectory scratch_;
};

TEST_F(ConfigurationTest, RefusesWhatItDoesNotKnowWithFileAndLine) {
  const auto refused = [&](const std::string& text) {
    return Refusal({"--config", WriteFile(text)});
  };
  EXPECT_THAT(refused("server:\n  hots: x\n"),
              HasSubstr("config.yaml:2: unknown key 'server.hots'"));
  EXPECT_THAT(refused("storage:\n  hot_tier:\n    size: 10XB\n"),
              HasSubstr("config.yaml:3: storage.hot_tier.size: expected a size"));
  EXPECT_THAT(refused("server:\n  http_port: 99999\n"),
              HasSubstr("config.yaml:2: server.http_port"));
  EXPECT_THAT(refused("a: [1, 2]\n"), HasSubstr("config.yaml:1: expected 'key: value'"));
  EXPECT_THAT(refused("a: {b: 1\n"), HasSubstr("config.yaml:"));
  EXPECT_THAT(refused("server:\n  host: a\n  host: b\n"), HasSubstr("twice"));
  EXPECT_THAT(Refusal({"--config", scratch_.path() + "/none.yaml"}), HasSubstr("none.yaml"));
  EXPECT_THAT(Refusal({}, {{"PHENIX_DB_HOTS", "x"}}), HasSubstr("unknown key 'PHENIX_DB_HOTS'"));
  EXPECT_THAT(Refusal({}, {{"PHENIX_DB_HTTP_PORT", "x"}}),
              HasSubstr("variable PHENIX_DB_HTTP_PORT: server.http_port: expected a port"));
  EXPECT_THAT(Refusal({"--http-port", "x"}), HasSubstr("flag --http-port"));
}

TEST_F(ConfigurationTest, RefusesToBeReachedFromElsewhereUnlessToldTo) {
  EXPECT_THAT(Refusal({"--host", "0.0.0.0"}), HasSubstr("needs authentication and TLS"));
  EXPECT_THAT(Refusal({}, {{"PHENIX_DB_METRICS_ENDPOINT", "0.0.0.0:0"}}),
              HasSubstr("needs authentication and TLS"));
  ServerProcess open;
  ASSERT_TRUE(open.Start(WithPorts({"--host", "0.0.0.0", "--insecure"}))) << open.Errors();
  EXPECT_THAT(open.ready_line(), HasSubstr("INSECURE"));
}

TEST_F(ConfigurationTest, RefusesProtectionThatItCannotGive) {
  EXPECT_THAT(Refusal({"--config", WriteFile("security:\n  authentication:\n    enabled: true\n")}),
              HasSubstr("cannot check tokens"));
  EXPECT_THAT(Refusal({}, {{"PHENIX_DB_ENCRYPTION_ENABLED", "true"},
                           {"PHENIX_DB_KMS_ENDPOINT", "https://kms.example.com"}}),
              HasSubstr("encryption needs file:PATH"));
  EXPECT_THAT(Refusal({}, {{"PHENIX_DB_ENCRYPTION_ALGORITHM", "rot13"}}), HasSubstr("aes-gcm"));
}

TEST_F(ConfigurationTest, SaysWhatHasNoEffectHere) {
  ServerProcess server;
  ASSERT_TRUE(server.Start(WithPorts({}), {{"PHENIX_DB_SHARD_COUNT", "16"},
                                           {"PHENIX_DB_REPLICATION_FACTOR", "3"},
                                           {"PHENIX_DB_COLD_TIER_ENDPOINT", "s3://bucket/path"},
                                           {"PHENIX_DB_GPU_ENABLED", "true"},
                                           {"PHENIX_DB_BATCH_SIZE", "1000"},
                                           {"PHENIX_DB_GRPC_PORT", "9090"}}))
      << server.Errors();
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait().code, 0);
  const std::string events = server.Errors();
  for (const char* key :
       {"sharding.shard_count", "sharding.replication_factor", "storage.cold_tier.endpoint",
        "performance.gpu_enabled", "performance.batch_size", "server.grpc_port"}) {
    EXPECT_THAT(events, HasSubstr(std::string(key) + " = '")) << key;
  }
  EXPECT_THAT(events, HasSubstr("has no effect"));
}

TEST_F(ConfigurationTest, PrefersFlagsToVariablesToTheFile) {
  const std::string file =
      WriteFile("query:\n  max_hybrid_results: 5\n  graph_traversal_depth: 7\n");
  ServerProcess by_file;
  ASSERT_TRUE(by_file.Start(WithPorts({"--config", file}))) << by_file.Errors();
  EXPECT_THAT(CallOnce(by_file.http_port(), "GET", "/limits").body,
              HasSubstr(R"("query_results":5,"graph_hops":7)"));
  by_file.Signal(SIGTERM);
  by_file.Wait();
  ServerProcess by_variable;
  ASSERT_TRUE(
      by_variable.Start(WithPorts({"--config", file}), {{"PHENIX_DB_MAX_HYBRID_RESULTS", "6"}}))
      << by_variable.Errors();
  EXPECT_THAT(CallOnce(by_variable.http_port(), "GET", "/limits").body,
              HasSubstr(R"("query_results":6,"graph_hops":7)"));
  const HttpAnswer above = CallOnce(by_variable.http_port(), "POST", "/query", R"({"limit":7})");
  EXPECT_EQ(above.status, 422);
  by_variable.Signal(SIGTERM);
  by_variable.Wait();
  // --http-port 0 has to win over a variable that names a port which cannot be had.
  ServerProcess by_flag;
  ASSERT_TRUE(by_flag.Start(WithPorts({}), {{"PHENIX_DB_HTTP_PORT", "1"}})) << by_flag.Errors();
}

TEST_F(ConfigurationTest, WritesNoEventsBelowItsLevel) {
  ServerProcess quiet;
  ASSERT_TRUE(quiet.Serve(scratch_.path() + "/db", {"--log", "off"}));
  CallOnce(quiet.http_port(), "GET", "/livez");
  quiet.Signal(SIGTERM);
  quiet.Wait();
  EXPECT_EQ(quiet.Errors(), "");
  ServerProcess loud;
  ASSERT_TRUE(loud.Serve(scratch_.path() + "/db", {"--log", "debug"}));
  CallOnce(loud.http_port(), "GET", "/entities?filter=%7B%22secret%22%3A1%7D");
  loud.Signal(SIGTERM);
  loud.Wait();
  EXPECT_THAT(loud.Errors(), HasSubstr(R"("request":"GET /entities")"));
  EXPECT_THAT(loud.Errors(), Not(HasSubstr("secret")));
}

TEST_F(ConfigurationTest, PrintsValuesAndOrigins) {
  ServerProcess print;
  ASSERT_TRUE(print.Start({"config", "print", "--host", "127.0.0.2"}));
  EXPECT_EQ(print.ready_line(), "server.host: \"127.0.0.2\"  # flag --host");
  EXPECT_EQ(print.Wait().code, 0);
  ServerProcess check;
  ASSERT_TRUE(check.Start({"config", "check", PHENIX_CONFIG_SAMPLE})) << check.Errors();
  EXPECT_THAT(check.ready_line(), HasSubstr(": good"));
  ServerProcess bad;
  EXPECT_FALSE(bad.Start({"config", "check", WriteFile("x: 1\n")}));
  EXPECT_NE(bad.Wait().code, 0);
}

TEST_F(ConfigurationTest, EncryptsWhenToldTo) {
  const std::string key = "file:" + scratch_.path() + "/master.key";
  const std::string marker = "a-marker-that-must-not-rest-in-plain-text";
  const std::map<std::string, std::string> variables = {
      {"PHENIX_DB_ENCRYPTION_ENABLED", "true"},
      {"PHENIX_DB_ENCRYPTION_ALGORITHM", "AES-GCM"},
      {"PHENIX_DB_KMS_ENDPOINT", key}};
  // The server makes no keys; `phenix init` does.
  EXPECT_THAT(Refusal({}, variables), HasSubstr("master.key"));
  ServerProcess init;
  init.Start({"init", scratch_.path() + "/db", "--encrypt", "--kms", key});
  ASSERT_EQ(init.Wait().code, 0) << init.Errors();
  ServerProcess server;
  ASSERT_TRUE(server.Start(WithPorts({}), variables)) << server.Errors();
  EXPECT_EQ(CallOnce(server.http_port(), "POST", "/entities",
                     R"({"entities":[{"id":"a","metadata":{"m":")" + marker + R"("}}]})")
                .status,
            200);
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait().code, 0);
  const std::string grep = "grep -rqa " + marker + " " + scratch_.path() + "/db";
  EXPECT_NE(std::system(grep.c_str()), 0) << "found in plain text";
}

}  // namespace
}  // namespace phenix::tests
