#include "model/filter/filter_parser.h"

#include "model/json_writer.h"

namespace phenix::model {
namespace {

constexpr std::string_view kIgnoreCaseKey = "ci";
constexpr std::string_view kWeightField = "weight";

bool IsOperatorName(std::string_view key) { return !key.empty() && key.front() == '$'; }

bool IsStringPattern(FilterKind kind) {
  return kind == FilterKind::kPrefix || kind == FilterKind::kSuffix || kind == FilterKind::kGlob ||
         kind == FilterKind::kRegex;
}

/// The conjunction of `nodes`: the only one itself, or a kAnd of them.
FilterNode Conjunction(std::vector<FilterNode> nodes) {
  if (nodes.size() == 1) return std::move(nodes.front());
  FilterNode all;
  all.kind = FilterKind::kAnd;
  all.children = std::move(nodes);
  return all;
}

/// A node that tests the same values as `field`.
FilterNode NodeOnField(const FilterNode& field, FilterKind kind) {
  FilterNode node;
  node.kind = kind;
  node.path = field.path;
  node.on_edge_weight = field.on_edge_weight;
  return node;
}

Result<FilterNode> ParseLogic(ParseContext& context, ValueView value, FilterKind kind,
                              FilterScope scope) {
  const ParseContext::Level level(context);
  PHENIX_RETURN_IF_ERROR(context.CountNode());
  FilterNode node;
  node.kind = kind;
  if (kind == FilterKind::kNot) {
    PHENIX_ASSIGN_OR_RETURN(FilterNode child, ParseFilterObject(context, value, scope));
    node.children.push_back(std::move(child));
    return node;
  }
  if (value.type() != ValueType::kArray || value.size() == 0) {
    return context.Expected("an array of at least one filter", value);
  }
  std::size_t position = 0;
  for (const ValueView element : value.Elements()) {
    const ParseContext::Place place(context, std::to_string(position++));
    PHENIX_ASSIGN_OR_RETURN(FilterNode child, ParseFilterObject(context, element, scope));
    node.children.push_back(std::move(child));
  }
  return node;
}

/// True when `value` is to be read as operators; an error when it is neither those nor a literal.
Result<bool> IsOperatorObject(const ParseContext& context, ValueView value) {
  if (value.type() != ValueType::kObject || IsTimeLiteral(value)) return false;
  std::size_t operators = 0;
  std::size_t others = 0;
  for (const Member member : value.Members()) {
    if (IsOperatorName(member.key)) {
      ++operators;
    } else if (member.key != kIgnoreCaseKey) {
      ++others;
    }
  }
  if (operators > 0 && others > 0) {
    return context.Expected("only operators, or a literal without keys that start with $", value);
  }
  return operators > 0;
}

Result<FilterNode> ParseField(ParseContext& context, const Member& member, FilterScope scope) {
  FilterNode field;
  Result<Path> path = Path::Parse(member.key);
  if (!path.ok()) return context.Fault(path.status().code(), path.status().message());
  field.path = *std::move(path);
  field.on_edge_weight = scope == FilterScope::kEdge && member.key == kWeightField;
  PHENIX_ASSIGN_OR_RETURN(const bool operators, IsOperatorObject(context, member.value));
  if (operators) return ParseOperators(context, field, member.value);
  PHENIX_RETURN_IF_ERROR(context.CountNode());
  FilterNode node = NodeOnField(field, FilterKind::kEqual);
  PHENIX_RETURN_IF_ERROR(ParseFieldArgument(context, member.value, node));
  return node;
}

Result<FilterNode> ParseMember(ParseContext& context, const Member& member, FilterScope scope) {
  if (!IsOperatorName(member.key)) return ParseField(context, member, scope);
  const OperatorName* known = FindOperator(member.key);
  if (known == nullptr || known->place == OperatorPlace::kField) {
    return context.Fault(StatusCode::kInvalidArgument, UnknownOperator(member.key, false));
  }
  if (known->place != OperatorPlace::kEntity) {
    return ParseLogic(context, member.value, known->kind, scope);
  }
  if (scope != FilterScope::kEntity) {
    return context.Fault(
        StatusCode::kInvalidArgument,
        "this operator is about an entity and cannot stand inside $elem or an edge");
  }
  PHENIX_RETURN_IF_ERROR(context.CountNode());
  FilterNode node;
  node.kind = known->kind;
  PHENIX_RETURN_IF_ERROR(ParseEntityArgument(context, member.value, node));
  return node;
}

/// The child of a $not below a field, or of a $elem that tests the element itself.
Result<FilterNode> ParseNegation(ParseContext& context, const FilterNode& field, ValueView value) {
  const ParseContext::Level level(context);
  PHENIX_RETURN_IF_ERROR(context.CountNode());
  FilterNode node;
  node.kind = FilterKind::kNot;
  PHENIX_ASSIGN_OR_RETURN(FilterNode child, ParseOperators(context, field, value));
  node.children.push_back(std::move(child));
  return node;
}

Result<FilterNode> ParsePattern(ParseContext& context, FilterNode node, ValueView value,
                                bool ignore_case) {
  StringPattern::Options options;
  options.ignore_case = ignore_case;
  switch (node.kind) {
    case FilterKind::kPrefix:
      options.kind = StringPattern::Kind::kPrefix;
      break;
    case FilterKind::kSuffix:
      options.kind = StringPattern::Kind::kSuffix;
      break;
    case FilterKind::kGlob:
      options.kind = StringPattern::Kind::kGlob;
      break;
    default:
      options.kind = StringPattern::Kind::kRegex;
      break;
  }
  PHENIX_ASSIGN_OR_RETURN(const std::string_view text, context.StringOf(value));
  Result<StringPattern> pattern = StringPattern::Make(text, options);
  if (!pattern.ok()) return context.Fault(pattern.status().code(), pattern.status().message());
  node.argument = *std::move(pattern);
  return node;
}

struct IgnoreCase {
  bool given = false;
  bool value = false;
};

Result<IgnoreCase> ReadIgnoreCase(ParseContext& context, ValueView operators) {
  const ValueView given = operators.Find(kIgnoreCaseKey);
  if (!given) return IgnoreCase{};
  const ParseContext::Place place(context, kIgnoreCaseKey);
  PHENIX_ASSIGN_OR_RETURN(const bool value, context.BoolOf(given));
  for (const Member member : operators.Members()) {
    const OperatorName* known = FindOperator(member.key);
    if (known != nullptr && IsStringPattern(known->kind)) return IgnoreCase{true, value};
  }
  return context.Fault(StatusCode::kInvalidArgument,
                       "\"ci\" needs $prefix, $suffix, $glob or $regex beside it");
}

}  // namespace

Result<FilterNode> ParseOperators(ParseContext& context, const FilterNode& field, ValueView value) {
  if (value.type() != ValueType::kObject || value.size() == 0) {
    return context.Expected("an object of operators", value);
  }
  PHENIX_ASSIGN_OR_RETURN(const IgnoreCase ignore_case, ReadIgnoreCase(context, value));
  std::vector<FilterNode> nodes;
  for (const Member member : value.Members()) {
    if (member.key == kIgnoreCaseKey) continue;
    const ParseContext::Place place(context, member.key);
    const OperatorName* known = FindOperator(member.key);
    const bool below_field = known != nullptr && (known->place == OperatorPlace::kField ||
                                                  known->place == OperatorPlace::kBoth);
    if (!below_field) {
      return context.Fault(StatusCode::kInvalidArgument, UnknownOperator(member.key, true));
    }
    if (known->kind == FilterKind::kNot) {
      PHENIX_ASSIGN_OR_RETURN(FilterNode node, ParseNegation(context, field, member.value));
      nodes.push_back(std::move(node));
      continue;
    }
    PHENIX_RETURN_IF_ERROR(context.CountNode());
    FilterNode node = NodeOnField(field, known->kind);
    if (IsStringPattern(known->kind)) {
      PHENIX_ASSIGN_OR_RETURN(
          node, ParsePattern(context, std::move(node), member.value, ignore_case.value));
    } else {
      PHENIX_RETURN_IF_ERROR(ParseFieldArgument(context, member.value, node));
    }
    nodes.push_back(std::move(node));
  }
  return Conjunction(std::move(nodes));
}

Result<FilterNode> ParseFilterObject(ParseContext& context, ValueView value, FilterScope scope) {
  if (value.type() != ValueType::kObject) return context.Expected("a filter object", value);
  std::vector<FilterNode> nodes;
  for (const Member member : value.Members()) {
    const ParseContext::Place place(context, member.key);
    PHENIX_ASSIGN_OR_RETURN(FilterNode node, ParseMember(context, member, scope));
    nodes.push_back(std::move(node));
  }
  return Conjunction(std::move(nodes));
}

Status ParseFilterTree(FilterTree& tree) {
  ParseContext context;
  PHENIX_ASSIGN_OR_RETURN(tree.root,
                          ParseFilterObject(context, RootOf(tree.source), FilterScope::kEntity));
  return Status::Ok();
}

}  // namespace phenix::model
