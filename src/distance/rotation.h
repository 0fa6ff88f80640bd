// A random rotation that costs d log d: signs, overlapping Hadamard transforms, and mixing of
// halves.
//
// Source:  the "FhtKac" rotator of the RaBitQ library (Gao et al., arXiv 2409.09913): two rounds
// here. Threads: immutable after construction.
#ifndef DISTANCE_ROTATION_H_
#define DISTANCE_ROTATION_H_

#include <cstdint>
#include <span>
#include <vector>

#include "distance/kernel_types.h"

namespace phenix::distance {

class Rotation {
 public:
  Rotation() = default;
  /// The same rotation for the same dimension and seed, for ever: codes on disk depend on it.
  Rotation(std::uint32_t dimension, std::uint64_t seed);

  [[nodiscard]] std::uint32_t dimension() const { return dimension_; }
  /// Dimension of rotated vectors: `dimension` rounded up to a multiple of 64.
  [[nodiscard]] std::uint32_t rotated_dimension() const { return rotated_dimension_; }
  /// Writes rotated_dimension() values; lengths and inner products are kept.
  void Apply(const Kernels& kernels, std::span<const float> values, std::span<float> out) const;

 private:
  std::uint32_t dimension_ = 0;
  std::uint32_t rotated_dimension_ = 0;
  std::uint32_t window_ = 0;  // the largest power of two that fits
  std::vector<float> signs_;  // one run of rotated_dimension_ for each of four passes
};

}  // namespace phenix::distance

#endif  // DISTANCE_ROTATION_H_
