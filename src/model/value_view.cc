#include "model/value_view.h"

#include <array>

#include "base/assert.h"

namespace phenix::model {
namespace {

/// Where the parts of a container are. `width` bytes per position.
struct Container {
  const char* members;
  const char* members_end;
  const char* table;  // objects only
  std::size_t count;
};

template <typename Width>
Container Locate(const char* at, bool object) {
  const char* members = at + kContainerHeadBytes;
  const char* end = members + base::LoadLittle<std::uint32_t>(at + 1);
  const std::size_t count = base::LoadLittle<Width>(end - sizeof(Width));
  const char* table = end - sizeof(Width) - (object ? count * sizeof(Width) : 0);
  return {members, table, table, count};
}

Container Locate(const char* at) {
  const auto tag = static_cast<std::uint8_t>(*at);
  const bool object = tag >= kTagObject;
  switch (tag & kWidthMask) {
    case 0:
      return Locate<std::uint8_t>(at, object);
    case 1:
      return Locate<std::uint16_t>(at, object);
    default:
      return Locate<std::uint32_t>(at, object);
  }
}

template <typename Width>
ValueView Search(const char* at, std::string_view key) {
  const Container object = Locate<Width>(at, true);
  std::size_t low = 0;
  std::size_t high = object.count;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const char* member =
        object.members + base::LoadLittle<Width>(object.table + middle * sizeof(Width));
    const std::uint64_t size_bytes = LoadVarint(member);
    const int order = CompareKeys(std::string_view(member, size_bytes), key);
    if (order == 0) return ValueView(member + size_bytes);
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return {};
}

}  // namespace

std::string_view ValueTypeName(ValueType type) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "missing", "null", "boolean", "integer", "integer", "double", "string", "array", "object"};
  return kNames[static_cast<std::size_t>(type)];
}

ValueType ValueView::type() const {
  if (at_ == nullptr) return ValueType::kMissing;
  const std::uint8_t value_tag = tag();
  if (value_tag >= kTagShortString) return ValueType::kString;
  if (value_tag >= kTagSmallInt) return ValueType::kInt;
  static constexpr std::array<ValueType, 16> kTypes = {
      ValueType::kNull,   ValueType::kBool,   ValueType::kBool,   ValueType::kInt,
      ValueType::kUint,   ValueType::kDouble, ValueType::kString, ValueType::kMissing,
      ValueType::kArray,  ValueType::kArray,  ValueType::kArray,  ValueType::kMissing,
      ValueType::kObject, ValueType::kObject, ValueType::kObject, ValueType::kMissing};
  return kTypes[value_tag & 0x0FU];
}

std::int64_t ValueView::AsInt() const {
  PHENIX_DEBUG_ASSERT(type() == ValueType::kInt);
  if (tag() >= kTagSmallInt) return tag() - kTagSmallInt;
  const char* at = at_ + 1;
  return ZigzagDecode(LoadVarint(at));
}

std::uint64_t ValueView::AsUint() const {
  PHENIX_DEBUG_ASSERT(type() == ValueType::kUint);
  const char* at = at_ + 1;
  return LoadVarint(at);
}

double ValueView::AsDouble() const {
  switch (type()) {
    case ValueType::kInt:
      return static_cast<double>(AsInt());
    case ValueType::kUint:
      return static_cast<double>(AsUint());
    default:
      PHENIX_DEBUG_ASSERT(type() == ValueType::kDouble);
      return base::LoadLittle<double>(at_ + 1);
  }
}

std::string_view ValueView::AsString() const {
  PHENIX_DEBUG_ASSERT(type() == ValueType::kString);
  if (tag() >= kTagShortString) {
    return {at_ + 1, static_cast<std::size_t>(tag() - kTagShortString)};
  }
  const char* at = at_ + 1;
  const std::uint64_t size_bytes = LoadVarint(at);
  return {at, static_cast<std::size_t>(size_bytes)};
}

ValueView ValueView::Find(std::string_view key) const {
  if (at_ == nullptr) return {};
  switch (tag()) {
    case kTagObject:
      return Search<std::uint8_t>(at_, key);
    case kTagObject + 1:
      return Search<std::uint16_t>(at_, key);
    case kTagObject + 2:
      return Search<std::uint32_t>(at_, key);
    default:
      return {};
  }
}

std::size_t ValueView::size() const {
  PHENIX_DEBUG_ASSERT(type() == ValueType::kArray || type() == ValueType::kObject);
  return Locate(at_).count;
}

ElementRange ValueView::Elements() const {
  if (type() != ValueType::kArray) return {nullptr, nullptr};
  const Container array = Locate(at_);
  return {array.members, array.members_end};
}

MemberRange ValueView::Members() const {
  if (type() != ValueType::kObject) return {nullptr, nullptr};
  const Container object = Locate(at_);
  return {object.members, object.members_end};
}

base::ByteView ValueView::encoded() const {
  return {at_, static_cast<std::size_t>(SkipValue(at_) - at_)};
}

ValueView RootOfTrusted(base::ByteView binary) {
  PHENIX_DEBUG_ASSERT(ValidateDocumentBinary(binary).ok());
  return ValueView(binary.data() + 1);
}

ValueView ElementAt(ValueView array, std::size_t position) {
  for (const ValueView element : array.Elements()) {
    if (position-- == 0) return element;
  }
  return {};
}

}  // namespace phenix::model
