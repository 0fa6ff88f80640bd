// What the crash child does, as far as its parent must know it.
#ifndef TESTS_CRASH_CRASH_PLAN_H_
#define TESTS_CRASH_CRASH_PLAN_H_

#include <cstdint>

#include "tests/crash/crash_workload.h"

namespace phenix::crash {

struct NumberRange {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
};

inline constexpr int kUsageExitCode = 64;
inline constexpr int kFailedExitCode = 70;
inline constexpr int kPipeBrokenExitCode = 74;

/// The planned backup of DIR goes to DIR + this.
inline constexpr const char* kBackupSuffix = ".backup";

inline constexpr WorkloadShape kStepsShape{};
inline constexpr WorkloadShape kLoadShape{.slots = 16, .group_entities = 4, .padding_bytes = 300};
/// Two segments of log, of 64 MiB each.
inline constexpr WorkloadShape kTrimShape{
    .slots = 3, .group_entities = 4, .padding_bytes = std::size_t{1} << 20U};
inline constexpr std::uint64_t kTrimTransactions = 21;

}  // namespace phenix::crash

#endif  // TESTS_CRASH_CRASH_PLAN_H_
