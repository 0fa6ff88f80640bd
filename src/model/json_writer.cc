#include "model/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/assert.h"

namespace phenix::model {
namespace {

constexpr std::size_t kNumberBytesMax = 40;
// Magnitudes written without an exponent; all others have one.
constexpr float kPlainMin = 1e-5F;
constexpr float kPlainMax = 1e15F;
constexpr std::string_view kHexDigits = "0123456789abcdef";

bool NeedsEscape(char c) { return static_cast<std::uint8_t>(c) < 0x20U || c == '"' || c == '\\'; }

void AppendEscape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHexDigits[static_cast<std::uint8_t>(c) >> 4U];
      out += kHexDigits[static_cast<std::uint8_t>(c) & 0x0FU];
  }
}

template <typename... Format, typename Number>
std::string_view ToText(std::array<char, kNumberBytesMax>& buffer, Number value, Format... format) {
  const auto done = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format...);
  PHENIX_ASSERT(done.ec == std::errc{});
  return {buffer.data(), static_cast<std::size_t>(done.ptr - buffer.data())};
}

template <typename Float>
void AppendFloating(std::string& out, Float value) {
  std::array<char, kNumberBytesMax> buffer;
  const Float magnitude = std::abs(value);
  const bool plain = value == 0 || (magnitude >= kPlainMin && magnitude < kPlainMax);
  const std::string_view text =
      ToText(buffer, value, plain ? std::chars_format::fixed : std::chars_format::scientific);
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void AppendArray(std::string& out, ValueView array) {
  out += '[';
  bool first = true;
  for (const ValueView element : array.Elements()) {
    if (!first) out += ',';
    first = false;
    AppendJsonValue(out, element);
  }
  out += ']';
}

void AppendObject(std::string& out, ValueView object) {
  out += '{';
  bool first = true;
  for (const Member member : object.Members()) {
    if (!first) out += ',';
    first = false;
    AppendJsonString(out, member.key);
    out += ':';
    AppendJsonValue(out, member.value);
  }
  out += '}';
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!NeedsEscape(text[at])) continue;
    out.append(text, plain, at - plain);
    AppendEscape(out, text[at]);
    plain = at + 1;
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

void AppendJsonInt(std::string& out, std::int64_t value) {
  std::array<char, kNumberBytesMax> buffer;
  out += ToText(buffer, value);
}

void AppendJsonUint(std::string& out, std::uint64_t value) {
  std::array<char, kNumberBytesMax> buffer;
  out += ToText(buffer, value);
}

void AppendJsonDouble(std::string& out, double value) { AppendFloating(out, value); }

void AppendJsonFloat(std::string& out, float value) { AppendFloating(out, value); }

void AppendJsonValue(std::string& out, ValueView value) {
  switch (value.type()) {
    case ValueType::kMissing:
    case ValueType::kNull:
      out += "null";
      return;
    case ValueType::kBool:
      out += value.AsBool() ? "true" : "false";
      return;
    case ValueType::kInt:
      return AppendJsonInt(out, value.AsInt());
    case ValueType::kUint:
      return AppendJsonUint(out, value.AsUint());
    case ValueType::kDouble:
      return AppendJsonDouble(out, value.AsDouble());
    case ValueType::kString:
      return AppendJsonString(out, value.AsString());
    case ValueType::kArray:
      return AppendArray(out, value);
    case ValueType::kObject:
      return AppendObject(out, value);
  }
}

std::string ShortenedForMessage(std::string_view text) {
  if (text.size() <= kMessageTextBytesMax) return std::string(text);
  std::size_t end = kMessageTextBytesMax;
  while (end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::string QuotedForMessage(std::string_view text) {
  std::string out;
  if (IsValidUtf8(text)) {
    AppendJsonString(out, ShortenedForMessage(text));
    return out;
  }
  out += '"';
  for (const char c : text.substr(0, kMessageTextBytesMax)) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte >= 0x20U && byte < 0x7FU && c != '"' && c != '\\') {
      out += c;
      continue;
    }
    out += "\\x";
    out += kHexDigits[byte >> 4U];
    out += kHexDigits[byte & 0x0FU];
  }
  out += text.size() > kMessageTextBytesMax ? "\"..." : "\"";
  return out;
}

}  // namespace phenix::model
