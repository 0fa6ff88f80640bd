// Which instructions the kernels may use: found once, from CPUID, the operating system's saved
// state (XCR0) and, for AMX, a permission that the kernel may refuse. Threads: any; the AMX
// permission is asked for once per process.
#ifndef DISTANCE_SIMD_LEVEL_H_
#define DISTANCE_SIMD_LEVEL_H_

#include <string_view>

#include "distance/kernel_types.h"
#include "phenix/status.h"

namespace phenix::distance {

/// The best level this process may use. Cost: system calls on the first call only.
SimdLevel DetectedSimdLevel();

/// "scalar", "avx2", "avx512" or "amx".
std::string_view SimdLevelName(SimdLevel level);

/// The level that `forced` names, or the detected one when it is empty or "auto".
/// Errors: kInvalidArgument for an unknown name; kUnimplemented when this machine lacks it.
Result<SimdLevel> ChooseSimdLevel(std::string_view forced);

}  // namespace phenix::distance

#endif  // DISTANCE_SIMD_LEVEL_H_
