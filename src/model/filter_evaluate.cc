#include "model/filter_evaluate.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "model/filter/condition_match.h"
#include "model/value_compare.h"

namespace phenix::model {
namespace {

/// The stored form of an object without members.
constexpr std::array<char, 6> kNoProperties = {static_cast<char>(kTagObject), 1, 0, 0, 0, 0};

/// One evaluation: holds what was fetched and the first error.
class Evaluation {
 public:
  explicit Evaluation(EvaluationContext& context) : context_(context) {}
  Evaluation(EvaluationContext& context, const EdgeView& edge)
      : context_(context),
        document_(edge.properties ? edge.properties : ValueView(kNoProperties.data())) {
    edge_weight_[0] = static_cast<char>(kTagDouble);
    std::memcpy(edge_weight_.data() + 1, &edge.weight, sizeof edge.weight);
  }

  /// Whether `node` holds for the document (`element` missing) or for an element of an array.
  bool Matches(const FilterNode& node, ValueView element);
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  struct Visitor {
    Evaluation& evaluation;
    const FilterNode& node;
    bool OnValue(ValueView value) const { return evaluation.TestValue(node, value); }
    void OnBlocked(ValueView value) const { evaluation.Warn(node, value); }
  };

  bool MatchesAny(const FilterNode& node, ValueView element);
  bool MatchesAll(const FilterNode& node, ValueView element);
  bool MatchesEdge(const EdgeCondition& condition);
  bool MatchesPath(const FilterNode& node, ValueView element);
  bool TestValue(const FilterNode& node, ValueView value);
  bool TestElements(const FilterNode& node, ValueView array);
  ValueView Root(ValueView element);
  void Warn(const FilterNode& node, ValueView found) {
    if (found.type() != ValueType::kNull) context_.warnings().AddWrongType(node, found);
  }

  EvaluationContext& context_;
  ValueView document_;  // missing until asked for
  std::array<char, 1 + sizeof(double)> edge_weight_{};
  Status status_;
};

bool Evaluation::MatchesAny(const FilterNode& node, ValueView element) {
  for (const FilterNode& child : node.children) {
    if (Matches(child, element)) return true;
  }
  return false;
}

bool Evaluation::MatchesAll(const FilterNode& node, ValueView element) {
  for (const FilterNode& child : node.children) {
    if (!Matches(child, element)) return false;
  }
  return true;
}

bool Evaluation::MatchesEdge(const EdgeCondition& condition) {
  Result<bool> matches = context_.MatchesEdge(condition);
  if (matches.ok()) return *matches;
  if (status_.ok()) status_ = matches.status();
  return false;
}

bool Evaluation::Matches(const FilterNode& node, ValueView element) {
  if (!status_.ok()) return false;
  switch (node.kind) {
    case FilterKind::kAnd:
      return MatchesAll(node, element);
    case FilterKind::kOr:
      return MatchesAny(node, element);
    case FilterKind::kNot:
    case FilterKind::kNor:
      return !MatchesAny(node, element);
    case FilterKind::kId:
      return std::get<IdCondition>(node.argument).Matches(context_.id());
    case FilterKind::kHasVector:
      return context_.HasVector(std::get<VectorPresence>(node.argument).field);
    case FilterKind::kVersion:
      return std::get<CountRange>(node.argument).Contains(context_.version());
    case FilterKind::kSlice: {
      const auto& slice = std::get<SliceCondition>(node.argument);
      return StableHash64(context_.id()) % slice.total == slice.index;
    }
    case FilterKind::kEdge:
      return MatchesEdge(std::get<EdgeCondition>(node.argument));
    case FilterKind::kNotEqual:
    case FilterKind::kNotIn:
    case FilterKind::kNone:
      return !MatchesPath(node, element);
    case FilterKind::kExists:
      return MatchesPath(node, element) == std::get<bool>(node.argument);
    default:
      return MatchesPath(node, element);
  }
}

ValueView Evaluation::Root(ValueView element) {
  if (element) return element;
  if (document_ || !status_.ok()) return document_;
  Result<ValueView> document = context_.document();
  if (document.ok()) {
    document_ = *document;
  } else {
    status_ = document.status();
  }
  return document_;
}

bool Evaluation::MatchesPath(const FilterNode& node, ValueView element) {
  if (node.on_edge_weight) return TestValue(node, ValueView(edge_weight_.data()));
  const ValueView root = Root(element);
  if (!root) return false;
  const Visitor visitor{*this, node};
  return VisitPath(root, node.path.steps(), 0, visitor);
}

bool Evaluation::TestElements(const FilterNode& node, ValueView array) {
  for (const ValueView element : array.Elements()) {
    if (Matches(node.children.front(), element)) return true;
  }
  return false;
}

bool Evaluation::TestValue(const FilterNode& node, ValueView value) {
  if (node.kind == FilterKind::kElement && value.type() == ValueType::kArray) {
    return TestElements(node, value);
  }
  const Match match = TestCondition(node, value, context_);
  if (match == Match::kWrongType) Warn(node, value);
  return match == Match::kYes;
}

/// What a condition needs, for the warning.
std::string_view NeededBy(const FilterNode& node) {
  const auto* literal = std::get_if<Literal>(&node.argument);
  switch (node.kind) {
    case FilterKind::kContains:
    case FilterKind::kAny:
    case FilterKind::kAll:
    case FilterKind::kNone:
    case FilterKind::kSize:
    case FilterKind::kElement:
      return "an array";
    case FilterKind::kPrefix:
    case FilterKind::kSuffix:
    case FilterKind::kGlob:
    case FilterKind::kRegex:
    case FilterKind::kText:
      return "a string";
    case FilterKind::kGeoRadius:
    case FilterKind::kGeoBox:
    case FilterKind::kGeoPolygon:
      return "a place";
    case FilterKind::kBetween:
      literal = &std::get<LiteralRange>(node.argument).low;
      break;
    default:
      break;
  }
  if (literal == nullptr) return "a value of a listed type";
  if (literal->time.has_value()) return "a string with an RFC 3339 time";
  if (IsNumber(literal->value.type())) return "a number";
  return ValueTypeName(literal->value.type());
}

}  // namespace

void FilterWarnings::AddWrongType(const FilterNode& node, ValueView found) {
  const Seen seen{&node, found.type()};
  if (std::find(seen_.begin(), seen_.end(), seen) != seen_.end()) return;
  if (seen_.size() >= kFilterWarningsMax) return;
  seen_.push_back(seen);
  std::string message = "wrong type at ";
  message += node.on_edge_weight ? "weight" : node.path.ToString();
  if (node.path.steps().empty() && !node.on_edge_weight) message += "an element";
  message += ": ";
  message += FilterKindName(node.kind);
  message += " needs ";
  message += NeededBy(node);
  message += ", found ";
  message += ValueTypeName(found.type());
  if (found.type() == ValueType::kArray) {
    message += " ([] in the path, $contains and $any look into arrays)";
  }
  if (std::find(messages_.begin(), messages_.end(), message) == messages_.end()) {
    messages_.push_back(std::move(message));
  }
}

Result<bool> EvaluateFilter(const Filter& filter, EvaluationContext& context) {
  if (filter.root() == nullptr) return true;
  return EvaluateNode(*filter.root(), context);
}

Result<bool> EvaluateNode(const FilterNode& node, EvaluationContext& context) {
  Evaluation evaluation(context);
  const bool matches = evaluation.Matches(node, ValueView());
  if (!evaluation.status().ok()) return evaluation.status();
  return matches;
}

bool EvaluateEdgeFilter(const FilterNode& node, const EdgeView& edge, EvaluationContext& context) {
  return Evaluation(context, edge).Matches(node, ValueView());
}

}  // namespace phenix::model
