// Arguments of operators that stand below a field.
#include <algorithm>
#include <utility>

#include "model/filter/filter_parser.h"
#include "model/value_compare.h"

namespace phenix::model {
namespace {

constexpr std::string_view kTimeKey = "$time";
constexpr std::string_view kNowKey = "$now";

/// What an ordering operator may be given.
bool IsOrdered(const Literal& literal) {
  return literal.time.has_value() || IsNumber(literal.value.type()) ||
         literal.value.type() == ValueType::kString;
}

Result<Literal> ParseOrderedLiteral(const ParseContext& context, ValueView value) {
  PHENIX_ASSIGN_OR_RETURN(Literal literal, ParseLiteral(context, value));
  if (!IsOrdered(literal)) return context.Expected("a number, a string or a time", value);
  return literal;
}

Status ParseRange(const ParseContext& context, ValueView value, FilterNode& node) {
  if (value.type() != ValueType::kArray || value.size() != 2) {
    return context.Expected("an array of the lowest and the highest value", value);
  }
  LiteralRange range;
  PHENIX_ASSIGN_OR_RETURN(range.low, ParseOrderedLiteral(context, ElementAt(value, 0)));
  PHENIX_ASSIGN_OR_RETURN(range.high, ParseOrderedLiteral(context, ElementAt(value, 1)));
  const bool same = range.low.time.has_value() == range.high.time.has_value() &&
                    ClassOf(range.low.value.type()) == ClassOf(range.high.value.type());
  if (!same) return context.Expected("two values of one type", value);
  node.argument = range;
  return Status::Ok();
}

Status ParseSet(ParseContext& context, ValueView value, FilterNode& node) {
  if (value.type() != ValueType::kArray) return context.Expected("an array of values", value);
  if (value.size() > kFilterListValuesMax) {
    return context.Fault(
        StatusCode::kResourceExhausted,
        "more than " + std::to_string(kFilterListValuesMax) + " values in one list");
  }
  LiteralSet set;
  set.values.reserve(value.size());
  for (const ValueView element : value.Elements()) {
    PHENIX_ASSIGN_OR_RETURN(const Literal literal, ParseLiteral(context, element));
    if (literal.time.has_value()) {
      set.times.push_back(*literal.time);
    } else {
      set.values.push_back(literal.value);
    }
  }
  std::sort(set.values.begin(), set.values.end(),
            [](ValueView a, ValueView b) { return CompareValues(a, b) < 0; });
  set.values.erase(std::unique(set.values.begin(), set.values.end(), EqualValues),
                   set.values.end());
  node.argument = std::move(set);
  return Status::Ok();
}

std::uint16_t TypeBit(ValueType type) {
  return static_cast<std::uint16_t>(1U << static_cast<unsigned>(type));
}

/// The bits of a type's name; 0 for a name that is none.
std::uint16_t TypeBitsOf(std::string_view name) {
  const auto integer =
      static_cast<std::uint16_t>(TypeBit(ValueType::kInt) | TypeBit(ValueType::kUint));
  const std::pair<std::string_view, std::uint16_t> names[] = {
      {"null", TypeBit(ValueType::kNull)},
      {"boolean", TypeBit(ValueType::kBool)},
      {"integer", integer},
      {"double", TypeBit(ValueType::kDouble)},
      {"number", static_cast<std::uint16_t>(integer | TypeBit(ValueType::kDouble))},
      {"string", TypeBit(ValueType::kString)},
      {"array", TypeBit(ValueType::kArray)},
      {"object", TypeBit(ValueType::kObject)}};
  for (const auto& [known, bits] : names) {
    if (known == name) return bits;
  }
  return 0;
}

Status AddType(const ParseContext& context, ValueView value, TypeSet& types) {
  const std::uint16_t bits =
      value.type() == ValueType::kString ? TypeBitsOf(value.AsString()) : std::uint16_t{0};
  if (bits == 0) {
    return context.Expected(
        "one of \"null\", \"boolean\", \"integer\", \"double\", \"number\", \"string\", \"array\", "
        "\"object\"",
        value);
  }
  types.bits = static_cast<std::uint16_t>(types.bits | bits);
  return Status::Ok();
}

Status ParseTypes(const ParseContext& context, ValueView value, FilterNode& node) {
  TypeSet types;
  if (value.type() == ValueType::kArray) {
    for (const ValueView element : value.Elements()) {
      PHENIX_RETURN_IF_ERROR(AddType(context, element, types));
    }
  } else {
    PHENIX_RETURN_IF_ERROR(AddType(context, value, types));
  }
  node.argument = types;
  return Status::Ok();
}

Status ParseText(const ParseContext& context, ValueView value, FilterNode& node) {
  TextQuery query;
  ValueView words = value;
  if (value.type() == ValueType::kObject) {
    PHENIX_RETURN_IF_ERROR(context.CheckKeys(value, {"query", "mode"}));
    words = value.Find("query");
    const ValueView mode = value.Find("mode");
    const std::string_view name = mode.type() == ValueType::kString ? mode.AsString() : "";
    if (mode && name != "any" && name != "all" && name != "phrase") {
      return context.Expected("the mode \"any\", \"all\" or \"phrase\"", mode);
    }
    if (name == "all") query.mode = TextQuery::Mode::kAll;
    if (name == "phrase") query.mode = TextQuery::Mode::kPhrase;
  }
  if (words.type() != ValueType::kString) {
    return context.Expected("a string, or an object of query and mode", words);
  }
  TextTokens tokens(words.AsString());
  for (std::string token; tokens.Next(token);) query.tokens.push_back(token);
  if (query.tokens.empty()) return context.Expected("at least one word", words);
  if (query.tokens.size() > kTextQueryTokensMax) {
    return context.Fault(StatusCode::kResourceExhausted,
                         "more than " + std::to_string(kTextQueryTokensMax) + " words in $text");
  }
  node.argument = std::move(query);
  return Status::Ok();
}

Result<GeoPoint> ParsePoint(const ParseContext& context, ValueView value) {
  const std::optional<GeoPoint> point = ReadGeoPoint(value);
  if (!point.has_value()) {
    return context.Expected(
        "a place as {\"lat\": -90 to 90, \"lon\": -180 to 180} or a GeoJSON Point", value);
  }
  return *point;
}

Status ParseCircle(const ParseContext& context, ValueView value, FilterNode& node) {
  PHENIX_RETURN_IF_ERROR(context.CheckKeys(value, {"center", "radius_m"}));
  GeoCircle circle;
  PHENIX_ASSIGN_OR_RETURN(circle.center, ParsePoint(context, value.Find("center")));
  PHENIX_ASSIGN_OR_RETURN(circle.radius_meters, context.NumberOf(value.Find("radius_m")));
  if (circle.radius_meters < 0) {
    return context.Expected("a radius_m of at least 0", value.Find("radius_m"));
  }
  node.argument = circle;
  return Status::Ok();
}

Status ParseBox(const ParseContext& context, ValueView value, FilterNode& node) {
  PHENIX_RETURN_IF_ERROR(context.CheckKeys(value, {"top_left", "bottom_right"}));
  GeoBox box;
  PHENIX_ASSIGN_OR_RETURN(box.top_left, ParsePoint(context, value.Find("top_left")));
  PHENIX_ASSIGN_OR_RETURN(box.bottom_right, ParsePoint(context, value.Find("bottom_right")));
  if (box.top_left.latitude < box.bottom_right.latitude) {
    return context.Expected("a top_left that is north of bottom_right", value);
  }
  node.argument = box;
  return Status::Ok();
}

Status ParsePolygon(const ParseContext& context, ValueView value, FilterNode& node) {
  PHENIX_RETURN_IF_ERROR(context.CheckKeys(value, {"points"}));
  const ValueView points = value.Find("points");
  if (points.type() != ValueType::kArray || points.size() < 3) {
    return context.Expected("points, an array of at least three places", points);
  }
  if (points.size() > kFilterPolygonPointsMax) {
    return context.Fault(
        StatusCode::kResourceExhausted,
        "more than " + std::to_string(kFilterPolygonPointsMax) + " points in one polygon");
  }
  std::vector<GeoPoint> corners;
  corners.reserve(points.size());
  for (const ValueView element : points.Elements()) {
    PHENIX_ASSIGN_OR_RETURN(const GeoPoint corner, ParsePoint(context, element));
    corners.push_back(corner);
  }
  node.argument = GeoPolygon(std::move(corners));
  return Status::Ok();
}

/// True when the argument of $elem tests the element itself, not members of it.
bool TestsElementItself(ValueView value) {
  for (const Member member : value.Members()) {
    const OperatorName* known = FindOperator(member.key);
    if (known == nullptr) return false;
    if (known->kind != FilterKind::kNot) return known->place == OperatorPlace::kField;
    return TestsElementItself(member.value);
  }
  return false;
}

Status ParseElement(ParseContext& context, ValueView value, FilterNode& node) {
  const ParseContext::Level level(context);
  if (TestsElementItself(value)) {
    PHENIX_ASSIGN_OR_RETURN(FilterNode child, ParseOperators(context, FilterNode(), value));
    node.children.push_back(std::move(child));
    return Status::Ok();
  }
  PHENIX_ASSIGN_OR_RETURN(FilterNode child,
                          ParseFilterObject(context, value, FilterScope::kElement));
  node.children.push_back(std::move(child));
  return Status::Ok();
}

}  // namespace

bool IsTimeLiteral(ValueView value) {
  return value.type() == ValueType::kObject && value.size() == 1 &&
         (value.Find(kTimeKey) || value.Find(kNowKey));
}

Result<Literal> ParseLiteral(const ParseContext& context, ValueView value) {
  Literal literal;
  if (!IsTimeLiteral(value)) {
    literal.value = value;
    return literal;
  }
  literal.time.emplace();
  const ValueView fixed = value.Find(kTimeKey);
  if (fixed) {
    const auto at = fixed.type() == ValueType::kString ? ParseTime(fixed.AsString()) : std::nullopt;
    if (!at.has_value()) return context.Expected("an RFC 3339 time", fixed);
    literal.time->at = *at;
    return literal;
  }
  const ValueView text = value.Find(kNowKey);
  const auto offset =
      text.type() == ValueType::kString ? ParseTimeOffset(text.AsString()) : std::nullopt;
  if (!offset.has_value()) {
    return context.Expected("an offset like \"-7d\" or \"+1h30m\" (ms, s, m, h, d, w)", text);
  }
  literal.time->relative = true;
  literal.time->offset_ms = *offset;
  return literal;
}

Status ParseFieldArgument(ParseContext& context, ValueView value, FilterNode& node) {
  switch (node.kind) {
    case FilterKind::kEqual:
    case FilterKind::kNotEqual:
    case FilterKind::kContains: {
      PHENIX_ASSIGN_OR_RETURN(node.argument, ParseLiteral(context, value));
      return Status::Ok();
    }
    case FilterKind::kGreater:
    case FilterKind::kGreaterOrEqual:
    case FilterKind::kLess:
    case FilterKind::kLessOrEqual: {
      PHENIX_ASSIGN_OR_RETURN(node.argument, ParseOrderedLiteral(context, value));
      return Status::Ok();
    }
    case FilterKind::kBetween:
      return ParseRange(context, value, node);
    case FilterKind::kIn:
    case FilterKind::kNotIn:
    case FilterKind::kAny:
    case FilterKind::kAll:
    case FilterKind::kNone:
      return ParseSet(context, value, node);
    case FilterKind::kExists:
    case FilterKind::kNull: {
      PHENIX_ASSIGN_OR_RETURN(node.argument, context.BoolOf(value));
      return Status::Ok();
    }
    case FilterKind::kType:
      return ParseTypes(context, value, node);
    case FilterKind::kSize: {
      PHENIX_ASSIGN_OR_RETURN(node.argument, ParseCountRange(context, value, CountText::kRefused));
      return Status::Ok();
    }
    case FilterKind::kElement:
      return ParseElement(context, value, node);
    case FilterKind::kText:
      return ParseText(context, value, node);
    case FilterKind::kGeoRadius:
      return ParseCircle(context, value, node);
    case FilterKind::kGeoBox:
      return ParseBox(context, value, node);
    case FilterKind::kGeoPolygon:
      return ParsePolygon(context, value, node);
    default:
      return context.Fault(StatusCode::kInternal, "this operator takes no argument here");
  }
}

}  // namespace phenix::model
