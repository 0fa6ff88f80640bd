#include "server/setting.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <optional>

namespace phenix::server {
namespace {

using Type = SettingType;
using Effect = SettingEffect;

constexpr std::string_view kCluster =
    "applies to a cluster; this server is one node with one shard";
constexpr std::string_view kNoColdTier = "applies to cold storage, which this build does not have";
constexpr std::string_view kNoTracing = "applies to tracing, which this build does not export";

constexpr std::array kSettings = {
    Setting{"server.host", "PHENIX_DB_HOST", "host", Type::kText, "127.0.0.1", Effect::kWorks,
            "address the REST port listens on; other than loopback needs server.insecure", ""},
    Setting{"server.http_port", "PHENIX_DB_HTTP_PORT", "http-port", Type::kPort, "8080",
            Effect::kWorks, "port of REST", ""},
    Setting{"server.grpc_port", "PHENIX_DB_GRPC_PORT", "grpc-port", Type::kPort, "9090",
            Effect::kOtherMode, "applies to gRPC, which this build does not serve", ""},
    Setting{"server.insecure", "PHENIX_DB_INSECURE", "insecure", Type::kBool, "false",
            Effect::kWorks,
            "listen on other addresses than loopback without authentication and TLS", ""},
    Setting{"storage.data", "PHENIX_DB_DATA", "data", Type::kText, "phenix-data", Effect::kWorks,
            "directory of the database, created when it does not exist", ""},
    Setting{"storage.hot_tier.type", "", "", Type::kChoice, "memory_nvme", Effect::kWorks,
            "memory in front of local files, the only kind there is", "memory_nvme"},
    Setting{"storage.hot_tier.size", "PHENIX_DB_HOT_TIER_SIZE", "", Type::kSize, "1GiB",
            Effect::kWorks, "caches and write buffers together stay below this", ""},
    Setting{"storage.hot_tier.cache_policy", "", "", Type::kChoice, "lru", Effect::kWorks,
            "what leaves a full cache first: what was used longest ago", "lru"},
    Setting{"storage.cold_tier.type", "", "", Type::kText, "", Effect::kOtherMode, kNoColdTier, ""},
    Setting{"storage.cold_tier.endpoint", "PHENIX_DB_COLD_TIER_ENDPOINT", "", Type::kText, "",
            Effect::kOtherMode, kNoColdTier, ""},
    Setting{"storage.cold_tier.compression", "PHENIX_DB_COMPRESSION_ENABLED", "", Type::kBool,
            "true", Effect::kWorks, "compress the log with zstd where that makes it smaller", ""},
    Setting{"storage.cold_tier.compression_ratio", "", "", Type::kRatio, "0.7", Effect::kOtherMode,
            kNoColdTier, ""},
    Setting{"sharding.shard_count", "PHENIX_DB_SHARD_COUNT", "", Type::kCount, "1",
            Effect::kOtherMode, kCluster, ""},
    Setting{"sharding.replication_factor", "PHENIX_DB_REPLICATION_FACTOR", "", Type::kCount, "1",
            Effect::kOtherMode, kCluster, ""},
    Setting{"sharding.consistent_hashing", "", "", Type::kBool, "true", Effect::kOtherMode,
            kCluster, ""},
    Setting{"security.encryption.enabled", "PHENIX_DB_ENCRYPTION_ENABLED", "", Type::kBool, "false",
            Effect::kWorks, "encrypt log and state; fixed when the directory is created", ""},
    Setting{"security.encryption.algorithm", "PHENIX_DB_ENCRYPTION_ALGORITHM", "", Type::kChoice,
            "aes-gcm", Effect::kWorks, "the cipher: AES-256-GCM", "aes-gcm"},
    Setting{"security.kms.endpoint", "PHENIX_DB_KMS_ENDPOINT", "kms", Type::kText, "",
            Effect::kWorks, "where the master key is: file:PATH; needed for encryption", ""},
    Setting{"security.authentication.enabled", "", "", Type::kBool, "false", Effect::kWorks,
            "refused when true: this build cannot check tokens", ""},
    Setting{"security.authentication.method", "", "", Type::kChoice, "jwt", Effect::kOtherMode,
            "applies to authentication, which this build does not have", "jwt api_key"},
    Setting{"performance.batch_size", "PHENIX_DB_BATCH_SIZE", "", Type::kCount, "1000",
            Effect::kOtherMode, "applies to import streams, which this build does not serve", ""},
    Setting{"performance.worker_threads", "PHENIX_DB_WORKER_THREADS", "", Type::kCount, "8",
            Effect::kWorks, "threads that run calls", ""},
    Setting{"performance.simd_enabled", "", "", Type::kBool, "true", Effect::kOtherMode,
            "applies to vector indexes; exact search does not use it", ""},
    Setting{"performance.gpu_enabled", "PHENIX_DB_GPU_ENABLED", "", Type::kBool, "false",
            Effect::kOtherMode, "applies to batch scans on a GPU, which this build does not have",
            ""},
    Setting{"query.max_hybrid_results", "PHENIX_DB_MAX_HYBRID_RESULTS", "", Type::kCount, "1000",
            Effect::kWorks, "the most results that a query may ask for, up to 10000", ""},
    Setting{"query.graph_traversal_depth", "PHENIX_DB_GRAPH_TRAVERSAL_DEPTH", "", Type::kCount, "3",
            Effect::kWorks, "the most hops of a graph constraint, up to 10", ""},
    Setting{"limits.connections", "PHENIX_DB_LIMITS_CONNECTIONS", "", Type::kCount, "12000",
            Effect::kWorks, "open connections; one more is closed at once", ""},
    Setting{"limits.header_bytes", "PHENIX_DB_LIMITS_HEADER_BYTES", "", Type::kCount, "16384",
            Effect::kWorks, "bytes of request line and headers; more is 431", ""},
    Setting{"limits.header_timeout_ms", "PHENIX_DB_LIMITS_HEADER_TIMEOUT_MS", "", Type::kCount,
            "10000", Effect::kWorks, "time for the headers of a request, from the first byte", ""},
    Setting{"limits.body_timeout_ms", "PHENIX_DB_LIMITS_BODY_TIMEOUT_MS", "", Type::kCount, "60000",
            Effect::kWorks, "time for the body of a request", ""},
    Setting{"limits.idle_timeout_ms", "PHENIX_DB_LIMITS_IDLE_TIMEOUT_MS", "", Type::kCount, "75000",
            Effect::kWorks, "time without a request after which a connection is closed", ""},
    Setting{"observability.metrics.enabled", "", "", Type::kBool, "true", Effect::kWorks,
            "serve /metrics on a port of its own", ""},
    Setting{"observability.metrics.endpoint", "PHENIX_DB_METRICS_ENDPOINT", "", Type::kText,
            "127.0.0.1:2112", Effect::kWorks, "host:port of /metrics", ""},
    Setting{"observability.metrics.port", "PHENIX_DB_METRICS_PORT", "metrics-port", Type::kPort, "",
            Effect::kWorks, "replaces the port of observability.metrics.endpoint", ""},
    Setting{"observability.tracing.enabled", "", "", Type::kBool, "false", Effect::kOtherMode,
            kNoTracing, ""},
    Setting{"observability.tracing.exporter", "", "", Type::kChoice, "otlp", Effect::kOtherMode,
            kNoTracing, "otlp jaeger zipkin"},
    Setting{"observability.tracing.endpoint", "", "", Type::kText, "", Effect::kOtherMode,
            kNoTracing, ""},
    Setting{"observability.tracing.sampling_ratio", "", "", Type::kRatio, "0.1", Effect::kOtherMode,
            kNoTracing, ""},
    Setting{"observability.logging.level", "PHENIX_DB_LOG", "log", Type::kChoice, "info",
            Effect::kWorks, "the least severe events that are written",
            "debug info warn error off"},
    Setting{"observability.logging.format", "", "", Type::kChoice, "json", Effect::kWorks,
            "one JSON object per line, the only format", "json"},
};

constexpr std::uint64_t kCountMax = 1'000'000;
constexpr std::uint64_t kPortMax = 65'535;

template <typename Field>
const Setting* FindBy(Field field, std::string_view name) {
  if (name.empty()) return nullptr;
  const auto* const found =
      std::find_if(kSettings.begin(), kSettings.end(),
                   [&](const Setting& setting) { return setting.*field == name; });
  return found == kSettings.end() ? nullptr : found;
}

std::optional<std::uint64_t> ParseWhole(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

bool IsBool(std::string_view text) {
  constexpr std::array<std::string_view, 8> kWords = {"true", "false", "on", "off",
                                                      "yes",  "no",    "1",  "0"};
  return std::find(kWords.begin(), kWords.end(), LowerCase(text)) != kWords.end();
}

bool IsRatio(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc{} && read.ptr == end && value >= 0 && value <= 1;
}

bool IsChoice(std::string_view choices, std::string_view text) {
  const std::string wanted = LowerCase(text);
  while (!choices.empty()) {
    const std::size_t space = choices.find(' ');
    if (choices.substr(0, space) == wanted) return true;
    choices = space == std::string_view::npos ? std::string_view() : choices.substr(space + 1);
  }
  return false;
}

Status Expected(const Setting& setting, const std::string& what, std::string_view got) {
  return {StatusCode::kInvalidArgument,
          std::string(setting.key) + ": expected " + what + ", got '" + std::string(got) + "'"};
}

}  // namespace

std::span<const Setting> AllSettings() { return kSettings; }
const Setting* FindSettingByKey(std::string_view key) { return FindBy(&Setting::key, key); }
const Setting* FindSettingByVariable(std::string_view variable) {
  return FindBy(&Setting::variable, variable);
}
const Setting* FindSettingByFlag(std::string_view flag) { return FindBy(&Setting::flag, flag); }

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return lower;
}

bool ParseBool(std::string_view text) {
  const std::string word = LowerCase(text);
  return word == "true" || word == "on" || word == "yes" || word == "1";
}

Result<std::uint64_t> ParseSize(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::uint64_t bytes;
  };
  constexpr std::array kUnits = {
      Unit{"", 1},
      Unit{"b", 1},
      Unit{"kb", 1'000},
      Unit{"mb", 1'000'000},
      Unit{"gb", 1'000'000'000},
      Unit{"tb", 1'000'000'000'000},
      Unit{"kib", std::uint64_t{1} << 10U},
      Unit{"mib", std::uint64_t{1} << 20U},
      Unit{"gib", std::uint64_t{1} << 30U},
      Unit{"tib", std::uint64_t{1} << 40U},
  };
  const Status bad(StatusCode::kInvalidArgument,
                   "expected a size such as 512MiB or 10GB, got '" + std::string(text) + "'");
  const std::size_t digits_end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = ParseWhole(text.substr(0, digits_end));
  std::string_view rest = text.substr(digits_end);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  const std::string unit_name = LowerCase(rest);
  const auto* const unit = std::find_if(kUnits.begin(), kUnits.end(),
                                        [&](const Unit& known) { return known.name == unit_name; });
  if (!number.has_value() || unit == kUnits.end()) return bad;
  if (*number > std::numeric_limits<std::uint64_t>::max() / unit->bytes) return bad;
  return *number * unit->bytes;
}

Status CheckValue(const Setting& setting, std::string_view text) {
  switch (setting.type) {
    case Type::kText:
      return Status::Ok();
    case Type::kPort: {
      const auto port = ParseWhole(text);
      if (port.has_value() && *port <= kPortMax) return Status::Ok();
      return Expected(setting, "a port from 0 to 65535", text);
    }
    case Type::kBool:
      return IsBool(text) ? Status::Ok() : Expected(setting, "true or false", text);
    case Type::kSize:
      return ParseSize(text).ok() ? Status::Ok()
                                  : Expected(setting, "a size such as 512MiB or 10GB", text);
    case Type::kCount: {
      const auto count = ParseWhole(text);
      if (count.has_value() && *count >= 1 && *count <= kCountMax) return Status::Ok();
      return Expected(setting, "a count from 1 to 1000000", text);
    }
    case Type::kRatio:
      return IsRatio(text) ? Status::Ok() : Expected(setting, "a number from 0 to 1", text);
    case Type::kChoice:
      break;
  }
  if (IsChoice(setting.choices, text)) return Status::Ok();
  return Expected(setting, "one of: " + std::string(setting.choices), text);
}

}  // namespace phenix::server
