// Bytes as lower-case hexadecimal digits, and back.
#ifndef BASE_HEX_H_
#define BASE_HEX_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace phenix::base {

inline constexpr std::string_view kHexDigits = "0123456789abcdef";
inline constexpr unsigned kNibbleBits = 4;
inline constexpr unsigned kNibbleMask = 0xF;

inline std::string HexOf(ByteView bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    text.push_back(kHexDigits[byte >> kNibbleBits]);
    text.push_back(kHexDigits[byte & kNibbleMask]);
  }
  return text;
}

/// Nullopt for an odd length or anything but lower-case digits.
inline std::optional<std::string> BytesOfHex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t position = 0; position < text.size(); position += 2) {
    const std::size_t high = kHexDigits.find(text[position]);
    const std::size_t low = kHexDigits.find(text[position + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    bytes.push_back(static_cast<char>((high << kNibbleBits) | low));
  }
  return bytes;
}

}  // namespace phenix::base

#endif  // BASE_HEX_H_
