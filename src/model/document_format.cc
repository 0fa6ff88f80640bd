#include "model/document_format.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "phenix/document.h"

namespace phenix::model {
namespace {

using base::ByteView;

/// Walks untrusted bytes; never reads past the end of what it was given.
class BinaryChecker {
 public:
  explicit BinaryChecker(ByteView binary) : binary_(binary) {}

  Status Check() {
    if (binary_.empty()) return Fault(0, "is empty");
    if (binary_.size() > kDocumentBytesMax) return Fault(0, "is larger than a document may be");
    if (ByteAt(0) != kDocumentVersion) return Fault(0, "has an unknown version");
    if (binary_.size() < 2 || !IsObjectTag(ByteAt(1))) return Fault(1, "has no object at its top");
    std::size_t at = 1;
    if (!CheckValue(at, binary_.size(), 1)) return Fault(fault_at_, fault_);
    if (at != binary_.size()) return Fault(at, "has bytes after its end");
    return Status::Ok();
  }

 private:
  [[nodiscard]] std::uint8_t ByteAt(std::size_t at) const {
    return static_cast<std::uint8_t>(binary_[at]);
  }

  Status Fault(std::size_t at, const char* what) const {
    return {StatusCode::kCorruption, "binary document " + std::string(what) +
                                         ": offset=" + std::to_string(at) +
                                         " size_bytes=" + std::to_string(binary_.size())};
  }

  bool Refuse(std::size_t at, const char* what) {
    fault_at_ = at;
    fault_ = what;
    return false;
  }

  /// Reads a varint in its shortest form; moves `at`.
  bool ReadVarint(std::size_t& at, std::size_t end, std::uint64_t& value) {
    const std::size_t start = at;
    base::ByteReader reader(binary_.substr(at, end - at));
    value = reader.ReadVarint();
    if (!reader.ok()) return Refuse(start, "has a number that is cut short");
    at = end - reader.rest().size();
    if (at - start > 1 && ByteAt(at - 1) == 0) return Refuse(start, "has a padded number");
    return true;
  }

  bool CheckText(std::size_t& at, std::size_t end, std::uint64_t size_bytes) {
    if (size_bytes > end - at) return Refuse(at, "has a string that runs past its end");
    const auto length = static_cast<std::size_t>(size_bytes);
    if (!IsValidUtf8(binary_.substr(at, length)))
      return Refuse(at, "has a string that is not UTF-8");
    at += length;
    return true;
  }

  /// Checks one value that starts at `at` and ends at or before `end`; moves `at` behind it.
  bool CheckValue(std::size_t& at, std::size_t end, unsigned depth) {
    if (at >= end) return Refuse(at, "lacks a value");
    const std::size_t start = at;
    const std::uint8_t tag = ByteAt(at);
    if (IsArrayTag(tag) || IsObjectTag(tag)) return CheckContainer(at, end, depth);
    ++at;
    if (tag >= kTagShortString) return CheckText(at, end, tag - kTagShortString);
    if (tag >= kTagSmallInt) return true;
    std::uint64_t number = 0;
    switch (tag) {
      case kTagNull:
      case kTagFalse:
      case kTagTrue:
        return true;
      case kTagInt: {
        if (!ReadVarint(at, end, number)) return false;
        const std::int64_t value = ZigzagDecode(number);
        const bool small = value >= 0 && static_cast<std::uint64_t>(value) <= kSmallIntMax;
        return small ? Refuse(start, "has a small integer in the long form") : true;
      }
      case kTagUint:
        if (!ReadVarint(at, end, number)) return false;
        return number > INT64_MAX || Refuse(start, "has a signed integer stored as unsigned");
      case kTagDouble:
        if (end - at < sizeof(double)) return Refuse(start, "has a double that is cut short");
        if (!std::isfinite(base::LoadLittle<double>(binary_.data() + at))) {
          return Refuse(start, "has a double that is not finite");
        }
        at += sizeof(double);
        return true;
      case kTagString:
        if (!ReadVarint(at, end, number)) return false;
        if (number <= kShortStringBytesMax)
          return Refuse(start, "has a short string in the long form");
        return CheckText(at, end, number);
      default:
        return Refuse(start, "has an unknown tag");
    }
  }

  bool CheckContainer(std::size_t& at, std::size_t end, unsigned depth) {
    const std::size_t start = at;
    const std::uint8_t tag = ByteAt(at);
    if (depth > kDocumentDepthMax) return Refuse(start, "is nested too deep");
    if (end - at < kContainerHeadBytes) return Refuse(start, "has a container that is cut short");
    const std::size_t body = start + kContainerHeadBytes;
    const std::size_t size_bytes = base::LoadLittle<std::uint32_t>(binary_.data() + start + 1);
    const std::size_t width = std::size_t{1} << (tag & kWidthMask);
    if (size_bytes > end - body) return Refuse(start, "has a container that runs past its parent");
    if (size_bytes < width) return Refuse(start, "has a container without a count");
    const std::size_t body_end = body + size_bytes;
    const std::size_t count = LoadWidth(body_end - width, width);
    const std::size_t tables = IsObjectTag(tag) ? (count + 1) * width : width;
    if (tables > size_bytes) return Refuse(start, "has a count that cannot be true");
    const std::size_t members_end = body_end - tables;
    if (WidthExponent(members_end - body) != (tag & kWidthMask)) {
      return Refuse(start, "has a container of the wrong width");
    }
    at = body;
    const bool good = IsObjectTag(tag) ? CheckMembers(at, members_end, count, depth)
                                       : CheckElements(at, members_end, count, depth);
    at = body_end;
    return good;
  }

  bool CheckElements(std::size_t at, std::size_t end, std::size_t count, unsigned depth) {
    for (std::size_t position = 0; position < count; ++position) {
      if (!CheckValue(at, end, depth + 1)) return false;
    }
    return at == end || Refuse(at, "has bytes after the last element");
  }

  /// The members, then the table of their positions behind `end`, which must name each of them
  /// once.
  bool CheckMembers(std::size_t at, std::size_t end, std::size_t count, unsigned depth) {
    const std::size_t body = at;
    const std::size_t first = starts_.size();
    for (std::size_t position = 0; position < count; ++position) {
      starts_.push_back(static_cast<std::uint32_t>(at - body));
      std::uint64_t key_bytes = 0;
      if (!ReadVarint(at, end, key_bytes) || !CheckText(at, end, key_bytes)) return false;
      if (!CheckValue(at, end, depth + 1)) return false;
    }
    if (at != end) return Refuse(at, "has bytes after the last member");
    const std::size_t width = std::size_t{1} << WidthExponent(end - body);
    ByteView previous;
    for (std::size_t position = 0; position < count; ++position) {
      const auto start = static_cast<std::uint32_t>(LoadWidth(end + position * width, width));
      const auto begin = starts_.begin() + static_cast<std::ptrdiff_t>(first);
      if (!std::binary_search(begin, starts_.end(), start)) {
        return Refuse(end + position * width, "has a key table that points nowhere");
      }
      std::size_t key_at = body + start;
      std::uint64_t key_bytes = 0;
      if (!ReadVarint(key_at, end, key_bytes)) return false;
      const ByteView key = binary_.substr(key_at, static_cast<std::size_t>(key_bytes));
      if (position > 0 && CompareKeys(previous, key) >= 0)
        return Refuse(key_at, "has keys out of order or twice");
      previous = key;
    }
    starts_.resize(first);
    return true;
  }

  [[nodiscard]] std::size_t LoadWidth(std::size_t at, std::size_t width) const {
    if (width == 1) return ByteAt(at);
    if (width == 2) return base::LoadLittle<std::uint16_t>(binary_.data() + at);
    return base::LoadLittle<std::uint32_t>(binary_.data() + at);
  }

  ByteView binary_;
  std::vector<std::uint32_t> starts_;  // member positions of the objects that are open
  std::size_t fault_at_ = 0;
  const char* fault_ = "";
};

}  // namespace

Status ValidateDocumentBinary(ByteView binary) { return BinaryChecker(binary).Check(); }

bool IsValidUtf8(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    if ((base::LoadLittle<std::uint64_t>(text.data() + at) & kHighBits) != 0) break;
  }
  while (at < text.size() && static_cast<std::uint8_t>(text[at]) < 0x80U) ++at;
  return at == text.size() || simdjson::validate_utf8(text.data() + at, text.size() - at);
}

}  // namespace phenix::model
