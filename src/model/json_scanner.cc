#include "model/json_scanner.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

#include "model/document_format.h"
#include "model/json_writer.h"
#include "model/path.h"
#include "phenix/document.h"

namespace phenix::model {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// A walk over one text; the first fault ends it.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : text_(text) {}

  std::optional<JsonFault> Scan() {
    SkipSpace();
    if (ScanValue(1)) {
      SkipSpace();
      if (at_ == text_.size()) return std::nullopt;
      Refuse("the end of the text");
    }
    fault_.place = ShortenedForMessage(fault_.place);
    return fault_;
  }

 private:
  [[nodiscard]] char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool Refuse(std::string_view expected) { return RefuseAt(at_, expected); }
  bool RefuseAt(std::size_t at, std::string_view expected) {
    fault_.offset = at;
    fault_.expected = expected;
    for (const std::string& step : place_) fault_.place += step;
    return false;
  }

  void SkipSpace() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  bool ScanWord(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return Refuse("a value");
    at_ += word.size();
    return true;
  }

  bool ScanValue(unsigned depth) {
    switch (Peek()) {
      case '{':
        return ScanObject(depth);
      case '[':
        return ScanArray(depth);
      case '"': {
        std::string text;
        return ScanString(text);
      }
      case 't':
        return ScanWord("true");
      case 'f':
        return ScanWord("false");
      case 'n':
        return ScanWord("null");
      default:
        if (Peek() == '-' || IsDigit(Peek())) return ScanNumber();
        return Refuse("a value");
    }
  }

  bool EnterContainer(unsigned depth) {
    if (depth > kDocumentDepthMax) {
      fault_.limit = true;
      return Refuse("nesting of at most 100");
    }
    ++at_;
    SkipSpace();
    return true;
  }

  bool ScanObject(unsigned depth) {
    if (!EnterContainer(depth)) return false;
    if (Peek() == '}') return ++at_, true;
    while (true) {
      if (Peek() != '"') return Refuse("a key in double quotes");
      std::string key;
      if (!ScanString(key)) return false;
      SkipSpace();
      place_.push_back((place_.empty() ? "" : ".") + PathKeyText(key));
      if (Peek() != ':') return Refuse("':'");
      ++at_;
      SkipSpace();
      if (!ScanValue(depth + 1)) return false;
      place_.pop_back();
      SkipSpace();
      if (Peek() == '}') return ++at_, true;
      if (Peek() != ',') return Refuse("',' or '}'");
      ++at_;
      SkipSpace();
    }
  }

  bool ScanArray(unsigned depth) {
    if (!EnterContainer(depth)) return false;
    if (Peek() == ']') return ++at_, true;
    for (std::size_t position = 0;; ++position) {
      place_.push_back('[' + std::to_string(position) + ']');
      if (!ScanValue(depth + 1)) return false;
      place_.pop_back();
      SkipSpace();
      if (Peek() == ']') return ++at_, true;
      if (Peek() != ',') return Refuse("',' or ']'");
      ++at_;
      SkipSpace();
    }
  }

  /// Reads a string; `raw` receives its bytes with escapes as written (good enough for a message).
  bool ScanString(std::string& raw) {
    const std::size_t start = ++at_;
    while (Peek() != '"') {
      if (at_ >= text_.size()) return Refuse("'\"' at the end of a string");
      if (static_cast<std::uint8_t>(text_[at_]) < 0x20U) {
        return Refuse("control characters in strings to be escaped");
      }
      if (text_[at_] != '\\') {
        ++at_;
      } else if (!ScanEscape()) {
        return false;
      }
    }
    raw = text_.substr(start, at_ - start);
    if (!IsValidUtf8(raw)) return RefuseAt(start + FirstBadByte(raw), "UTF-8");
    ++at_;
    return true;
  }

  static std::size_t FirstBadByte(std::string_view text) {
    std::size_t good = 0;
    while (good < text.size()) {
      std::size_t next = good + 1;
      while (next < text.size() && (static_cast<std::uint8_t>(text[next]) & 0xC0U) == 0x80U) ++next;
      if (!IsValidUtf8(text.substr(good, next - good))) return good;
      good = next;
    }
    return good;
  }

  bool ScanEscape() {
    const std::size_t start = at_++;
    if (Peek() != 'u') {
      if (at_ >= text_.size() ||
          std::string_view("\"\\/bfnrt").find(Peek()) == std::string_view::npos) {
        return RefuseAt(start, "an escape that JSON knows");
      }
      ++at_;
      return true;
    }
    std::uint32_t unit = 0;
    if (!ScanHexUnit(unit)) return RefuseAt(start, "four hexadecimal digits after \\u");
    if (unit < 0xD800U || unit > 0xDFFFU) return true;
    std::uint32_t low = 0;
    if (unit > 0xDBFFU || Peek() != '\\' || text_.substr(at_, 2) != "\\u" ||
        (++at_, !ScanHexUnit(low)) || low < 0xDC00U || low > 0xDFFFU) {
      return RefuseAt(start, "surrogates in pairs");
    }
    return true;
  }

  /// Reads the four digits behind the 'u' at the current place.
  bool ScanHexUnit(std::uint32_t& unit) {
    const std::string_view digits = text_.substr(std::min(at_ + 1, text_.size()), 4);
    for (const char c : digits) {
      if (!IsHexDigit(c)) return false;
    }
    if (digits.size() < 4) return false;
    std::from_chars(digits.data(), digits.data() + 4, unit, 16);
    at_ += 5;
    return true;
  }

  std::size_t ScanDigits() {
    const std::size_t start = at_;
    while (IsDigit(Peek())) ++at_;
    return at_ - start;
  }

  bool ScanNumber() {
    const std::size_t start = at_;
    if (Peek() == '-') ++at_;
    const std::size_t digits_at = at_;
    const std::size_t whole_digits = ScanDigits();
    if (whole_digits == 0) return Refuse("a digit");
    if (whole_digits > 1 && text_[digits_at] == '0')
      return RefuseAt(start, "a number without leading zeros");
    bool integer = true;
    if (Peek() == '.') {
      integer = false;
      ++at_;
      if (ScanDigits() == 0) return Refuse("a digit after the decimal point");
    }
    if (Peek() == 'e' || Peek() == 'E') {
      integer = false;
      ++at_;
      if (Peek() == '+' || Peek() == '-') ++at_;
      if (ScanDigits() == 0) return Refuse("a digit in the exponent");
    }
    const std::string_view number = text_.substr(start, at_ - start);
    return integer ? CheckInteger(start, number) : CheckDouble(start, number);
  }

  bool CheckInteger(std::size_t start, std::string_view number) {
    std::int64_t whole = 0;
    std::uint64_t unsigned_whole = 0;
    const char* end = number.data() + number.size();
    if (std::from_chars(number.data(), end, whole).ec == std::errc{} ||
        std::from_chars(number.data(), end, unsigned_whole).ec == std::errc{}) {
      return true;
    }
    return RefuseAt(start, "an integer of at most 64 bits");
  }

  /// Too small to tell from zero is good; too large is not.
  bool CheckDouble(std::size_t start, std::string_view number) {
    double value = 0;
    const char* end = number.data() + number.size();
    if (std::from_chars(number.data(), end, value).ec != std::errc::result_out_of_range)
      return true;
    const std::size_t exponent_at = std::min(number.find_first_of("eE"), number.size());
    const std::string_view mantissa = number.substr(0, std::min(number.find('.'), exponent_at));
    const std::size_t first = mantissa.find_first_not_of("-0");
    const bool below_one = first == std::string_view::npos;
    const bool shrinks = number.substr(exponent_at).find('-') != std::string_view::npos;
    const bool grows = exponent_at < number.size() && !shrinks;
    if (shrinks || (below_one && !grows)) return true;
    return RefuseAt(start, "a number in the range of a double");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> place_;
  JsonFault fault_;
};

}  // namespace

std::string JsonFault::ToString() const {
  std::string text = "expected " + expected + " at offset=" + std::to_string(offset);
  if (!place.empty()) text += " (" + place + ")";
  return text;
}

std::optional<JsonFault> FindJsonFault(std::string_view json) { return JsonScanner(json).Scan(); }

}  // namespace phenix::model
