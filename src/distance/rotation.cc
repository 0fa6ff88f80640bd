#include "distance/rotation.h"

#include <algorithm>
#include <bit>

#include "base/assert.h"
#include "distance/row_memory.h"

namespace phenix::distance {
namespace {

constexpr int kPasses = 4;
constexpr float kHalfRoot = 0.70710678F;

// SplitMix64; part of the format of codes on disk.
std::uint64_t NextRandom(std::uint64_t* state) {
  *state += 0x9E3779B97F4A7C15ULL;
  std::uint64_t value = *state;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31U);
}

// Turns each pair (i, i + half) by 45 degrees, so that the two windows mix.
void MixHalves(std::span<float> values) {
  const std::size_t half = values.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    const float a = values[i];
    const float b = values[i + half];
    values[i] = (a + b) * kHalfRoot;
    values[i + half] = (a - b) * kHalfRoot;
  }
}

}  // namespace

Rotation::Rotation(std::uint32_t dimension, std::uint64_t seed)
    : dimension_(dimension),
      rotated_dimension_(static_cast<std::uint32_t>(RoundUp(dimension, 64))),
      window_(std::bit_floor(rotated_dimension_)),
      signs_(std::size_t{kPasses} * rotated_dimension_) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < signs_.size(); ++i) {
    if (i % 64 == 0) bits = NextRandom(&seed);
    signs_[i] = ((bits >> (i % 64)) & 1U) != 0 ? 1.0F : -1.0F;
  }
}

void Rotation::Apply(const Kernels& kernels, std::span<const float> values,
                     std::span<float> out) const {
  PHENIX_DEBUG_ASSERT(values.size() == dimension_ && out.size() == rotated_dimension_);
  std::copy(values.begin(), values.end(), out.begin());
  std::fill(out.begin() + dimension_, out.end(), 0.0F);
  for (int pass = 0; pass < kPasses; ++pass) {
    const float* signs = signs_.data() + static_cast<std::size_t>(pass) * rotated_dimension_;
    for (std::size_t i = 0; i < rotated_dimension_; ++i) out[i] *= signs[i];
    const std::size_t start = pass % 2 == 0 ? 0 : rotated_dimension_ - window_;
    kernels.hadamard(out.data() + start, window_);
    if (window_ != rotated_dimension_) MixHalves(out);
  }
}

}  // namespace phenix::distance
