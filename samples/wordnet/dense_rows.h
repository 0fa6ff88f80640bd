// A tall, narrow matrix of floats, row after row, and what is done to its columns.
#ifndef SAMPLES_WORDNET_DENSE_ROWS_H_
#define SAMPLES_WORDNET_DENSE_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace phenix::samples {

class DenseRows final {
 public:
  DenseRows(std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), values_(rows * columns) {}

  /// Independent values of mean 0 from `seed`, the same on every machine.
  static DenseRows Random(std::size_t rows, std::size_t columns, std::uint64_t seed);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  std::span<float> row(std::size_t position) {
    return std::span(values_).subspan(position * columns_, columns_);
  }
  [[nodiscard]] std::span<const float> row(std::size_t position) const {
    return std::span(values_).subspan(position * columns_, columns_);
  }

  /// Replaces the columns by an orthonormal basis of the space they span (Cholesky QR, twice).
  void Orthonormalize();
  /// Turns the rows by the lower Cholesky factor of `gram`: row <- row * L.
  /// With Q = this and gram = B * B^T, the rows become those of U * S of the product Q * B.
  void ScaleByFactorOf(const std::vector<double>& gram);
  /// Columns times columns: columns() x columns() sums over all rows.
  [[nodiscard]] std::vector<double> Gram() const;
  /// Scales each row to length 1; a row of zeros becomes the first unit vector.
  void NormalizeRows();

 private:
  std::size_t rows_;
  std::size_t columns_;
  std::vector<float> values_;
};

}  // namespace phenix::samples

#endif  // SAMPLES_WORDNET_DENSE_ROWS_H_
