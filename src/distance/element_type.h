// 16-bit floats and back, and the bytes of each element type.
// Source: IEEE 754-2019 binary16; bfloat16 is the upper half of a binary32.
// Threads: any.
#ifndef DISTANCE_ELEMENT_TYPE_H_
#define DISTANCE_ELEMENT_TYPE_H_

#include <cstddef>
#include <cstdint>

#include "distance/kernel_types.h"

namespace phenix::distance {

std::size_t ElementBytes(ElementType type);

float FloatFromHalf(std::uint16_t raw);
float FloatFromBrain(std::uint16_t raw);
/// True, and `raw` set, when `value` is exactly a half float.
bool ExactHalf(float value, std::uint16_t* raw);
/// True, and `raw` set, when `value` is exactly a bfloat16.
bool ExactBrain(float value, std::uint16_t* raw);

}  // namespace phenix::distance

#endif  // DISTANCE_ELEMENT_TYPE_H_
