// The vectors themselves, without loss, in the narrowest type that holds all values of a segment.
//
// Prepared:  what is stored and searched is the user's vector for kL2 and kDot, and for kCosine the
//            vector divided by its length (a zero vector stays zero).
// Score:     what sorts like the reported distance and is cheaper: squared distance (kL2), 1 -
// inner
//            product (kCosine), minus the inner product (kDot).
// Threads:   immutable once filled.
#ifndef INDEX_VECTOR_FULL_ROWS_H_
#define INDEX_VECTOR_FULL_ROWS_H_

#include <cstdint>
#include <span>

#include "distance/element_type.h"
#include "distance/kernels.h"
#include "distance/metric.h"
#include "distance/row_memory.h"

namespace phenix::index::vector {

/// Vectors whose squared length is larger are refused, so that no distance overflows.
inline constexpr float kSquaredLengthMax = 1e37F;

/// Sum of the squares, in double precision.
double SquaredLength(std::span<const float> values);

/// Writes the prepared form of `values`, which may be the same place.
void PrepareVector(distance::Metric metric, std::span<const float> values, std::span<float> out);
/// The reported distance of a score, and back.
float ReportedDistance(distance::Metric metric, float score);
float ScoreOfDistance(distance::Metric metric, float distance);

/// Finds the narrowest type that holds every value it is shown.
class NarrowestType {
 public:
  void Show(std::span<const float> values);
  [[nodiscard]] distance::ElementType type() const;

 private:
  bool bytes_ = true;
  bool halves_ = true;
  bool brains_ = true;
};

class FullRows {
 public:
  FullRows() = default;
  FullRows(distance::ElementType type, std::uint32_t dimension, std::size_t count);

  [[nodiscard]] distance::ElementType type() const { return type_; }
  [[nodiscard]] bool empty() const { return memory_.empty(); }
  [[nodiscard]] std::size_t stride() const { return stride_; }
  [[nodiscard]] const distance::RowMemory& memory() const { return memory_; }
  [[nodiscard]] distance::RowMemory& memory() { return memory_; }
  void Write(std::size_t position, std::span<const float> values);
  void Read(std::size_t position, std::span<float> values) const;
  [[nodiscard]] distance::RowSet View(const std::uint32_t* positions, std::size_t count) const {
    return {memory_.data(), stride_, dimension_, positions, count};
  }

 private:
  distance::ElementType type_ = distance::ElementType::kF32;
  std::uint32_t dimension_ = 0;
  std::size_t stride_ = 0;
  distance::RowMemory memory_;
};

/// What is measured, and in which type the rows are.
struct ScoreKind {
  distance::Metric metric;
  distance::ElementType type;
};
/// Scores of `rows` for a prepared query.
void ScoreRows(const distance::Kernels& kernels, ScoreKind kind, const float* query,
               const distance::RowSet& rows, float* scores);

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_FULL_ROWS_H_
