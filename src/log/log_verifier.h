// Proves from the public key alone that a log is what its writer wrote: no secret, no server, no
// change to any file.
//
// Checks:   CRC-32C, chain, sequences, epochs, body hash over the stored bytes, Ed25519 signature
// of
//           every frame; CHECKPOINT and ANCHOR; an expected head given from outside.
// Not here: what bodies hold (sealed without the data key) and the HMAC (needs the log key).
// Limits:   a log rolled back as a whole, ANCHOR included, shows only against `expected_head`.
#ifndef LOG_LOG_VERIFIER_H_
#define LOG_LOG_VERIFIER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "io/file_system.h"
#include "log/log_record.h"
#include "log/log_survey.h"
#include "phenix/status.h"
#include "security/signature.h"

namespace phenix::log {

/// Exit codes of `phenix verify`.
enum class VerifyExitCode : std::uint8_t {
  kClean = 0,
  kUsage = 1,
  kInputOutput = 2,
  kTorn = 3,
  kTampered = 4,
  kRolledBack = 5,
};

struct VerifyReport {
  VerifyOutcome outcome = VerifyOutcome::kClean;
  std::uint64_t frames = 0;
  std::uint64_t records = 0;
  std::uint64_t size_bytes = 0;  ///< Of the valid frames.
  LogSequence first_sequence, last_sequence;
  Sha256Digest chain_head{};
  std::string file;          ///< Where the outcome shows; empty when clean.
  std::uint64_t offset = 0;  ///< In that file.
  std::string what;          ///< One sentence with the facts; empty when clean.
};

/// Verifies the log in `directory` (segments of one lane). A Status only for what stops the check
/// itself: kNotFound, kIoError and the like; every finding about the log is in the report.
Result<VerifyReport> VerifyLog(io::FileSystem& file_system, const std::string& directory,
                               const security::Ed25519PublicKey& public_key,
                               const std::optional<LogHead>& expected_head);

/// The exit code for an outcome of VerifyLog().
VerifyExitCode ExitCodeOf(const Result<VerifyReport>& report);

}  // namespace phenix::log

#endif  // LOG_LOG_VERIFIER_H_
