// The server as a command: `phenix serve` and `phenix config`.
#ifndef SERVER_SERVE_H_
#define SERVER_SERVE_H_

#include <functional>
#include <string>

#include "phenix/status.h"
#include "server/configuration.h"

namespace phenix::server {

/// Runs in the foreground until SIGTERM or SIGINT, then drains. Hands one line to `announce` when
/// ready; events go to standard error. Returns 0 after a clean stop. To be called before the
/// process has other threads, which would take the signals. Errors: a configuration that is wrong,
/// a port that is taken, a directory that cannot be opened.
Result<int> Serve(const ConfigurationSources& sources,
                  const std::function<Status(const std::string& line)>& announce);

/// The value and origin of every setting, as text. Errors: as Serve() for the configuration.
Result<std::string> PrintConfiguration(const ConfigurationSources& sources);

}  // namespace phenix::server

#endif  // SERVER_SERVE_H_
