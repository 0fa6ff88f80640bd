// The rows that walks read: byte rows of one segment, one after another.
// Threads: immutable once built.
#ifndef INDEX_VECTOR_GRAPH_BYTE_ROWS_H_
#define INDEX_VECTOR_GRAPH_BYTE_ROWS_H_

#include <cstddef>
#include <cstdint>

#include "distance/byte_row.h"
#include "distance/kernels.h"

namespace phenix::index::vector {

struct ByteRows {
  distance::ByteRowCodec codec;
  distance::RowMemory memory;
  std::size_t count = 0;

  [[nodiscard]] const std::uint8_t* row(std::size_t position) const {
    return memory.data() + position * codec.stride();
  }
  [[nodiscard]] std::uint8_t* row(std::size_t position) {
    return memory.data() + position * codec.stride();
  }
  /// `count` rows at `positions`, or the first ones where that is null.
  [[nodiscard]] distance::RowSet View(const std::uint32_t* positions, std::size_t rows) const {
    return {memory.data(), codec.stride(), codec.dimension(), positions, rows};
  }
};

/// Empty rows of `codec` for `count` vectors.
inline ByteRows AllocateByteRows(distance::ByteRowCodec codec, std::size_t count) {
  distance::RowMemory memory(codec.stride() * count);
  return {std::move(codec), std::move(memory), count};
}

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_GRAPH_BYTE_ROWS_H_
