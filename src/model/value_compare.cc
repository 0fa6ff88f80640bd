#include "model/value_compare.h"

#include <algorithm>
#include <array>

namespace phenix::model {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

template <typename T>
int Order(T a, T b) {
  return static_cast<int>(a > b) - static_cast<int>(a < b);
}

int CompareIntWithDouble(std::int64_t a, double b) {
  if (b >= kTwoTo63) return -1;
  if (b < -kTwoTo63) return 1;
  const auto whole = static_cast<std::int64_t>(b);
  if (a != whole) return Order(a, whole);
  return Order(static_cast<double>(whole), b);
}

int CompareUintWithDouble(std::uint64_t a, double b) {
  if (b >= kTwoTo64) return -1;
  if (b < 0) return 1;
  const auto whole = static_cast<std::uint64_t>(b);
  if (a != whole) return Order(a, whole);
  return Order(static_cast<double>(whole), b);
}

/// `a` is an integer.
int CompareIntegerWithDouble(ValueView a, double b) {
  return a.type() == ValueType::kInt ? CompareIntWithDouble(a.AsInt(), b)
                                     : CompareUintWithDouble(a.AsUint(), b);
}

int CompareArrays(ValueView a, ValueView b) {
  const ElementRange left = a.Elements();
  const ElementRange right = b.Elements();
  ElementIterator x = left.begin();
  ElementIterator y = right.begin();
  for (; x != left.end() && y != right.end(); ++x, ++y) {
    const int order = CompareValues(*x, *y);
    if (order != 0) return order;
  }
  return Order(a.size(), b.size());
}

int CompareObjects(ValueView a, ValueView b) {
  const std::vector<Member> left = SortedMembers(a);
  const std::vector<Member> right = SortedMembers(b);
  for (std::size_t position = 0; position < std::min(left.size(), right.size()); ++position) {
    const int key_order = left[position].key.compare(right[position].key);
    if (key_order != 0) return key_order;
    const int order = CompareValues(left[position].value, right[position].value);
    if (order != 0) return order;
  }
  return Order(left.size(), right.size());
}

}  // namespace

ValueClass ClassOf(ValueType type) {
  static constexpr std::array<ValueClass, 9> kClasses = {
      ValueClass::kMissing, ValueClass::kNull,   ValueClass::kBool,
      ValueClass::kNumber,  ValueClass::kNumber, ValueClass::kNumber,
      ValueClass::kString,  ValueClass::kArray,  ValueClass::kObject};
  return kClasses[static_cast<std::size_t>(type)];
}

int CompareNumbers(ValueView a, ValueView b) {
  const ValueType left = a.type();
  const ValueType right = b.type();
  if (left == ValueType::kDouble && right == ValueType::kDouble) {
    return Order(a.AsDouble(), b.AsDouble());
  }
  if (right == ValueType::kDouble) return CompareIntegerWithDouble(a, b.AsDouble());
  if (left == ValueType::kDouble) return -CompareIntegerWithDouble(b, a.AsDouble());
  if (left != right) return left == ValueType::kInt ? -1 : 1;  // kUint starts above kInt
  return left == ValueType::kInt ? Order(a.AsInt(), b.AsInt()) : Order(a.AsUint(), b.AsUint());
}

int CompareValues(ValueView a, ValueView b) {
  const ValueClass left = ClassOf(a.type());
  const ValueClass right = ClassOf(b.type());
  if (left != right) return Order(static_cast<int>(left), static_cast<int>(right));
  switch (left) {
    case ValueClass::kMissing:
    case ValueClass::kNull:
      return 0;
    case ValueClass::kBool:
      return Order(a.AsBool(), b.AsBool());
    case ValueClass::kNumber:
      return CompareNumbers(a, b);
    case ValueClass::kString:
      return a.AsString().compare(b.AsString());
    case ValueClass::kArray:
      return CompareArrays(a, b);
    case ValueClass::kObject:
      return CompareObjects(a, b);
  }
  return 0;
}

std::vector<Member> SortedMembers(ValueView object) {
  std::vector<Member> members;
  members.reserve(object.size());
  for (const Member member : object.Members()) members.push_back(member);
  std::sort(members.begin(), members.end(),
            [](const Member& a, const Member& b) { return a.key < b.key; });
  return members;
}

}  // namespace phenix::model
