#include "model/ordered_value.h"

#include <bit>
#include <cstdint>

#include "base/assert.h"
#include "base/bytes.h"
#include "model/value_compare.h"

namespace phenix::model {
namespace {

constexpr char kEnd = 0x00;
constexpr char kNullMark = 0x10;
constexpr char kFalseMark = 0x20;
constexpr char kTrueMark = 0x21;
constexpr char kNumberMark = 0x30;
constexpr char kStringMark = 0x40;
constexpr char kArrayMark = 0x50;
constexpr char kObjectMark = 0x60;
constexpr char kEscapedZero = '\xFF';
constexpr char kStringEnd = 0x01;
constexpr int kResidueBias = 0x8000;
constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63U;

/// `nearest` is the double nearest to the number, `residue` what the number has beyond it.
void AppendNumber(std::string& key, double nearest, int residue) {
  const auto bits = std::bit_cast<std::uint64_t>(nearest + 0.0);  // -0.0 becomes 0.0
  key += kNumberMark;
  base::PutBig64(key, (bits & kSignBit) != 0 ? ~bits : bits | kSignBit);
  base::PutBig16(key, static_cast<std::uint16_t>(residue + kResidueBias));
}

void AppendInt(std::string& key, std::int64_t value) {
  const auto nearest = static_cast<double>(value);
  // 2^63 itself is no int64; the residue is taken from 2^63 - 1 and corrected.
  const bool above = nearest >= kTwoTo63;
  const std::int64_t whole = above ? INT64_MAX : static_cast<std::int64_t>(nearest);
  AppendNumber(key, nearest, static_cast<int>(value - whole) - (above ? 1 : 0));
}

void AppendUint(std::string& key, std::uint64_t value) {
  const auto nearest = static_cast<double>(value);
  const bool above = nearest >= kTwoTo64;
  const std::uint64_t whole = above ? UINT64_MAX : static_cast<std::uint64_t>(nearest);
  const auto residue = static_cast<std::int64_t>(value - whole);  // wraps to the signed difference
  AppendNumber(key, nearest, static_cast<int>(residue) - (above ? 1 : 0));
}

void AppendText(std::string& key, std::string_view text) {
  key += kStringMark;
  for (const char c : text) {
    key += c;
    if (c == '\0') key += kEscapedZero;
  }
  key += '\0';
  key += kStringEnd;
}

}  // namespace

void AppendOrdered(std::string& key, ValueView value) {
  switch (value.type()) {
    case ValueType::kMissing:
      PHENIX_ASSERT(value.type() != ValueType::kMissing);
      return;
    case ValueType::kNull:
      key += kNullMark;
      return;
    case ValueType::kBool:
      key += value.AsBool() ? kTrueMark : kFalseMark;
      return;
    case ValueType::kInt:
      return AppendInt(key, value.AsInt());
    case ValueType::kUint:
      return AppendUint(key, value.AsUint());
    case ValueType::kDouble:
      return AppendNumber(key, value.AsDouble(), 0);
    case ValueType::kString:
      return AppendText(key, value.AsString());
    case ValueType::kArray:
      key += kArrayMark;
      for (const ValueView element : value.Elements()) AppendOrdered(key, element);
      key += kEnd;
      return;
    case ValueType::kObject:
      key += kObjectMark;
      for (const Member& member : SortedMembers(value)) {
        AppendText(key, member.key);
        AppendOrdered(key, member.value);
      }
      key += kEnd;
      return;
  }
}

}  // namespace phenix::model
