// Named places where a crash test ends the process, and nothing in any other run.
//
// Each step of commit, flush, checkpoint, trim and backup calls CrashPoint("commit.log_synced") and
// the like. A test arms one name (and which visit of it); the process then ends by _exit(kExitCode)
// right there, with no destructor, flush or handler run.
// Threads: any. Cost: one relaxed load when nothing is armed.
#ifndef IO_CRASH_POINT_H_
#define IO_CRASH_POINT_H_

#include <string>
#include <vector>

namespace phenix::io {

inline constexpr int kCrashPointExitCode = 86;

/// Ends the process here if `name` is armed and this is its chosen visit.
void CrashPoint(const char* name);
/// Arms `name`: the process ends at its `visit`-th visit (1 = the first).
void ArmCrashPoint(const std::string& name, unsigned visit);
/// Names visited so far in this process while recording was on, in first-visit order.
void RecordCrashPoints(bool on);
std::vector<std::string> RecordedCrashPoints();

}  // namespace phenix::io

#endif  // IO_CRASH_POINT_H_
