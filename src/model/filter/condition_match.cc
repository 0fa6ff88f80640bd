#include "model/filter/condition_match.h"

#include <algorithm>
#include <variant>

#include "model/value_compare.h"

namespace phenix::model {
namespace {

Match Of(bool matches) { return matches ? Match::kYes : Match::kNo; }

/// The time that a value states, if it is a string and a time.
std::optional<TimePoint> TimeOf(ValueView value) {
  if (value.type() != ValueType::kString) return std::nullopt;
  return ParseTime(value.AsString());
}

template <typename T>
int Order(const T& a, const T& b) {
  return static_cast<int>(b < a) - static_cast<int>(a < b);
}

/// value against literal; nullopt when they cannot be compared.
std::optional<int> CompareWith(ValueView value, const Literal& literal,
                               EvaluationContext& context) {
  if (literal.time.has_value()) {
    const std::optional<TimePoint> time = TimeOf(value);
    if (!time.has_value()) return std::nullopt;
    return Order(*time, literal.time->Resolve(literal.time->relative ? context.now_ms() : 0));
  }
  const ValueType type = value.type();
  const ValueType literal_type = literal.value.type();
  if (type == ValueType::kInt && literal_type == ValueType::kInt) {
    return Order(value.AsInt(), literal.value.AsInt());
  }
  if (ClassOf(type) != ClassOf(literal_type)) return std::nullopt;
  return CompareValues(value, literal.value);
}

bool OrderFits(FilterKind kind, int order) {
  switch (kind) {
    case FilterKind::kGreater:
      return order > 0;
    case FilterKind::kGreaterOrEqual:
      return order >= 0;
    case FilterKind::kLess:
      return order < 0;
    case FilterKind::kLessOrEqual:
      return order <= 0;
    default:
      return order == 0;
  }
}

Match TestComparison(const FilterNode& node, ValueView value, EvaluationContext& context) {
  const auto& literal = std::get<Literal>(node.argument);
  const std::optional<int> order = CompareWith(value, literal, context);
  if (order.has_value()) return Of(OrderFits(node.kind, *order));
  // Looking for null among values is no mistake about types.
  return literal.value.type() == ValueType::kNull ? Match::kNo : Match::kWrongType;
}

Match TestBetween(const LiteralRange& range, ValueView value, EvaluationContext& context) {
  const std::optional<int> low = CompareWith(value, range.low, context);
  const std::optional<int> high = CompareWith(value, range.high, context);
  if (!low.has_value() || !high.has_value()) return Match::kWrongType;
  return Of(*low >= 0 && *high <= 0);
}

bool IsIn(const LiteralSet& set, ValueView value, EvaluationContext& context) {
  const bool listed =
      std::binary_search(set.values.begin(), set.values.end(), value,
                         [](ValueView a, ValueView b) { return CompareValues(a, b) < 0; });
  if (listed || set.times.empty()) return listed;
  const std::optional<TimePoint> time = TimeOf(value);
  if (!time.has_value()) return false;
  for (const TimeLiteral& literal : set.times) {
    if (literal.Resolve(literal.relative ? context.now_ms() : 0) == *time) return true;
  }
  return false;
}

/// True when a listed value could be compared with `value` at all.
bool HasClassOf(const LiteralSet& set, ValueView value) {
  const ValueClass wanted = ClassOf(value.type());
  if (set.values.empty() && set.times.empty()) return true;
  if (!set.times.empty() && TimeOf(value).has_value()) return true;
  return std::any_of(set.values.begin(), set.values.end(),
                     [wanted](ValueView listed) { return ClassOf(listed.type()) == wanted; });
}

Match TestIn(const LiteralSet& set, ValueView value, EvaluationContext& context) {
  if (IsIn(set, value, context)) return Match::kYes;
  return HasClassOf(set, value) ? Match::kNo : Match::kWrongType;
}

bool ContainsLiteral(ValueView array, const Literal& literal, EvaluationContext& context) {
  for (const ValueView element : array.Elements()) {
    const std::optional<int> order = CompareWith(element, literal, context);
    if (order.has_value() && *order == 0) return true;
  }
  return false;
}

bool ContainsAny(ValueView array, const LiteralSet& set, EvaluationContext& context) {
  for (const ValueView element : array.Elements()) {
    if (IsIn(set, element, context)) return true;
  }
  return false;
}

/// Cost: sorts the elements once, so that long lists on both sides stay cheap.
bool ContainsAll(ValueView array, const LiteralSet& set, EvaluationContext& context) {
  std::vector<ValueView> elements;
  for (const ValueView element : array.Elements()) elements.push_back(element);
  const auto below = [](ValueView a, ValueView b) { return CompareValues(a, b) < 0; };
  std::sort(elements.begin(), elements.end(), below);
  for (const ValueView wanted : set.values) {
    if (!std::binary_search(elements.begin(), elements.end(), wanted, below)) return false;
  }
  for (const TimeLiteral& time : set.times) {
    if (!ContainsLiteral(array, Literal{ValueView(), time}, context)) return false;
  }
  return true;
}

Match TestArray(const FilterNode& node, ValueView value, EvaluationContext& context) {
  if (value.type() != ValueType::kArray) return Match::kWrongType;
  switch (node.kind) {
    case FilterKind::kContains:
      return Of(ContainsLiteral(value, std::get<Literal>(node.argument), context));
    case FilterKind::kAll:
      return Of(ContainsAll(value, std::get<LiteralSet>(node.argument), context));
    case FilterKind::kSize:
      return Of(std::get<CountRange>(node.argument).Contains(value.size()));
    default:
      return Of(ContainsAny(value, std::get<LiteralSet>(node.argument), context));
  }
}

template <typename StringTest>
Match TestString(const FilterNode& node, ValueView value) {
  if (value.type() != ValueType::kString) return Match::kWrongType;
  return Of(std::get<StringTest>(node.argument).Matches(value.AsString()));
}

template <typename Shape>
Match TestPlace(const FilterNode& node, ValueView value) {
  const std::optional<GeoPoint> point = ReadGeoPoint(value);
  if (!point.has_value()) return Match::kWrongType;
  return Of(std::get<Shape>(node.argument).Contains(*point));
}

}  // namespace

Match TestCondition(const FilterNode& node, ValueView value, EvaluationContext& context) {
  switch (node.kind) {
    case FilterKind::kEqual:
    case FilterKind::kNotEqual:
    case FilterKind::kGreater:
    case FilterKind::kGreaterOrEqual:
    case FilterKind::kLess:
    case FilterKind::kLessOrEqual:
      return TestComparison(node, value, context);
    case FilterKind::kBetween:
      return TestBetween(std::get<LiteralRange>(node.argument), value, context);
    case FilterKind::kIn:
    case FilterKind::kNotIn:
      return TestIn(std::get<LiteralSet>(node.argument), value, context);
    case FilterKind::kExists:
      return Match::kYes;
    case FilterKind::kNull:
      return Of((value.type() == ValueType::kNull) == std::get<bool>(node.argument));
    case FilterKind::kType:
      return Of(std::get<TypeSet>(node.argument).Contains(value.type()));
    case FilterKind::kContains:
    case FilterKind::kAny:
    case FilterKind::kAll:
    case FilterKind::kNone:
    case FilterKind::kSize:
      return TestArray(node, value, context);
    case FilterKind::kPrefix:
    case FilterKind::kSuffix:
    case FilterKind::kGlob:
    case FilterKind::kRegex:
      return TestString<StringPattern>(node, value);
    case FilterKind::kText:
      return TestString<TextQuery>(node, value);
    case FilterKind::kGeoRadius:
      return TestPlace<GeoCircle>(node, value);
    case FilterKind::kGeoBox:
      return TestPlace<GeoBox>(node, value);
    case FilterKind::kGeoPolygon:
      return TestPlace<GeoPolygon>(node, value);
    default:
      return Match::kWrongType;
  }
}

}  // namespace phenix::model
