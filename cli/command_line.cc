#include "cli/command_line.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <memory>
#include <utility>

#include "cli/json_object.h"
#ifdef PHENIX_WITH_SERVER
#include "cli/serve_command.h"
#endif

namespace phenix::cli {
namespace {

constexpr const char* kDescription =
    "phenix: vectors, documents and edges under one ACID engine.\n"
    "Data goes to standard output, everything else to standard error.";
constexpr const char* kFooter =
    "Every command takes --data, --kms, --json, --quiet and --memory.\n"
    "`phenix help COMMAND` tells more; `phenix help exit-codes` lists the exit codes.";
constexpr const char* kVersion = "phenix " PHENIX_VERSION;

void AddVersionCommand(CommandLine& line) {
  CLI::App* command = line.root().add_subcommand("version", "print the version");
  line.OnRun(*command, [](Session& session) -> Result<ExitCode> {
    const std::string text = JsonObject().Text("version", PHENIX_VERSION).Finish();
    PHENIX_RETURN_IF_ERROR(session.out().WriteLine(session.json() ? text : kVersion));
    return ExitCode::kOk;
  });
}

// The command that `words` name below the root; null when there is none.
CLI::App* FindCommand(CLI::App& root, const std::vector<std::string>& words) {
  CLI::App* found = &root;
  for (const std::string& word : words) {
    const auto below =
        found->get_subcommands([&](const CLI::App* app) { return app->get_name() == word; });
    if (below.empty()) return nullptr;
    found = below.front();
  }
  return found;
}

// Not App::help(), which explains the command that was parsed: `help` itself.
std::string HelpOf(const CLI::App& topic, const std::vector<std::string>& words) {
  std::string before = "phenix";
  for (std::size_t i = 0; i + 1 < words.size(); ++i) before += " " + words[i];
  const std::string name = words.empty() ? before : before + " " + words.back();
  return topic.get_formatter()->make_help(&topic, name, CLI::AppFormatMode::Normal);
}

void AddHelpCommand(CommandLine& line) {
  CLI::App* command = line.root().add_subcommand("help", "explain a command, or the exit codes");
  auto words = std::make_shared<std::vector<std::string>>();
  command->add_option("TOPIC", *words, "a command, or exit-codes");
  line.OnRun(*command, [&line, words](Session& session) -> Result<ExitCode> {
    if (words->size() == 1 && words->front() == "exit-codes") {
      PHENIX_RETURN_IF_ERROR(session.out().WriteData(ExitCodeTable()));
      return ExitCode::kOk;
    }
    CLI::App* topic = FindCommand(line.root(), *words);
    if (topic == nullptr) {
      return Status(StatusCode::kInvalidArgument, "there is no command '" + words->back() + "'");
    }
    PHENIX_RETURN_IF_ERROR(session.out().WriteData(HelpOf(*topic, *words)));
    return ExitCode::kOk;
  });
}

void PrintError(const Status& status, ExitCode code, bool json, Output& out) {
  const std::string name(StatusCodeName(status.code()));
  if (!json) {
    out.notes() << "phenix: " << name << ": " << status.message() << '\n' << std::flush;
    return;
  }
  const std::string error = JsonObject()
                                .Text("code", name)
                                .Number("exit_code", static_cast<std::uint64_t>(code))
                                .Text("message", status.message())
                                .Finish();
  out.notes() << JsonObject().Json("error", error).Finish() << '\n' << std::flush;
}

ExitCode Finish(const Result<ExitCode>& ran, bool json, Output& out) {
  Status status = ran.ok() ? Status::Ok() : ran.status();
  const Status flushed = out.is_reader_gone() ? Status::Ok() : out.Flush();
  if (out.is_reader_gone()) return ExitCode::kOk;
  if (status.ok()) status = flushed;
  if (status.ok()) return *ran;
  const ExitCode code = ExitCodeOf(status.code());
  PrintError(status, code, json, out);
  return code;
}

}  // namespace

CommandLine::CommandLine(GlobalOptions& options) : root_(kDescription, "phenix") {
  root_.footer(kFooter);
  root_.set_version_flag("--version", kVersion, "print the version");
  root_.add_option("--data", options.data,
                   std::string("the database directory [") + kDataVariable + "]");
  root_.add_option("--kms", options.kms, "where the master key is: file:PATH")
      ->envname(kKmsVariable);
  root_.add_flag("--json", options.json, "answer with one JSON document");
  root_.add_flag("--quiet,-q", options.quiet, "no notes and no progress on standard error");
  constexpr std::uint64_t kMemoryMibMin = 64;
  constexpr std::uint64_t kMemoryMibMax = std::uint64_t{1} << 20U;
  root_.add_option("--memory", options.memory_mib, "MiB for caches and write buffers (1024)")
      ->check(CLI::Range(kMemoryMibMin, kMemoryMibMax));
  root_.fallthrough();
  // One at most: a later word that happens to be a command's name is an id or a topic.
  root_.require_subcommand(0, 1);
}

void CommandLine::OnRun(CLI::App& command, Action action) {
  command.callback([this, action = std::move(action)] { chosen_ = action; });
}

int RunCommandLine(std::vector<std::string> arguments, std::istream& in, std::ostream& out,
                   std::ostream& err) {
  GlobalOptions options;
  Output output(out, err);
  CommandLine line(options);
  AddDirectoryCommands(line);
  AddCollectionCommands(line);
  AddEntityCommands(line);
  AddEdgeCommands(line);
  AddQueryCommand(line);
  AddChangesCommand(line);
  AddImportCommand(line);
  AddExportCommand(line);
#ifdef PHENIX_WITH_SERVER
  AddServeCommands(line);
#endif
  AddVersionCommand(line);
  AddHelpCommand(line);
  const bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
  try {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
    line.root().parse(std::move(arguments));
  } catch (const CLI::Success& asked) {
    line.root().exit(asked, out, err);
    return static_cast<int>(Finish(ExitCode::kOk, json, output));
  } catch (const CLI::Error& wrong) {
    const Status usage(StatusCode::kInvalidArgument,
                       std::string(wrong.what()) + "; see `phenix help`");
    return static_cast<int>(Finish(usage, json, output));
  }
  if (!line.chosen()) {
    const Status usage(StatusCode::kInvalidArgument, "which command? See `phenix help`");
    return static_cast<int>(Finish(usage, json, output));
  }
  if (options.quiet) output.SetQuiet();
  Session session(options, in, output);
  return static_cast<int>(Finish(line.chosen()(session), json, output));
}

}  // namespace phenix::cli
