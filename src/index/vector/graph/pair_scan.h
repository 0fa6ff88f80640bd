// Distances of many rows to many rows, filtered by a bound per left row: the engine of exact
// neighbor lists, k-means assignment and batch scans.
//
// Invariants: blocks are sized so that the packed side stays in the second-level cache.
// Threads:    one PairScan per thread.
// Ownership:  owns its buffers; borrows the rows of a call.
#ifndef INDEX_VECTOR_GRAPH_PAIR_SCAN_H_
#define INDEX_VECTOR_GRAPH_PAIR_SCAN_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "index/vector/graph/byte_rows.h"

namespace phenix::index::vector {

class PairScan {
 public:
  PairScan(const distance::Kernels& kernels, const distance::ByteRowCodec& codec);

  /// Makes rows at `positions` (null: 0..count-1) of `from` the right side. Cost: one copy.
  void SetRight(const distance::RowSet& from);

  /// For each left row l of `left` (consecutive rows) calls sink(l, places, squared, count) with
  /// places (into the right side) whose squared distance is below bound(l). A bound is asked again
  /// for each block of the right side, so it may shrink meanwhile.
  template <typename Bound, typename Sink>
  void Run(const distance::RowSet& left, Bound bound, Sink sink) {
    for (std::size_t group = 0; group < right_groups_; group += kBlockGroups) {
      const std::size_t groups = std::min(kBlockGroups, right_groups_ - group);
      for (std::size_t row = 0; row < left.count; row += kBlockRows) {
        const std::size_t rows = std::min(kBlockRows, left.count - row);
        const Block block = {row, rows, group, groups};
        FillDots(left, block);
        for (std::size_t r = 0; r < rows; ++r) {
          const std::size_t found = Select(left, block, r, bound(row + r));
          if (found != 0) sink(row + r, places_.data(), squared_.data(), found);
        }
      }
    }
  }

  static constexpr std::size_t kBlockRows = 32;
  static constexpr std::size_t kBlockGroups = 16;

 private:
  /// Left rows [row, row + rows) and right groups [group, group + groups).
  struct Block {
    std::size_t row;
    std::size_t rows;
    std::size_t group;
    std::size_t groups;
  };
  void FillDots(const distance::RowSet& left, const Block& block);
  std::size_t Select(const distance::RowSet& left, const Block& block, std::size_t row_in_block,
                     float bound);

  const distance::Kernels& kernels_;
  const distance::ByteRowCodec& codec_;
  distance::RowMemory packed_;
  std::size_t right_groups_ = 0;
  std::vector<float> norms_;
  std::vector<float> scales_;
  std::vector<std::int32_t> offsets_;
  std::vector<std::int32_t> dots_;
  std::vector<std::uint32_t> places_;
  std::vector<float> squared_;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_GRAPH_PAIR_SCAN_H_
