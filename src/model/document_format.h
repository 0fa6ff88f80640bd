// The bytes of a stored document (docs/formats/document.md): tags, and the check of untrusted
// bytes.
//
//   document   u8 version = 1, then one value, which is an object
//   scalar     a tag; integers and long lengths as varint, doubles as 8 bytes little-endian
//   container  tag, u32 size of what follows; the members in original order; for objects the
//              positions of the members in key order (CompareKeys); the count. The tag gives the
//              width (1, 2 or 4 bytes) of positions and count.
// The encoding is canonical: equal documents with equal key order have equal bytes.
#ifndef MODEL_DOCUMENT_FORMAT_H_
#define MODEL_DOCUMENT_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/bytes.h"
#include "phenix/status.h"

namespace phenix::model {

inline constexpr std::uint8_t kDocumentVersion = 1;

inline constexpr std::uint8_t kTagNull = 0x00;
inline constexpr std::uint8_t kTagFalse = 0x01;
inline constexpr std::uint8_t kTagTrue = 0x02;
inline constexpr std::uint8_t kTagInt = 0x03;       ///< zigzag varint
inline constexpr std::uint8_t kTagUint = 0x04;      ///< varint, above the int64 range
inline constexpr std::uint8_t kTagDouble = 0x05;    ///< 8 bytes, finite
inline constexpr std::uint8_t kTagString = 0x06;    ///< varint length of at least 128, then bytes
inline constexpr std::uint8_t kTagArray = 0x08;     ///< + 0, 1, 2 for width 1, 2, 4
inline constexpr std::uint8_t kTagObject = 0x0C;    ///< + 0, 1, 2 for width 1, 2, 4
inline constexpr std::uint8_t kTagSmallInt = 0x40;  ///< + 0 to 63, the value
inline constexpr std::uint8_t kTagShortString = 0x80;  ///< + 0 to 127, the length

inline constexpr std::uint64_t kSmallIntMax = 63;
inline constexpr std::size_t kShortStringBytesMax = 127;
inline constexpr std::size_t kContainerHeadBytes = 5;
inline constexpr std::uint8_t kWidthMask = 0x03;

inline bool IsArrayTag(std::uint8_t tag) {
  return (tag & ~kWidthMask) == kTagArray && (tag & 3U) != 3;
}
inline bool IsObjectTag(std::uint8_t tag) {
  return (tag & ~kWidthMask) == kTagObject && (tag & 3U) != 3;
}

/// 0, 1 or 2: the exponent of the position width for members of `members_bytes` in total.
inline std::uint8_t WidthExponent(std::size_t members_bytes) {
  if (members_bytes <= UINT8_MAX) return 0;
  return members_bytes <= UINT16_MAX ? 1 : 2;
}

/// The order of an object's keys in its table: shorter ones first, then by bytes. Most keys that
/// differ do so in length, so a search seldom looks at the bytes. Below 0, 0 or above 0.
inline int CompareKeys(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.empty() ? 0 : std::memcmp(a.data(), b.data(), a.size());
}

inline std::uint64_t ZigzagEncode(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
}
inline std::int64_t ZigzagDecode(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1U));
}

/// Checks every tag, length, position, key order, number and string of `binary`.
/// Errors: kCorruption with the offset. Cost: one pass, about 1 ns per 1 to 2 bytes.
Status ValidateDocumentBinary(base::ByteView binary);

/// True when `text` is well-formed UTF-8.
bool IsValidUtf8(std::string_view text);

}  // namespace phenix::model

#endif  // MODEL_DOCUMENT_FORMAT_H_
