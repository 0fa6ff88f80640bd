#include "cli/exit_code.h"

#include <array>
#include <string_view>

namespace phenix::cli {
namespace {

struct Meaning {
  ExitCode code;
  std::string_view text;
};

constexpr std::array<Meaning, 19> kMeanings = {{
    {ExitCode::kOk, "done; `verify`: the log is clean"},
    {ExitCode::kUsage, "wrong usage, or a request that can never succeed as written"},
    {ExitCode::kInputOutput, "the operating system reported a failure; nothing was written"},
    {ExitCode::kTorn, "`verify`: the newest frame of the log is cut off"},
    {ExitCode::kTampered, "`verify`: the log was changed"},
    {ExitCode::kRolledBack, "`verify`: the log is an old one"},
    {ExitCode::kNotFound, "the entity, collection, database or file does not exist"},
    {ExitCode::kAlreadyExists, "it exists already, or a unique value is taken"},
    {ExitCode::kPreconditionFailed, "a precondition did not hold"},
    {ExitCode::kConflict, "another transaction committed first; run the command again"},
    {ExitCode::kUnavailable, "another process has the database open"},
    {ExitCode::kDeadlineExceeded, "the time given was not enough"},
    {ExitCode::kResourceExhausted, "a documented limit was passed, or the disk is full"},
    {ExitCode::kPermissionDenied, "a file or a key may not be used"},
    {ExitCode::kCorruption, "a checksum, signature or length read from storage is wrong"},
    {ExitCode::kUnknownOutcome, "the write may or may not have been committed; read to find out"},
    {ExitCode::kUnimplemented, "this build does not offer it"},
    {ExitCode::kInternal, "a bug in Phenix DB"},
    {ExitCode::kSkippedLines, "`import --on-error skip`: done, but lines were left out"},
}};

}  // namespace

ExitCode ExitCodeOf(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return ExitCode::kOk;
    case StatusCode::kInvalidArgument:
      return ExitCode::kUsage;
    case StatusCode::kNotFound:
      return ExitCode::kNotFound;
    case StatusCode::kAlreadyExists:
      return ExitCode::kAlreadyExists;
    case StatusCode::kPreconditionFailed:
      return ExitCode::kPreconditionFailed;
    case StatusCode::kConflict:
      return ExitCode::kConflict;
    case StatusCode::kUnavailable:
      return ExitCode::kUnavailable;
    case StatusCode::kDeadlineExceeded:
      return ExitCode::kDeadlineExceeded;
    case StatusCode::kResourceExhausted:
      return ExitCode::kResourceExhausted;
    case StatusCode::kPermissionDenied:
      return ExitCode::kPermissionDenied;
    case StatusCode::kCorruption:
      return ExitCode::kCorruption;
    case StatusCode::kIoError:
      return ExitCode::kInputOutput;
    case StatusCode::kUnknownOutcome:
      return ExitCode::kUnknownOutcome;
    case StatusCode::kUnimplemented:
      return ExitCode::kUnimplemented;
    case StatusCode::kInternal:
      return ExitCode::kInternal;
  }
  return ExitCode::kInternal;
}

ExitCode ExitCodeOf(VerifyOutcome outcome) {
  switch (outcome) {
    case VerifyOutcome::kClean:
      return ExitCode::kOk;
    case VerifyOutcome::kTorn:
      return ExitCode::kTorn;
    case VerifyOutcome::kTampered:
      return ExitCode::kTampered;
    case VerifyOutcome::kRolledBack:
      return ExitCode::kRolledBack;
  }
  return ExitCode::kInternal;
}

std::string ExitCodeTable() {
  std::string table;
  for (const Meaning& meaning : kMeanings) {
    std::string number = std::to_string(static_cast<int>(meaning.code));
    if (number.size() < 2) number.insert(0, " ");
    table += number + "  " + std::string(meaning.text) + "\n";
  }
  return table;
}

}  // namespace phenix::cli
