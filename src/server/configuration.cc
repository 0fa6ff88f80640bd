#include "server/configuration.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/assert.h"
#include "phenix/filter.h"
#include "phenix/reader.h"
#include "server/setting.h"
#include "server/yaml_source.h"

namespace phenix::server {
namespace {

constexpr std::string_view kVariablePrefix = "PHENIX_DB_";
constexpr unsigned kWorkerThreadsMax = 1'024;

Status Invalid(const std::string& message) { return {StatusCode::kInvalidArgument, message}; }

Status UnknownKey(const std::string& place, const std::string& key) {
  return Invalid(place + ": unknown key '" + key + "'");
}

/// Checks and stores one value.
Status Store(std::map<std::string, SettingValue, std::less<>>& values, const Setting& setting,
             SettingValue value) {
  const Status fits = CheckValue(setting, value.text);
  if (!fits.ok()) return Invalid(value.origin + ": " + std::string(fits.message()));
  values[std::string(setting.key)] = std::move(value);
  return Status::Ok();
}

Result<Endpoint> ParseEndpoint(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const Status bad =
      Invalid("observability.metrics.endpoint: expected host:port, got '" + text + "'");
  if (colon == std::string::npos || colon == 0) return bad;
  Endpoint endpoint;
  endpoint.host = text.substr(0, colon);
  if (endpoint.host.front() == '[' && endpoint.host.back() == ']') {
    endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
  }
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + colon + 1, end, endpoint.port);
  if (endpoint.host.empty() || read.ec != std::errc{} || read.ptr != end) return bad;
  return endpoint;
}

Status CheckProtection(const Configuration& configuration, const ServerSettings& settings) {
  if (configuration.Flag("security.authentication.enabled")) {
    return Invalid(
        "security.authentication.enabled: this build cannot check tokens; it listens on loopback "
        "without them, or elsewhere behind a proxy with --insecure");
  }
  const bool encrypted = settings.database.encryption.enabled;
  const std::string& kms = settings.database.encryption.kms_endpoint;
  if (encrypted && !kms.starts_with("file:")) {
    return Invalid("security.kms.endpoint: encryption needs file:PATH, got '" + kms + "'");
  }
  if (settings.insecure) return Status::Ok();
  const bool metrics_open = settings.metrics_enabled && !IsLoopback(settings.metrics.host);
  if (IsLoopback(settings.http.host) && !metrics_open) return Status::Ok();
  const std::string& host = metrics_open ? settings.metrics.host : settings.http.host;
  return Invalid(
      "listening on '" + host +
      "' needs authentication and TLS, which this build does not have; use 127.0.0.1, or "
      "--insecure to let anyone who reaches the port in");
}

Result<Endpoint> ReadMetricsEndpoint(const Configuration& configuration) {
  PHENIX_ASSIGN_OR_RETURN(Endpoint endpoint,
                          ParseEndpoint(configuration.Text("observability.metrics.endpoint")));
  if (!configuration.Text("observability.metrics.port").empty()) {
    endpoint.port = static_cast<std::uint16_t>(configuration.Number("observability.metrics.port"));
  }
  return endpoint;
}

ConnectionLimits ReadLimits(const Configuration& configuration) {
  const auto milliseconds = [&](std::string_view key) {
    return std::chrono::milliseconds(configuration.Number(key));
  };
  ConnectionLimits limits;
  limits.connections = configuration.Number("limits.connections");
  limits.header_bytes = static_cast<std::uint32_t>(configuration.Number("limits.header_bytes"));
  limits.header_timeout = milliseconds("limits.header_timeout_ms");
  limits.body_timeout = milliseconds("limits.body_timeout_ms");
  limits.idle_timeout = milliseconds("limits.idle_timeout_ms");
  return limits;
}

}  // namespace

std::map<std::string, std::string> EnvironmentVariables() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (!text.starts_with(kVariablePrefix) || equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

Result<Configuration> Configuration::Load(const ConfigurationSources& sources,
                                          io::FileSystem& file_system) {
  Configuration configuration;
  for (const Setting& setting : AllSettings()) {
    configuration.values_.emplace(setting.key,
                                  SettingValue{std::string(setting.otherwise), "default"});
  }
  if (!sources.file.empty()) {
    PHENIX_ASSIGN_OR_RETURN(const std::string text,
                            io::ReadFile(file_system, sources.file, kConfigurationBytesMax));
    const Result<std::vector<YamlScalar>> scalars = ReadYaml(text);
    if (!scalars.ok()) return Invalid(sources.file + ":" + std::string(scalars.status().message()));
    for (const YamlScalar& scalar : *scalars) {
      const std::string place = sources.file + ":" + std::to_string(scalar.line);
      const Setting* setting = FindSettingByKey(scalar.key);
      if (setting == nullptr) return UnknownKey(place, scalar.key);
      PHENIX_RETURN_IF_ERROR(Store(configuration.values_, *setting, {scalar.text, place}));
    }
  }
  for (const auto& [name, value] : sources.variables) {
    const Setting* setting = FindSettingByVariable(name);
    if (setting == nullptr) return UnknownKey("environment", name);
    PHENIX_RETURN_IF_ERROR(Store(configuration.values_, *setting, {value, "variable " + name}));
  }
  for (const auto& [name, value] : sources.flags) {
    const Setting* setting = FindSettingByFlag(name);
    if (setting == nullptr) return UnknownKey("command line", "--" + name);
    PHENIX_RETURN_IF_ERROR(Store(configuration.values_, *setting, {value, "flag --" + name}));
  }
  return configuration;
}

const SettingValue& Configuration::Value(std::string_view key) const {
  const auto found = values_.find(key);
  PHENIX_ASSERT(found != values_.end());
  return found->second;
}

bool Configuration::Flag(std::string_view key) const { return ParseBool(Text(key)); }

std::uint64_t Configuration::Number(std::string_view key) const {
  const Result<std::uint64_t> number = ParseSize(Text(key));
  PHENIX_ASSERT(number.ok());
  return *number;
}

std::string Configuration::Print() const {
  std::string text;
  for (const Setting& setting : AllSettings()) {
    const SettingValue& value = Value(setting.key);
    text += std::string(setting.key) + ": \"" + value.text + "\"  # " + value.origin + "\n";
  }
  return text;
}

std::vector<std::string> Configuration::Notices() const {
  std::vector<std::string> notices;
  for (const Setting& setting : AllSettings()) {
    const SettingValue& value = Value(setting.key);
    if (setting.effect == SettingEffect::kWorks || value.is_default()) continue;
    notices.push_back(std::string(setting.key) + " = '" + value.text + "' (" + value.origin +
                      ") has no effect: it " + std::string(setting.about));
  }
  return notices;
}

Result<ServerSettings> ReadSettings(const Configuration& configuration) {
  ServerSettings settings;
  settings.http.host = configuration.Text("server.host");
  settings.http.port = static_cast<std::uint16_t>(configuration.Number("server.http_port"));
  settings.limits = ReadLimits(configuration);
  settings.metrics_enabled = configuration.Flag("observability.metrics.enabled");
  PHENIX_ASSIGN_OR_RETURN(settings.metrics, ReadMetricsEndpoint(configuration));
  settings.insecure = configuration.Flag("server.insecure");
  settings.data_directory = configuration.Text("storage.data");
  settings.database.memory_budget_bytes = configuration.Number("storage.hot_tier.size");
  settings.database.compress_log = configuration.Flag("storage.cold_tier.compression");
  settings.database.encryption.enabled = configuration.Flag("security.encryption.enabled");
  settings.database.encryption.kms_endpoint = configuration.Text("security.kms.endpoint");
  settings.worker_threads = static_cast<unsigned>(std::min<std::uint64_t>(
      configuration.Number("performance.worker_threads"), kWorkerThreadsMax));
  settings.results_max = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(configuration.Number("query.max_hybrid_results"), kNearestMax));
  settings.traversal_depth_max = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(configuration.Number("query.graph_traversal_depth"), kFilterHopsMax));
  settings.log_level = LowerCase(configuration.Text("observability.logging.level"));
  if (settings.data_directory.empty()) return Invalid("storage.data: expected a directory, got ''");
  PHENIX_RETURN_IF_ERROR(CheckProtection(configuration, settings));
  return settings;
}

bool IsLoopback(std::string_view host) {
  if (host == "localhost" || host == "::1" || host == "[::1]") return true;
  // A name such as 127.example.com is no address.
  return host.starts_with("127.") &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace phenix::server
