// Best-first walk over passing rows only: a neighbor that does not pass is stepped over to its own
// neighbors.
//
// Source:   ACORN-1 (Patel et al., SIGMOD 2024), with seeds near the query.
// Limits:   below a few percent of passing rows they no longer hang together: stalled() tells.
// Threads:  one scratch and one walk per thread at a time.
#ifndef INDEX_VECTOR_SEARCH_TWO_HOP_WALK_H_
#define INDEX_VECTOR_SEARCH_TWO_HOP_WALK_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "index/vector/graph/graph_walk.h"

namespace phenix::index::vector {

template <typename Passes>
class TwoHopWalk {
 public:
  TwoHopWalk(const WalkSpace& space, const distance::EncodedQuery& query, WalkScratch& scratch,
             Passes passes)
      : space_(space), query_(query), scratch_(scratch), passes_(passes) {
    scratch_.visited.Prepare(space.rows.count);
    scratch_.positions.resize(std::max(scratch_.positions.size(), kMeasuredMax));
    scratch_.squared.resize(std::max(scratch_.squared.size(), kMeasuredMax));
    beam_.reserve(64);
  }
  ~TwoHopWalk() { scratch_.visited.Clear(); }
  TwoHopWalk(const TwoHopWalk&) = delete;
  TwoHopWalk& operator=(const TwoHopWalk&) = delete;

  /// Begins at `seeds`: those that pass are measured, the others stepped over.
  void Run(std::span<const std::uint32_t> seeds, std::size_t width) {
    width_ = width;
    std::size_t count = 0;
    for (const std::uint32_t seed : seeds) {
      if (count + kSeedRoom >= kMeasuredMax) count = MeasureAll(count);
      if (scratch_.visited.Add(seed)) count = Collect(seed, count);
    }
    MeasureAll(count);
    while (next_ < beam_.size() && !stalled_) {
      if ((PositionOf(beam_[next_]) & kExpandedRow) != 0) {
        ++next_;
        continue;
      }
      const std::uint32_t row = PositionOf(beam_[next_]);
      beam_[next_++] |= kExpandedRow;
      Expand(row);
    }
  }
  [[nodiscard]] std::span<const NeighborKey> beam() const { return beam_; }
  /// True when expansions stopped finding passing rows before the beam was full.
  [[nodiscard]] bool stalled() const { return stalled_; }
  [[nodiscard]] std::uint64_t distances() const { return distances_; }

 private:
  static constexpr std::size_t kMeasuredMax = 192;
  static constexpr std::size_t kSeedRoom = kGraphDegree + 1;
  static constexpr int kIdleExpansionsMax = 8;

  // Adds `row`, which was just visited, or what lies behind it; returns the new count.
  std::size_t Collect(std::uint32_t row, std::size_t count) {
    std::uint32_t* positions = scratch_.positions.data();
    if (passes_(row)) {
      positions[count++] = row;
      return count;
    }
    const std::uint32_t* links = space_.graph.links(row);
    for (std::size_t i = 0; i < kGraphDegree && links[i] != kNoRow; ++i) {
      if (count == kMeasuredMax) break;
      if (passes_(links[i]) && scratch_.visited.Add(links[i])) positions[count++] = links[i];
    }
    return count;
  }

  void Expand(std::uint32_t row) {
    const std::uint32_t* links = space_.graph.links(row);
    std::size_t count = 0;
    for (std::size_t i = 0; i < kGraphDegree && links[i] != kNoRow; ++i) {
      if (count + kSeedRoom >= kMeasuredMax) break;
      if (scratch_.visited.Add(links[i])) count = Collect(links[i], count);
    }
    idle_expansions_ = count == 0 ? idle_expansions_ + 1 : 0;
    stalled_ = idle_expansions_ >= kIdleExpansionsMax && beam_.size() < width_;
    MeasureAll(count);
  }

  std::size_t MeasureAll(std::size_t count) {
    float* squared = scratch_.squared.data();
    space_.rows.codec.Scan(space_.kernels, query_,
                           space_.rows.View(scratch_.positions.data(), count), squared);
    distances_ += count;
    for (std::size_t i = 0; i < count; ++i) Offer(MakeKey(squared[i], scratch_.positions[i]));
    return 0;
  }

  void Offer(NeighborKey key) {
    if (beam_.size() == width_) {
      if (key >= beam_.back()) return;
      beam_.pop_back();
    }
    const auto place = std::upper_bound(beam_.begin(), beam_.end(), key);
    next_ = std::min(next_, static_cast<std::size_t>(place - beam_.begin()));
    beam_.insert(place, key);
  }

  const WalkSpace& space_;
  const distance::EncodedQuery& query_;
  WalkScratch& scratch_;
  Passes passes_;
  std::vector<NeighborKey> beam_;
  std::size_t width_ = 0;
  std::size_t next_ = 0;
  int idle_expansions_ = 0;
  bool stalled_ = false;
  std::uint64_t distances_ = 0;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_SEARCH_TWO_HOP_WALK_H_
