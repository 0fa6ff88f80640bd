// The commands of the server; absent from the build of the embedded database.
#ifndef CLI_SERVE_COMMAND_H_
#define CLI_SERVE_COMMAND_H_

#include "cli/command_line.h"

namespace phenix::cli {

/// Adds serve and config print|check.
void AddServeCommands(CommandLine& line);

}  // namespace phenix::cli

#endif  // CLI_SERVE_COMMAND_H_
