// A sealed part: its rows in cluster order, and the ways to search them.
//
// Invariants: rows, ids and codes never change; only the ends of row lives are set. Rows of posting
//             list l are the positions list_starts[l] .. list_starts[l + 1].
// Space:      byte rows and graph measure squared distances in the search space: prepared vectors
//             (full_rows.h), for kDot with one dimension more, sqrt(largest^2 - length^2), under
//             which nearness and inner product agree (Bachrach et al., RecSys 2014).
// Threads:    immutable but for lives, which follow their own rules.
// Ownership:  shared by the manifests that list it and the searches that pinned one of those.
#ifndef INDEX_VECTOR_SEGMENT_H_
#define INDEX_VECTOR_SEGMENT_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "distance/metric.h"
#include "index/vector/full_rows.h"
#include "index/vector/graph/byte_rows.h"
#include "index/vector/graph/graph_walk.h"
#include "index/vector/graph/proximity_graph.h"
#include "index/vector/id_positions.h"
#include "index/vector/row_lives.h"
#include "index/vector/search/search_tuning.h"

namespace phenix::index::vector {

/// What every segment of one index has in common.
struct VectorSpace {
  distance::Metric metric = distance::Metric::kL2;
  std::uint32_t dimension = 0;

  [[nodiscard]] std::uint32_t search_dimension() const {
    return dimension + (metric == distance::Metric::kDot ? 1U : 0U);
  }
};

struct Segment {
  Segment(VectorSpace vector_space, std::vector<std::uint64_t> row_ids,
          std::vector<std::uint64_t> begins)
      : space(vector_space), ids(std::move(row_ids)), lives(std::move(begins)), positions(ids) {}
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  [[nodiscard]] std::size_t rows() const { return ids.size(); }
  [[nodiscard]] bool has_graph() const { return !graph.empty(); }
  [[nodiscard]] std::size_t lists() const { return centroids.count; }
  /// True when byte rows are the full vectors.
  [[nodiscard]] bool bytes_are_full() const { return full.empty(); }

  /// Scores (full_rows.h) of rows for a prepared query.
  void Score(const distance::Kernels& kernels, const float* query, const std::uint32_t* rows_at,
             std::size_t count, float* scores) const;
  /// The prepared vector of a row.
  void Read(std::size_t position, std::span<float> values) const;
  /// A prepared query in the search space.
  void EncodeQuery(std::span<const float> prepared, distance::EncodedQuery* query) const;
  /// The live row of `id`, or kNoRow.
  [[nodiscard]] std::uint32_t FindLive(std::uint64_t id) const;
  [[nodiscard]] WalkSpace Walkable(const distance::Kernels& kernels) const {
    return {kernels, bytes, graph, entry_positions, entry_rows};
  }
  [[nodiscard]] std::size_t memory_bytes() const;

  std::uint64_t number = 0;  ///< of its file; unique in the index
  VectorSpace space;
  std::vector<std::uint64_t> ids;
  RowLives lives;
  IdPositions positions;
  FullRows full;  ///< empty where the byte rows are exact
  ByteRows bytes;
  float largest_squared = 0.0F;  ///< kDot: the largest squared length
  ProximityGraph graph;          ///< empty: search by scan
  std::vector<std::uint32_t> entry_positions;
  ByteRows entry_rows;
  ByteRows centroids;
  std::vector<std::uint32_t> list_starts;  ///< lists() + 1 positions
  SearchTuning tuning;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_SEGMENT_H_
