// JSON text, appended to a string: the one place that writes it.
//
// Numbers keep their type: a double always has a '.' or an exponent, so 1.0 comes back as a double;
// the digits are the fewest that read back as the same number (std::to_chars).
// Errors:     none; text must be valid UTF-8 and doubles finite.
#ifndef MODEL_JSON_WRITER_H_
#define MODEL_JSON_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "model/value_view.h"

namespace phenix::model {

/// `text` in quotes, with '"', '\' and control characters escaped.
void AppendJsonString(std::string& out, std::string_view text);
void AppendJsonInt(std::string& out, std::int64_t value);
void AppendJsonUint(std::string& out, std::uint64_t value);
void AppendJsonDouble(std::string& out, double value);
/// As AppendJsonDouble(), with the digits of a float.
void AppendJsonFloat(std::string& out, float value);
/// Compact JSON of `value`, keys in their original order.
void AppendJsonValue(std::string& out, ValueView value);

/// `text` as a JSON string, cut to kMessageTextBytesMax; bytes that are not ASCII text as \xNN.
std::string QuotedForMessage(std::string_view text);
/// `text` cut to kMessageTextBytesMax at a character's start, with "..." where something was cut.
std::string ShortenedForMessage(std::string_view text);

inline constexpr std::size_t kMessageTextBytesMax = 200;

}  // namespace phenix::model

#endif  // MODEL_JSON_WRITER_H_
