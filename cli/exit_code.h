// The exit codes of `phenix`, one table for the program, `phenix help exit-codes` and
// docs/reference/cli.md.
#ifndef CLI_EXIT_CODE_H_
#define CLI_EXIT_CODE_H_

#include <string>

#include "phenix/database.h"
#include "phenix/status.h"

namespace phenix::cli {

/// Never renumbered: scripts compare them.
enum class ExitCode : int {
  kOk = 0,
  kUsage = 1,
  kInputOutput = 2,
  kTorn = 3,
  kTampered = 4,
  kRolledBack = 5,
  kNotFound = 6,
  kAlreadyExists = 7,
  kPreconditionFailed = 8,
  kConflict = 9,
  kUnavailable = 10,
  kDeadlineExceeded = 11,
  kResourceExhausted = 12,
  kPermissionDenied = 13,
  kCorruption = 14,
  kUnknownOutcome = 15,
  kUnimplemented = 16,
  kInternal = 17,
  kSkippedLines = 18,
};

ExitCode ExitCodeOf(StatusCode code);
/// What `phenix verify` ends with.
ExitCode ExitCodeOf(VerifyOutcome outcome);
/// One line per code: number, meaning.
std::string ExitCodeTable();

}  // namespace phenix::cli

#endif  // CLI_EXIT_CODE_H_
