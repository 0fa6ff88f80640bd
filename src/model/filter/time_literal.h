// Points in time as filters and documents write them: RFC 3339 text, and offsets from now.
#ifndef MODEL_FILTER_TIME_LITERAL_H_
#define MODEL_FILTER_TIME_LITERAL_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace phenix::model {

/// Since 1970-01-01T00:00:00Z; nanoseconds from 0 to 999,999,999.
struct TimePoint {
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;

  friend auto operator<=>(const TimePoint&, const TimePoint&) = default;
};
TimePoint TimePointOfMilliseconds(std::int64_t milliseconds);

/// {"$time": "..."} or {"$now": "..."}.
struct TimeLiteral {
  bool relative = false;  ///< `offset_ms` from now, else `at`
  TimePoint at;
  std::int64_t offset_ms = 0;

  [[nodiscard]] TimePoint Resolve(std::int64_t now_ms) const {
    return relative ? TimePointOfMilliseconds(now_ms + offset_ms) : at;
  }
};

/// An RFC 3339 date-time ("2024-05-01T12:00:00.5+02:00"; T and Z in either case, a space for T), or
/// a full-date ("2024-05-01"), which is its midnight in UTC. Digits beyond nanoseconds are dropped;
/// the leap second :60 is the next second. nullopt for anything else.
std::optional<TimePoint> ParseTime(std::string_view text);

/// "-7d", "+1h30m", "500ms", "0": a sign and numbers with the units ms, s, m, h, d, w; the sign is
/// for all of it. nullopt for anything else and beyond kTimeOffsetMsMax.
std::optional<std::int64_t> ParseTimeOffset(std::string_view text);

inline constexpr std::int64_t kTimeOffsetMsMax = 1'000LL * 366 * 24 * 3600 * 1000;  // 1,000 years

}  // namespace phenix::model

#endif  // MODEL_FILTER_TIME_LITERAL_H_
