// A sparse matrix in compressed rows, and the two products that the vectors need.
#ifndef SAMPLES_WORDNET_SPARSE_MATRIX_H_
#define SAMPLES_WORDNET_SPARSE_MATRIX_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wordnet/dense_rows.h"

namespace phenix::samples {

class SparseMatrix final {
 public:
  struct Cell {
    std::uint32_t column = 0;
    float value = 0;
  };

  explicit SparseMatrix(std::size_t columns) : columns_(columns) {}

  /// Appends a row; its cells may be in any order.
  void AddRow(const std::vector<Cell>& cells);

  [[nodiscard]] std::size_t rows() const { return starts_.size() - 1; }
  [[nodiscard]] std::size_t columns() const { return columns_; }

  /// This matrix times `right`, which has columns() rows.
  [[nodiscard]] DenseRows Times(const DenseRows& right) const;
  /// The transpose of this matrix times `right`, which has rows() rows.
  [[nodiscard]] DenseRows TransposedTimes(const DenseRows& right) const;

 private:
  std::size_t columns_;
  std::vector<std::size_t> starts_ = {0};
  std::vector<Cell> cells_;
};

}  // namespace phenix::samples

#endif  // SAMPLES_WORDNET_SPARSE_MATRIX_H_
