// One JSON object, written member by member; the answers of `--json`.
// Threads: a value; one thread at a time.
#ifndef CLI_JSON_OBJECT_H_
#define CLI_JSON_OBJECT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/json_writer.h"

namespace phenix::cli {

class JsonObject {
 public:
  JsonObject& Text(std::string_view key, std::string_view value) {
    model::AppendJsonString(Member(key), value);
    return *this;
  }
  JsonObject& Number(std::string_view key, std::uint64_t value) {
    model::AppendJsonUint(Member(key), value);
    return *this;
  }
  /// As decimal text, so that 64 bits survive every reader.
  JsonObject& Timestamp(std::string_view key, std::uint64_t value) {
    return Text(key, std::to_string(value));
  }
  JsonObject& Texts(std::string_view key, const std::vector<std::string>& values) {
    std::string& out = Member(key);
    out += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out += ',';
      model::AppendJsonString(out, values[i]);
    }
    out += ']';
    return *this;
  }
  /// `json` is a whole JSON value.
  JsonObject& Json(std::string_view key, std::string_view json) {
    Member(key) += json;
    return *this;
  }
  [[nodiscard]] std::string Finish() const { return text_ + "}"; }

 private:
  std::string& Member(std::string_view key) {
    if (text_.size() > 1) text_ += ',';
    model::AppendJsonString(text_, key);
    text_ += ':';
    return text_;
  }

  std::string text_ = "{";
};

}  // namespace phenix::cli

#endif  // CLI_JSON_OBJECT_H_
