// Rows in commit order, visible as soon as they are appended: the mutable end of the ladder, and,
// when it takes no more rows, a run that waits for its graph.
//
// Invariants: begins never fall from row to row, so what a snapshot sees is a prefix less the rows
//             that ended; rows below coded_rows() have 1-bit codes; a row never moves.
// Threads:    Append(), End() by one thread at a time (the commit path); the rest from
//             any thread at any time.
// Ownership:  owns all rows; borrows the kernels.
#ifndef INDEX_VECTOR_TAIL_H_
#define INDEX_VECTOR_TAIL_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "distance/bit_code.h"
#include "distance/metric.h"
#include "distance/row_memory.h"
#include "index/vector/row_lives.h"

namespace phenix::index::vector {

struct TailOptions {
  const distance::Kernels& kernels;
  distance::Metric metric;
  std::uint32_t dimension;
  std::size_t capacity;       ///< rows
  std::uint64_t seed;         ///< of the rotation
  std::vector<float> center;  ///< of the codes; empty = the mean of the first rows
};

/// One row; the vector lives as long as the tail.
struct TailRow {
  std::uint64_t id;
  std::uint64_t begin;
  std::uint64_t end;  ///< kNoEnd while live
  float squared_length;
  std::span<const float> vector;
};

struct TailCounts {
  std::uint64_t ended_rows = 0;
  std::size_t memory_bytes = 0;
};

class Tail {
 public:
  explicit Tail(TailOptions options);

  /// True when it takes no more rows.
  [[nodiscard]] bool full() const { return rows() == options_.capacity; }
  /// Rows appended so far.
  [[nodiscard]] std::size_t rows() const { return rows_.load(std::memory_order_acquire); }
  [[nodiscard]] std::size_t coded_rows() const {
    return coded_rows_.load(std::memory_order_acquire);
  }
  /// Rows that began at or before `snapshot`: the first so many.
  [[nodiscard]] std::size_t RowsAt(std::uint64_t snapshot) const;

  /// Appends one prepared vector; rows() < capacity().
  void Append(std::uint64_t id, std::span<const float> prepared, std::uint64_t commit);
  /// Ends the live row of `id` at `commit`; false when there is none.
  bool End(std::uint64_t id, std::uint64_t commit);

  [[nodiscard]] TailRow RowAt(std::size_t row) const {
    const Chunk& chunk = *chunks_[row / chunk_rows_];
    const std::size_t place = row % chunk_rows_;
    const auto* values =
        reinterpret_cast<const float*>(chunk.vectors.data()) + place * (stride_ / sizeof(float));
    return {chunk.ids[place],
            chunk.begins[place],
            chunk.ends[place].load(std::memory_order_acquire),
            chunk.squared_lengths[place],
            {values, options_.dimension}};
  }
  /// Vectors of `count` rows from `first` on, which lie in one chunk.
  [[nodiscard]] distance::RowSet View(std::size_t first, const std::uint32_t* positions,
                                      std::size_t count) const;
  [[nodiscard]] const distance::BitCoder& coder() const { return coder_; }
  /// Codes of the 32 rows from `row` on; row is a multiple of 32 and below coded_rows().
  [[nodiscard]] const std::uint8_t* block(std::size_t row) const {
    return ChunkOf(row).codes.data() +
           (row % chunk_rows_) / distance::kCodeBlockRows * block_bytes_;
  }
  [[nodiscard]] std::size_t chunk_rows() const { return chunk_rows_; }
  [[nodiscard]] TailCounts counts() const;

 private:
  struct Chunk {
    std::vector<std::uint64_t> ids;
    std::vector<std::uint64_t> begins;
    std::unique_ptr<std::atomic<std::uint64_t>[]> ends;
    std::vector<float> squared_lengths;
    distance::RowMemory vectors;
    distance::RowMemory codes;
  };

  [[nodiscard]] const Chunk& ChunkOf(std::size_t row) const { return *chunks_[row / chunk_rows_]; }
  void StartChunk();
  void ChooseCenter();
  void EncodeReadyBlocks();

  TailOptions options_;
  std::size_t stride_;
  std::size_t chunk_rows_;
  std::size_t block_bytes_ = 0;
  distance::BitCoder coder_;  // set before coded_rows_ becomes positive, then constant
  std::vector<std::unique_ptr<Chunk>> chunks_;  // sized at once; entries appear before their rows
  std::unordered_map<std::uint64_t, std::uint32_t> live_rows_;  // commit path only
  std::atomic<std::size_t> rows_{0};
  std::atomic<std::size_t> coded_rows_{0};
  std::atomic<std::uint64_t> ended_rows_{0};
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_TAIL_H_
