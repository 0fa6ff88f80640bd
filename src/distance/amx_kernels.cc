// AMX tiles (int8): the all-pairs kernel only. See kernel_tables.h for what may be included here.
#include <immintrin.h>

#include <cstdint>

#include "distance/kernel_tables.h"

namespace phenix::distance {
namespace {

// Intel SDM volume 1, 18.3: palette 1, eight tiles of up to 16 rows of 64 bytes.
struct alignas(64) TileConfiguration {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfiguration) == 64);

// Tiles 0-3 sums, 4-5 left, 6-7 right: 32 left rows times 32 right rows.
inline void PairTiles2x2(const PairBlock& block, std::size_t row, std::size_t group) {
  const std::uint8_t* left0 = block.left + row * block.left_stride;
  const std::uint8_t* left1 = left0 + 16 * block.left_stride;
  const std::uint8_t* right0 = block.packed + group * block.lines * 1024;
  const std::uint8_t* right1 = right0 + block.lines * 1024;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (std::size_t line = 0; line < block.lines; ++line) {
    _tile_loadd(4, left0 + line * 64, block.left_stride);
    _tile_loadd(6, right0 + line * 1024, 64);
    _tile_dpbuud(0, 4, 6);
    _tile_loadd(7, right1 + line * 1024, 64);
    _tile_dpbuud(1, 4, 7);
    _tile_loadd(5, left1 + line * 64, block.left_stride);
    _tile_dpbuud(2, 5, 6);
    _tile_dpbuud(3, 5, 7);
  }
  const std::size_t dots_stride = block.right_groups * kPairGroupRows;
  std::int32_t* dots = block.dots + row * dots_stride + group * kPairGroupRows;
  _tile_stored(0, dots, dots_stride * 4);
  _tile_stored(1, dots + 16, dots_stride * 4);
  _tile_stored(2, dots + 16 * dots_stride, dots_stride * 4);
  _tile_stored(3, dots + 16 * dots_stride + 16, dots_stride * 4);
}

inline void PairTiles1x1(const PairBlock& block, std::size_t row, std::size_t group) {
  const std::uint8_t* left = block.left + row * block.left_stride;
  const std::uint8_t* right = block.packed + group * block.lines * 1024;
  _tile_zero(0);
  for (std::size_t line = 0; line < block.lines; ++line) {
    _tile_loadd(4, left + line * 64, block.left_stride);
    _tile_loadd(6, right + line * 1024, 64);
    _tile_dpbuud(0, 4, 6);
  }
  const std::size_t dots_stride = block.right_groups * kPairGroupRows;
  _tile_stored(0, block.dots + row * dots_stride + group * kPairGroupRows, dots_stride * 4);
}

}  // namespace

void AmxPairDots(const PairBlock& block) {
  const std::size_t tiled = block.left_count - block.left_count % 16;
  if (tiled != 0) {
    const TileConfiguration configuration;
    _tile_loadconfig(&configuration);
    const std::size_t paired_groups = block.right_groups - block.right_groups % 2;
    std::size_t row = 0;
    for (; row + 32 <= tiled; row += 32) {
      for (std::size_t group = 0; group < paired_groups; group += 2) {
        PairTiles2x2(block, row, group);
      }
      if (paired_groups < block.right_groups) {
        PairTiles1x1(block, row, paired_groups);
        PairTiles1x1(block, row + 16, paired_groups);
      }
    }
    for (; row < tiled; row += 16) {
      for (std::size_t group = 0; group < block.right_groups; ++group) {
        PairTiles1x1(block, row, group);
      }
    }
    _tile_release();
  }
  if (tiled == block.left_count) return;
  PairBlock rest = block;
  rest.left += tiled * block.left_stride;
  rest.left_count -= tiled;
  rest.dots += tiled * block.right_groups * kPairGroupRows;
  kAvx512Kernels.pair_dots(rest);
}

}  // namespace phenix::distance
