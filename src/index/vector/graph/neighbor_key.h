// A distance and a row in one integer that sorts like the pair.
#ifndef INDEX_VECTOR_GRAPH_NEIGHBOR_KEY_H_
#define INDEX_VECTOR_GRAPH_NEIGHBOR_KEY_H_

#include <bit>
#include <cstdint>

namespace phenix::index::vector {

/// Distance (any float but NaN) in the upper half, row position in the lower.
using NeighborKey = std::uint64_t;
inline constexpr NeighborKey kFarthestKey = UINT64_MAX;

inline std::uint32_t OrderedBits(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
}
inline float FromOrderedBits(std::uint32_t ordered) {
  return std::bit_cast<float>((ordered & 0x80000000U) != 0 ? ordered & 0x7FFFFFFFU : ~ordered);
}
inline NeighborKey MakeKey(float squared, std::uint32_t position) {
  return (static_cast<std::uint64_t>(OrderedBits(squared)) << 32U) | position;
}
inline float DistanceOf(NeighborKey key) {
  return FromOrderedBits(static_cast<std::uint32_t>(key >> 32U));
}
inline std::uint32_t PositionOf(NeighborKey key) { return static_cast<std::uint32_t>(key); }

/// Set in keys of a walk's beam whose row was expanded; positions stay below it.
inline constexpr std::uint32_t kExpandedRow = 0x80000000U;
/// The row of a key that may come from a beam.
inline std::uint32_t RowOf(NeighborKey key) { return PositionOf(key) & ~kExpandedRow; }

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_GRAPH_NEIGHBOR_KEY_H_
