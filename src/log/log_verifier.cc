#include "log/log_verifier.h"

#include <utility>

#include "log/frame_seal.h"

namespace phenix::log {

Result<VerifyReport> VerifyLog(io::FileSystem& file_system, const std::string& directory,
                               const security::Ed25519PublicKey& public_key,
                               const std::optional<LogHead>& expected_head) {
  FrameChecker checker(public_key);
  const SurveyOptions options{.directory = directory,
                              .lane = std::nullopt,
                              .read_bodies_after = LogSequence(0),
                              .expected_head = expected_head};
  PHENIX_ASSIGN_OR_RETURN(LogSurvey survey, SurveyLog(file_system, checker, options,
                                                      [](WalkedFrame&) { return Status::Ok(); }));
  if (!survey.has_files && !expected_head.has_value()) {
    return Status(StatusCode::kNotFound, "no log in '" + directory + "'");
  }
  return VerifyReport{.outcome = survey.outcome,
                      .frames = survey.frames,
                      .records = survey.records,
                      .size_bytes = survey.size_bytes,
                      .first_sequence = survey.first_sequence,
                      .last_sequence = survey.last_sequence(),
                      .chain_head = survey.end.previous_hash,
                      .file = std::move(survey.file),
                      .offset = survey.offset,
                      .what = std::move(survey.what)};
}

VerifyExitCode ExitCodeOf(const Result<VerifyReport>& report) {
  if (!report.ok()) {
    return report.status().code() == StatusCode::kInvalidArgument ? VerifyExitCode::kUsage
                                                                  : VerifyExitCode::kInputOutput;
  }
  switch (report->outcome) {
    case VerifyOutcome::kClean:
      return VerifyExitCode::kClean;
    case VerifyOutcome::kTorn:
      return VerifyExitCode::kTorn;
    case VerifyOutcome::kTampered:
      return VerifyExitCode::kTampered;
    case VerifyOutcome::kRolledBack:
      return VerifyExitCode::kRolledBack;
  }
  return VerifyExitCode::kInputOutput;
}

}  // namespace phenix::log
