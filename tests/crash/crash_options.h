// The options that the crash child and the tests that look after it share.
#ifndef TESTS_CRASH_CRASH_OPTIONS_H_
#define TESTS_CRASH_CRASH_OPTIONS_H_

#include <string>

#include "phenix/options.h"

namespace phenix::crash {

/// `kms` is empty without encryption. Checkpoints come often, and the log is not compressed, so
/// that segments fill as planned.
inline DatabaseOptions CrashOptions(StateEngine engine, const std::string& kms) {
  DatabaseOptions options;
  options.state_engine = engine;
  options.encryption.enabled = !kms.empty();
  options.encryption.kms_endpoint = kms;
  options.compress_log = false;
  options.memory_budget_bytes = std::uint64_t{64} << 20U;
  options.checkpoint_log_bytes = std::uint64_t{256} << 10U;
  options.background_maintenance = false;
  return options;
}

}  // namespace phenix::crash

#endif  // TESTS_CRASH_CRASH_OPTIONS_H_
