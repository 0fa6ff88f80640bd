#include "index/vector/graph/pair_scan.h"

namespace phenix::index::vector {

using distance::kPairGroupRows;

PairScan::PairScan(const distance::Kernels& kernels, const distance::ByteRowCodec& codec)
    : kernels_(kernels),
      codec_(codec),
      dots_(kBlockRows * kBlockGroups * kPairGroupRows),
      places_(kBlockGroups * kPairGroupRows),
      squared_(kBlockGroups * kPairGroupRows) {}

void PairScan::SetRight(const distance::RowSet& from) {
  right_groups_ = (from.count + kPairGroupRows - 1) / kPairGroupRows;
  const std::size_t padded = right_groups_ * kPairGroupRows;
  if (packed_.size_bytes() < padded * codec_.stride()) {
    packed_ = distance::RowMemory(padded * codec_.stride());
  }
  kernels_.pack_right(from, right_groups_, packed_.data());
  norms_.assign(padded, std::numeric_limits<float>::infinity());
  scales_.assign(padded, 0.0F);
  offsets_.assign(padded, 0);
  for (std::size_t r = 0; r < from.count; ++r) {
    const std::size_t position = from.positions == nullptr ? r : from.positions[r];
    const auto constants = distance::ConstantsOf(from.rows + position * from.stride, from.stride);
    norms_[r] = constants.norm;
    scales_[r] = constants.scale;
    offsets_[r] = codec_.zero_point() * constants.sum;
  }
}

void PairScan::FillDots(const distance::RowSet& left, const Block& block) {
  const std::size_t group_bytes = kPairGroupRows * codec_.stride();
  kernels_.pair_dots({left.rows + block.row * left.stride, left.stride, block.rows,
                      packed_.data() + block.group * group_bytes, block.groups,
                      codec_.stride() / distance::kRowAlignment, dots_.data()});
}

std::size_t PairScan::Select(const distance::RowSet& left, const Block& block,
                             std::size_t row_in_block, float bound) {
  const std::uint8_t* row = left.rows + (block.row + row_in_block) * left.stride;
  const auto constants = distance::ConstantsOf(row, left.stride);
  const auto zero = static_cast<std::uint32_t>(codec_.zero_point());
  const std::uint32_t offset =
      codec_.dimension() * zero * zero - zero * static_cast<std::uint32_t>(constants.sum);
  const std::size_t first = block.group * kPairGroupRows;
  const std::size_t count = block.groups * kPairGroupRows;
  const std::size_t found =
      kernels_.select_pairs({dots_.data() + row_in_block * count, norms_.data() + first,
                             scales_.data() + first, offsets_.data() + first, count, constants.norm,
                             constants.scale, static_cast<std::int32_t>(offset), bound},
                            places_.data(), squared_.data());
  for (std::size_t i = 0; i < found; ++i) places_[i] += static_cast<std::uint32_t>(first);
  return found;
}

}  // namespace phenix::index::vector
