// Recall as a measured quantity: sampled rows as queries, which the walk may not step on, so that
// their own links do not give the answer away.
// Source:  exact neighbors by all-pairs scan of full vectors' byte rows, reranked where those lose.
// Threads: functions without state.
#ifndef INDEX_VECTOR_SEARCH_RECALL_SAMPLE_H_
#define INDEX_VECTOR_SEARCH_RECALL_SAMPLE_H_

#include <cstdint>

#include "index/vector/segment.h"

namespace phenix::index::vector {

/// Measures beam widths and list probes of a segment with a graph. Cost: an exact scan and some
/// twenty walks per query.
SearchTuning TuneSegment(const distance::Kernels& kernels, const Segment& segment,
                         double recall_target, std::size_t queries, std::uint64_t seed);

struct RecallSample {
  std::size_t queries = 200;
  std::size_t limit = 10;
  std::size_t width = 0;  ///< of the beam
  std::uint64_t seed = 1;
};
/// Share of the true `limit` neighbors that a walk finds, over sampled rows.
double MeasureRecall(const distance::Kernels& kernels, const Segment& segment,
                     const RecallSample& sample);

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_SEARCH_RECALL_SAMPLE_H_
