// Bytes as lower-case hexadecimal digits, for names and messages.
#ifndef SECURITY_HEX_H_
#define SECURITY_HEX_H_

#include <string>

#include "base/bytes.h"

namespace phenix::security {

inline std::string HexOf(base::ByteView bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 15U]);
  }
  return text;
}

}  // namespace phenix::security

#endif  // SECURITY_HEX_H_
