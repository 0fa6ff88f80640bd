#include "distance/bit_code.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/assert.h"

namespace phenix::distance {
namespace {

// Standard deviations that the error bound covers (RaBitQ, section 3.2.2).
constexpr float kConfidence = 1.9F;
constexpr float kTinyLength = 1e-30F;

// Sums of the 16 subsets of four numbers.
void SubsetSums(const float* values, float* sums) {
  sums[0] = 0.0F;
  for (std::size_t bit = 0; bit < 4; ++bit) {
    const std::size_t known = std::size_t{1} << bit;
    for (std::size_t subset = 0; subset < known; ++subset) {
      sums[known + subset] = sums[subset] + values[bit];
    }
  }
}

}  // namespace

BitCoder::BitCoder(const Kernels& kernels, std::span<const float> center, std::uint64_t seed)
    : kernels_(&kernels),
      rotation_(static_cast<std::uint32_t>(center.size()), seed),
      center_(center.begin(), center.end()) {}

std::size_t BitCoder::block_bytes() const {
  return groups() * 16 + 3 * kCodeBlockRows * sizeof(float);
}

BitBlock BitCoder::View(const std::uint8_t* block) const {
  const auto* floats = reinterpret_cast<const float*>(block + groups() * 16);
  return {block, floats, floats + kCodeBlockRows, floats + 2 * kCodeBlockRows};
}

void BitCoder::EncodeBlock(std::span<const float> rows, std::uint8_t* block) const {
  const std::size_t dimension = center_.size();
  const std::size_t count = rows.size() / dimension;
  PHENIX_DEBUG_ASSERT(count <= kCodeBlockRows);
  std::fill_n(block, block_bytes(), std::uint8_t{0});
  std::vector<float> scratch(dimension + rotation_.rotated_dimension());
  for (std::size_t r = 0; r < count; ++r) {
    EncodeRow(rows.subspan(r * dimension, dimension), r, &scratch, block);
  }
  auto* norms = reinterpret_cast<float*>(block + groups() * 16);
  for (std::size_t r = count; r < kCodeBlockRows; ++r) {
    norms[r] = std::numeric_limits<float>::infinity();
  }
}

void BitCoder::EncodeRow(std::span<const float> row, std::size_t place, std::vector<float>* scratch,
                         std::uint8_t* block) const {
  const std::size_t dimension = center_.size();
  const std::span<float> residual(scratch->data(), dimension);
  const std::span<float> rotated(scratch->data() + dimension, rotation_.rotated_dimension());
  float squares = 0.0F;
  for (std::size_t i = 0; i < dimension; ++i) {
    residual[i] = row[i] - center_[i];
    squares += residual[i] * residual[i];
  }
  auto* factors = reinterpret_cast<float*>(block + groups() * 16);
  factors[place] = squares;
  const float length = std::sqrt(squares);
  if (!(length > kTinyLength)) return;  // equal to the centre: factor and error stay 0
  rotation_.Apply(*kernels_, residual, rotated);
  float magnitudes = 0.0F;
  for (std::size_t i = 0; i < rotated.size(); ++i) {
    magnitudes += std::fabs(rotated[i]);
    if (!(rotated[i] > 0.0F)) continue;
    const std::size_t byte = (i / 4) * 16 + place % 16;
    const std::size_t bit = i % 4 + (place < 16 ? 0 : 4);
    block[byte] = static_cast<std::uint8_t>(block[byte] | (1U << bit));
  }
  const auto width = static_cast<float>(rotated.size());
  const float root = std::sqrt(width);
  const float alignment = std::min(1.0F, magnitudes / (root * length));  // <u, unit residual>
  const float spread = std::sqrt((1.0F - alignment * alignment) / (alignment * alignment));
  factors[kCodeBlockRows + place] = 2.0F * length / (alignment * root);
  factors[2 * kCodeBlockRows + place] =
      2.0F * length * spread * kConfidence / std::sqrt(std::max(1.0F, width - 1.0F));
}

void BitCoder::EncodeQuery(std::span<const float> query, BitQueryTables* tables) const {
  const std::size_t dimension = center_.size();
  tables->rotated_.resize(dimension + rotation_.rotated_dimension());
  const std::span<float> residual(tables->rotated_.data(), dimension);
  const std::span<float> rotated(tables->rotated_.data() + dimension,
                                 rotation_.rotated_dimension());
  float squares = 0.0F;
  for (std::size_t i = 0; i < dimension; ++i) {
    residual[i] = query[i] - center_[i];
    squares += residual[i] * residual[i];
  }
  rotation_.Apply(*kernels_, residual, rotated);
  tables->sums_.resize(groups() * 16);
  if (tables->tables_.size_bytes() != groups() * 16) tables->tables_ = RowMemory(groups() * 16);
  float total = 0.0F;
  float lowest_sum = 0.0F;
  float widest = 0.0F;
  for (std::size_t g = 0; g < groups(); ++g) {
    float* sums = tables->sums_.data() + g * 16;
    SubsetSums(rotated.data() + g * 4, sums);
    total += sums[15];
    const auto [low, high] = std::minmax_element(sums, sums + 16);
    const float lowest = *low;
    widest = std::max(widest, *high - lowest);
    lowest_sum += lowest;
    for (std::size_t i = 0; i < 16; ++i) sums[i] -= lowest;
  }
  const float scale = widest > 0.0F ? widest / 255.0F : 1.0F;
  const float inverse = 1.0F / scale;
  for (std::size_t i = 0; i < tables->sums_.size(); ++i) {
    tables->tables_.data()[i] = static_cast<std::uint8_t>(tables->sums_[i] * inverse + 0.5F);
  }
  // <2b - 1, q> = 2 * (sum of chosen values) - (sum of all).
  tables->view_ = {tables->tables_.data(),    groups(), 2.0F * scale,
                   2.0F * lowest_sum - total, squares,  std::sqrt(squares)};
}

}  // namespace phenix::distance
