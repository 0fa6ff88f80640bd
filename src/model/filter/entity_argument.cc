// Arguments of operators that are about the entity: its id, vectors, version and edges.
#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "model/filter/filter_parser.h"
#include "model/names.h"

namespace phenix::model {
namespace {

constexpr std::uint32_t kSlicesMax = 65'536;

Result<std::uint64_t> ParseCount(const ParseContext& context, ValueView value, CountText text) {
  if (text == CountText::kRefused || value.type() != ValueType::kString)
    return context.CountOf(value);
  const std::string_view digits = value.AsString();
  std::uint64_t count = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (digits.empty() || read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) {
    return context.Expected("an integer of at least 0, or its decimal digits as a string", value);
  }
  return count;
}

void SetNeverTrue(CountRange& range) { range = {1, 0}; }

/// Narrows `range` by one comparison.
Status NarrowCount(const ParseContext& context, const Member& member, CountText text,
                   CountRange& range) {
  const OperatorName* known = FindOperator(member.key);
  if (known != nullptr && known->kind == FilterKind::kBetween) {
    if (member.value.type() != ValueType::kArray || member.value.size() != 2) {
      return context.Expected("an array of the lowest and the highest count", member.value);
    }
    PHENIX_ASSIGN_OR_RETURN(const auto low, ParseCount(context, ElementAt(member.value, 0), text));
    PHENIX_ASSIGN_OR_RETURN(const auto high, ParseCount(context, ElementAt(member.value, 1), text));
    range.min = std::max(range.min, low);
    range.max = std::min(range.max, high);
    return Status::Ok();
  }
  PHENIX_ASSIGN_OR_RETURN(const std::uint64_t count, ParseCount(context, member.value, text));
  const FilterKind kind = known == nullptr ? FilterKind::kAnd : known->kind;
  if (kind == FilterKind::kEqual || kind == FilterKind::kGreaterOrEqual) {
    range.min = std::max(range.min, count);
  }
  if (kind == FilterKind::kEqual || kind == FilterKind::kLessOrEqual) {
    range.max = std::min(range.max, count);
  }
  if (kind == FilterKind::kGreater) {
    if (count == UINT64_MAX) return SetNeverTrue(range), Status::Ok();
    range.min = std::max(range.min, count + 1);
  }
  if (kind == FilterKind::kLess) {
    if (count == 0) return SetNeverTrue(range), Status::Ok();
    range.max = std::min(range.max, count - 1);
  }
  return Status::Ok();
}

bool IsCountComparison(std::string_view key) {
  return key == "$eq" || key == "$gt" || key == "$gte" || key == "$lt" || key == "$lte" ||
         key == "$between";
}

Result<std::vector<std::string>> ParseStrings(const ParseContext& context, ValueView value) {
  std::vector<std::string> strings;
  if (value.type() != ValueType::kArray) return context.Expected("an array of strings", value);
  if (value.size() > kFilterListValuesMax) {
    return context.Fault(
        StatusCode::kResourceExhausted,
        "more than " + std::to_string(kFilterListValuesMax) + " values in one list");
  }
  for (const ValueView element : value.Elements()) {
    PHENIX_ASSIGN_OR_RETURN(const std::string_view text, context.StringOf(element));
    strings.emplace_back(text);
  }
  return strings;
}

Status ParseIdRange(ParseContext& context, ValueView value, IdCondition& condition) {
  const ParseContext::Place place(context, "range");
  PHENIX_RETURN_IF_ERROR(context.CheckKeys(value, {"$gte", "$gt", "$lte", "$lt"}));
  for (const Member member : value.Members()) {
    PHENIX_ASSIGN_OR_RETURN(const std::string_view id, context.StringOf(member.value));
    if (member.key == "$gte") condition.at_least = id;
    if (member.key == "$gt") condition.above = id;
    if (member.key == "$lte") condition.at_most = id;
    if (member.key == "$lt") condition.below = id;
  }
  return Status::Ok();
}

Status ParseId(ParseContext& context, ValueView value, FilterNode& node) {
  IdCondition condition;
  ValueView in = value;
  if (value.type() == ValueType::kString) {
    condition.in = std::vector<std::string>{std::string(value.AsString())};
    in = ValueView();
  } else if (value.type() == ValueType::kObject) {
    PHENIX_RETURN_IF_ERROR(context.CheckKeys(value, {"in", "prefix", "range"}));
    if (value.size() == 0) return context.Expected("in, prefix or range", value);
    in = value.Find("in");
    const ValueView prefix = value.Find("prefix");
    if (prefix) {
      PHENIX_ASSIGN_OR_RETURN(condition.prefix, context.StringOf(prefix));
    }
    const ValueView range = value.Find("range");
    if (range) PHENIX_RETURN_IF_ERROR(ParseIdRange(context, range, condition));
  }
  if (in) {
    PHENIX_ASSIGN_OR_RETURN(condition.in, ParseStrings(context, in));
    std::sort(condition.in->begin(), condition.in->end());
    condition.in->erase(std::unique(condition.in->begin(), condition.in->end()),
                        condition.in->end());
  }
  node.argument = std::move(condition);
  return Status::Ok();
}

Status ParseSlice(const ParseContext& context, ValueView value, FilterNode& node) {
  PHENIX_RETURN_IF_ERROR(context.CheckKeys(value, {"index", "total"}));
  PHENIX_ASSIGN_OR_RETURN(const std::uint64_t index, context.CountOf(value.Find("index")));
  PHENIX_ASSIGN_OR_RETURN(const std::uint64_t total, context.CountOf(value.Find("total")));
  if (total == 0 || total > kSlicesMax || index >= total) {
    return context.Expected("an index below total, and a total of 1 to 65536", value);
  }
  node.argument =
      SliceCondition{static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(total)};
  return Status::Ok();
}

Status AddLabels(const ParseContext& context, ValueView value, std::vector<std::string>& labels) {
  if (value.type() == ValueType::kString) {
    labels.emplace_back(value.AsString());
  } else {
    PHENIX_ASSIGN_OR_RETURN(labels, ParseStrings(context, value));
    if (labels.empty()) return context.Expected("a label, or an array of labels", value);
  }
  for (const std::string& label : labels) {
    const Status valid = ValidateEdgeLabel(label);
    if (!valid.ok()) return context.Fault(valid.code(), valid.message());
  }
  return Status::Ok();
}

/// The direction and the labels: "out": "cites", "out": ["a", "b"], or "out": true with or without
/// "label".
Status ParseDirection(ParseContext& context, ValueView value, EdgeCondition& condition) {
  const std::pair<std::string_view, EdgeCondition::Direction> directions[] = {
      {"out", EdgeCondition::Direction::kOut},
      {"in", EdgeCondition::Direction::kIn},
      {"any", EdgeCondition::Direction::kAny}};
  ValueView given;
  for (const auto& [key, direction] : directions) {
    const ValueView found = value.Find(key);
    if (!found) continue;
    if (given) return context.Expected("only one of out, in and any", value);
    given = found;
    condition.direction = direction;
  }
  if (!given) return context.Expected("one of out, in and any", value);
  const ValueView label = value.Find("label");
  const bool any_label = given.type() == ValueType::kBool && given.AsBool();
  if (!any_label) {
    if (label) return context.Expected("true for the direction when label is given", given);
    return AddLabels(context, given, condition.labels);
  }
  return label ? AddLabels(context, label, condition.labels) : Status::Ok();
}

Status ParseHops(const ParseContext& context, ValueView value, EdgeCondition& condition) {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  if (value.type() == ValueType::kArray && value.size() == 2) {
    PHENIX_ASSIGN_OR_RETURN(low, context.CountOf(ElementAt(value, 0)));
    PHENIX_ASSIGN_OR_RETURN(high, context.CountOf(ElementAt(value, 1)));
  } else {
    PHENIX_ASSIGN_OR_RETURN(high, context.CountOf(value));
    low = high;
  }
  if (low == 0 || low > high || high > kFilterHopsMax) {
    return context.Expected("hops as n or [min, max], from 1 to 10", value);
  }
  condition.hops_min = static_cast<unsigned>(low);
  condition.hops_max = static_cast<unsigned>(high);
  return Status::Ok();
}

Result<std::unique_ptr<FilterNode>> ParseInnerFilter(ParseContext& context, ValueView edge,
                                                     std::string_view key, FilterScope scope) {
  const ValueView value = edge.Find(key);
  if (!value) return std::unique_ptr<FilterNode>();
  const ParseContext::Place place(context, key);
  const ParseContext::Level level(context);
  PHENIX_RETURN_IF_ERROR(context.CountNode());
  PHENIX_ASSIGN_OR_RETURN(FilterNode node, ParseFilterObject(context, value, scope));
  return std::make_unique<FilterNode>(std::move(node));
}

Status ParseEdge(ParseContext& context, ValueView value, FilterNode& node) {
  PHENIX_RETURN_IF_ERROR(
      context.CheckKeys(value, {"out", "in", "any", "label", "to", "edge", "hops", "count"}));
  EdgeCondition condition;
  PHENIX_RETURN_IF_ERROR(ParseDirection(context, value, condition));
  PHENIX_ASSIGN_OR_RETURN(condition.to,
                          ParseInnerFilter(context, value, "to", FilterScope::kEntity));
  PHENIX_ASSIGN_OR_RETURN(condition.edge,
                          ParseInnerFilter(context, value, "edge", FilterScope::kEdge));
  if (value.Find("hops")) {
    PHENIX_RETURN_IF_ERROR(ParseHops(context, value.Find("hops"), condition));
  }
  if (value.Find("count")) {
    const ParseContext::Place place(context, "count");
    PHENIX_ASSIGN_OR_RETURN(condition.count,
                            ParseCountRange(context, value.Find("count"), CountText::kRefused));
  }
  node.argument = std::move(condition);
  return Status::Ok();
}

}  // namespace

Result<CountRange> ParseCountRange(ParseContext& context, ValueView value, CountText text) {
  CountRange range;
  if (value.type() != ValueType::kObject) {
    PHENIX_ASSIGN_OR_RETURN(range.min, ParseCount(context, value, text));
    range.max = range.min;
    return range;
  }
  if (value.size() == 0) return context.Expected("a count, or comparisons of it", value);
  for (const Member member : value.Members()) {
    const ParseContext::Place place(context, member.key);
    if (!IsCountComparison(member.key)) {
      return context.Fault(StatusCode::kInvalidArgument,
                           "expected one of $eq, $gt, $gte, $lt, $lte, $between");
    }
    PHENIX_RETURN_IF_ERROR(NarrowCount(context, member, text, range));
  }
  return range;
}

Status ParseEntityArgument(ParseContext& context, ValueView value, FilterNode& node) {
  switch (node.kind) {
    case FilterKind::kId:
      return ParseId(context, value, node);
    case FilterKind::kHasVector: {
      PHENIX_ASSIGN_OR_RETURN(const std::string_view field, context.StringOf(value));
      node.argument = VectorPresence{std::string(field)};
      return Status::Ok();
    }
    case FilterKind::kVersion: {
      PHENIX_ASSIGN_OR_RETURN(node.argument, ParseCountRange(context, value, CountText::kAllowed));
      return Status::Ok();
    }
    case FilterKind::kSlice:
      return ParseSlice(context, value, node);
    case FilterKind::kEdge:
      return ParseEdge(context, value, node);
    default:
      return context.Fault(StatusCode::kInternal, "this operator takes no argument here");
  }
}

}  // namespace phenix::model
