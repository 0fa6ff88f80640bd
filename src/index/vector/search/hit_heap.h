// The nearest rows found so far over all parts of an index, and the bound that they set.
// Order:   by score, then by id; a score is what a metric sorts by (full_rows.h).
// Threads: one at a time.
#ifndef INDEX_VECTOR_SEARCH_HIT_HEAP_H_
#define INDEX_VECTOR_SEARCH_HIT_HEAP_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace phenix::index::vector {

struct ScoredId {
  float score = 0.0F;
  std::uint64_t id = 0;
  friend bool operator<(const ScoredId& a, const ScoredId& b) {
    return a.score != b.score ? a.score < b.score : a.id < b.id;
  }
};

class HitHeap {
 public:
  /// Keeps `limit` rows whose score is at most `score_max`.
  HitHeap(std::size_t limit, float score_max) : limit_(limit), score_max_(score_max) {}

  void Offer(float score, std::uint64_t id) {
    const ScoredId scored{score, id};
    if (!(score <= score_max_)) return;
    if (heap_.size() == limit_) {
      if (limit_ == 0 || !(scored < heap_.front())) return;
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.back() = scored;
    } else {
      heap_.push_back(scored);
    }
    std::push_heap(heap_.begin(), heap_.end());
  }
  [[nodiscard]] bool full() const { return heap_.size() == limit_; }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  [[nodiscard]] std::size_t limit() const { return limit_; }
  /// Rows with a larger score cannot enter.
  [[nodiscard]] float bound() const {
    return full() && limit_ != 0 ? heap_.front().score : score_max_;
  }
  /// Nearest first; the heap is empty afterwards.
  std::vector<ScoredId> TakeSorted() {
    std::sort_heap(heap_.begin(), heap_.end());
    return std::move(heap_);
  }

 private:
  std::size_t limit_;
  float score_max_;
  std::vector<ScoredId> heap_;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_SEARCH_HIT_HEAP_H_
