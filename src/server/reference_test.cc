// What is written for users says what the code does: openapi.yaml, the codes and the settings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "api/problem.h"
#include "api/router.h"
#include "server/configuration.h"
#include "server/setting.h"

namespace phenix::server {
namespace {

std::string ReadText(const std::string& path) {
  std::ifstream file(std::string(PHENIX_SOURCE_DIR) + "/" + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// "GET /path" of each operation of openapi.yaml.
std::set<std::string> DescribedCalls(const YAML::Node& root) {
  std::set<std::string> calls;
  for (const auto& path : root["paths"]) {
    for (const auto& member : path.second) {
      std::string method = member.first.Scalar();
      if (method == "parameters") continue;
      std::transform(method.begin(), method.end(), method.begin(),
                     [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
      calls.insert(method + " " + path.first.Scalar());
    }
  }
  return calls;
}

TEST(OpenApi, DescribesExactlyTheCallsThatExist) {
  std::set<std::string> calls = {"GET /health", "GET /livez", "GET /readyz", "GET /startupz"};
  for (const api::Route& route : api::AllRoutes()) {
    calls.insert(std::string(api::MethodName(route.method)) + " " + std::string(route.pattern));
  }
  EXPECT_EQ(DescribedCalls(YAML::Load(ReadText("api/openapi.yaml"))), calls);
}

TEST(OpenApi, ResolvesEveryReference) {
  const std::string text = ReadText("api/openapi.yaml");
  const YAML::Node root = YAML::Load(text);
  const std::string mark = "$ref: '#/components/";
  std::size_t references = 0;
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const std::size_t from = at + mark.size();
    const std::string path = text.substr(from, text.find('\'', from) - from);
    const std::size_t slash = path.find('/');
    EXPECT_TRUE(root["components"][path.substr(0, slash)][path.substr(slash + 1)]) << path;
    ++references;
  }
  EXPECT_GT(references, 100U);
}

TEST(RestReference, ListsEveryCodeAndCall) {
  const std::string page = ReadText("docs/reference/rest.md");
  for (const api::CodeRow& row : api::AllCodes()) {
    const std::string line = "| `" + std::string(row.name) + "` | " + std::to_string(row.status) +
                             " | " + (row.retryable ? "yes" : "no") + " | " +
                             std::string(row.title) + " |";
    EXPECT_THAT(page, testing::HasSubstr(line));
  }
  for (const api::Route& route : api::AllRoutes()) {
    EXPECT_THAT(page, testing::HasSubstr(std::string(route.pattern)));
  }
}

TEST(ConfigurationReference, ListsEverySetting) {
  const std::string page = ReadText("docs/reference/configuration.md");
  for (const Setting& setting : AllSettings()) {
    std::string line = "| `" + std::string(setting.key) + "` | ";
    line += setting.variable.empty() ? "" : "`" + std::string(setting.variable) + "`";
    line += setting.flag.empty() ? "" : " `--" + std::string(setting.flag) + "`";
    line += " | " + std::string(setting.otherwise) + " | ";
    line += setting.effect == SettingEffect::kWorks ? "" : "no effect: ";
    EXPECT_THAT(page, testing::HasSubstr(line + std::string(setting.about) + " |"));
  }
}

TEST(Setting, HasAUniqueNameInEverySpellingAndAGoodDefault) {
  std::set<std::string_view> names;
  for (const Setting& setting : AllSettings()) {
    EXPECT_TRUE(names.insert(setting.key).second) << setting.key;
    if (!setting.variable.empty()) EXPECT_TRUE(names.insert(setting.variable).second);
    if (!setting.flag.empty()) EXPECT_TRUE(names.insert(setting.flag).second);
    const bool unset = setting.otherwise.empty();
    EXPECT_TRUE(unset || CheckValue(setting, setting.otherwise).ok()) << setting.key;
  }
}

TEST(Setting, KnowsEveryVariableAndKeyOfTheProductPage) {
  for (const char* name :
       {"HOST", "GRPC_PORT", "HTTP_PORT", "HOT_TIER_SIZE", "COLD_TIER_ENDPOINT",
        "COMPRESSION_ENABLED", "SHARD_COUNT", "REPLICATION_FACTOR", "ENCRYPTION_ENABLED",
        "ENCRYPTION_ALGORITHM", "KMS_ENDPOINT", "BATCH_SIZE", "WORKER_THREADS", "GPU_ENABLED",
        "MAX_HYBRID_RESULTS", "GRAPH_TRAVERSAL_DEPTH"}) {
    EXPECT_NE(FindSettingByVariable("PHENIX_DB_" + std::string(name)), nullptr) << name;
  }
  for (const char* key : {"server.host",
                          "server.grpc_port",
                          "server.http_port",
                          "storage.hot_tier.type",
                          "storage.hot_tier.size",
                          "storage.hot_tier.cache_policy",
                          "storage.cold_tier.type",
                          "storage.cold_tier.endpoint",
                          "storage.cold_tier.compression",
                          "storage.cold_tier.compression_ratio",
                          "sharding.shard_count",
                          "sharding.replication_factor",
                          "sharding.consistent_hashing",
                          "security.encryption.enabled",
                          "security.encryption.algorithm",
                          "security.authentication.enabled",
                          "security.authentication.method",
                          "performance.batch_size",
                          "performance.worker_threads",
                          "performance.simd_enabled",
                          "performance.gpu_enabled",
                          "observability.metrics.enabled",
                          "observability.metrics.endpoint",
                          "observability.tracing.enabled",
                          "observability.tracing.exporter",
                          "observability.tracing.endpoint",
                          "observability.tracing.sampling_ratio",
                          "observability.logging.level",
                          "observability.logging.format"}) {
    EXPECT_NE(FindSettingByKey(key), nullptr) << key;
  }
}

TEST(Setting, ReadsSizes) {
  const auto size = [](std::string_view text) { return *ParseSize(text); };
  EXPECT_EQ(size("0"), 0U);
  EXPECT_EQ(size("512"), 512U);
  EXPECT_EQ(size("10GB"), 10'000'000'000U);
  EXPECT_EQ(size("10 GiB"), 10'737'418'240U);
  EXPECT_EQ(size("1kb"), 1'000U);
  for (const char* bad : {"", "GB", "1.5GB", "-1", "10XB", "99999999999999999999", "99999999TiB"}) {
    EXPECT_FALSE(ParseSize(bad).ok()) << bad;
  }
}

TEST(IsLoopback, TakesAddressesOfThisMachineOnly) {
  for (const char* own : {"localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"}) {
    EXPECT_TRUE(IsLoopback(own)) << own;
  }
  for (const char* other : {"", "0.0.0.0", "::", "10.0.0.1", "127.example.com", "localhost.evil"}) {
    EXPECT_FALSE(IsLoopback(other)) << other;
  }
}

}  // namespace
}  // namespace phenix::server
