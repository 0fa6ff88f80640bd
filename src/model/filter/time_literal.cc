#include "model/filter/time_literal.h"

#include <array>
#include <charconv>
#include <chrono>

namespace phenix::model {
namespace {

constexpr std::int64_t kMillisecondsPerSecond = 1'000;
constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr int kFractionDigitsMax = 9;

/// Reads fixed-width fields off the front of a text.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : rest_(text) {}

  bool Digits(std::size_t count, unsigned& value) {
    if (rest_.size() < count) return false;
    const char* end = rest_.data() + count;
    const auto read = std::from_chars(rest_.data(), end, value);
    if (read.ec != std::errc{} || read.ptr != end) return false;
    rest_.remove_prefix(count);
    return true;
  }
  bool OneOf(std::string_view characters, char* which = nullptr) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
    if (which != nullptr) *which = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  /// The digits behind a decimal point, as nanoseconds.
  bool Fraction(std::uint32_t& nanoseconds) {
    int digits = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++digits) {
      if (digits < kFractionDigitsMax) {
        nanoseconds = nanoseconds * 10 + static_cast<std::uint32_t>(rest_.front() - '0');
      }
      rest_.remove_prefix(1);
    }
    for (int missing = digits; missing < kFractionDigitsMax; ++missing) nanoseconds *= 10;
    return digits > 0;
  }
  [[nodiscard]] bool AtEnd() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool ReadDate(FieldReader& reader, std::int64_t& seconds) {
  unsigned year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (!reader.Digits(4, year) || !reader.OneOf("-") || !reader.Digits(2, month) ||
      !reader.OneOf("-") || !reader.Digits(2, day)) {
    return false;
  }
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok()) return false;
  seconds = std::chrono::sys_days(date).time_since_epoch().count() * kSecondsPerDay;
  return true;
}

bool ReadTimeOfDay(FieldReader& reader, TimePoint& time) {
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  if (!reader.Digits(2, hour) || !reader.OneOf(":") || !reader.Digits(2, minute) ||
      !reader.OneOf(":") || !reader.Digits(2, second) || hour > 23 || minute > 59 || second > 60) {
    return false;
  }
  time.seconds += static_cast<std::int64_t>(hour * 3600 + minute * 60 + second);
  return !reader.OneOf(".") || reader.Fraction(time.nanoseconds);
}

/// "Z", "+hh:mm" or "-hh:mm"; takes it off `time`.
bool ReadZone(FieldReader& reader, TimePoint& time) {
  char sign = '+';
  if (reader.OneOf("Zz")) return true;
  unsigned hours = 0;
  unsigned minutes = 0;
  if (!reader.OneOf("+-", &sign) || !reader.Digits(2, hours) || !reader.OneOf(":") ||
      !reader.Digits(2, minutes) || hours > 23 || minutes > 59) {
    return false;
  }
  const auto shift = static_cast<std::int64_t>(hours * 3600 + minutes * 60);
  time.seconds += sign == '+' ? -shift : shift;
  return true;
}

struct TimeUnit {
  std::string_view name;
  std::int64_t milliseconds;
};
// "ms" stands before "m", which is a prefix of it.
constexpr std::array<TimeUnit, 6> kTimeUnits = {{{"ms", 1},
                                                 {"s", 1'000},
                                                 {"m", 60'000},
                                                 {"h", 3'600'000},
                                                 {"d", 86'400'000},
                                                 {"w", 604'800'000}}};

const TimeUnit* UnitAt(std::string_view text) {
  for (const TimeUnit& unit : kTimeUnits) {
    if (text.substr(0, unit.name.size()) == unit.name) return &unit;
  }
  return nullptr;
}

}  // namespace

TimePoint TimePointOfMilliseconds(std::int64_t milliseconds) {
  std::int64_t seconds = milliseconds / kMillisecondsPerSecond;
  std::int64_t rest = milliseconds % kMillisecondsPerSecond;
  if (rest < 0) {
    rest += kMillisecondsPerSecond;
    --seconds;
  }
  return {seconds, static_cast<std::uint32_t>(rest * kNanosecondsPerMillisecond)};
}

std::optional<TimePoint> ParseTime(std::string_view text) {
  FieldReader reader(text);
  TimePoint time;
  if (!ReadDate(reader, time.seconds)) return std::nullopt;
  if (reader.AtEnd()) return time;
  if (!reader.OneOf("Tt ") || !ReadTimeOfDay(reader, time) || !ReadZone(reader, time)) {
    return std::nullopt;
  }
  return reader.AtEnd() ? std::optional<TimePoint>(time) : std::nullopt;
}

std::optional<std::int64_t> ParseTimeOffset(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  while (!text.empty()) {
    std::uint32_t amount = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), amount);
    if (read.ec != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    const TimeUnit* unit = UnitAt(text);
    if (unit == nullptr) return std::nullopt;
    text.remove_prefix(unit->name.size());
    total += static_cast<std::int64_t>(amount) * unit->milliseconds;
    if (total > kTimeOffsetMsMax) return std::nullopt;
  }
  return negative ? -total : total;
}

}  // namespace phenix::model
