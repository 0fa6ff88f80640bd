// Overlapping groups of near rows, small enough for exact all-pairs work.
// Source:  partition-based graph building as in PiPNN (arXiv 2602.21247).
// Threads: functions without state; deterministic for a seed.
#ifndef INDEX_VECTOR_GRAPH_LEAF_PARTITION_H_
#define INDEX_VECTOR_GRAPH_LEAF_PARTITION_H_

#include <cstdint>
#include <vector>

#include "index/vector/graph/byte_rows.h"

namespace phenix::index::vector {

struct PartitionOptions {
  std::size_t leaf_rows = 4096;  ///< aimed at; no leaf has more than twice as many
  std::size_t leaves_per_row = 2;
  std::uint64_t seed = 1;
};

/// Leaves that together hold each row once or `leaves_per_row` times.
std::vector<std::vector<std::uint32_t>> PartitionRows(const distance::Kernels& kernels,
                                                      const ByteRows& rows,
                                                      const PartitionOptions& options);

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_GRAPH_LEAF_PARTITION_H_
