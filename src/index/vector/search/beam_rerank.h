// From what a walk or a byte scan found to scores of full vectors.
// Threads: functions without state.
#ifndef INDEX_VECTOR_SEARCH_BEAM_RERANK_H_
#define INDEX_VECTOR_SEARCH_BEAM_RERANK_H_

#include <cstdint>
#include <span>
#include <vector>

#include "index/vector/segment.h"

namespace phenix::index::vector {

/// A query against one segment, both as it was prepared and as byte rows are asked.
struct SegmentQuery {
  const float* prepared = nullptr;
  const distance::EncodedQuery* encoded = nullptr;
};

struct ScoredRow {
  float score = 0.0F;
  std::uint32_t position = 0;
};

/// True when distances of byte rows are scores already.
bool BytesGiveScores(const Segment& segment, const distance::EncodedQuery& query);

/// How many of a walk's nearest rows are measured again when `limit` are wanted.
std::size_t RerankCount(std::size_t limit);

/// Scores of the rows in `keys`, in their order; cheap where BytesGiveScores().
void ScoreKeys(const distance::Kernels& kernels, const Segment& segment, const SegmentQuery& query,
               std::span<const NeighborKey> keys, std::vector<ScoredRow>* scored);

/// Scores of the rows at `positions`.
void ScorePositions(const distance::Kernels& kernels, const Segment& segment,
                    const SegmentQuery& query, std::span<const std::uint32_t> positions,
                    float* scores);

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_SEARCH_BEAM_RERANK_H_
