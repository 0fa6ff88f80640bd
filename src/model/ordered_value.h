// Values as byte strings that sort like the values: keys of unique and attribute indexes.
//
//   null 10 · false 20 · true 21
//   number  30, 8 bytes (the nearest double; sign bit flipped, or all bits of a negative one,
//           big-endian), 2 bytes (number minus that double, plus 8000 hex, big-endian)
//   string  40, bytes with 00 written as 00 FF, then 00 01
//   array   50, elements, 00
//   object  60, key (as a string) and value in key order, 00
// Order and equality are those of CompareValues(): integers and doubles by value, without loss. No
// encoding is a prefix of another one, so encodings can be put one after another.
#ifndef MODEL_ORDERED_VALUE_H_
#define MODEL_ORDERED_VALUE_H_

#include <string>

#include "model/value_view.h"

namespace phenix::model {

/// Appends the encoding of `value`, which is not missing, to `key`.
void AppendOrdered(std::string& key, ValueView value);
inline std::string EncodeOrdered(ValueView value) {
  std::string key;
  AppendOrdered(key, value);
  return key;
}

}  // namespace phenix::model

#endif  // MODEL_ORDERED_VALUE_H_
