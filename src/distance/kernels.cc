#include "distance/kernels.h"

#include "base/assert.h"
#include "distance/kernel_tables.h"
#include "distance/simd_level.h"

namespace phenix::distance {
namespace {

Kernels AmxTable() {
  Kernels table = kAvx512Kernels;
  table.level = SimdLevel::kAmx;
  table.pair_dots = AmxPairDots;
  return table;
}

}  // namespace

const Kernels& KernelsFor(SimdLevel level) {
  PHENIX_ASSERT(level <= DetectedSimdLevel());
  switch (level) {
    case SimdLevel::kScalar:
      return kScalarKernels;
    case SimdLevel::kAvx2:
      return kAvx2Kernels;
    case SimdLevel::kAvx512:
      return kAvx512Kernels;
    case SimdLevel::kAmx:
      break;
  }
  static const Kernels kAmxKernels = AmxTable();
  return kAmxKernels;
}

}  // namespace phenix::distance
