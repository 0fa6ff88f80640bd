#include "wordnet/dense_rows.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace phenix::samples {
namespace {

// The lower factor L of a symmetric, positive matrix: L * L^T = gram. Directions without any
// weight get a tiny one, so that the factor can always be divided by.
std::vector<double> LowerFactor(const std::vector<double>& gram, std::size_t size) {
  std::vector<double> lower(size * size, 0.0);
  double largest = 0;
  for (std::size_t i = 0; i < size; ++i) largest = std::max(largest, gram[i * size + i]);
  const double smallest = std::max(largest, 1e-30) * 1e-12;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double rest = gram[i * size + j];
      for (std::size_t k = 0; k < j; ++k) rest -= lower[i * size + k] * lower[j * size + k];
      lower[i * size + j] =
          i == j ? std::sqrt(std::max(rest, smallest)) : rest / lower[j * size + j];
    }
  }
  return lower;
}

// Solves x * L^T = values in place, from the first column on.
void DivideByFactor(std::span<float> values, const std::vector<double>& lower) {
  const std::size_t size = values.size();
  for (std::size_t i = 0; i < size; ++i) {
    double rest = values[i];
    for (std::size_t k = 0; k < i; ++k) rest -= lower[i * size + k] * values[k];
    values[i] = static_cast<float>(rest / lower[i * size + i]);
  }
}

}  // namespace

DenseRows DenseRows::Random(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  DenseRows result(rows, columns);
  std::mt19937_64 random(seed);
  // Only the top 24 bits: exact in a float, so no rounding differs between machines.
  for (float& value : result.values_) {
    value = static_cast<float>(random() >> 40U) / static_cast<float>(1U << 23U) - 1.0F;
  }
  return result;
}

std::vector<double> DenseRows::Gram() const {
  std::vector<double> gram(columns_ * columns_, 0.0);
  for (std::size_t position = 0; position < rows_; ++position) {
    const std::span<const float> values = row(position);
    for (std::size_t i = 0; i < columns_; ++i) {
      const double left = values[i];
      for (std::size_t j = 0; j <= i; ++j) gram[i * columns_ + j] += left * values[j];
    }
  }
  for (std::size_t i = 0; i < columns_; ++i) {
    for (std::size_t j = 0; j < i; ++j) gram[j * columns_ + i] = gram[i * columns_ + j];
  }
  return gram;
}

void DenseRows::Orthonormalize() {
  for (int pass = 0; pass < 2; ++pass) {
    const std::vector<double> lower = LowerFactor(Gram(), columns_);
    for (std::size_t position = 0; position < rows_; ++position)
      DivideByFactor(row(position), lower);
  }
}

void DenseRows::ScaleByFactorOf(const std::vector<double>& gram) {
  const std::vector<double> lower = LowerFactor(gram, columns_);
  for (std::size_t position = 0; position < rows_; ++position) {
    const std::span<float> values = row(position);
    for (std::size_t j = 0; j < columns_; ++j) {
      double sum = 0;  // L is lower: only rows i >= j count, and values[j] is not needed again
      for (std::size_t i = j; i < columns_; ++i) sum += values[i] * lower[i * columns_ + j];
      values[j] = static_cast<float>(sum);
    }
  }
}

void DenseRows::NormalizeRows() {
  for (std::size_t position = 0; position < rows_; ++position) {
    const std::span<float> values = row(position);
    double squares = 0;
    for (const float value : values) squares += static_cast<double>(value) * value;
    if (squares == 0) {
      values[0] = 1.0F;
      continue;
    }
    const double scale = 1.0 / std::sqrt(squares);
    for (float& value : values) value = static_cast<float>(value * scale);
  }
}

}  // namespace phenix::samples
