#include "model/filter/parse_context.h"

#include <algorithm>

#include "model/json_writer.h"
#include "phenix/filter.h"

namespace phenix::model {

ParseContext::Place::Place(ParseContext& context, std::string_view part)
    : context_(context), size_before_(context.place_.size()) {
  if (!context.place_.empty()) context.place_ += '.';
  context.place_ += ShortenedForMessage(part);
}

Status ParseContext::Fault(StatusCode code, std::string_view what) const {
  std::string message = "filter";
  if (!place_.empty()) message += " at " + place_;
  message += ": ";
  message += what;
  return {code, std::move(message)};
}

Status ParseContext::Expected(std::string_view what, ValueView got) const {
  std::string message = "expected ";
  message += what;
  message += ", got ";
  message += ValueTypeName(got.type());
  if (got && got.type() != ValueType::kNull) {
    // Long values are cut before they are written out.
    std::string json;
    if (got.encoded().size() <= kMessageTextBytesMax) AppendJsonValue(json, got);
    if (!json.empty()) message += ' ' + ShortenedForMessage(json);
  }
  return Fault(StatusCode::kInvalidArgument, message);
}

Status ParseContext::CountNode() {
  if (++nodes_ > kFilterNodesMax) {
    return Fault(StatusCode::kResourceExhausted,
                 "more than " + std::to_string(kFilterNodesMax) + " conditions");
  }
  if (depth_ > kFilterDepthMax) {
    return Fault(StatusCode::kResourceExhausted,
                 "operators nested deeper than " + std::to_string(kFilterDepthMax));
  }
  return Status::Ok();
}

Result<std::string_view> ParseContext::StringOf(ValueView value) const {
  if (value.type() != ValueType::kString) return Expected("a string", value);
  return value.AsString();
}

Result<bool> ParseContext::BoolOf(ValueView value) const {
  if (value.type() != ValueType::kBool) return Expected("true or false", value);
  return value.AsBool();
}

Result<std::uint64_t> ParseContext::CountOf(ValueView value) const {
  if (value.type() == ValueType::kUint) return value.AsUint();
  if (value.type() != ValueType::kInt || value.AsInt() < 0) {
    return Expected("an integer of at least 0", value);
  }
  return static_cast<std::uint64_t>(value.AsInt());
}

Result<double> ParseContext::NumberOf(ValueView value) const {
  if (!IsNumber(value.type())) return Expected("a number", value);
  return value.AsDouble();
}

Status ParseContext::CheckKeys(ValueView value,
                               std::initializer_list<std::string_view> keys) const {
  std::string known;
  for (const std::string_view key : keys) known += (known.empty() ? "" : ", ") + std::string(key);
  if (value.type() != ValueType::kObject) return Expected("an object of " + known, value);
  for (const Member member : value.Members()) {
    if (std::find(keys.begin(), keys.end(), member.key) != keys.end()) continue;
    return Fault(StatusCode::kInvalidArgument,
                 "unknown key " + QuotedForMessage(member.key) + ", expected one of " + known);
  }
  return Status::Ok();
}

}  // namespace phenix::model
