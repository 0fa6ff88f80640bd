// The kernels of a level; what they do is in distance/kernel_types.h.
// Threads: any.
#ifndef DISTANCE_KERNELS_H_
#define DISTANCE_KERNELS_H_

#include "distance/kernel_types.h"

namespace phenix::distance {

/// The table of `level`, which must be at most DetectedSimdLevel(). Dispatch once per scan or hop.
const Kernels& KernelsFor(SimdLevel level);

}  // namespace phenix::distance

#endif  // DISTANCE_KERNELS_H_
