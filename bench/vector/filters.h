// Filtered search over a grid of shares and correlations: recall, time, the planner's choice, the
// best fixed strategy, and hnswlib asked for more rows than wanted.
#ifndef BENCH_VECTOR_FILTERS_H_
#define BENCH_VECTOR_FILTERS_H_

#include "bench/vector/dataset.h"

namespace phenix::bench {

/// `queries` of the data set's own are used in each cell.
void RunFilterGrid(const Dataset& data, std::size_t queries, bool with_peer);

}  // namespace phenix::bench

#endif  // BENCH_VECTOR_FILTERS_H_
