// The "graph_constraint" of a query, as text:
//
//   constraint   [ '>' | '<' ] label [ '{' min ',' max '}' ] ':' id
//   "cites:a"    entities with an edge `cites` to or from `a`
//   ">cites:a"   entities that `a` points to        "<cites:a"  entities that point to `a`
//   "cites{1,3}:a"  the same over 1 to 3 edges
// A label that holds ':' or '{' is written in a filter ($edge) instead; the id may hold anything.
#ifndef API_JSON_GRAPH_CONSTRAINT_H_
#define API_JSON_GRAPH_CONSTRAINT_H_

#include <string>
#include <string_view>

#include "phenix/filter.h"
#include "phenix/status.h"

namespace phenix::api {

struct GraphConstraint {
  enum class Direction : std::uint8_t {
    kEither,
    kFromId,  ///< what the id points to
    kToId,    ///< what points to the id
  };
  Direction direction = Direction::kEither;
  std::string label;
  unsigned hops_min = 1;
  unsigned hops_max = 1;
  std::string id;

  friend bool operator==(const GraphConstraint&, const GraphConstraint&) = default;
};

/// Errors: kInvalidArgument saying what is expected; kResourceExhausted for more than `hops_max`
/// hops.
Result<GraphConstraint> ParseGraphConstraint(std::string_view text, unsigned hops_max);
/// The same condition as a filter on entities.
Result<Filter> FilterOf(const GraphConstraint& constraint);

}  // namespace phenix::api

#endif  // API_JSON_GRAPH_CONSTRAINT_H_
