// Which rows a search may return: everything, a bitmap, a sorted list, or what a callback accepts.
//
// Threads:    a filter is read by one search at a time per thread; callbacks run on the searching
//             thread and must be safe to call for any committed vector id.
// Ownership:  borrows bitmaps and lists, which must outlive the search or cursor; owns the
// callback.
#ifndef INDEX_VECTOR_ROW_FILTER_H_
#define INDEX_VECTOR_ROW_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace phenix::index::vector {

class RowFilter {
 public:
  enum class Kind : std::uint8_t { kNone, kBitmap, kSortedIds, kPredicate };
  using Predicate = std::function<bool(std::uint64_t vector_id)>;
  /// What the caller knows about a predicate before it ran.
  struct PredicateHint {
    double selectivity = 0.5;         ///< share of rows expected to pass, 0..1
    double cost_nanoseconds = 200.0;  ///< of one call
  };

  /// Everything passes.
  RowFilter() = default;
  /// Bit i of `words` (least significant first) is the answer for vector id first_id + i; ids
  /// outside the bitmap do not pass. `match_count` is the number of set bits.
  static RowFilter Bitmap(std::span<const std::uint64_t> words, std::uint64_t first_id,
                          std::uint64_t match_count);
  /// `ids` ascend strictly.
  static RowFilter SortedIds(std::span<const std::uint64_t> ids);
  static RowFilter Accepting(Predicate predicate, PredicateHint hint);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool Passes(std::uint64_t vector_id) const;
  /// Upper estimate of how many ids pass; SIZE_MAX when unknown.
  [[nodiscard]] std::uint64_t match_count() const { return match_count_; }
  [[nodiscard]] const PredicateHint& hint() const { return hint_; }
  [[nodiscard]] std::span<const std::uint64_t> words() const { return words_; }
  [[nodiscard]] std::uint64_t first_id() const { return first_id_; }

 private:
  Kind kind_ = Kind::kNone;
  std::span<const std::uint64_t> words_;  // of a bitmap, or the sorted ids
  std::uint64_t first_id_ = 0;
  std::uint64_t match_count_ = UINT64_MAX;
  Predicate predicate_;
  PredicateHint hint_;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_ROW_FILTER_H_
