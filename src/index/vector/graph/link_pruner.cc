#include "index/vector/graph/link_pruner.h"

#include <algorithm>
#include <limits>

#include "base/assert.h"

namespace phenix::index::vector {

LinkPruner::LinkPruner(const distance::Kernels& kernels, const ByteRows& rows, float alpha)
    : rows_(rows),
      alpha_(alpha),
      scan_(kernels, rows.codec),
      left_(AllocateByteRows(rows.codec, kCandidatesMax)),
      squared_(kCandidatesMax * kCandidatesMax) {}

void LinkPruner::MeasurePairs(std::span<const NeighborKey> candidates) {
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    std::copy_n(rows_.row(PositionOf(candidates[i])), rows_.codec.stride(), left_.row(i));
  }
  const distance::RowSet view = left_.View(nullptr, candidates.size());
  scan_.SetRight(view);
  scan_.Run(
      view, [](std::size_t) { return std::numeric_limits<float>::infinity(); },
      [&](std::size_t row, const std::uint32_t* places, const float* squared, std::size_t found) {
        float* into = squared_.data() + row * kCandidatesMax;
        for (std::size_t i = 0; i < found; ++i) into[places[i]] = squared[i];
      });
}

std::size_t LinkPruner::Prune(std::span<NeighborKey> candidates, std::size_t degree, bool fill) {
  PHENIX_DEBUG_ASSERT(candidates.size() <= kCandidatesMax);
  if (candidates.size() <= 1) return candidates.size();
  MeasurePairs(candidates);
  chosen_.clear();
  skipped_.clear();
  places_.clear();
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const float squared = DistanceOf(candidates[i]);
    const bool covered = places_.size() == degree ||
                         std::any_of(places_.begin(), places_.end(), [&](std::uint32_t place) {
                           return alpha_ * squared_[place * kCandidatesMax + i] < squared;
                         });
    (covered ? skipped_ : chosen_).push_back(candidates[i]);
    if (!covered) places_.push_back(static_cast<std::uint32_t>(i));
  }
  std::copy(chosen_.begin(), chosen_.end(), candidates.begin());
  std::copy(skipped_.begin(), skipped_.end(),
            candidates.begin() + static_cast<std::ptrdiff_t>(chosen_.size()));
  return fill ? std::min(degree, candidates.size()) : chosen_.size();
}

}  // namespace phenix::index::vector
