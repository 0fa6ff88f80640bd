// What goes into a vector search and what comes out of it.
// Threads: values.
#ifndef INDEX_VECTOR_SEARCH_TYPES_H_
#define INDEX_VECTOR_SEARCH_TYPES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/strong_id.h"

namespace phenix::index::vector {

class RowFilter;

/// Vectors with their ids, one after another: values holds ids.size() * dimension floats.
struct RowBatch {
  std::span<const std::uint64_t> ids;
  std::span<const float> values;
};

/// What a transaction has written and nobody else may see yet.
struct PrivateRows {
  RowBatch rows;
  /// Ascending ids whose committed rows the transaction deleted or replaced.
  std::span<const std::uint64_t> hidden_ids;
};

/// How one part of the index was searched.
enum class Strategy : std::uint8_t {
  kScan,          ///< every row, by codes first where there are any
  kGraph,         ///< proximity graph, nothing filtered
  kGather,        ///< exact distances of the matching rows only
  kTraverse,      ///< graph over all rows, keeping those that pass
  kTwoHop,        ///< graph over passing rows, stepping over the others
  kPostingLists,  ///< lists near the query, matching rows only
};
inline constexpr std::size_t kStrategyCount = 6;
std::string_view StrategyName(Strategy strategy);

/// One search. Spans and pointers are borrowed for the call (a cursor: for its life).
struct SearchRequest {
  CommitTimestamp snapshot{UINT64_MAX};
  std::span<const float> query;
  std::size_t limit = 10;
  /// Share of the true neighbors wanted; 0 = the index's own target.
  double recall_target = 0.0;
  /// Candidates kept by a graph walk; 0 = what the recall target asks for.
  std::uint32_t beam_width = 0;
  /// Scan every visible row.
  bool exact = false;
  /// Only rows at most this far away (as reported), at most `limit` of them.
  std::optional<float> radius;
  /// Overrides the planner in every segment that can do it; for benches and diagnosis.
  std::optional<Strategy> strategy;
  const RowFilter* filter = nullptr;
  const PrivateRows* private_rows = nullptr;
};

struct Hit {
  std::uint64_t vector_id = 0;
  float distance = 0.0F;  ///< as distance/metric.h reports it; ties are ordered by id
  friend bool operator==(const Hit&, const Hit&) = default;
};

/// What the planner expected of one segment and what happened there.
struct SegmentReport {
  Strategy strategy = Strategy::kScan;
  std::uint64_t rows = 0;
  std::uint64_t matches_estimated = 0;
  std::uint64_t matches_seen = 0;  ///< rows that passed the filter and were measured
  std::uint64_t distances = 0;     ///< rows measured at all
  double cost_estimated_nanoseconds = 0.0;
  bool fell_back = false;  ///< the first strategy stalled and a second one ran
};

struct SearchAnswer {
  std::vector<Hit> hits;  ///< nearest first
  std::vector<SegmentReport> segments;
};

/// What a filter is expected to do, before any search.
struct FilterEstimate {
  std::uint64_t rows = 0;
  std::uint64_t matches = 0;
  double cost_nanoseconds = 0.0;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_SEARCH_TYPES_H_
