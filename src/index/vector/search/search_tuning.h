// What a segment's own sampled queries taught: how wide a beam and how many lists give which
// recall. Threads: a value, immutable once measured.
#ifndef INDEX_VECTOR_SEARCH_SEARCH_TUNING_H_
#define INDEX_VECTOR_SEARCH_SEARCH_TUNING_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace phenix::index::vector {

inline constexpr std::array<double, 6> kTunedRecalls = {0.80, 0.90, 0.95, 0.98, 0.99, 0.995};
inline constexpr std::array<std::uint32_t, 2> kTunedLimits = {10, 100};
/// Ranks among the true neighbors for which list probes are measured.
inline constexpr std::array<std::uint32_t, 3> kTunedRanks = {10, 100, 1000};

struct SearchTuning {
  /// Beam width by limit and recall; 0 = not measured.
  std::array<std::array<std::uint32_t, kTunedRecalls.size()>, kTunedLimits.size()> widths = {};
  /// Lists that hold the first so many neighbors, by rank and recall; 0 = not measured.
  std::array<std::array<std::uint32_t, kTunedRecalls.size()>, kTunedRanks.size()> probes = {};
  /// Share of true neighbors found at the index's recall target when last measured; 1 = exact.
  double recall_measured = 1.0;

  /// A beam width for `limit` rows at `recall`; at least `limit`.
  [[nodiscard]] std::size_t WidthFor(std::size_t limit, double recall) const;
  /// Lists to probe so that `recall` of the first `rank` neighbors are in them.
  [[nodiscard]] std::size_t ProbesFor(double rank, double recall) const;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_SEARCH_SEARCH_TUNING_H_
