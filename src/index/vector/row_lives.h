// From when to when each row of a sealed part is visible.
//
// Invariants: a row ends at most once; its end is never before its begin.
// Threads:    End() by one thread at a time; the rest from any thread at any time.
#ifndef INDEX_VECTOR_ROW_LIVES_H_
#define INDEX_VECTOR_ROW_LIVES_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace phenix::index::vector {

/// The end of a row that is still live.
inline constexpr std::uint64_t kNoEnd = UINT64_MAX;

class RowLives {
 public:
  RowLives() : RowLives(std::vector<std::uint64_t>()) {}
  explicit RowLives(std::vector<std::uint64_t> begins);
  ~RowLives();
  RowLives(const RowLives&) = delete;
  RowLives& operator=(const RowLives&) = delete;

  [[nodiscard]] std::size_t rows() const { return begins_.size(); }
  [[nodiscard]] std::uint64_t begin(std::size_t row) const { return begins_[row]; }
  [[nodiscard]] std::uint64_t end(std::size_t row) const {
    return HasEnd(row) ? ends_.load(std::memory_order_acquire)[row].load(std::memory_order_relaxed)
                       : kNoEnd;
  }
  /// Commits at or before this began all rows.
  [[nodiscard]] std::uint64_t newest_begin() const { return newest_begin_; }
  [[nodiscard]] std::uint64_t ended_rows() const {
    return ended_rows_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] bool VisibleAt(std::size_t row, std::uint64_t snapshot) const {
    if (snapshot < newest_begin_ && begins_[row] > snapshot) return false;
    return !HasEnd(row) || end(row) > snapshot;
  }
  /// Ends a live row at `commit`. False when it has ended already.
  bool End(std::size_t row, std::uint64_t commit);
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  [[nodiscard]] bool HasEnd(std::size_t row) const {
    return ((ended_[row / 64].load(std::memory_order_acquire) >> (row % 64)) & 1U) != 0;
  }

  std::vector<std::uint64_t> begins_;
  std::uint64_t newest_begin_ = 0;
  std::unique_ptr<std::atomic<std::uint64_t>[]> ended_;     // one bit per row
  std::atomic<std::atomic<std::uint64_t>*> ends_{nullptr};  // owned; made by the first End()
  std::atomic<std::uint64_t> ended_rows_{0};
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_ROW_LIVES_H_
