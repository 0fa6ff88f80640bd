#include "index/vector/segment.h"

#include <algorithm>

namespace phenix::index::vector {

void Segment::Score(const distance::Kernels& kernels, const float* query,
                    const std::uint32_t* rows_at, std::size_t count, float* scores) const {
  if (bytes_are_full()) {
    ScoreRows(kernels, {space.metric, distance::ElementType::kU8}, query,
              bytes.View(rows_at, count), scores);
  } else {
    ScoreRows(kernels, {space.metric, full.type()}, query, full.View(rows_at, count), scores);
  }
}

void Segment::Read(std::size_t position, std::span<float> values) const {
  if (bytes_are_full()) {
    bytes.codec.DecodeRow(bytes.row(position), values);
  } else {
    full.Read(position, values);
  }
}

void Segment::EncodeQuery(std::span<const float> prepared, distance::EncodedQuery* query) const {
  if (space.metric != distance::Metric::kDot) return bytes.codec.EncodeQuery(prepared, query);
  std::vector<float> lifted(prepared.begin(), prepared.end());
  lifted.push_back(0.0F);
  bytes.codec.EncodeQuery(lifted, query);
}

std::uint32_t Segment::FindLive(std::uint64_t id) const {
  std::uint32_t live = kNoRow;
  positions.ForEach(id, [&](std::uint32_t position) {
    if (lives.end(position) == kNoEnd) live = position;
    return live == kNoRow;
  });
  return live;
}

std::size_t Segment::memory_bytes() const {
  return ids.size() * sizeof(std::uint64_t) + lives.memory_bytes() + positions.memory_bytes() +
         full.memory().size_bytes() + bytes.memory.size_bytes() + graph.size_bytes() +
         entry_rows.memory.size_bytes() + centroids.memory.size_bytes() +
         list_starts.size() * sizeof(std::uint32_t);
}

}  // namespace phenix::index::vector
