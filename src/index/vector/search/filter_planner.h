// Which way to search a segment under a filter: the cheapest that reaches the wanted recall, by the
// number of rows that match (not their share alone).
// Source:  costs measured on Fashion-MNIST and 1M x 128 rows; docs/architecture/vector-index.md.
// Threads: functions without state.
#ifndef INDEX_VECTOR_SEARCH_FILTER_PLANNER_H_
#define INDEX_VECTOR_SEARCH_FILTER_PLANNER_H_

#include <cstdint>

#include "index/vector/search/search_context.h"
#include "index/vector/search_types.h"
#include "index/vector/segment.h"

namespace phenix::index::vector {

struct SegmentPlan {
  Strategy strategy = Strategy::kScan;
  double matches = 0.0;      ///< estimated
  double selectivity = 1.0;  ///< matches / rows
  double cost_nanoseconds = 0.0;
};

/// Rows of `segment` that `filter` lets through, estimated. Cost: a count over the bitmap's words
/// in the segment's id range, or 48 calls of a predicate.
double EstimateMatches(const Segment& segment, const RowFilter& filter);

/// The recall to ask of posting lists: filters are less even than the sampled queries were.
inline double ListRecall(double recall) { return recall + (1.0 - recall) * 0.5; }

/// The plan for `limit` rows.
SegmentPlan PlanSegment(const SearchContext& context, const Segment& segment, std::size_t limit);

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_SEARCH_FILTER_PLANNER_H_
