#include "api/json/object_fields.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "model/document_access.h"
#include "model/json_writer.h"

namespace phenix::api {
namespace {

using model::ValueType;
using model::ValueView;

bool Asked(const std::vector<std::string>& asked, std::string_view name) {
  return std::find(asked.begin(), asked.end(), name) != asked.end();
}

std::string RangeText(UintRange range) {
  if (range.max == UINT64_MAX) return "an integer of at least " + std::to_string(range.min);
  return "an integer from " + std::to_string(range.min) + " to " + std::to_string(range.max);
}

std::optional<std::size_t> PositionOf(std::string_view name,
                                      std::initializer_list<std::string_view> names) {
  const auto* const found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

std::optional<std::uint64_t> AsUint(ValueView value) {
  if (value.type() == ValueType::kUint) return value.AsUint();
  if (value.type() == ValueType::kInt && value.AsInt() >= 0) {
    return static_cast<std::uint64_t>(value.AsInt());
  }
  return std::nullopt;
}

}  // namespace

std::string GotText(ValueView value) {
  switch (value.type()) {
    case ValueType::kMissing:
      return "nothing";
    case ValueType::kArray:
      return "an array";
    case ValueType::kObject:
      return "an object";
    case ValueType::kString:
      return model::QuotedForMessage(value.AsString());
    default:
      break;
  }
  std::string text;
  model::AppendJsonValue(text, value);
  return text;
}

std::string MemberPath(std::string_view path, std::string_view key) {
  std::string text(path);
  if (!text.empty()) text.push_back('.');
  text += model::ShortenedForMessage(key);
  return text;
}

std::string ElementPath(std::string_view path, std::size_t position) {
  return std::string(path) + "[" + std::to_string(position) + "]";
}

Document DocumentOf(ValueView object) {
  PHENIX_ASSERT(object.type() == ValueType::kObject);
  std::string binary(1, static_cast<char>(model::kDocumentVersion));
  binary += object.encoded();
  return model::DocumentAccess::Adopt(std::move(binary));
}

std::optional<std::uint64_t> ParseDecimal(std::string_view digits) {
  std::uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value);
  if (digits.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

std::string NamesText(std::initializer_list<std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ", ";
    text += "\"" + std::string(name) + "\"";
  }
  return "one of " + text;
}

ObjectFields::ObjectFields(ValueView value, std::string path, Faults& faults)
    : value_(value), path_(std::move(path)), faults_(faults) {
  if (value_.type() == ValueType::kObject) return;
  faults_.push_back({path_, std::nullopt, "an object", GotText(value_)});
  value_ = {};
}

ValueView ObjectFields::Find(std::string_view key) {
  if (!Asked(asked_, key)) asked_.emplace_back(key);
  if (!value_) return {};
  const ValueView member = value_.Find(key);
  return member.type() == ValueType::kNull ? ValueView() : member;
}

void ObjectFields::Refuse(std::string_view key, std::string expected, std::string got) {
  faults_.push_back({MemberPath(path_, key), std::nullopt, std::move(expected), std::move(got)});
}

std::optional<std::string> ObjectFields::String(std::string_view key) {
  const ValueView member = Find(key);
  if (!member) return std::nullopt;
  if (member.type() == ValueType::kString) return std::string(member.AsString());
  Refuse(key, "a string", GotText(member));
  return std::nullopt;
}

std::optional<bool> ObjectFields::Bool(std::string_view key) {
  const ValueView member = Find(key);
  if (!member) return std::nullopt;
  if (member.type() == ValueType::kBool) return member.AsBool();
  Refuse(key, "true or false", GotText(member));
  return std::nullopt;
}

std::optional<std::uint64_t> ObjectFields::Uint(std::string_view key, UintRange range) {
  const ValueView member = Find(key);
  if (!member) return std::nullopt;
  const std::optional<std::uint64_t> value = AsUint(member);
  if (value.has_value() && *value >= range.min && *value <= range.max) return value;
  Refuse(key, RangeText(range), GotText(member));
  return std::nullopt;
}

std::optional<double> ObjectFields::Number(std::string_view key) {
  const ValueView member = Find(key);
  if (!member) return std::nullopt;
  if (model::IsNumber(member.type())) return member.AsDouble();
  Refuse(key, "a number", GotText(member));
  return std::nullopt;
}

std::optional<std::uint64_t> ObjectFields::Timestamp(std::string_view key) {
  const ValueView member = Find(key);
  if (!member) return std::nullopt;
  const std::optional<std::uint64_t> value =
      member.type() == ValueType::kString ? ParseDecimal(member.AsString()) : AsUint(member);
  if (value.has_value()) return value;
  Refuse(key, "a timestamp: decimal digits in a string", GotText(member));
  return std::nullopt;
}

std::optional<std::vector<float>> ObjectFields::Floats(std::string_view key) {
  const ValueView member = Container(key, ValueType::kArray);
  if (!member) return std::nullopt;
  std::vector<float> floats;
  floats.reserve(member.size());
  for (const ValueView element : member.Elements()) {
    const bool fits = model::IsNumber(element.type()) &&
                      std::fabs(element.AsDouble()) <= std::numeric_limits<float>::max();
    if (!fits) {
      Refuse(ElementPath(key, floats.size()), "a number in the range of a 32-bit float",
             GotText(element));
      return std::nullopt;
    }
    floats.push_back(static_cast<float>(element.AsDouble()));
  }
  return floats;
}

ValueView ObjectFields::Container(std::string_view key, ValueType expected) {
  const ValueView member = Find(key);
  if (!member || member.type() == expected) return member;
  Refuse(key, expected == ValueType::kArray ? "an array" : "an object", GotText(member));
  return {};
}

std::optional<std::size_t> ObjectFields::OneOf(std::string_view key,
                                               std::initializer_list<std::string_view> names) {
  const std::optional<std::string> name = String(key);
  if (!name.has_value()) return std::nullopt;
  const std::optional<std::size_t> position = PositionOf(*name, names);
  if (!position.has_value()) Refuse(key, NamesText(names), model::QuotedForMessage(*name));
  return position;
}

void ObjectFields::Require(std::string_view key) {
  if (!value_) return;  // that it is no object was said already
  const ValueView member = Find(key);
  if (!member) Refuse(key, "a value", "nothing");
}

void ObjectFields::RefuseOthers() {
  for (const model::Member member : value_.Members()) {
    if (!Asked(asked_, member.key))
      Refuse(member.key, "no member of this name", GotText(member.value));
  }
}

void QueryFields::Refuse(std::string_view name, std::string expected, std::string got) {
  faults_.push_back(
      {"?" + model::ShortenedForMessage(name), std::nullopt, std::move(expected), std::move(got)});
}

std::optional<std::string> QueryFields::String(std::string_view name) {
  asked_.emplace_back(name);
  const auto found = target_.parameters.find(std::string(name));
  if (found == target_.parameters.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::optional<std::uint64_t> QueryFields::Uint(std::string_view name, UintRange range) {
  const std::optional<std::string> text = String(name);
  if (!text.has_value()) return std::nullopt;
  const std::optional<std::uint64_t> value = ParseDecimal(*text);
  if (value.has_value() && *value >= range.min && *value <= range.max) return value;
  Refuse(name, RangeText(range), model::QuotedForMessage(*text));
  return std::nullopt;
}

std::optional<std::size_t> QueryFields::OneOf(std::string_view name,
                                              std::initializer_list<std::string_view> names) {
  const std::optional<std::string> text = String(name);
  if (!text.has_value()) return std::nullopt;
  const std::optional<std::size_t> position = PositionOf(*text, names);
  if (!position.has_value()) Refuse(name, NamesText(names), model::QuotedForMessage(*text));
  return position;
}

void QueryFields::RefuseOthers() {
  for (const auto& [name, value] : target_.parameters) {
    if (!Asked(asked_, name)) {
      Refuse(name, "no parameter of this name", model::QuotedForMessage(value));
    }
  }
}

}  // namespace phenix::api
