// Cluster centres over byte rows: k-means on a sample, and each row's nearest centres.
// Source:  Lloyd's algorithm; empty centres take the farthest rows of the sample.
// Threads: functions without state; deterministic for a seed.
#ifndef INDEX_VECTOR_GRAPH_CENTROIDS_H_
#define INDEX_VECTOR_GRAPH_CENTROIDS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "index/vector/graph/byte_rows.h"

namespace phenix::index::vector {

struct CentroidOptions {
  std::size_t count = 16;
  std::size_t sample_per_centroid = 48;
  int iterations = 5;
  std::uint64_t seed = 1;
};

/// Centres of the rows at `positions`, as byte rows of the same codec.
ByteRows TrainCentroids(const distance::Kernels& kernels, const ByteRows& rows,
                        std::span<const std::uint32_t> positions, const CentroidOptions& options);

/// For each of `positions` its `per_row` (1 or 2) nearest centres, nearest first, one after
/// another.
std::vector<std::uint32_t> NearestCentroids(const distance::Kernels& kernels, const ByteRows& rows,
                                            std::span<const std::uint32_t> positions,
                                            const ByteRows& centroids, std::size_t per_row);

/// `count` distinct entries of `from` (all, when there are fewer), ascending in place.
std::vector<std::uint32_t> SampleOf(std::span<const std::uint32_t> from, std::size_t count,
                                    std::uint64_t seed);

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_GRAPH_CENTROIDS_H_
