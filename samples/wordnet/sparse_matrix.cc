#include "wordnet/sparse_matrix.h"

namespace phenix::samples {
namespace {

void AddScaled(std::span<float> to, std::span<const float> from, float factor) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += factor * from[i];
}

}  // namespace

void SparseMatrix::AddRow(const std::vector<Cell>& cells) {
  cells_.insert(cells_.end(), cells.begin(), cells.end());
  starts_.push_back(cells_.size());
}

DenseRows SparseMatrix::Times(const DenseRows& right) const {
  DenseRows result(rows(), right.columns());
  for (std::size_t i = 0; i < rows(); ++i) {
    for (std::size_t at = starts_[i]; at < starts_[i + 1]; ++at) {
      AddScaled(result.row(i), right.row(cells_[at].column), cells_[at].value);
    }
  }
  return result;
}

DenseRows SparseMatrix::TransposedTimes(const DenseRows& right) const {
  DenseRows result(columns_, right.columns());
  for (std::size_t i = 0; i < rows(); ++i) {
    for (std::size_t at = starts_[i]; at < starts_[i + 1]; ++at) {
      AddScaled(result.row(cells_[at].column), right.row(i), cells_[at].value);
    }
  }
  return result;
}

}  // namespace phenix::samples
