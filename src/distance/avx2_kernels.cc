// AVX2 with FMA and F16C. See kernel_tables.h for what may be included here.
#include <immintrin.h>

#include <cstdint>

#include "distance/kernel_tables.h"

namespace phenix::distance {
namespace {

constexpr std::size_t kPrefetchRows = 4;

inline const std::uint8_t* RowAt(const RowSet& rows, std::size_t place) {
  const std::size_t position = rows.positions == nullptr ? place : rows.positions[place];
  return rows.rows + position * rows.stride;
}

inline void PrefetchRow(const RowSet& rows, std::size_t place) {
  if (place >= rows.count) return;
  const auto* row = reinterpret_cast<const char*>(RowAt(rows, place));
  for (std::size_t line = 0; line < rows.stride; line += 64) _mm_prefetch(row + line, _MM_HINT_T0);
}

template <typename Body>
inline void ForEachRow(const RowSet& rows, Body body) {
  const std::size_t ahead = rows.count < kPrefetchRows ? rows.count : kPrefetchRows;
  for (std::size_t r = 0; r < ahead; ++r) PrefetchRow(rows, r);
  for (std::size_t r = 0; r < rows.count; ++r) {
    PrefetchRow(rows, r + kPrefetchRows);
    body(r, RowAt(rows, r));
  }
}

inline float ReduceAdd(__m256 sum) {
  const __m128 half = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
  const __m128 quarter = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(quarter, _mm_shuffle_ps(quarter, quarter, 1)));
}

inline std::int32_t ReduceAdd(__m256i sum) {
  const __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  const __m128i quarter = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4E));
  return _mm_cvtsi128_si32(_mm_add_epi32(quarter, _mm_shuffle_epi32(quarter, 0xB1)));
}

template <ElementType type>
inline __m256 Load8(const std::uint8_t* row, std::size_t i) {
  if constexpr (type == ElementType::kF32) {
    return _mm256_loadu_ps(reinterpret_cast<const float*>(row + i * 4));
  } else if constexpr (type == ElementType::kF16) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row + i * 2)));
  } else if constexpr (type == ElementType::kBf16) {
    const __m128i raw = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + i * 2));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(raw), 16));
  } else {
    const __m128i raw = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(row + i));
    return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(raw));
  }
}

template <bool squared>
inline __m256 Fold(__m256 sum, __m256 q, __m256 x) {
  if constexpr (squared) {
    const __m256 difference = _mm256_sub_ps(q, x);
    return _mm256_fmadd_ps(difference, difference, sum);
  } else {
    return _mm256_fmadd_ps(q, x, sum);
  }
}

inline __m256i TailMask(std::size_t tail) {
  const __m256i places = _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(tail)), places);
}

template <ElementType type, bool squared>
void ScanFloat(const float* query, const RowSet& rows, float* out) {
  const std::size_t dimension = rows.dimension;
  const std::size_t whole = dimension - dimension % 8;
  const __m256i mask = TailMask(dimension % 8);
  ForEachRow(rows, [&](std::size_t r, const std::uint8_t* row) {
    __m256 sum0 = _mm256_setzero_ps();
    __m256 sum1 = _mm256_setzero_ps();
    std::size_t i = 0;
    for (; i + 16 <= whole; i += 16) {
      sum0 = Fold<squared>(sum0, _mm256_loadu_ps(query + i), Load8<type>(row, i));
      sum1 = Fold<squared>(sum1, _mm256_loadu_ps(query + i + 8), Load8<type>(row, i + 8));
    }
    if (i < whole) sum0 = Fold<squared>(sum0, _mm256_loadu_ps(query + i), Load8<type>(row, i));
    if (whole < dimension) {
      const __m256 x = _mm256_and_ps(Load8<type>(row, whole), _mm256_castsi256_ps(mask));
      sum1 = Fold<squared>(sum1, _mm256_maskload_ps(query + whole, mask), x);
    }
    out[r] = ReduceAdd(_mm256_add_ps(sum0, sum1));
  });
}

// maddubs would saturate, so both sides are widened to 16 bits.
inline std::int32_t ByteDot(const std::int8_t* query, const std::uint8_t* row, std::size_t stride) {
  __m256i sum = _mm256_setzero_si256();
  for (std::size_t i = 0; i < stride; i += 16) {
    const __m256i x =
        _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row + i)));
    const __m256i q =
        _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(query + i)));
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(x, q));
  }
  return ReduceAdd(sum);
}

inline const RowConstants& ConstantsOf(const std::uint8_t* row, std::size_t stride) {
  return *reinterpret_cast<const RowConstants*>(row + stride - kRowConstantsBytes);
}

void ScanBytesExact(const ByteQuery& query, const RowSet& rows, float* out) {
  ForEachRow(rows, [&](std::size_t r, const std::uint8_t* row) {
    const auto dot = static_cast<std::uint32_t>(ByteDot(query.values, row, rows.stride));
    const auto constant = static_cast<std::uint32_t>(ConstantsOf(row, rows.stride).exact);
    const std::uint32_t sum = static_cast<std::uint32_t>(query.base) + constant - 2U * dot;
    out[r] = static_cast<float>(static_cast<std::int32_t>(sum));
  });
}

void ScanBytesScaled(const ByteQuery& query, const RowSet& rows, float* out) {
  ForEachRow(rows, [&](std::size_t r, const std::uint8_t* row) {
    const std::int32_t dot = ByteDot(query.values, row, rows.stride) - query.base;
    const RowConstants& constants = ConstantsOf(row, rows.stride);
    out[r] = query.norm + constants.norm -
             2.0F * query.scale * constants.scale * static_cast<float>(dot);
  });
}

void ScanNibbles(const std::int8_t* query, const RowSet& rows, std::int32_t* out) {
  const __m128i low_half = _mm_set1_epi8(0x0F);
  const std::size_t whole = rows.dimension - rows.dimension % 16;
  ForEachRow(rows, [&](std::size_t r, const std::uint8_t* row) {
    __m256i sum = _mm256_setzero_si256();
    for (std::size_t i = 0; i < whole; i += 16) {
      const __m128i packed = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(row + i / 2));
      const __m128i nibbles =
          _mm_and_si128(_mm_unpacklo_epi8(packed, _mm_srli_epi16(packed, 4)), low_half);
      const __m128i q = _mm_loadu_si128(reinterpret_cast<const __m128i*>(query + i));
      sum = _mm256_add_epi32(
          sum, _mm256_madd_epi16(_mm256_cvtepu8_epi16(nibbles), _mm256_cvtepi8_epi16(q)));
    }
    std::int32_t total = ReduceAdd(sum);
    for (std::size_t i = whole; i < rows.dimension; ++i) {
      total += ((row[i / 2] >> (4U * (i % 2))) & 0xF) * query[i];
    }
    out[r] = total;
  });
}

// Sums of rows `16 * half ..` as 16 numbers of 16 bits (even places, then odd places).
struct HalfSums {
  __m256i even;
  __m256i odd;
};

inline void AddGroups(HalfSums* sums, __m256i table, __m256i places) {
  const __m256i found = _mm256_shuffle_epi8(table, places);
  sums->even = _mm256_add_epi16(sums->even, _mm256_and_si256(found, _mm256_set1_epi16(0x00FF)));
  sums->odd = _mm256_add_epi16(sums->odd, _mm256_srli_epi16(found, 8));
}

inline void Spill(const HalfSums& sums, std::uint32_t* into) {
  alignas(32) std::uint16_t even[16];
  alignas(32) std::uint16_t odd[16];
  _mm256_store_si256(reinterpret_cast<__m256i*>(even), sums.even);
  _mm256_store_si256(reinterpret_cast<__m256i*>(odd), sums.odd);
  for (std::size_t i = 0; i < 8; ++i) {
    into[2 * i] += static_cast<std::uint32_t>(even[i]) + even[i + 8];
    into[2 * i + 1] += static_cast<std::uint32_t>(odd[i]) + odd[i + 8];
  }
}

void SumCodes(const BitQuery& query, const BitBlock& block, std::uint32_t* sums) {
  const __m256i low_half = _mm256_set1_epi8(0x0F);
  for (std::size_t first = 0; first < query.groups; first += 256) {
    const std::size_t end = query.groups - first < 256 ? query.groups : first + 256;
    HalfSums low = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    HalfSums high = low;
    for (std::size_t g = first; g < end; g += 2) {
      const auto* codes = reinterpret_cast<const __m256i*>(block.codes + g * 16);
      const __m256i code = _mm256_loadu_si256(codes);
      const __m256i table =
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(query.tables + g * 16));
      AddGroups(&low, table, _mm256_and_si256(code, low_half));
      AddGroups(&high, table, _mm256_and_si256(_mm256_srli_epi16(code, 4), low_half));
    }
    Spill(low, sums);
    Spill(high, sums + 16);
  }
}

void ScanBits(const BitQuery& query, const BitBlock& block, float* lower, float* estimate) {
  std::uint32_t sums[kCodeBlockRows] = {};
  SumCodes(query, block, sums);
  for (std::size_t r = 0; r < kCodeBlockRows; ++r) {
    const float inner = query.table_scale * static_cast<float>(sums[r]) + query.table_offset;
    estimate[r] = query.norm + block.norms[r] - block.factors[r] * inner;
    lower[r] = estimate[r] - block.errors[r] * query.length;
  }
}

void PackRight(const RowSet& rows, std::size_t groups, std::uint8_t* packed) {
  const std::size_t quads = rows.stride / 4;
  __builtin_memset(packed, 0, groups * kPairGroupRows * rows.stride);
  for (std::size_t r = 0; r < rows.count; ++r) {
    const std::uint8_t* row = RowAt(rows, r);
    std::uint8_t* group = packed + (r / kPairGroupRows) * quads * 64;
    std::uint8_t* column = group + (r % kPairGroupRows) * 4;
    const std::size_t whole = rows.dimension / 4;
    for (std::size_t quad = 0; quad < whole; ++quad) {
      __builtin_memcpy(column + quad * 64, row + quad * 4, 4);
    }
    for (std::size_t i = whole * 4; i < rows.dimension; ++i) column[whole * 64 + i % 4] = row[i];
  }
}

// Four bytes of one left row against four bytes of 8 right rows.
inline __m256i QuadDot(__m256i left_even, __m256i left_odd, __m256i right) {
  const __m256i low_bytes = _mm256_set1_epi16(0x00FF);
  const __m256i even = _mm256_madd_epi16(left_even, _mm256_and_si256(right, low_bytes));
  const __m256i odd = _mm256_madd_epi16(left_odd, _mm256_srli_epi16(right, 8));
  return _mm256_add_epi32(even, odd);
}

template <std::size_t row_count>
inline void PairRows(const PairBlock& block, std::size_t first_row, std::size_t group) {
  const std::uint8_t* tiles = block.packed + group * block.lines * 1024;
  const std::uint8_t* left = block.left + first_row * block.left_stride;
  __m256i sums[row_count][2];
  for (std::size_t r = 0; r < row_count; ++r) sums[r][0] = sums[r][1] = _mm256_setzero_si256();
  for (std::size_t quad = 0; quad < block.lines * 16; ++quad) {
    const auto* tile = reinterpret_cast<const __m256i*>(tiles + quad * 64);
    const __m256i right0 = _mm256_loadu_si256(tile);
    const __m256i right1 = _mm256_loadu_si256(tile + 1);
    for (std::size_t r = 0; r < row_count; ++r) {
      const std::uint8_t* from = left + r * block.left_stride + quad * 4;
      const __m256i four = _mm256_set1_epi32(*reinterpret_cast<const std::int32_t*>(from));
      const __m256i even = _mm256_and_si256(four, _mm256_set1_epi16(0x00FF));
      const __m256i odd = _mm256_srli_epi16(four, 8);
      sums[r][0] = _mm256_add_epi32(sums[r][0], QuadDot(even, odd, right0));
      sums[r][1] = _mm256_add_epi32(sums[r][1], QuadDot(even, odd, right1));
    }
  }
  for (std::size_t r = 0; r < row_count; ++r) {
    std::int32_t* dots = block.dots + (first_row + r) * block.right_groups * kPairGroupRows;
    auto* into = reinterpret_cast<__m256i*>(dots + group * kPairGroupRows);
    _mm256_storeu_si256(into, sums[r][0]);
    _mm256_storeu_si256(into + 1, sums[r][1]);
  }
}

void PairDots(const PairBlock& block) {
  for (std::size_t group = 0; group < block.right_groups; ++group) {
    std::size_t row = 0;
    for (; row + 2 <= block.left_count; row += 2) PairRows<2>(block, row, group);
    for (; row < block.left_count; ++row) PairRows<1>(block, row, group);
  }
}

std::size_t SelectPairs(const PairSelection& selection, std::uint32_t* places, float* out) {
  const __m256 bound = _mm256_set1_ps(selection.bound);
  const __m256 left_norm = _mm256_set1_ps(selection.left_norm);
  const __m256 left_weight = _mm256_set1_ps(2.0F * selection.left_scale);
  const __m256i left_offset = _mm256_set1_epi32(selection.left_offset);
  std::size_t found = 0;
  for (std::size_t j = 0; j < selection.count; j += 8) {
    const __m256i raw = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(selection.dots + j));
    const __m256i offsets =
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(selection.right_offsets + j));
    const __m256i dot = _mm256_add_epi32(_mm256_sub_epi32(raw, offsets), left_offset);
    const __m256 weight = _mm256_mul_ps(left_weight, _mm256_loadu_ps(selection.right_scales + j));
    const __m256 base = _mm256_add_ps(left_norm, _mm256_loadu_ps(selection.right_norms + j));
    const __m256 squared = _mm256_fnmadd_ps(weight, _mm256_cvtepi32_ps(dot), base);
    auto mask =
        static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(squared, bound, _CMP_LT_OQ)));
    if (mask == 0) continue;
    alignas(32) float values[8];
    _mm256_store_ps(values, squared);
    for (; mask != 0; mask &= mask - 1) {
      const auto lane = static_cast<std::uint32_t>(__builtin_ctz(mask));
      places[found] = static_cast<std::uint32_t>(j) + lane;
      out[found++] = values[lane];
    }
  }
  return found;
}

void Hadamard(float* values, std::size_t size) {
  for (std::size_t half = 1; half < size; half *= 2) {
    for (std::size_t start = 0; start < size; start += 2 * half) {
      std::size_t i = start;
      for (; half >= 8 && i < start + half; i += 8) {
        const __m256 a = _mm256_loadu_ps(values + i);
        const __m256 b = _mm256_loadu_ps(values + i + half);
        _mm256_storeu_ps(values + i, _mm256_add_ps(a, b));
        _mm256_storeu_ps(values + i + half, _mm256_sub_ps(a, b));
      }
      for (; i < start + half; ++i) {
        const float a = values[i];
        const float b = values[i + half];
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
  const float scale = 1.0F / __builtin_sqrtf(static_cast<float>(size));
  for (std::size_t i = 0; i < size; ++i) values[i] *= scale;
}

}  // namespace

constinit const Kernels kAvx2Kernels = {
    SimdLevel::kAvx2,
    {ScanFloat<ElementType::kF32, true>, ScanFloat<ElementType::kF16, true>,
     ScanFloat<ElementType::kBf16, true>, ScanFloat<ElementType::kU8, true>},
    {ScanFloat<ElementType::kF32, false>, ScanFloat<ElementType::kF16, false>,
     ScanFloat<ElementType::kBf16, false>, ScanFloat<ElementType::kU8, false>},
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
