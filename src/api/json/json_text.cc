#include "api/json/json_text.h"

#include <cmath>

#include "base/assert.h"
#include "model/document_format.h"
#include "model/json_writer.h"

namespace phenix::api {
namespace {

/// `text` with every byte that is not ASCII written as \xNN, so that it is UTF-8.
std::string Escaped(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string escaped;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 0x80U) {
      escaped.push_back(letter);
      continue;
    }
    escaped += "\\x";
    escaped.push_back(kDigits[byte >> 4U]);
    escaped.push_back(kDigits[byte & 15U]);
  }
  return escaped;
}

}  // namespace

void JsonText::Separate() {
  if (text_.empty()) return;
  const char last = text_.back();
  if (last != '{' && last != '[' && last != ':') text_.push_back(',');
}

JsonText& JsonText::BeginObject() {
  Separate();
  text_.push_back('{');
  closers_.push_back('}');
  return *this;
}

JsonText& JsonText::BeginArray() {
  Separate();
  text_.push_back('[');
  closers_.push_back(']');
  return *this;
}

JsonText& JsonText::End() {
  PHENIX_ASSERT(!closers_.empty() && text_.back() != ':');
  text_.push_back(closers_.back());
  closers_.pop_back();
  return *this;
}

std::string JsonText::Take() {
  PHENIX_ASSERT(closers_.empty());
  return std::move(text_);
}

JsonText& JsonText::Key(std::string_view key) {
  String(key);
  text_.push_back(':');
  return *this;
}

JsonText& JsonText::String(std::string_view text) {
  Separate();
  if (model::IsValidUtf8(text)) {
    model::AppendJsonString(text_, text);
  } else {
    model::AppendJsonString(text_, Escaped(text));
  }
  return *this;
}

JsonText& JsonText::Uint(std::uint64_t value) {
  Separate();
  model::AppendJsonUint(text_, value);
  return *this;
}

JsonText& JsonText::Double(double value) {
  if (!std::isfinite(value)) return Raw("null");
  Separate();
  model::AppendJsonDouble(text_, value);
  return *this;
}

JsonText& JsonText::Float(float value) {
  Separate();
  model::AppendJsonFloat(text_, value);
  return *this;
}

JsonText& JsonText::Bool(bool value) { return Raw(value ? "true" : "false"); }

JsonText& JsonText::Value(model::ValueView value) {
  Separate();
  model::AppendJsonValue(text_, value);
  return *this;
}

JsonText& JsonText::Raw(std::string_view json) {
  Separate();
  text_ += json;
  return *this;
}

}  // namespace phenix::api
