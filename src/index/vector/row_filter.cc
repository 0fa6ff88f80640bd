#include "index/vector/row_filter.h"

#include <algorithm>
#include <utility>

namespace phenix::index::vector {

RowFilter RowFilter::Bitmap(std::span<const std::uint64_t> words, std::uint64_t first_id,
                            std::uint64_t match_count) {
  RowFilter filter;
  filter.kind_ = Kind::kBitmap;
  filter.words_ = words;
  filter.first_id_ = first_id;
  filter.match_count_ = match_count;
  return filter;
}

RowFilter RowFilter::SortedIds(std::span<const std::uint64_t> ids) {
  RowFilter filter;
  filter.kind_ = Kind::kSortedIds;
  filter.words_ = ids;
  filter.match_count_ = ids.size();
  return filter;
}

RowFilter RowFilter::Accepting(Predicate predicate, PredicateHint hint) {
  RowFilter filter;
  filter.kind_ = Kind::kPredicate;
  filter.predicate_ = std::move(predicate);
  filter.hint_ = hint;
  return filter;
}

bool RowFilter::Passes(std::uint64_t vector_id) const {
  switch (kind_) {
    case Kind::kNone:
      return true;
    case Kind::kBitmap: {
      const std::uint64_t place = vector_id - first_id_;
      if (vector_id < first_id_ || place / 64 >= words_.size()) return false;
      return ((words_[place / 64] >> (place % 64)) & 1U) != 0;
    }
    case Kind::kSortedIds:
      return std::binary_search(words_.begin(), words_.end(), vector_id);
    case Kind::kPredicate:
      break;
  }
  return predicate_(vector_id);
}

}  // namespace phenix::index::vector
