// Exact nearest distances, and recall judged by distance, so that ties count.
#ifndef BENCH_VECTOR_TRUTH_H_
#define BENCH_VECTOR_TRUTH_H_

#include <functional>
#include <span>
#include <vector>

#include "bench/vector/dataset.h"

namespace phenix::bench {

/// Reported distance of a row of `data` to a query.
double ExactDistance(const Dataset& data, std::span<const float> query, std::size_t row);

/// For each query the distance of its `limit`-th nearest row among those that pass (infinity when
/// there are fewer).
std::vector<double> LimitDistances(const Dataset& data, std::size_t queries, std::size_t limit,
                                   const std::function<bool(std::size_t)>& passes);

/// Share of `limit` that `rows` hits: distances at most the limit distance but for rounding.
double RecallOfRows(const Dataset& data, std::span<const float> query, double limit_distance,
                    std::span<const std::uint64_t> rows, std::size_t limit);

}  // namespace phenix::bench

#endif  // BENCH_VECTOR_TRUTH_H_
