// ValueView: one value inside a stored document, read in place.
//
// Invariants: the bytes behind a view passed ValidateDocumentBinary() or were written by
//             DocumentWriter; a view itself checks nothing.
// Threads:    immutable; any number of readers.
// Ownership:  borrows the bytes, which must outlive the view and everything it returned.
// Cost:       Find() is a binary search over n keys; stepping over a value is a few instructions.
#ifndef MODEL_VALUE_VIEW_H_
#define MODEL_VALUE_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "model/document_format.h"
#include "phenix/document.h"

namespace phenix::model {

enum class ValueType : std::uint8_t {
  kMissing,  ///< There is no such value. Not null.
  kNull,
  kBool,
  kInt,   ///< in the int64 range
  kUint,  ///< above the int64 range
  kDouble,
  kString,
  kArray,
  kObject,
};
/// "missing", "null", "boolean", "integer", "integer", "double", "string", "array", "object".
std::string_view ValueTypeName(ValueType type);

class ElementRange;
class MemberRange;

class ValueView {
 public:
  /// A missing value.
  ValueView() = default;
  /// The value whose tag is at `at`.
  explicit ValueView(const char* at) : at_(at) {}

  explicit operator bool() const { return at_ != nullptr; }
  [[nodiscard]] ValueType type() const;

  // Each As… and size() needs the type it names; AsDouble() takes any number (rounded to nearest).
  [[nodiscard]] bool AsBool() const { return tag() == kTagTrue; }
  [[nodiscard]] std::int64_t AsInt() const;
  [[nodiscard]] std::uint64_t AsUint() const;
  [[nodiscard]] double AsDouble() const;
  [[nodiscard]] std::string_view AsString() const;

  /// The member of that key; missing if this is not an object or has no such key.
  [[nodiscard]] ValueView Find(std::string_view key) const;
  /// Elements of an array or members of an object.
  [[nodiscard]] std::size_t size() const;
  /// The elements of an array, in order; none if this is no array.
  [[nodiscard]] ElementRange Elements() const;
  /// The members of an object, in their original order; none if this is no object.
  [[nodiscard]] MemberRange Members() const;
  /// The bytes of this value.
  [[nodiscard]] base::ByteView encoded() const;

 private:
  [[nodiscard]] std::uint8_t tag() const { return static_cast<std::uint8_t>(*at_); }

  const char* at_ = nullptr;
};

struct Member {
  std::string_view key;
  ValueView value;
};

/// Reads a varint of trusted bytes and moves `at` behind it.
inline std::uint64_t LoadVarint(const char*& at) {
  auto byte = static_cast<std::uint8_t>(*at++);
  if (byte < 0x80U) return byte;
  std::uint64_t value = byte & 0x7FU;
  for (unsigned shift = 7; byte >= 0x80U; shift += 7) {
    byte = static_cast<std::uint8_t>(*at++);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
  }
  return value;
}

/// The first byte behind the trusted value at `at`.
inline const char* SkipValue(const char* at) {
  const auto tag = static_cast<std::uint8_t>(*at);
  if (tag >= kTagShortString) return at + 1 + (tag - kTagShortString);
  if (tag >= kTagSmallInt || tag <= kTagTrue) return at + 1;
  if (tag >= kTagArray) return at + kContainerHeadBytes + base::LoadLittle<std::uint32_t>(at + 1);
  if (tag == kTagDouble) return at + 1 + sizeof(double);
  ++at;
  const std::uint64_t value = LoadVarint(at);
  return tag == kTagString ? at + value : at;
}

class ElementIterator {
 public:
  explicit ElementIterator(const char* at) : at_(at) {}
  ValueView operator*() const { return ValueView(at_); }
  ElementIterator& operator++() {
    at_ = SkipValue(at_);
    return *this;
  }
  friend bool operator==(const ElementIterator&, const ElementIterator&) = default;

 private:
  const char* at_;
};

class ElementRange {
 public:
  ElementRange(const char* from, const char* to) : from_(from), to_(to) {}
  [[nodiscard]] ElementIterator begin() const { return ElementIterator(from_); }
  [[nodiscard]] ElementIterator end() const { return ElementIterator(to_); }

 private:
  const char* from_;
  const char* to_;
};

class MemberIterator {
 public:
  explicit MemberIterator(const char* at) : at_(at) {}
  Member operator*() const {
    const char* at = at_;
    const std::uint64_t size_bytes = LoadVarint(at);
    return {std::string_view(at, size_bytes), ValueView(at + size_bytes)};
  }
  MemberIterator& operator++() {
    const std::uint64_t size_bytes = LoadVarint(at_);
    at_ = SkipValue(at_ + size_bytes);
    return *this;
  }
  friend bool operator==(const MemberIterator&, const MemberIterator&) = default;

 private:
  const char* at_;
};

class MemberRange {
 public:
  MemberRange(const char* from, const char* to) : from_(from), to_(to) {}
  [[nodiscard]] MemberIterator begin() const { return MemberIterator(from_); }
  [[nodiscard]] MemberIterator end() const { return MemberIterator(to_); }

 private:
  const char* from_;
  const char* to_;
};

/// The top-level object. `document` must outlive the view.
inline ValueView RootOf(const Document& document) {
  return ValueView(document.binary().data() + 1);
}
/// The same for bytes that came from Document::binary() and were kept under a checksum since: no
/// check is made in release builds.
ValueView RootOfTrusted(base::ByteView binary);
/// The element of `array` at `position`, missing past the end. Cost: steps over the ones before it.
ValueView ElementAt(ValueView array, std::size_t position);
/// True for kInt, kUint and kDouble.
inline bool IsNumber(ValueType type) {
  return type == ValueType::kInt || type == ValueType::kUint || type == ValueType::kDouble;
}

}  // namespace phenix::model

#endif  // MODEL_VALUE_VIEW_H_
