// Parts as a segment builder reads them: tails and segments alike.
// Threads:   as the part; ids, begins and vectors are constant, ends may appear.
// Ownership: shares the part, because builds outlive the manifests that listed it.
#ifndef INDEX_VECTOR_ROW_SOURCE_H_
#define INDEX_VECTOR_ROW_SOURCE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "index/vector/segment.h"
#include "index/vector/tail.h"

namespace phenix::index::vector {

class RowSource {
 public:
  explicit RowSource(std::shared_ptr<const Tail> tail) : tail_(std::move(tail)) {}
  explicit RowSource(std::shared_ptr<const Segment> segment) : segment_(std::move(segment)) {}

  [[nodiscard]] std::size_t rows() const { return tail_ ? tail_->rows() : segment_->rows(); }
  [[nodiscard]] std::uint64_t id(std::size_t row) const {
    return tail_ ? tail_->RowAt(row).id : segment_->ids[row];
  }
  [[nodiscard]] std::uint64_t begin(std::size_t row) const {
    return tail_ ? tail_->RowAt(row).begin : segment_->lives.begin(row);
  }
  [[nodiscard]] std::uint64_t end(std::size_t row) const {
    return tail_ ? tail_->RowAt(row).end : segment_->lives.end(row);
  }
  void Read(std::size_t row, std::span<float> values) const {
    if (!tail_) return segment_->Read(row, values);
    const std::span<const float> from = tail_->RowAt(row).vector;
    std::copy(from.begin(), from.end(), values.begin());
  }
  [[nodiscard]] const Tail* tail() const { return tail_.get(); }
  [[nodiscard]] const Segment* segment() const { return segment_.get(); }

 private:
  std::shared_ptr<const Tail> tail_;
  std::shared_ptr<const Segment> segment_;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_ROW_SOURCE_H_
