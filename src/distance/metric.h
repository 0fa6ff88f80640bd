// What "near" means, and how far a value is reported.
//
// Reported distances: kL2 the Euclidean distance, kCosine 1 - cos, kDot minus the inner product.
//             Smaller is nearer for all three.
#ifndef DISTANCE_METRIC_H_
#define DISTANCE_METRIC_H_

#include <cstdint>

namespace phenix::distance {

/// The numbers are on disk: never change or reuse one.
enum class Metric : std::uint8_t { kL2 = 0, kCosine = 1, kDot = 2 };

inline constexpr std::uint32_t kDimensionMax = 65535;

}  // namespace phenix::distance

#endif  // DISTANCE_METRIC_H_
