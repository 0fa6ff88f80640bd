// phenix: the command line. Commands: command_line.h; reference: docs/reference/cli.md.
#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "cli/command_line.h"

int main(int argc, char** argv) {
  // A reader that goes away is answered by a failed write, which ends the command quietly.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);
  return phenix::cli::RunCommandLine(std::vector<std::string>(argv + 1, argv + argc), std::cin,
                                     std::cout, std::cerr);
}
