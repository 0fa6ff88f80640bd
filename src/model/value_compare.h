// Order and equality of values: exact for numbers of different types, the same for keys
// (ordered_value.h), filters and schemas.
//
// null < false < true < numbers < strings (by bytes) < arrays (element by element) < objects (by
// key, then value, in key order). 1 equals 1.0, and -0.0 equals 0. Key order does not matter.
#ifndef MODEL_VALUE_COMPARE_H_
#define MODEL_VALUE_COMPARE_H_

#include <cstdint>
#include <vector>

#include "model/value_view.h"

namespace phenix::model {

/// What can be compared with each other.
enum class ValueClass : std::uint8_t { kMissing, kNull, kBool, kNumber, kString, kArray, kObject };
ValueClass ClassOf(ValueType type);

/// Below 0, 0 or above 0. Both are numbers. Cost: no rounding, no allocation.
int CompareNumbers(ValueView a, ValueView b);
/// The order above, for any two values.
int CompareValues(ValueView a, ValueView b);
inline bool EqualValues(ValueView a, ValueView b) { return CompareValues(a, b) == 0; }

/// The members of an object in key order.
std::vector<Member> SortedMembers(ValueView object);

}  // namespace phenix::model

#endif  // MODEL_VALUE_COMPARE_H_
