#include "model/schema_validator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/json_writer.h"
#include "model/path.h"
#include "model/value_compare.h"
#include "model/value_view.h"

namespace phenix::model {
namespace {

/// One schema. Views point into the schema document, which Compiled owns.
struct SchemaNode {
  bool refuses_all = false;             // the schema `false`
  std::vector<std::string_view> types;  // any if empty
  std::vector<std::string_view> keys;   // of properties, sorted
  std::vector<SchemaNode> properties;
  std::vector<std::string_view> required;
  std::unique_ptr<SchemaNode> additional;
  std::unique_ptr<SchemaNode> items;
  std::optional<std::vector<ValueView>> allowed;
  ValueView minimum;
  ValueView maximum;
  std::uint64_t length_min = 0;
  std::uint64_t length_max = UINT64_MAX;
};

constexpr std::array<std::string_view, 7> kTypeNames = {"null",   "boolean", "integer", "number",
                                                        "string", "array",   "object"};
constexpr std::array<std::string_view, 7> kIgnoredKeywords = {
    "title", "description", "default", "examples", "$schema", "$id", "$comment"};

template <typename List>
bool Has(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Reads a schema document into nodes.
class SchemaCompiler {
 public:
  Status Compile(ValueView schema, SchemaNode& node) {
    if (++nodes_ > kSchemaNodesMax) return TooLarge("more than 1000 schemas in one");
    if (++depth_ > kSchemaDepthMax) return TooLarge("schemas nested deeper than 32");
    if (schema.type() == ValueType::kBool) {
      node.refuses_all = !schema.AsBool();
    } else if (schema.type() != ValueType::kObject) {
      return Expected("a schema object, true or false", schema);
    }
    for (const Member member : schema.Members()) {
      const std::size_t size_before = place_.size();
      place_ += (place_.empty() ? "" : ".") + PathKeyText(member.key);
      PHENIX_RETURN_IF_ERROR(CompileKeyword(member, node));
      place_.resize(size_before);
    }
    --depth_;
    return Status::Ok();
  }

 private:
  [[nodiscard]] Status Fault(StatusCode code, const std::string& what) const {
    const std::string place = place_.empty() ? "" : " at " + ShortenedForMessage(place_);
    return {code, "document schema" + place + ": " + what};
  }
  [[nodiscard]] Status TooLarge(const std::string& what) const {
    return Fault(StatusCode::kResourceExhausted, what);
  }
  [[nodiscard]] Status Expected(std::string_view what, ValueView got) const {
    return Fault(StatusCode::kInvalidArgument, "expected " + std::string(what) + ", got " +
                                                   std::string(ValueTypeName(got.type())));
  }

  Status CompileKeyword(const Member& member, SchemaNode& node) {
    const std::string_view key = member.key;
    if (Has(kIgnoredKeywords, key)) return Status::Ok();
    if (key == "type") return CompileTypes(member.value, node);
    if (key == "properties") return CompileProperties(member.value, node);
    if (key == "required") return CompileStrings(member.value, node.required);
    if (key == "additionalProperties") return CompileInner(member.value, node.additional);
    if (key == "items") return CompileInner(member.value, node.items);
    if (key == "enum") return CompileEnum(member.value, node);
    if (key == "minimum") return CompileNumber(member.value, node.minimum);
    if (key == "maximum") return CompileNumber(member.value, node.maximum);
    if (key == "minLength") return CompileLength(member.value, node.length_min);
    if (key == "maxLength") return CompileLength(member.value, node.length_max);
    return Fault(StatusCode::kInvalidArgument,
                 "this keyword is not supported; known are type, properties, required, "
                 "additionalProperties, items, enum, minimum, maximum, minLength, maxLength");
  }

  Status CompileTypes(ValueView value, SchemaNode& node) {
    if (value.type() == ValueType::kString) {
      node.types.push_back(value.AsString());
    } else {
      PHENIX_RETURN_IF_ERROR(CompileStrings(value, node.types));
    }
    for (const std::string_view name : node.types) {
      if (!Has(kTypeNames, name)) {
        return Fault(StatusCode::kInvalidArgument,
                     "expected null, boolean, integer, number, string, array or object, got " +
                         QuotedForMessage(name));
      }
    }
    if (node.types.empty()) return Expected("at least one type", value);
    return Status::Ok();
  }

  Status CompileStrings(ValueView value, std::vector<std::string_view>& strings) {
    if (value.type() != ValueType::kArray) return Expected("an array of strings", value);
    for (const ValueView element : value.Elements()) {
      if (element.type() != ValueType::kString) return Expected("a string", element);
      strings.push_back(element.AsString());
    }
    return Status::Ok();
  }

  Status CompileProperties(ValueView value, SchemaNode& node) {
    if (value.type() != ValueType::kObject) return Expected("an object of schemas", value);
    for (const Member& member : SortedMembers(value)) {
      const std::size_t size_before = place_.size();
      place_ += '.' + PathKeyText(member.key);
      node.keys.push_back(member.key);
      PHENIX_RETURN_IF_ERROR(Compile(member.value, node.properties.emplace_back()));
      place_.resize(size_before);
    }
    return Status::Ok();
  }

  Status CompileInner(ValueView value, std::unique_ptr<SchemaNode>& inner) {
    inner = std::make_unique<SchemaNode>();
    return Compile(value, *inner);
  }

  Status CompileEnum(ValueView value, SchemaNode& node) {
    if (value.type() != ValueType::kArray) return Expected("an array of values", value);
    node.allowed.emplace();
    for (const ValueView element : value.Elements()) node.allowed->push_back(element);
    return Status::Ok();
  }

  Status CompileNumber(ValueView value, ValueView& number) {
    if (!IsNumber(value.type())) return Expected("a number", value);
    number = value;
    return Status::Ok();
  }

  Status CompileLength(ValueView value, std::uint64_t& length) {
    if (value.type() != ValueType::kInt || value.AsInt() < 0) {
      return Expected("an integer of at least 0", value);
    }
    length = static_cast<std::uint64_t>(value.AsInt());
    return Status::Ok();
  }

  std::string place_;
  std::size_t nodes_ = 0;
  unsigned depth_ = 0;
};

/// Why a value does not fit; the place is built from the inside out.
struct Misfit {
  std::string place;
  std::string expected;
  std::string got;

  void Prepend(const std::string& step) {
    place = step + (place.empty() || place.front() == '[' ? "" : ".") + place;
  }
};

std::string Described(ValueView value) {
  std::string text(ValueTypeName(value.type()));
  const bool scalar = ClassOf(value.type()) == ValueClass::kNumber ||
                      value.type() == ValueType::kBool || value.type() == ValueType::kString;
  if (!scalar) return text;
  if (value.type() == ValueType::kString) return text + ' ' + QuotedForMessage(value.AsString());
  text += ' ';
  AppendJsonValue(text, value);
  return text;
}

bool Refuse(Misfit& misfit, std::string expected, std::string got) {
  misfit = {"", std::move(expected), std::move(got)};
  return false;
}

bool HasType(ValueView value, std::string_view name) {
  switch (ClassOf(value.type())) {
    case ValueClass::kNull:
      return name == "null";
    case ValueClass::kBool:
      return name == "boolean";
    case ValueClass::kString:
      return name == "string";
    case ValueClass::kArray:
      return name == "array";
    case ValueClass::kObject:
      return name == "object";
    case ValueClass::kNumber: {
      if (name == "number") return true;
      if (name != "integer") return false;
      return value.type() != ValueType::kDouble || std::trunc(value.AsDouble()) == value.AsDouble();
    }
    case ValueClass::kMissing:
      return false;
  }
  return false;
}

std::string Joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words)
    text += (text.empty() ? "" : " or ") + std::string(word);
  return text;
}

std::uint64_t CharactersIn(std::string_view text) {
  return static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<std::uint8_t>(c) & 0xC0U) != 0x80U;
  }));
}

std::string Json(ValueView value) {
  std::string json;
  AppendJsonValue(json, value);
  return json;
}

bool FitsScalar(const SchemaNode& node, ValueView value, Misfit& misfit) {
  if (node.refuses_all) return Refuse(misfit, "no value", Described(value));
  if (!node.types.empty() &&
      std::none_of(node.types.begin(), node.types.end(),
                   [value](std::string_view name) { return HasType(value, name); })) {
    return Refuse(misfit, Joined(node.types), Described(value));
  }
  if (node.allowed.has_value() &&
      std::none_of(node.allowed->begin(), node.allowed->end(),
                   [value](ValueView allowed) { return EqualValues(value, allowed); })) {
    return Refuse(misfit, "a value of the enum", Described(value));
  }
  if (IsNumber(value.type())) {
    if (node.minimum && CompareNumbers(value, node.minimum) < 0) {
      return Refuse(misfit, "at least " + Json(node.minimum), Described(value));
    }
    if (node.maximum && CompareNumbers(value, node.maximum) > 0) {
      return Refuse(misfit, "at most " + Json(node.maximum), Described(value));
    }
  }
  if (value.type() != ValueType::kString) return true;
  if (node.length_min == 0 && node.length_max == UINT64_MAX) return true;
  const std::uint64_t length = CharactersIn(value.AsString());
  if (length >= node.length_min && length <= node.length_max) return true;
  const std::string bound = length < node.length_min ? "at least " + std::to_string(node.length_min)
                                                     : "at most " + std::to_string(node.length_max);
  return Refuse(misfit, bound + " characters", std::to_string(length) + " characters");
}

bool Fits(const SchemaNode& node, ValueView value, Misfit& misfit);

bool FitsObject(const SchemaNode& node, ValueView object, Misfit& misfit) {
  for (const std::string_view key : node.required) {
    if (object.Find(key)) continue;
    Refuse(misfit, "a value (it is required)", "missing");
    misfit.place = PathKeyText(key);
    return false;
  }
  if (node.properties.empty() && node.additional == nullptr) return true;
  for (const Member member : object.Members()) {
    const auto key = std::lower_bound(node.keys.begin(), node.keys.end(), member.key);
    const bool known = key != node.keys.end() && *key == member.key;
    const SchemaNode* schema =
        known ? &node.properties[static_cast<std::size_t>(key - node.keys.begin())]
              : node.additional.get();
    if (schema == nullptr || Fits(*schema, member.value, misfit)) continue;
    if (!known && schema->refuses_all) misfit.expected = "only keys that properties names";
    misfit.Prepend(PathKeyText(member.key));
    return false;
  }
  return true;
}

bool FitsArray(const SchemaNode& node, ValueView array, Misfit& misfit) {
  if (node.items == nullptr) return true;
  std::size_t position = 0;
  for (const ValueView element : array.Elements()) {
    if (!Fits(*node.items, element, misfit)) {
      misfit.Prepend('[' + std::to_string(position) + ']');
      return false;
    }
    ++position;
  }
  return true;
}

bool Fits(const SchemaNode& node, ValueView value, Misfit& misfit) {
  if (!FitsScalar(node, value, misfit)) return false;
  if (value.type() == ValueType::kObject) return FitsObject(node, value, misfit);
  if (value.type() == ValueType::kArray) return FitsArray(node, value, misfit);
  return true;
}

}  // namespace

struct SchemaValidator::Compiled {
  Document source;
  SchemaNode root;
};

SchemaValidator::SchemaValidator(std::unique_ptr<const Compiled> compiled)
    : compiled_(std::move(compiled)) {}
SchemaValidator::SchemaValidator(SchemaValidator&&) noexcept = default;
SchemaValidator& SchemaValidator::operator=(SchemaValidator&&) noexcept = default;
SchemaValidator::~SchemaValidator() = default;

Result<SchemaValidator> SchemaValidator::Compile(const Document& schema) {
  auto compiled = std::make_unique<Compiled>();
  compiled->source = schema;
  PHENIX_RETURN_IF_ERROR(SchemaCompiler().Compile(RootOf(compiled->source), compiled->root));
  return SchemaValidator(std::move(compiled));
}

Status SchemaValidator::Check(const Document& document) const {
  Misfit misfit;
  if (Fits(compiled_->root, RootOf(document), misfit)) return Status::Ok();
  const std::string place =
      misfit.place.empty() ? "the top level" : ShortenedForMessage(misfit.place);
  return {StatusCode::kInvalidArgument, "document does not fit the schema at " + place +
                                            ": expected " + misfit.expected + ", got " +
                                            misfit.got};
}

}  // namespace phenix::model
