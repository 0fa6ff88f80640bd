#include "distance/byte_row.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/assert.h"

namespace phenix::distance {
namespace {

constexpr float kSteps = 127.0F;
// Magnitudes below are treated as zero, so that scales stay normal numbers.
constexpr float kTiny = 1e-30F;

std::size_t StrideOf(std::uint32_t dimension) {
  return RoundUp(dimension + kRowConstantsBytes, kRowAlignment);
}

void StoreConstants(const RowConstants& constants, std::uint8_t* row, std::size_t stride) {
  std::memcpy(row + stride - sizeof(constants), &constants, sizeof(constants));
}

void EncodeExactRow(std::span<const float> values, std::uint8_t* row, std::size_t stride) {
  RowConstants constants = {0, 0.0F, 1.0F, 0};
  std::uint32_t squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = static_cast<std::uint8_t>(values[i]);
    row[i] = value;
    constants.sum += value;
    squares += static_cast<std::uint32_t>(value) * value;
  }
  constants.exact =
      static_cast<std::int32_t>(squares - 256U * static_cast<std::uint32_t>(constants.sum));
  constants.norm = static_cast<float>(squares);
  StoreConstants(constants, row, stride);
}

// To the nearest integer for |value| below 2^22, without a call into the library.
float RoundToInteger(float value) {
  constexpr float kShift = 12582912.0F;  // 1.5 * 2^23
  return (value + kShift) - kShift;
}

float LargestMagnitude(std::span<const float> values, const std::vector<float>& center) {
  float largest = 0.0F;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float offset = center.empty() ? 0.0F : center[i];
    largest = std::max(largest, std::fabs(values[i] - offset));
  }
  return largest;
}

}  // namespace

bool IsByteVector(std::span<const float> values) {
  constexpr std::size_t kBlock = 64;
  for (std::size_t first = 0; first < values.size(); first += kBlock) {
    const std::size_t end = std::min(values.size(), first + kBlock);
    int outside = 0;
    for (std::size_t i = first; i < end; ++i) {
      // Clamped before the conversion, which is undefined for what an int cannot hold.
      const float clamped = values[i] >= 0.0F && values[i] <= 255.0F ? values[i] : 0.5F;
      outside |= static_cast<float>(static_cast<int>(clamped)) != clamped ? 1 : 0;
    }
    if (outside != 0) return false;
  }
  return true;
}

RowConstants ConstantsOf(const std::uint8_t* row, std::size_t stride) {
  RowConstants constants;
  std::memcpy(&constants, row + stride - sizeof(constants), sizeof(constants));
  return constants;
}

ByteRowCodec ByteRowCodec::Exact(std::uint32_t dimension) {
  PHENIX_ASSERT(dimension <= kExactDimensionMax);
  ByteRowCodec codec;
  codec.dimension_ = dimension;
  codec.stride_ = StrideOf(dimension);
  return codec;
}

ByteRowCodec ByteRowCodec::Scaled(std::vector<float> center) {
  ByteRowCodec codec;
  codec.kind_ = ByteRowKind::kScaled;
  codec.dimension_ = static_cast<std::uint32_t>(center.size());
  codec.stride_ = StrideOf(codec.dimension_);
  codec.center_ = std::move(center);
  return codec;
}

void ByteRowCodec::EncodeRow(std::span<const float> values, std::uint8_t* row) const {
  PHENIX_DEBUG_ASSERT(values.size() == dimension_);
  if (kind_ == ByteRowKind::kExact) return EncodeExactRow(values, row, stride_);
  const float largest = LargestMagnitude(values, center_);
  const float scale = largest > kTiny ? largest / kSteps : 1.0F;
  const float inverse = largest > kTiny ? kSteps / largest : 0.0F;
  RowConstants constants = {0, 0.0F, scale, 0};
  std::int64_t squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float step =
        std::clamp(RoundToInteger((values[i] - center_[i]) * inverse), -kSteps, kSteps);
    const int value = static_cast<int>(step);
    row[i] = static_cast<std::uint8_t>(value + 128);
    constants.sum += value + 128;
    squares += value * value;
  }
  constants.norm = scale * scale * static_cast<float>(squares);
  StoreConstants(constants, row, stride_);
}

void ByteRowCodec::EncodeQuery(std::span<const float> values, EncodedQuery* query) const {
  PHENIX_DEBUG_ASSERT(values.size() == dimension_);
  if (query->values_.size_bytes() != stride_) query->values_ = RowMemory(stride_);
  auto* bytes = reinterpret_cast<std::int8_t*>(query->values_.data());
  query->view_ = {bytes, 0.0F, 1.0F, 0};
  query->exact_ = kind_ == ByteRowKind::kExact && IsByteVector(values);
  if (query->exact_) {
    std::uint32_t squares = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const int value = static_cast<int>(values[i]);
      bytes[i] = static_cast<std::int8_t>(value - 128);
      squares += static_cast<std::uint32_t>(value * value);
    }
    query->view_.base = static_cast<std::int32_t>(squares);
    return;
  }
  const float largest = LargestMagnitude(values, center_);
  const float inverse = largest > kTiny ? kSteps / largest : 0.0F;
  std::int32_t sum = 0;
  float norm = 0.0F;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float value = values[i] - (center_.empty() ? 0.0F : center_[i]);
    const auto step =
        static_cast<int>(std::clamp(RoundToInteger(value * inverse), -kSteps, kSteps));
    bytes[i] = static_cast<std::int8_t>(step);
    sum += step;
    norm += value * value;
  }
  query->view_.scale = largest / kSteps;
  query->view_.norm = norm;
  query->view_.base = zero_point() * sum;
}

void ByteRowCodec::EncodeQuery(const std::uint8_t* row, EncodedQuery* query) const {
  if (query->values_.size_bytes() != stride_) query->values_ = RowMemory(stride_);
  auto* bytes = reinterpret_cast<std::int8_t*>(query->values_.data());
  for (std::size_t i = 0; i < dimension_; ++i) bytes[i] = static_cast<std::int8_t>(row[i] ^ 0x80U);
  const RowConstants constants = ConstantsOf(row, stride_);
  query->exact_ = kind_ == ByteRowKind::kExact;
  query->view_ = {bytes, constants.norm, constants.scale, 0};
  const auto sum = static_cast<std::uint32_t>(constants.sum);
  if (query->exact_) {
    query->view_.base =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(constants.exact) + 256U * sum);
  } else {
    query->view_.base = static_cast<std::int32_t>(128U * (sum - 128U * dimension_));
  }
}

void ByteRowCodec::DecodeRow(const std::uint8_t* row, std::span<float> values) const {
  if (kind_ == ByteRowKind::kExact) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(row[i]);
    return;
  }
  const RowConstants constants = ConstantsOf(row, stride_);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float decoded = constants.scale * static_cast<float>(row[i] - zero_point());
    values[i] = decoded + (center_.empty() ? 0.0F : center_[i]);
  }
}

}  // namespace phenix::distance
