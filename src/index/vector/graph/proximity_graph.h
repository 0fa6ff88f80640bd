// Links of every row to near rows: flat, of one degree, no levels.
// Threads: immutable once built.
#ifndef INDEX_VECTOR_GRAPH_PROXIMITY_GRAPH_H_
#define INDEX_VECTOR_GRAPH_PROXIMITY_GRAPH_H_

#include <cstddef>
#include <cstdint>

#include "distance/row_memory.h"

namespace phenix::index::vector {

inline constexpr std::size_t kGraphDegree = 32;
/// Fills the links that a row does not use; used links come first.
inline constexpr std::uint32_t kNoRow = UINT32_MAX;

class ProximityGraph {
 public:
  ProximityGraph() = default;
  explicit ProximityGraph(std::size_t rows)
      : links_(rows * kGraphDegree * sizeof(std::uint32_t)), rows_(rows) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] bool empty() const { return rows_ == 0; }
  [[nodiscard]] const std::uint32_t* links(std::size_t row) const {
    return reinterpret_cast<const std::uint32_t*>(links_.data()) + row * kGraphDegree;
  }
  [[nodiscard]] std::uint32_t* links(std::size_t row) {
    return reinterpret_cast<std::uint32_t*>(links_.data()) + row * kGraphDegree;
  }
  [[nodiscard]] std::size_t size_bytes() const { return links_.size_bytes(); }

 private:
  distance::RowMemory links_;
  std::size_t rows_ = 0;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_GRAPH_PROXIMITY_GRAPH_H_
