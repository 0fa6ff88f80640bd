// The parsed form of a filter: what a planner inspects and what evaluation walks.
//
// Invariants: immutable once parsed; literals are views into FilterTree::source, which therefore
//             never moves; negative kinds (kNotEqual, kNotIn, kNone, kNor, kNot) are the exact
//             complements of the positive ones.
// Threads:    any number of readers.
// Not here:   reading JSON (filter/filter_parser.h); deciding a match (filter_evaluate.h).
#ifndef MODEL_FILTER_TREE_H_
#define MODEL_FILTER_TREE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/filter/geo_shape.h"
#include "model/filter/string_pattern.h"
#include "model/filter/text_tokens.h"
#include "model/filter/time_literal.h"
#include "model/path.h"
#include "model/value_view.h"
#include "phenix/document.h"
#include "phenix/filter.h"

namespace phenix::model {

/// The argument of each kind is named behind it; "children" are in FilterNode::children.
enum class FilterKind : std::uint8_t {
  kAnd,
  kOr,
  kNor,  // children
  kNot,  // one child
  kEqual,
  kNotEqual,  // Literal
  kGreater,
  kGreaterOrEqual,
  kLess,
  kLessOrEqual,  // Literal: number, string or time
  kBetween,      // LiteralRange, both ends inside
  kIn,
  kNotIn,  // LiteralSet
  kExists,
  kNull,      // bool
  kType,      // TypeSet
  kContains,  // Literal
  kAny,
  kAll,
  kNone,     // LiteralSet
  kSize,     // CountRange
  kElement,  // one child, on each element
  kPrefix,
  kSuffix,
  kGlob,
  kRegex,  // StringPattern
  kText,   // TextQuery
  kGeoRadius,
  kGeoBox,
  kGeoPolygon,  // GeoCircle, GeoBox, GeoPolygon
  kId,          // IdCondition
  kHasVector,   // VectorPresence
  kVersion,     // CountRange
  kSlice,       // SliceCondition
  kEdge,        // EdgeCondition
};
/// "$eq" and so on.
std::string_view FilterKindName(FilterKind kind);

/// A value to compare with. `time` is set for {"$time": ...} and {"$now": ...}; `value` is then
/// missing.
struct Literal {
  ValueView value;
  std::optional<TimeLiteral> time;
};
struct LiteralRange {
  Literal low;
  Literal high;
};
struct LiteralSet {
  std::vector<ValueView> values;  ///< in the order of CompareValues(), each once
  std::vector<TimeLiteral> times;
};
/// Inclusive; never true when `min` is above `max`.
struct CountRange {
  std::uint64_t min = 0;
  std::uint64_t max = UINT64_MAX;
  [[nodiscard]] bool Contains(std::uint64_t count) const { return count >= min && count <= max; }
};
/// A set of ValueType, bit by bit.
struct TypeSet {
  std::uint16_t bits = 0;
  [[nodiscard]] bool Contains(ValueType type) const {
    return ((bits >> static_cast<unsigned>(type)) & 1U) != 0;
  }
};
/// Every part that is set must hold. Ids compare by bytes.
struct IdCondition {
  std::optional<std::vector<std::string>> in;  ///< sorted
  std::optional<std::string> prefix;
  std::optional<std::string> at_least, above, at_most, below;
  [[nodiscard]] bool Matches(std::string_view id) const;
};
struct VectorPresence {
  std::string field;
};
/// One of `total` equal parts of all ids: StableHash64(id) mod total == index.
struct SliceCondition {
  std::uint32_t index = 0;
  std::uint32_t total = 1;
};

struct FilterNode;

/// True for an entity that has a number of edges in `count` with the direction, one of the labels,
/// and both filters true. With hops beyond [1, 1], paths of so many edges count, each edge with a
/// label and `edge` true, `to` for the last entity; entities reached count once each.
struct EdgeCondition {
  enum class Direction : std::uint8_t { kOut, kIn, kAny };
  Direction direction = Direction::kOut;
  std::vector<std::string> labels;   ///< any label if empty
  std::unique_ptr<FilterNode> to;    ///< on the entity at the other end; null if any
  std::unique_ptr<FilterNode> edge;  ///< for EvaluateEdgeFilter(); null if any
  unsigned hops_min = 1;
  unsigned hops_max = 1;
  CountRange count{1, UINT64_MAX};
};

using FilterArgument =
    std::variant<std::monostate, Literal, LiteralRange, LiteralSet, bool, TypeSet, CountRange,
                 StringPattern, TextQuery, GeoCircle, GeoBox, GeoPolygon, IdCondition,
                 VectorPresence, SliceCondition, EdgeCondition>;

struct FilterNode {
  FilterKind kind = FilterKind::kAnd;
  /// Which values are tested: in the document, or, inside $elem, in the element (no steps: the
  /// element itself). A condition holds when it holds for one of them.
  Path path;
  /// In an edge filter: the condition is on the weight of the edge, not on its properties.
  bool on_edge_weight = false;
  FilterArgument argument;
  std::vector<FilterNode> children;
};

struct FilterTree {
  Document source;  ///< the filter as it was given; owns the literals
  FilterNode root;
};

/// FNV-1a over the bytes, then the finalizer of splitmix64; the same for ever and everywhere.
std::uint64_t StableHash64(std::string_view bytes);

}  // namespace phenix::model

#endif  // MODEL_FILTER_TREE_H_
