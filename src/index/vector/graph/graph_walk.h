// Best-first walk over a proximity graph, which can be widened and continued.
//
// A beam is a sorted array of the nearest rows met, of fixed width; the nearest one that was not
// yet expanded is next. Rows pushed out of the beam are kept, so that a wider beam continues
// instead of starting again. Invariants: each row is measured at most once in a walk; nothing here
// knows about visibility. Threads:    one scratch and one walk per thread at a time. Ownership:
// borrows rows, graph, query and scratch for the walk's life.
#ifndef INDEX_VECTOR_GRAPH_GRAPH_WALK_H_
#define INDEX_VECTOR_GRAPH_GRAPH_WALK_H_

#include <cstdint>
#include <span>
#include <vector>

#include "index/vector/graph/byte_rows.h"
#include "index/vector/graph/neighbor_key.h"
#include "index/vector/graph/proximity_graph.h"

namespace phenix::index::vector {

/// Rows seen by a walk: a bitmap that is cleared by undoing.
class VisitedRows {
 public:
  void Prepare(std::size_t rows) {
    if (words_.size() * 64 < rows) words_.resize((rows + 63) / 64, 0);
  }
  /// True when `row` was not there before.
  bool Add(std::uint32_t row) {
    std::uint64_t& word = words_[row / 64];
    const std::uint64_t bit = 1ULL << (row % 64);
    if ((word & bit) != 0) return false;
    word |= bit;
    added_.push_back(row);
    return true;
  }
  [[nodiscard]] std::span<const std::uint32_t> added() const { return added_; }
  void Clear() {
    for (const std::uint32_t row : added_) words_[row / 64] = 0;
    added_.clear();
  }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> added_;
};

/// Buffers of one searching thread, kept from search to search.
struct WalkScratch {
  VisitedRows visited;
  std::vector<NeighborKey> beam;
  std::vector<NeighborKey> spilled;
  std::vector<std::uint32_t> positions;
  std::vector<float> squared;
};

/// What a walk reads.
struct WalkSpace {
  const distance::Kernels& kernels;
  const ByteRows& rows;
  const ProximityGraph& graph;
  /// Rows scanned first; also as `entry_rows`, one after another.
  std::span<const std::uint32_t> entry_positions;
  const ByteRows& entry_rows;
};

class GraphWalk {
 public:
  /// Borrows all three; clears `scratch` when it ends.
  GraphWalk(const WalkSpace& space, const distance::EncodedQuery& query, WalkScratch& scratch);
  ~GraphWalk();
  GraphWalk(const GraphWalk&) = delete;
  GraphWalk& operator=(const GraphWalk&) = delete;

  /// Keeps `row` out of the walk; before the first Run().
  void Exclude(std::uint32_t row) { scratch_.visited.Add(row); }
  /// Walks until the `width` nearest rows met are all expanded. A larger width continues.
  void Run(std::size_t width);
  /// The nearest rows met, ascending; valid until the next Run().
  [[nodiscard]] std::span<const NeighborKey> beam() const { return {scratch_.beam.data(), size_}; }
  /// True when no further row can be met.
  [[nodiscard]] bool exhausted() const { return exhausted_; }
  [[nodiscard]] std::uint64_t distances() const { return distances_; }
  [[nodiscard]] std::uint64_t hops() const { return hops_; }

 private:
  void Enter();
  void Expand(std::uint32_t row);
  void Offer(NeighborKey key);
  void Widen(std::size_t width);

  const WalkSpace& space_;
  const distance::EncodedQuery& query_;
  WalkScratch& scratch_;
  std::size_t width_ = 0;
  std::size_t size_ = 0;
  std::size_t next_ = 0;  // no row before it is unexpanded
  bool exhausted_ = false;
  std::uint64_t distances_ = 0;
  std::uint64_t hops_ = 0;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_GRAPH_GRAPH_WALK_H_
