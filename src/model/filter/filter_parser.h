// Reads filters: JSON values in, filter nodes out. The language is in docs/reference/filter.md.
#ifndef MODEL_FILTER_FILTER_PARSER_H_
#define MODEL_FILTER_FILTER_PARSER_H_

#include "model/filter/operator_names.h"
#include "model/filter/parse_context.h"
#include "model/filter_tree.h"

namespace phenix::model {

/// Fills `tree.root` from `tree.source`. Errors as Filter::Parse().
Status ParseFilterTree(FilterTree& tree);

// The parts, which call each other. Views in the nodes point into what `value` points into.

/// A filter object: fields, logic and, in the entity scope, entity operators; all must hold.
Result<FilterNode> ParseFilterObject(ParseContext& context, ValueView value, FilterScope scope);
/// The object of operators below a field: {"$gt": 1, "$lt": 5}; all must hold. `field` carries the
/// path that the conditions test.
Result<FilterNode> ParseOperators(ParseContext& context, const FilterNode& field, ValueView value);
/// Fills the argument of `node`, whose kind is one of a field operator.
Status ParseFieldArgument(ParseContext& context, ValueView value, FilterNode& node);
/// Fills the argument of `node`, whose kind is one of an entity operator.
Status ParseEntityArgument(ParseContext& context, ValueView value, FilterNode& node);
/// A number, or {"$gte": 1, "$lt": 5}; with `text`, numbers may also be decimal strings.
enum class CountText : std::uint8_t { kRefused, kAllowed };
Result<CountRange> ParseCountRange(ParseContext& context, ValueView value, CountText text);
/// Any value; {"$time": ...} and {"$now": ...} are times.
Result<Literal> ParseLiteral(const ParseContext& context, ValueView value);
/// True for {"$time": ...} and {"$now": ...}.
bool IsTimeLiteral(ValueView value);

}  // namespace phenix::model

#endif  // MODEL_FILTER_FILTER_PARSER_H_
