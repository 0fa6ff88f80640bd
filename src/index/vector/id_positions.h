// Where the rows of a vector id are: a table over the id range where it is dense, else a sorted
// list. An id can have several rows (ended versions and at most one live one). Threads: immutable
// after construction.
#ifndef INDEX_VECTOR_ID_POSITIONS_H_
#define INDEX_VECTOR_ID_POSITIONS_H_

#include <cstdint>
#include <span>
#include <vector>

namespace phenix::index::vector {

class IdPositions {
 public:
  IdPositions() = default;
  explicit IdPositions(std::span<const std::uint64_t> ids);

  [[nodiscard]] std::uint64_t first_id() const { return first_id_; }
  /// Largest id; below first_id() when there are no rows.
  [[nodiscard]] std::uint64_t last_id() const { return last_id_; }
  /// Calls visit(position) for each row of `id`; stops when it returns false.
  template <typename Visit>
  void ForEach(std::uint64_t id, Visit visit) const {
    if (id < first_id_ || id > last_id_) return;
    std::size_t place = FirstPlace(id);
    for (; place < order_.size() && ids_[order_[place]] == id; ++place) {
      if (!visit(order_[place])) return;
    }
  }
  [[nodiscard]] std::size_t memory_bytes() const {
    return (order_.size() + starts_.size()) * sizeof(std::uint32_t);
  }

 private:
  [[nodiscard]] std::size_t FirstPlace(std::uint64_t id) const;

  std::span<const std::uint64_t> ids_;  // borrowed from the owner, by position
  std::vector<std::uint32_t> order_;    // positions by (id, position)
  std::vector<std::uint32_t> starts_;   // dense ranges: place of the first row of first_id_ + i
  std::uint64_t first_id_ = 1;
  std::uint64_t last_id_ = 0;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_ID_POSITIONS_H_
