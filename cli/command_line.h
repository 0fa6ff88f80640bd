// The tree of commands, and the one that a command line chose.
//
// Threads:    one at a time.
// Ownership:  owns the CLI11 tree; actions live as long as it does.
#ifndef CLI_COMMAND_LINE_H_
#define CLI_COMMAND_LINE_H_

#include <CLI/App.hpp>
#include <functional>
#include <string>

#include "cli/exit_code.h"
#include "cli/session.h"
#include "phenix/status.h"

namespace phenix::cli {

/// Runs a command; an error is printed and mapped to its exit code by the caller.
using Action = std::function<Result<ExitCode>(Session& session)>;

class CommandLine {
 public:
  /// Declares the global options, which are written into `options`.
  explicit CommandLine(GlobalOptions& options);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  [[nodiscard]] CLI::App& root() { return root_; }
  /// Adds a command. `action` is run when the line names it.
  void OnRun(CLI::App& command, Action action);
  /// Of the command that was parsed; empty before.
  [[nodiscard]] const Action& chosen() const { return chosen_; }

 private:
  CLI::App root_;
  Action chosen_;
};

// Each file of commands adds its own.
void AddDirectoryCommands(CommandLine& line);   // init, stats, verify, backup, restore
void AddCollectionCommands(CommandLine& line);  // collection create|alter|drop|list|show
void AddEntityCommands(CommandLine& line);      // put, get, delete, count
void AddEdgeCommands(CommandLine& line);        // edge put|delete|list
void AddQueryCommand(CommandLine& line);
void AddChangesCommand(CommandLine& line);
void AddImportCommand(CommandLine& line);
void AddExportCommand(CommandLine& line);

/// Parses and runs `arguments` (without the program's name) and returns the exit code.
int RunCommandLine(std::vector<std::string> arguments, std::istream& in, std::ostream& out,
                   std::ostream& err);

}  // namespace phenix::cli

#endif  // CLI_COMMAND_LINE_H_
