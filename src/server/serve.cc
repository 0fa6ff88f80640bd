#include "server/serve.h"

#include <pthread.h>
#include <sys/resource.h>

#include <csignal>
#include <memory>

#include "io/clock.h"
#include "io/file_system.h"
#include "io/random.h"
#include "server/event_log.h"
#include "server/server.h"

namespace phenix::server {
namespace {

/// Blocks the signals that stop the server in this thread and those it starts, so that only
/// WaitForStop() sees them.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  return signals;
}

/// Returns at the first SIGTERM or SIGINT.
int WaitForStop(const sigset_t& signals, EventLog& log) {
  int received = 0;
  while (true) {
    if (sigwait(&signals, &received) != 0) continue;
    if (received != SIGHUP) return received;
    log.Write(EventLevel::kInfo, "SIGHUP: nothing to reload in this configuration");
  }
}

/// Connections need descriptors: as many as the system lets this process have.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::string Url(const std::string& host, std::uint16_t port) {
  const bool is_v6 = host.find(':') != std::string::npos;
  return "http://" + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string ReadyLine(const ServerSettings& settings, const Server& server) {
  std::string line = "phenix ready: REST " + Url(settings.http.host, server.http_port());
  if (server.metrics_port() != 0) {
    line += ", metrics " + Url(settings.metrics.host, server.metrics_port()) + "/metrics";
  }
  line += ", data " + settings.data_directory;
  line += settings.insecure ? "; INSECURE: no authentication, no TLS, anyone who reaches the port"
                            : "; no authentication, no TLS, this machine only";
  return line;
}

Result<Configuration> LoadConfiguration(const ConfigurationSources& sources) {
  return Configuration::Load(sources, io::PosixFileSystem());
}

}  // namespace

Result<int> Serve(const ConfigurationSources& sources,
                  const std::function<Status(const std::string& line)>& announce) {
  PHENIX_ASSIGN_OR_RETURN(const Configuration configuration, LoadConfiguration(sources));
  PHENIX_ASSIGN_OR_RETURN(const ServerSettings settings, ReadSettings(configuration));
  const sigset_t signals = BlockStopSignals();
  RaiseDescriptorLimit();
  io::Clock& clock = io::SystemClock();
  EventLog log(clock, ParseEventLevel(settings.log_level));
  for (const std::string& notice : configuration.Notices()) log.Write(EventLevel::kWarn, notice);
  PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<Server> server,
                          Server::Start(settings, {clock, io::SystemRandom(), log}));
  PHENIX_RETURN_IF_ERROR(announce(ReadyLine(settings, *server)));
  log.Write(EventLevel::kInfo, "ready", {{"data", settings.data_directory}});
  WaitForStop(signals, log);
  log.Write(EventLevel::kInfo, "draining");
  PHENIX_RETURN_IF_ERROR(server->Stop());
  log.Write(EventLevel::kInfo, "stopped");
  return 0;
}

Result<std::string> PrintConfiguration(const ConfigurationSources& sources) {
  PHENIX_ASSIGN_OR_RETURN(const Configuration configuration, LoadConfiguration(sources));
  PHENIX_ASSIGN_OR_RETURN(const ServerSettings settings, ReadSettings(configuration));
  std::string text = configuration.Print();
  for (const std::string& notice : configuration.Notices()) text += "# " + notice + "\n";
  return text;
}

}  // namespace phenix::server
