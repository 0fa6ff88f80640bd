#include "index/vector/search/search_tuning.h"

#include <algorithm>
#include <cmath>

namespace phenix::index::vector {
namespace {

// Used where nothing was measured.
constexpr std::size_t kWidthPerRowUntuned = 8;
constexpr std::size_t kWidthUntunedMin = 64;
constexpr std::size_t kProbesUntuned = 8;

// The first column whose recall is at least what is wanted; beyond the last one, the last.
std::size_t ColumnFor(double recall) {
  std::size_t column = 0;
  while (column + 1 < kTunedRecalls.size() && kTunedRecalls[column] < recall) ++column;
  return column;
}

}  // namespace

std::size_t SearchTuning::WidthFor(std::size_t limit, double recall) const {
  const std::size_t column = ColumnFor(recall);
  const double small = widths[0][column];
  const double large = widths[1][column];
  if (small == 0) return std::max(kWidthUntunedMin, limit * kWidthPerRowUntuned);
  double width = small;
  if (limit > kTunedLimits[0]) {
    const double top = large == 0 ? small * 4 : large;
    const double share = static_cast<double>(limit - kTunedLimits[0]) /
                         static_cast<double>(kTunedLimits[1] - kTunedLimits[0]);
    width = small + (top - small) * share;
  }
  if (recall > kTunedRecalls.back()) width *= 2.0;
  return std::max(limit, static_cast<std::size_t>(width));
}

std::size_t SearchTuning::ProbesFor(double rank, double recall) const {
  const std::size_t column = ColumnFor(recall);
  std::size_t row = 0;
  while (row + 1 < kTunedRanks.size() && rank > static_cast<double>(kTunedRanks[row])) ++row;
  const double measured = probes[row][column];
  if (measured == 0) return kProbesUntuned;
  // Beyond a measured rank the probes grow at most like the square root of the rank.
  const double beyond = std::max(1.0, rank / static_cast<double>(kTunedRanks[row]));
  return static_cast<std::size_t>(std::ceil(measured * std::sqrt(beyond)));
}

}  // namespace phenix::index::vector
