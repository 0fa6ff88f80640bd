#include "distance/element_type.h"

#include <bit>
#include <cmath>

namespace phenix::distance {

std::size_t ElementBytes(ElementType type) {
  switch (type) {
    case ElementType::kF32:
      return 4;
    case ElementType::kF16:
    case ElementType::kBf16:
      return 2;
    case ElementType::kU8:
      break;
  }
  return 1;
}

float FloatFromHalf(std::uint16_t raw) {
  const std::uint32_t sign = static_cast<std::uint32_t>(raw & 0x8000U) << 16U;
  const std::uint32_t exponent = (raw >> 10U) & 0x1FU;
  const std::uint32_t fraction = raw & 0x3FFU;
  if (exponent == 0x1FU) return std::bit_cast<float>(sign | 0x7F800000U | (fraction << 13U));
  if (exponent != 0) {
    return std::bit_cast<float>(sign | ((exponent + 112U) << 23U) | (fraction << 13U));
  }
  const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
  return sign != 0 ? -magnitude : magnitude;
}

float FloatFromBrain(std::uint16_t raw) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(raw) << 16U);
}

bool ExactHalf(float value, std::uint16_t* raw) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16U) & 0x8000U;
  const float magnitude = std::fabs(value);
  std::uint32_t half = 0;
  if (!(magnitude < 0x1p-14F)) {  // NaN too
    const std::uint32_t exponent = ((bits >> 23U) & 0xFFU);
    if (exponent > 142U || (bits & 0x1FFFU) != 0) return false;  // above 65504, or more bits
    half = ((exponent - 112U) << 10U) | ((bits >> 13U) & 0x3FFU);
  } else {
    const float scaled = magnitude * 0x1p24F;
    half = static_cast<std::uint32_t>(scaled);
    if (static_cast<float>(half) != scaled) return false;
  }
  *raw = static_cast<std::uint16_t>(sign | half);
  return true;
}

bool ExactBrain(float value, std::uint16_t* raw) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  *raw = static_cast<std::uint16_t>(bits >> 16U);
  return (bits & 0xFFFFU) == 0;
}

}  // namespace phenix::distance
