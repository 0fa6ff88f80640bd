// Recall, speed, build time and memory of the index beside hnswlib on one data set.
#ifndef BENCH_VECTOR_CURVES_H_
#define BENCH_VECTOR_CURVES_H_

#include <string>

#include "bench/vector/dataset.h"
#include "index/vector/vector_index.h"

namespace phenix::bench {

struct CurveOptions {
  std::string results_directory;
  int threads = 1;  ///< of both builds
  int repeats = 5;
  std::size_t peer_build_width = 200;
  bool peer = true;
  double qps_bar_95 = 0.0;  ///< 0 = none
  double qps_bar_99 = 0.0;
  double ratio_bar = 0.0;
  std::string plot_name;
};

/// Options of an index for `data`, as a user would leave them.
index::vector::VectorIndexOptions IndexOptionsFor(const Dataset& data);
/// An index that holds all rows of `data` with their numbers as ids, built to rest.
std::unique_ptr<index::vector::VectorIndex> BuildIndex(const Dataset& data, int threads,
                                                       double* wall_seconds, double* cpu_seconds);
void RunCurves(const Dataset& data, const CurveOptions& options);

}  // namespace phenix::bench

#endif  // BENCH_VECTOR_CURVES_H_
