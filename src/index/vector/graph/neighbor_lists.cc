#include "index/vector/graph/neighbor_lists.h"

#include <algorithm>
#include <limits>

#include "index/vector/graph/pair_scan.h"

namespace phenix::index::vector {
namespace {

// Keeps the nearest of what it is offered: fills a buffer of twice the size and cuts it in half.
class Reservoir {
 public:
  void Start(std::size_t keep, float bound) {
    keep_ = keep;
    bound_ = bound;
    keys_.clear();
  }
  [[nodiscard]] float bound() const { return bound_; }
  void Offer(float squared, std::uint32_t position) {
    keys_.push_back(MakeKey(squared, position));
    if (keys_.size() == 2 * keep_) Cut();
  }
  void Cut() {
    if (keys_.size() <= keep_) return;
    const auto last = keys_.begin() + static_cast<std::ptrdiff_t>(keep_) - 1;
    std::nth_element(keys_.begin(), last, keys_.end());
    bound_ = DistanceOf(*last);
    keys_.resize(keep_);
  }
  [[nodiscard]] std::vector<NeighborKey>& keys() { return keys_; }

 private:
  std::vector<NeighborKey> keys_;
  std::size_t keep_ = 0;
  float bound_ = 0.0F;
};

}  // namespace

NeighborLists::NeighborLists(const distance::Kernels& kernels, const ByteRows& rows,
                             std::size_t list_rows)
    : kernels_(kernels),
      rows_(rows),
      list_rows_(list_rows),
      keys_(rows.count * list_rows),
      counts_(rows.count, 0) {}

void NeighborLists::AddLeaf(std::span<const std::uint32_t> leaf) {
  constexpr std::size_t kLeftRows = 1024;
  PairScan scan(kernels_, rows_.codec);
  scan.SetRight(rows_.View(leaf.data(), leaf.size()));
  ByteRows left = AllocateByteRows(rows_.codec, std::min(kLeftRows, leaf.size()));
  std::vector<Reservoir> reservoirs(left.count);
  for (std::size_t first = 0; first < leaf.size(); first += kLeftRows) {
    const std::size_t count = std::min(kLeftRows, leaf.size() - first);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t row = leaf[first + i];
      std::copy_n(rows_.row(row), rows_.codec.stride(), left.row(i));
      const base::MutexLock lock(stripes_[row % stripes_.size()]);
      const bool full = counts_[row] == list_rows_;
      reservoirs[i].Start(list_rows_, full ? DistanceOf(keys_[(row + 1ULL) * list_rows_ - 1])
                                           : std::numeric_limits<float>::infinity());
    }
    scan.Run(
        left.View(nullptr, count), [&](std::size_t row) { return reservoirs[row].bound(); },
        [&](std::size_t row, const std::uint32_t* places, const float* squared, std::size_t found) {
          for (std::size_t i = 0; i < found; ++i) {
            if (places[i] != first + row) reservoirs[row].Offer(squared[i], leaf[places[i]]);
          }
        });
    for (std::size_t i = 0; i < count; ++i) {
      reservoirs[i].Cut();
      Merge(leaf[first + i], reservoirs[i].keys());
    }
  }
}

void NeighborLists::Merge(std::uint32_t row, std::vector<NeighborKey>& found) {
  if (found.empty()) return;
  const base::MutexLock lock(stripes_[row % stripes_.size()]);
  NeighborKey* list = keys_.data() + row * list_rows_;
  found.insert(found.end(), list, list + counts_[row]);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  const std::size_t count = std::min(found.size(), list_rows_);
  std::copy_n(found.begin(), count, list);
  counts_[row] = static_cast<std::uint16_t>(count);
}

}  // namespace phenix::index::vector
