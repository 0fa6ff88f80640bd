// JsonText: writes the JSON of an answer, member by member.
//
// Errors:     none. Text that is not UTF-8 is written with its bytes escaped, a double that is not
//             finite as null; calls in an order that makes no JSON abort.
// Threads:    one at a time.
#ifndef API_JSON_JSON_TEXT_H_
#define API_JSON_JSON_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "model/value_view.h"

namespace phenix::api {

class JsonText {
 public:
  JsonText& BeginObject();
  JsonText& BeginArray();
  /// Ends the object or array opened last.
  JsonText& End();
  JsonText& Key(std::string_view key);
  JsonText& String(std::string_view text);
  JsonText& Uint(std::uint64_t value);
  JsonText& Double(double value);
  JsonText& Float(float value);
  JsonText& Bool(bool value);
  JsonText& Value(model::ValueView value);
  /// One value that is JSON already.
  JsonText& Raw(std::string_view json);

  /// The text; everything that was opened must have ended.
  [[nodiscard]] std::string Take();

 private:
  void Separate();

  std::string text_;
  std::string closers_;  // what ends each open object and array
};

/// A commit or snapshot timestamp as answers carry it: the decimal digits, for a JSON string.
inline std::string TimestampText(std::uint64_t timestamp) { return std::to_string(timestamp); }

}  // namespace phenix::api

#endif  // API_JSON_JSON_TEXT_H_
