// The reference that every other level is checked against: plain loops.
#include <cmath>
#include <cstdint>
#include <cstring>

#include "distance/element_type.h"
#include "distance/kernel_tables.h"

namespace phenix::distance {
namespace {

const std::uint8_t* RowAt(const RowSet& rows, std::size_t place) {
  const std::size_t position = rows.positions == nullptr ? place : rows.positions[place];
  return rows.rows + position * rows.stride;
}

template <ElementType type>
float Element(const std::uint8_t* row, std::size_t i) {
  if constexpr (type == ElementType::kU8) {
    return static_cast<float>(row[i]);
  } else if constexpr (type == ElementType::kF32) {
    float value;
    std::memcpy(&value, row + i * sizeof(value), sizeof(value));
    return value;
  } else {
    std::uint16_t raw;
    std::memcpy(&raw, row + i * sizeof(raw), sizeof(raw));
    return type == ElementType::kF16 ? FloatFromHalf(raw) : FloatFromBrain(raw);
  }
}

template <ElementType type>
void ScanL2(const float* query, const RowSet& rows, float* out) {
  for (std::size_t r = 0; r < rows.count; ++r) {
    const std::uint8_t* row = RowAt(rows, r);
    float sum = 0.0F;
    for (std::uint32_t i = 0; i < rows.dimension; ++i) {
      const float difference = query[i] - Element<type>(row, i);
      sum += difference * difference;
    }
    out[r] = sum;
  }
}

template <ElementType type>
void ScanDot(const float* query, const RowSet& rows, float* out) {
  for (std::size_t r = 0; r < rows.count; ++r) {
    const std::uint8_t* row = RowAt(rows, r);
    float sum = 0.0F;
    for (std::uint32_t i = 0; i < rows.dimension; ++i) sum += query[i] * Element<type>(row, i);
    out[r] = sum;
  }
}

std::int32_t ByteDot(const std::int8_t* query, const std::uint8_t* row, std::size_t dimension) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < dimension; ++i) sum += query[i] * row[i];
  return sum;
}

RowConstants ConstantsOf(const std::uint8_t* row, std::size_t stride) {
  RowConstants constants;
  std::memcpy(&constants, row + stride - kRowConstantsBytes, sizeof(constants));
  return constants;
}

void ScanBytesExact(const ByteQuery& query, const RowSet& rows, float* out) {
  for (std::size_t r = 0; r < rows.count; ++r) {
    const std::uint8_t* row = RowAt(rows, r);
    const auto dot = static_cast<std::uint32_t>(ByteDot(query.values, row, rows.dimension));
    const auto constant = static_cast<std::uint32_t>(ConstantsOf(row, rows.stride).exact);
    const std::uint32_t sum = static_cast<std::uint32_t>(query.base) + constant - 2U * dot;
    out[r] = static_cast<float>(static_cast<std::int32_t>(sum));
  }
}

void ScanBytesScaled(const ByteQuery& query, const RowSet& rows, float* out) {
  for (std::size_t r = 0; r < rows.count; ++r) {
    const std::uint8_t* row = RowAt(rows, r);
    const std::int32_t dot = ByteDot(query.values, row, rows.dimension) - query.base;
    const RowConstants constants = ConstantsOf(row, rows.stride);
    out[r] = query.norm + constants.norm -
             2.0F * query.scale * constants.scale * static_cast<float>(dot);
  }
}

void ScanNibbles(const std::int8_t* query, const RowSet& rows, std::int32_t* out) {
  for (std::size_t r = 0; r < rows.count; ++r) {
    const std::uint8_t* row = RowAt(rows, r);
    std::int32_t sum = 0;
    for (std::uint32_t i = 0; i < rows.dimension; ++i) {
      const int nibble = (row[i / 2] >> (4U * (i % 2))) & 0xF;
      sum += nibble * query[i];
    }
    out[r] = sum;
  }
}

void ScanBits(const BitQuery& query, const BitBlock& block, float* lower, float* estimate) {
  std::uint32_t sums[kCodeBlockRows] = {};
  for (std::size_t g = 0; g < query.groups; ++g) {
    const std::uint8_t* codes = block.codes + g * 16;
    const std::uint8_t* table = query.tables + g * 16;
    for (std::size_t i = 0; i < 16; ++i) {
      sums[i] += table[codes[i] & 0xF];
      sums[16 + i] += table[codes[i] >> 4];
    }
  }
  for (std::size_t r = 0; r < kCodeBlockRows; ++r) {
    const float inner = query.table_scale * static_cast<float>(sums[r]) + query.table_offset;
    estimate[r] = query.norm + block.norms[r] - block.factors[r] * inner;
    lower[r] = estimate[r] - block.errors[r] * query.length;
  }
}

// Byte b of 4 consecutive dimensions of row j lies at ((group * lines * 16 + quad) * 16 + j) * 4 +
// b.
void PackRight(const RowSet& rows, std::size_t groups, std::uint8_t* packed) {
  const std::size_t quads = rows.stride / 4;
  std::memset(packed, 0, groups * kPairGroupRows * rows.stride);
  for (std::size_t r = 0; r < rows.count; ++r) {
    const std::uint8_t* row = RowAt(rows, r);
    std::uint8_t* group = packed + (r / kPairGroupRows) * quads * 64;
    for (std::uint32_t i = 0; i < rows.dimension; ++i) {
      group[(i / 4) * 64 + (r % kPairGroupRows) * 4 + i % 4] = row[i];
    }
  }
}

void PairDots(const PairBlock& block) {
  const std::size_t quads = block.lines * 16;
  for (std::size_t l = 0; l < block.left_count; ++l) {
    const std::uint8_t* left = block.left + l * block.left_stride;
    std::int32_t* dots = block.dots + l * block.right_groups * kPairGroupRows;
    for (std::size_t column = 0; column < block.right_groups * kPairGroupRows; ++column) {
      const std::uint8_t* right =
          block.packed + (column / kPairGroupRows) * quads * 64 + (column % kPairGroupRows) * 4;
      std::uint32_t sum = 0;
      for (std::size_t i = 0; i < quads * 4; ++i) {
        sum += static_cast<std::uint32_t>(left[i]) * right[(i / 4) * 64 + i % 4];
      }
      dots[column] = static_cast<std::int32_t>(sum);
    }
  }
}

std::size_t SelectPairs(const PairSelection& selection, std::uint32_t* places, float* out) {
  std::size_t found = 0;
  for (std::size_t j = 0; j < selection.count; ++j) {
    const auto dot =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(selection.dots[j]) -
                                  static_cast<std::uint32_t>(selection.right_offsets[j]) +
                                  static_cast<std::uint32_t>(selection.left_offset));
    const float weight = 2.0F * selection.left_scale * selection.right_scales[j];
    const float squared =
        selection.left_norm + selection.right_norms[j] - weight * static_cast<float>(dot);
    if (!(squared < selection.bound)) continue;
    places[found] = static_cast<std::uint32_t>(j);
    out[found++] = squared;
  }
  return found;
}

void Hadamard(float* values, std::size_t size) {
  for (std::size_t half = 1; half < size; half *= 2) {
    for (std::size_t start = 0; start < size; start += 2 * half) {
      for (std::size_t i = start; i < start + half; ++i) {
        const float a = values[i];
        const float b = values[i + half];
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
  const float scale = 1.0F / std::sqrt(static_cast<float>(size));
  for (std::size_t i = 0; i < size; ++i) values[i] *= scale;
}

}  // namespace

constinit const Kernels kScalarKernels = {
    SimdLevel::kScalar,
    {ScanL2<ElementType::kF32>, ScanL2<ElementType::kF16>, ScanL2<ElementType::kBf16>,
     ScanL2<ElementType::kU8>},
    {ScanDot<ElementType::kF32>, ScanDot<ElementType::kF16>, ScanDot<ElementType::kBf16>,
     ScanDot<ElementType::kU8>},
    ScanBytesExact,
    ScanBytesScaled,
    ScanNibbles,
    ScanBits,
    PackRight,
    PairDots,
    SelectPairs,
    Hadamard,
};

}  // namespace phenix::distance
