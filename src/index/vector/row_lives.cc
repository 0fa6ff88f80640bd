#include "index/vector/row_lives.h"

#include <algorithm>
#include <utility>

namespace phenix::index::vector {

RowLives::RowLives(std::vector<std::uint64_t> begins)
    : begins_(std::move(begins)),
      ended_(std::make_unique<std::atomic<std::uint64_t>[]>(begins_.size() / 64 + 1)) {
  for (const std::uint64_t begin : begins_) newest_begin_ = std::max(newest_begin_, begin);
}

RowLives::~RowLives() { delete[] ends_.load(); }

bool RowLives::End(std::size_t row, std::uint64_t commit) {
  if (HasEnd(row)) return false;
  std::atomic<std::uint64_t>* ends = ends_.load(std::memory_order_relaxed);
  if (ends == nullptr) {
    ends = new std::atomic<std::uint64_t>[begins_.size()]();
    ends_.store(ends, std::memory_order_release);
  }
  ends[row].store(std::max(commit, begins_[row]), std::memory_order_relaxed);
  ended_[row / 64].fetch_or(1ULL << (row % 64), std::memory_order_release);
  ended_rows_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

std::size_t RowLives::memory_bytes() const {
  const std::size_t ends = ends_.load() == nullptr ? 0 : begins_.size();
  return (begins_.size() + begins_.size() / 64 + ends) * sizeof(std::uint64_t);
}

}  // namespace phenix::index::vector
