#include "index/vector/search/beam_rerank.h"

#include <array>

namespace phenix::index::vector {

bool BytesGiveScores(const Segment& segment, const distance::EncodedQuery& query) {
  return segment.bytes_are_full() && query.exact();
}

std::size_t RerankCount(std::size_t limit) {
  constexpr std::size_t kExtraRows = 10;
  return limit + limit / 2 + kExtraRows;
}

void ScoreKeys(const distance::Kernels& kernels, const Segment& segment, const SegmentQuery& query,
               std::span<const NeighborKey> keys, std::vector<ScoredRow>* scored) {
  scored->resize(keys.size());
  if (BytesGiveScores(segment, *query.encoded)) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      (*scored)[i] = {DistanceOf(keys[i]), RowOf(keys[i])};
    }
    return;
  }
  constexpr std::size_t kBatchRows = 64;
  std::array<std::uint32_t, kBatchRows> positions;
  std::array<float, kBatchRows> scores;
  for (std::size_t first = 0; first < keys.size(); first += kBatchRows) {
    const std::size_t count = std::min(kBatchRows, keys.size() - first);
    for (std::size_t i = 0; i < count; ++i) positions[i] = RowOf(keys[first + i]);
    segment.Score(kernels, query.prepared, positions.data(), count, scores.data());
    for (std::size_t i = 0; i < count; ++i) (*scored)[first + i] = {scores[i], positions[i]};
  }
}

void ScorePositions(const distance::Kernels& kernels, const Segment& segment,
                    const SegmentQuery& query, std::span<const std::uint32_t> positions,
                    float* scores) {
  if (BytesGiveScores(segment, *query.encoded)) {
    segment.bytes.codec.Scan(kernels, *query.encoded,
                             segment.bytes.View(positions.data(), positions.size()), scores);
  } else {
    segment.Score(kernels, query.prepared, positions.data(), positions.size(), scores);
  }
}

}  // namespace phenix::index::vector
