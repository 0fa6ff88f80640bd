#include "index/vector/id_positions.h"

#include <algorithm>
#include <numeric>

namespace phenix::index::vector {
namespace {

// A table is used while it has at most so many entries per row.
constexpr std::uint64_t kTableEntriesPerRow = 2;

}  // namespace

IdPositions::IdPositions(std::span<const std::uint64_t> ids) : ids_(ids), order_(ids.size()) {
  if (ids.empty()) return;
  std::iota(order_.begin(), order_.end(), 0U);
  std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return ids_[a] != ids_[b] ? ids_[a] < ids_[b] : a < b;
  });
  first_id_ = ids_[order_.front()];
  last_id_ = ids_[order_.back()];
  if ((last_id_ - first_id_) / kTableEntriesPerRow >= ids.size()) return;
  starts_.resize(last_id_ - first_id_ + 1);
  std::size_t place = 0;
  for (std::size_t i = 0; i < starts_.size(); ++i) {
    while (place < order_.size() && ids_[order_[place]] < first_id_ + i) ++place;
    starts_[i] = static_cast<std::uint32_t>(place);
  }
}

std::size_t IdPositions::FirstPlace(std::uint64_t id) const {
  if (!starts_.empty()) return starts_[id - first_id_];
  const auto found = std::lower_bound(
      order_.begin(), order_.end(), id,
      [&](std::uint32_t position, std::uint64_t wanted) { return ids_[position] < wanted; });
  return static_cast<std::size_t>(found - order_.begin());
}

}  // namespace phenix::index::vector
