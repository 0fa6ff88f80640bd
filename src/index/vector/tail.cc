#include "index/vector/tail.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "index/vector/full_rows.h"

namespace phenix::index::vector {
namespace {

using distance::kCodeBlockRows;

constexpr std::size_t kChunkBytes = std::size_t{1} << 20U;
constexpr std::size_t kChunkRowsMax = 1024;
// Rows whose mean becomes the centre of the codes.
constexpr std::size_t kCenterRows = 512;

std::size_t ChunkRows(std::size_t stride) {
  const std::size_t rows = kChunkBytes / stride / kCodeBlockRows * kCodeBlockRows;
  return std::clamp(rows, kCodeBlockRows, kChunkRowsMax);
}

}  // namespace

Tail::Tail(TailOptions options)
    : options_(std::move(options)),
      stride_(distance::RoundUp(options_.dimension * sizeof(float), distance::kRowAlignment)),
      chunk_rows_(ChunkRows(stride_)),
      chunks_((options_.capacity + chunk_rows_ - 1) / chunk_rows_) {
  if (options_.center.empty()) return;
  coder_ = distance::BitCoder(options_.kernels, options_.center, options_.seed);
  block_bytes_ = coder_.block_bytes();
}

std::size_t Tail::RowsAt(std::uint64_t snapshot) const {
  std::size_t low = 0;
  std::size_t high = rows();
  if (high == 0 || RowAt(high - 1).begin <= snapshot) return high;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (RowAt(middle).begin <= snapshot) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void Tail::StartChunk() {
  auto chunk = std::make_unique<Chunk>();
  chunk->ids.resize(chunk_rows_);
  chunk->begins.resize(chunk_rows_);
  chunk->squared_lengths.resize(chunk_rows_);
  chunk->ends = std::make_unique<std::atomic<std::uint64_t>[]>(chunk_rows_);
  for (std::size_t i = 0; i < chunk_rows_; ++i) chunk->ends[i].store(kNoEnd);
  chunk->vectors = distance::RowMemory(chunk_rows_ * stride_);
  chunks_[rows_.load(std::memory_order_relaxed) / chunk_rows_] = std::move(chunk);
}

void Tail::Append(std::uint64_t id, std::span<const float> prepared, std::uint64_t commit) {
  const std::size_t row = rows_.load(std::memory_order_relaxed);
  PHENIX_ASSERT(row < options_.capacity && prepared.size() == options_.dimension);
  if (row % chunk_rows_ == 0) StartChunk();
  Chunk& chunk = *chunks_[row / chunk_rows_];
  const std::size_t place = row % chunk_rows_;
  chunk.ids[place] = id;
  chunk.begins[place] = commit;
  std::memcpy(chunk.vectors.data() + place * stride_, prepared.data(), prepared.size_bytes());
  chunk.squared_lengths[place] = static_cast<float>(SquaredLength(prepared));
  live_rows_[id] = static_cast<std::uint32_t>(row);
  rows_.store(row + 1, std::memory_order_release);
  if ((row + 1) % kCodeBlockRows == 0) EncodeReadyBlocks();
}

void Tail::ChooseCenter() {
  std::vector<float> mean(options_.dimension, 0.0F);
  for (std::size_t row = 0; row < kCenterRows; ++row) {
    const std::span<const float> values = RowAt(row).vector;
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += values[i] / float{kCenterRows};
  }
  coder_ = distance::BitCoder(options_.kernels, mean, options_.seed);
  block_bytes_ = coder_.block_bytes();
}

void Tail::EncodeReadyBlocks() {
  const std::size_t ready = rows_.load(std::memory_order_relaxed);
  if (block_bytes_ == 0) {
    if (ready < kCenterRows) return;
    ChooseCenter();
  }
  std::vector<float> values(kCodeBlockRows * options_.dimension);
  for (std::size_t row = coded_rows_.load(std::memory_order_relaxed); row < ready;
       row += kCodeBlockRows) {
    Chunk& chunk = *chunks_[row / chunk_rows_];
    if (chunk.codes.empty()) {
      chunk.codes = distance::RowMemory(chunk_rows_ / kCodeBlockRows * block_bytes_);
    }
    for (std::size_t r = 0; r < kCodeBlockRows; ++r) {
      const std::span<const float> from = RowAt(row + r).vector;
      std::copy(from.begin(), from.end(),
                values.begin() + static_cast<std::ptrdiff_t>(r * options_.dimension));
    }
    coder_.EncodeBlock(values,
                       chunk.codes.data() + (row % chunk_rows_) / kCodeBlockRows * block_bytes_);
    coded_rows_.store(row + kCodeBlockRows, std::memory_order_release);
  }
}

bool Tail::End(std::uint64_t id, std::uint64_t commit) {
  const auto found = live_rows_.find(id);
  if (found == live_rows_.end()) return false;
  const std::size_t row = found->second;
  chunks_[row / chunk_rows_]->ends[row % chunk_rows_].store(commit, std::memory_order_release);
  ended_rows_.fetch_add(1, std::memory_order_relaxed);
  live_rows_.erase(found);
  return true;
}

distance::RowSet Tail::View(std::size_t first, const std::uint32_t* positions,
                            std::size_t count) const {
  return {ChunkOf(first).vectors.data() + (first % chunk_rows_) * stride_, stride_,
          options_.dimension, positions, count};
}

TailCounts Tail::counts() const {
  const std::size_t chunks = (rows() + chunk_rows_ - 1) / chunk_rows_;
  const std::size_t code_bytes = coded_rows() == 0 ? 0 : block_bytes_ / kCodeBlockRows;
  return {ended_rows_.load(std::memory_order_relaxed),
          chunks * chunk_rows_ * (stride_ + code_bytes + 4 * sizeof(std::uint64_t))};
}

}  // namespace phenix::index::vector
