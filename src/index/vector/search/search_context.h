// What all parts of one search share.
// Threads:   one search at a time.
// Ownership: borrows everything.
#ifndef INDEX_VECTOR_SEARCH_SEARCH_CONTEXT_H_
#define INDEX_VECTOR_SEARCH_SEARCH_CONTEXT_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "distance/bit_code.h"
#include "distance/byte_row.h"
#include "distance/kernels.h"
#include "distance/metric.h"
#include "index/vector/graph/graph_walk.h"
#include "index/vector/row_filter.h"
#include "index/vector/search/beam_rerank.h"
#include "index/vector/search_types.h"

namespace phenix::index::vector {

struct SearchContext {
  const distance::Kernels& kernels;
  distance::Metric metric;
  std::span<const float> prepared;
  float prepared_squares = 0.0F;  ///< squared length of `prepared`
  std::uint64_t snapshot = 0;
  const RowFilter* filter = nullptr;               ///< null: everything passes
  std::span<const std::uint64_t> hidden_ids = {};  ///< ascending
  double recall = 0.95;
  std::uint32_t beam_width = 0;  ///< 0 = from recall
  bool exact = false;
  std::optional<Strategy> strategy = std::nullopt;  ///< overrides the planner
  bool ranged = false;                              ///< the heap's score_max is a radius

  /// Filter and hidden ids; visibility is the part's to know.
  [[nodiscard]] bool Accepts(std::uint64_t id) const {
    if (!hidden_ids.empty() && std::binary_search(hidden_ids.begin(), hidden_ids.end(), id)) {
      return false;
    }
    return filter == nullptr || filter->Passes(id);
  }
};

/// Buffers of one searching thread, kept from search to search.
struct SearchScratch {
  WalkScratch walk;
  distance::EncodedQuery encoded;
  distance::BitQueryTables tables;
  std::vector<std::uint32_t> positions;
  std::vector<float> scores;
  std::vector<ScoredRow> found;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_SEARCH_SEARCH_CONTEXT_H_
