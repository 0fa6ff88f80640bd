// The scalars of a YAML file, each with its dotted key and its line.
//
// Threads:    functions of their arguments.
// Errors:     kInvalidArgument with line and reason; exceptions of the YAML library end here.
#ifndef SERVER_YAML_SOURCE_H_
#define SERVER_YAML_SOURCE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "phenix/status.h"

namespace phenix::server {

inline constexpr std::size_t kConfigurationBytesMax = std::size_t{1} << 20U;
inline constexpr unsigned kConfigurationDepthMax = 16;
/// Aliases can make a short file say much; no sensible one says more than this.
inline constexpr std::size_t kConfigurationScalarsMax = 1000;

struct YamlScalar {
  std::string key;  ///< "server.http_port"
  std::string text;
  std::size_t line = 0;  ///< from 1
};

/// Lists, text that is not UTF-8 and several documents in one file are refused: no setting needs
/// them.
Result<std::vector<YamlScalar>> ReadYaml(const std::string& text);

}  // namespace phenix::server

#endif  // SERVER_YAML_SOURCE_H_
