// One table per level, each defined in its own translation unit with its own compiler flags.
//
// Invariant: those units include nothing with inline functions of external linkage, because the
//            linker might keep the copy with the highest instructions for everyone.
#ifndef DISTANCE_KERNEL_TABLES_H_
#define DISTANCE_KERNEL_TABLES_H_

#include "distance/kernel_types.h"

namespace phenix::distance {

extern const Kernels kScalarKernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;

/// What AMX replaces in the AVX-512 table; needs the tile permission.
void AmxPairDots(const PairBlock& block);

}  // namespace phenix::distance

#endif  // DISTANCE_KERNEL_TABLES_H_
