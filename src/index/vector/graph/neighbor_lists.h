// The nearest rows of every row, collected leaf by leaf.
// Threads:   AddLeaf() from several threads; the rest by one thread when no AddLeaf() runs.
// Ownership: owns the lists; borrows kernels and rows.
#ifndef INDEX_VECTOR_GRAPH_NEIGHBOR_LISTS_H_
#define INDEX_VECTOR_GRAPH_NEIGHBOR_LISTS_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_annotations.h"
#include "index/vector/graph/byte_rows.h"
#include "index/vector/graph/neighbor_key.h"

namespace phenix::index::vector {

class NeighborLists {
 public:
  NeighborLists(const distance::Kernels& kernels, const ByteRows& rows, std::size_t list_rows);

  /// Measures all pairs of `leaf` and keeps for each row the nearest seen so far.
  void AddLeaf(std::span<const std::uint32_t> leaf);
  /// Keys of `row`, ascending.
  [[nodiscard]] std::span<const NeighborKey> List(std::size_t row) const {
    return {keys_.data() + row * list_rows_, counts_[row]};
  }

 private:
  void Merge(std::uint32_t row, std::vector<NeighborKey>& found);

  const distance::Kernels& kernels_;
  const ByteRows& rows_;
  std::size_t list_rows_;
  std::vector<NeighborKey> keys_;
  std::vector<std::uint16_t> counts_;
  std::array<base::Mutex, 256> stripes_;  // guard the lists of rows by row % 256
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_GRAPH_NEIGHBOR_LISTS_H_
