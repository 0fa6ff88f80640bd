// Configuration: the value of every setting, and where it came from.
//
// Precedence: flag, then variable, then file, then default. An unknown key or a value that does not
//             fit its type is an error that names the file and line, the variable or the flag.
// Threads:    a value.
#ifndef SERVER_CONFIGURATION_H_
#define SERVER_CONFIGURATION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/file_system.h"
#include "phenix/options.h"
#include "phenix/status.h"

namespace phenix::server {

/// Where settings may come from.
struct ConfigurationSources {
  std::vector<std::pair<std::string, std::string>> flags;  ///< name without dashes, value
  std::map<std::string, std::string> variables;            ///< those that start with PHENIX_DB_
  std::string file;                                        ///< path; empty if none
};

/// The PHENIX_DB_* variables of this process.
std::map<std::string, std::string> EnvironmentVariables();

struct SettingValue {
  std::string text;
  std::string origin;  ///< "default", "flag --host", "variable PHENIX_DB_HOST", "config.yaml:3"

  [[nodiscard]] bool is_default() const { return origin == "default"; }
};

class Configuration {
 public:
  /// Errors: kInvalidArgument with the place; kNotFound, kIoError for the file.
  static Result<Configuration> Load(const ConfigurationSources& sources,
                                    io::FileSystem& file_system);

  /// `key` must be one of the settings.
  [[nodiscard]] const SettingValue& Value(std::string_view key) const;
  [[nodiscard]] const std::string& Text(std::string_view key) const { return Value(key).text; }
  [[nodiscard]] bool Flag(std::string_view key) const;
  [[nodiscard]] std::uint64_t Number(std::string_view key) const;

  /// One line per setting: key, value, origin.
  [[nodiscard]] std::string Print() const;
  /// One sentence for each setting that was given and does nothing in this build.
  [[nodiscard]] std::vector<std::string> Notices() const;

 private:
  std::map<std::string, SettingValue, std::less<>> values_;
};

/// A host and a port, "127.0.0.1:2112" or "[::1]:2112".
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};

/// Bounds of the REST port.
struct ConnectionLimits {
  std::size_t connections = 12'000;
  std::uint32_t header_bytes = 16'384;
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{60'000};
  std::chrono::milliseconds idle_timeout{75'000};
};

/// The configuration, typed and checked as a whole.
struct ServerSettings {
  Endpoint http;
  ConnectionLimits limits;
  bool metrics_enabled = true;
  Endpoint metrics;
  bool insecure = false;
  std::string data_directory;
  DatabaseOptions database;
  unsigned worker_threads = 8;
  std::uint32_t results_max = 1'000;
  std::uint32_t traversal_depth_max = 3;
  std::string log_level;
};
/// Errors: kInvalidArgument for settings that contradict each other or ask for protection that this
/// build cannot give.
Result<ServerSettings> ReadSettings(const Configuration& configuration);

/// True for an address that only this machine reaches: localhost, 127.0.0.0/8, ::1.
bool IsLoopback(std::string_view host);

}  // namespace phenix::server

#endif  // SERVER_CONFIGURATION_H_
