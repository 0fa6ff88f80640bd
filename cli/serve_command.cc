// phenix serve, phenix config print|check: the server and its configuration.
#include "cli/serve_command.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/serve.h"

namespace phenix::cli {
namespace {

constexpr const char* kConfigVariable = "PHENIX_DB_CONFIG";

/// The flags of the server, as they were given.
struct ServeOptions {
  explicit ServeOptions(CLI::App& command) {
    Add(command, "host", "address to listen on (127.0.0.1)");
    Add(command, "http-port", "port of REST (8080)");
    Add(command, "grpc-port", "port of gRPC (9090)");
    Add(command, "metrics-port", "port of /metrics (2112)");
    Add(command, "log", "least severe events to write: debug, info, warn, error, off");
    command.add_flag("--insecure", insecure,
                     "allow other addresses than loopback without authentication and TLS");
    command.add_option("--config", file, "YAML file [PHENIX_DB_CONFIG]");
  }

  void Add(CLI::App& command, const std::string& name, const std::string& about) {
    auto value = std::make_shared<std::string>();
    values.emplace_back(name, value);
    command.add_option("--" + name, *value, about);
  }

  std::vector<std::pair<std::string, std::shared_ptr<std::string>>> values;
  bool insecure = false;
  std::string file;
};

server::ConfigurationSources SourcesOf(const ServeOptions& options, const Session& session) {
  server::ConfigurationSources sources;
  sources.variables = server::EnvironmentVariables();
  sources.file = options.file;
  const auto named = sources.variables.extract(kConfigVariable);
  if (sources.file.empty() && !named.empty()) sources.file = named.mapped();
  for (const auto& [name, value] : options.values) {
    if (!value->empty()) sources.flags.emplace_back(name, *value);
  }
  if (options.insecure) sources.flags.emplace_back("insecure", "true");
  if (!session.options().data.empty()) sources.flags.emplace_back("data", session.options().data);
  // The variable of --kms has been read into the option as well.
  const auto variable = sources.variables.find(kKmsVariable);
  const bool is_variable =
      variable != sources.variables.end() && variable->second == session.options().kms;
  if (!session.options().kms.empty() && !is_variable) {
    sources.flags.emplace_back("kms", session.options().kms);
  }
  return sources;
}

void AddServe(CommandLine& line) {
  CLI::App* command = line.root().add_subcommand("serve", "serve the database over REST");
  auto options = std::make_shared<ServeOptions>(*command);
  line.OnRun(*command, [options](Session& session) -> Result<ExitCode> {
    PHENIX_ASSIGN_OR_RETURN(
        const int stopped,
        server::Serve(SourcesOf(*options, session), [&session](const std::string& ready) {
          PHENIX_RETURN_IF_ERROR(session.out().WriteLine(ready));
          return session.out().Flush();
        }));
    return static_cast<ExitCode>(stopped);
  });
}

void AddConfig(CommandLine& line) {
  CLI::App* config = line.root().add_subcommand("config", "show or check the configuration");
  config->require_subcommand(1);
  CLI::App* print = config->add_subcommand("print", "every key with its value and origin");
  auto options = std::make_shared<ServeOptions>(*print);
  line.OnRun(*print, [options](Session& session) -> Result<ExitCode> {
    PHENIX_ASSIGN_OR_RETURN(const std::string text,
                            server::PrintConfiguration(SourcesOf(*options, session)));
    PHENIX_RETURN_IF_ERROR(session.out().WriteData(text));
    return ExitCode::kOk;
  });
  CLI::App* check = config->add_subcommand("check", "say whether a file would be accepted");
  auto file = std::make_shared<std::string>();
  check->add_option("FILE", *file, "YAML file")->required();
  line.OnRun(*check, [file](Session& session) -> Result<ExitCode> {
    server::ConfigurationSources sources;
    sources.file = *file;
    PHENIX_RETURN_IF_ERROR(server::PrintConfiguration(sources).status());
    PHENIX_RETURN_IF_ERROR(session.out().WriteLine(*file + ": good"));
    return ExitCode::kOk;
  });
}

}  // namespace

void AddServeCommands(CommandLine& line) {
  AddServe(line);
  AddConfig(line);
}

}  // namespace phenix::cli
