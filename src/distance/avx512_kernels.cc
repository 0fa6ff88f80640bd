// AVX-512 with VNNI. See kernel_tables.h for what may be included here.
// Sources: blocks of 32 codes with byte tables: André et al., "Quicker ADC" (PAMI 2019).
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

// Calls body(row) for each row, with the rows ahead on their way into the cache.
template <typename Body>
inline void ForEachRow(const RowSet& rows, Body body) {
  const std::size_t ahead = rows.count < kPrefetchRows ? rows.count : kPrefetchRows;
  for (std::size_t r = 0; r < ahead; ++r) PrefetchRow(rows, r);
  for (std::size_t r = 0; r < rows.count; ++r) {
    PrefetchRow(rows, r + kPrefetchRows);
    body(r, RowAt(rows, r));
  }
}

template <ElementType type>
inline __m512 Load16(const std::uint8_t* row, std::size_t i) {
  if constexpr (type == ElementType::kF32) {
    return _mm512_loadu_ps(row + i * 4);
  } else if constexpr (type == ElementType::kF16) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(row + i * 2)));
  } else if constexpr (type == ElementType::kBf16) {
    const __m256i raw = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row + i * 2));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(raw), 16));
  } else {
    const __m128i raw = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + i));
    return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(raw));
  }
}

// Rows are padded to 64 bytes, so a full load past the dimension stays inside the row; what it
// brings is masked off.
template <ElementType type, bool squared>
inline __m512 Accumulate(__m512 sum, const float* query, const std::uint8_t* row, std::size_t i,
                         __mmask16 mask) {
  const __m512 q = _mm512_maskz_loadu_ps(mask, query + i);
  const __m512 x = _mm512_maskz_mov_ps(mask, Load16<type>(row, i));
  if constexpr (squared) {
    const __m512 difference = _mm512_sub_ps(q, x);
    return _mm512_fmadd_ps(difference, difference, sum);
  } else {
    return _mm512_fmadd_ps(q, x, sum);
  }
}

template <ElementType type, bool squared>
void ScanFloat(const float* query, const RowSet& rows, float* out) {
  const std::size_t dimension = rows.dimension;
  const std::size_t tail = dimension % 16;
  const auto tail_mask = static_cast<__mmask16>((1U << tail) - 1U);
  ForEachRow(rows, [&](std::size_t r, const std::uint8_t* row) {
    __m512 sum0 = _mm512_setzero_ps();
    __m512 sum1 = _mm512_setzero_ps();
    std::size_t i = 0;
    for (; i + 32 <= dimension; i += 32) {
      sum0 = Accumulate<type, squared>(sum0, query, row, i, 0xFFFF);
      sum1 = Accumulate<type, squared>(sum1, query, row, i + 16, 0xFFFF);
    }
    if (i + 16 <= dimension) {
      sum0 = Accumulate<type, squared>(sum0, query, row, i, 0xFFFF);
      i += 16;
    }
    if (tail != 0) sum1 = Accumulate<type, squared>(sum1, query, row, i, tail_mask);
    out[r] = _mm512_reduce_add_ps(_mm512_add_ps(sum0, sum1));
  });
}

inline std::int32_t ByteDot(const std::int8_t* query, const std::uint8_t* row, std::size_t stride) {
  __m512i sum0 = _mm512_setzero_si512();
  __m512i sum1 = _mm512_setzero_si512();
  std::size_t i = 0;
  for (; i + 128 <= stride; i += 128) {
    sum0 = _mm512_dpbusd_epi32(sum0, _mm512_load_si512(row + i), _mm512_loadu_si512(query + i));
    sum1 = _mm512_dpbusd_epi32(sum1, _mm512_load_si512(row + i + 64),
                               _mm512_loadu_si512(query + i + 64));
  }
  if (i < stride) {
    sum0 = _mm512_dpbusd_epi32(sum0, _mm512_load_si512(row + i), _mm512_loadu_si512(query + i));
  }
  return _mm512_reduce_add_epi32(_mm512_add_epi32(sum0, sum1));
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
  const __m256i low_half = _mm256_set1_epi8(0x0F);
  ForEachRow(rows, [&](std::size_t r, const std::uint8_t* row) {
    __m256i sum = _mm256_setzero_si256();
    for (std::size_t i = 0; i < rows.dimension; i += 32) {
      const __m128i packed = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + i / 2));
      const __m128i high = _mm_srli_epi16(packed, 4);
      const __m256i nibbles = _mm256_and_si256(
          _mm256_set_m128i(_mm_unpackhi_epi8(packed, high), _mm_unpacklo_epi8(packed, high)),
          low_half);
      const std::size_t left = rows.dimension - i;
      const auto mask = left >= 32 ? 0xFFFFFFFFU : (1U << left) - 1U;
      sum = _mm256_dpbusd_epi32(sum, nibbles, _mm256_maskz_loadu_epi8(mask, query + i));
    }
    out[r] = _mm512_reduce_add_epi32(_mm512_zextsi256_si512(sum));
  });
}

// Sums of one block as 16-bit numbers: rows 0-15 in `low`, 16-31 in `high`.
struct BlockSums {
  __m512i low;  // 32 16-bit sums, of which lanes of 4 groups have yet to be added
  __m512i low_odd;
  __m512i high;
  __m512i high_odd;
};

// Bytes at even and odd places are summed apart in 16 bits; 256 groups of at most 255 fit.
inline BlockSums SumGroups(const std::uint8_t* codes, const std::uint8_t* tables,
                           std::size_t groups) {
  const __m512i low_half = _mm512_set1_epi8(0x0F);
  const __m512i even = _mm512_set1_epi16(0x00FF);
  BlockSums sums = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(),
                    _mm512_setzero_si512()};
  for (std::size_t g = 0; g < groups; g += 4) {
    const __m512i code = _mm512_loadu_si512(codes + g * 16);
    const __m512i table = _mm512_loadu_si512(tables + g * 16);
    const __m512i low = _mm512_shuffle_epi8(table, _mm512_and_si512(code, low_half));
    const __m512i high =
        _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(code, 4), low_half));
    sums.low = _mm512_add_epi16(sums.low, _mm512_and_si512(low, even));
    sums.low_odd = _mm512_add_epi16(sums.low_odd, _mm512_srli_epi16(low, 8));
    sums.high = _mm512_add_epi16(sums.high, _mm512_and_si512(high, even));
    sums.high_odd = _mm512_add_epi16(sums.high_odd, _mm512_srli_epi16(high, 8));
  }
  return sums;
}

// The four 128-bit lanes (8 sums each) added as 32-bit numbers.
inline __m256i AddLanes(__m512i sums) {
  const __m512i first = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(sums));
  const __m512i second = _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(sums, 1));
  const __m512i both = _mm512_add_epi32(first, second);
  return _mm256_add_epi32(_mm512_castsi512_si256(both), _mm512_extracti64x4_epi64(both, 1));
}

inline __m512i Interleave(__m256i even, __m256i odd) {
  const __m512i pairs = _mm512_inserti64x4(_mm512_castsi256_si512(even), odd, 1);
  const __m512i order = _mm512_set_epi32(15, 7, 14, 6, 13, 5, 12, 4, 11, 3, 10, 2, 9, 1, 8, 0);
  return _mm512_permutexvar_epi32(order, pairs);
}

void ScanBits(const BitQuery& query, const BitBlock& block, float* lower, float* estimate) {
  __m512i sums[2] = {_mm512_setzero_si512(), _mm512_setzero_si512()};
  for (std::size_t g = 0; g < query.groups; g += 256) {
    const std::size_t count = query.groups - g < 256 ? query.groups - g : 256;
    const BlockSums part = SumGroups(block.codes + g * 16, query.tables + g * 16, count);
    sums[0] = _mm512_add_epi32(sums[0], Interleave(AddLanes(part.low), AddLanes(part.low_odd)));
    sums[1] = _mm512_add_epi32(sums[1], Interleave(AddLanes(part.high), AddLanes(part.high_odd)));
  }
  for (std::size_t half = 0; half < 2; ++half) {
    const __m512 inner =
        _mm512_fmadd_ps(_mm512_set1_ps(query.table_scale), _mm512_cvtepi32_ps(sums[half]),
                        _mm512_set1_ps(query.table_offset));
    const __m512 base =
        _mm512_add_ps(_mm512_set1_ps(query.norm), _mm512_loadu_ps(block.norms + half * 16));
    const __m512 near = _mm512_fnmadd_ps(_mm512_loadu_ps(block.factors + half * 16), inner, base);
    const __m512 error = _mm512_loadu_ps(block.errors + half * 16);
    _mm512_storeu_ps(estimate + half * 16, near);
    _mm512_storeu_ps(lower + half * 16,
                     _mm512_fnmadd_ps(error, _mm512_set1_ps(query.length), near));
  }
}

// 16 x 16 transpose of 32-bit numbers: in[r] is row r, out[c] column c.
inline void Transpose16(const __m512i* in, __m512i* out) {
  __m512i a[16];
  __m512i b[16];
  for (int i = 0; i < 16; i += 2) {
    a[i] = _mm512_unpacklo_epi32(in[i], in[i + 1]);
    a[i + 1] = _mm512_unpackhi_epi32(in[i], in[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    b[i] = _mm512_unpacklo_epi64(a[i], a[i + 2]);
    b[i + 1] = _mm512_unpackhi_epi64(a[i], a[i + 2]);
    b[i + 2] = _mm512_unpacklo_epi64(a[i + 1], a[i + 3]);
    b[i + 3] = _mm512_unpackhi_epi64(a[i + 1], a[i + 3]);
  }
  for (int i = 0; i < 4; ++i) {
    a[i] = _mm512_shuffle_i32x4(b[i], b[i + 4], 0x88);
    a[i + 4] = _mm512_shuffle_i32x4(b[i], b[i + 4], 0xDD);
    a[i + 8] = _mm512_shuffle_i32x4(b[i + 8], b[i + 12], 0x88);
    a[i + 12] = _mm512_shuffle_i32x4(b[i + 8], b[i + 12], 0xDD);
  }
  for (int i = 0; i < 4; ++i) {
    out[i] = _mm512_shuffle_i32x4(a[i], a[i + 8], 0x88);
    out[i + 8] = _mm512_shuffle_i32x4(a[i], a[i + 8], 0xDD);
    out[i + 4] = _mm512_shuffle_i32x4(a[i + 4], a[i + 12], 0x88);
    out[i + 12] = _mm512_shuffle_i32x4(a[i + 4], a[i + 12], 0xDD);
  }
}

inline __m512i LoadLine(const RowSet& rows, std::size_t place, std::size_t line) {
  if (place >= rows.count || line * 64 >= rows.dimension) return _mm512_setzero_si512();
  const std::size_t left = rows.dimension - line * 64;
  const __mmask64 mask = left >= 64 ? ~0ULL : (1ULL << left) - 1ULL;
  return _mm512_maskz_loadu_epi8(mask, RowAt(rows, place) + line * 64);
}

void PackRight(const RowSet& rows, std::size_t groups, std::uint8_t* packed) {
  const std::size_t lines = rows.stride / 64;
  for (std::size_t g = 0; g < groups; ++g) {
    for (std::size_t line = 0; line < lines; ++line) {
      __m512i in[16];
      __m512i out[16];
      for (std::size_t r = 0; r < 16; ++r) in[r] = LoadLine(rows, g * 16 + r, line);
      Transpose16(in, out);
      std::uint8_t* tile = packed + (g * lines + line) * 1024;
      for (std::size_t quad = 0; quad < 16; ++quad)
        _mm512_storeu_si512(tile + quad * 64, out[quad]);
    }
  }
}

inline std::int32_t SumBytes(const std::uint8_t* row, std::size_t lines) {
  __m512i sum = _mm512_setzero_si512();
  for (std::size_t i = 0; i < lines; ++i) {
    sum = _mm512_dpbusd_epi32(sum, _mm512_loadu_si512(row + i * 64), _mm512_set1_epi8(1));
  }
  return _mm512_reduce_add_epi32(sum);
}

// dpbusd wants one signed side: right bytes less 128, and 128 * sum(left) added back.
template <std::size_t row_count>
inline void PairRows(const PairBlock& block, std::size_t first_row, std::size_t group) {
  const __m512i flip = _mm512_set1_epi8(static_cast<char>(0x80));
  const std::uint8_t* tiles = block.packed + group * block.lines * 1024;
  const std::uint8_t* left = block.left + first_row * block.left_stride;
  __m512i sums[row_count];
  for (std::size_t r = 0; r < row_count; ++r) {
    sums[r] = _mm512_set1_epi32(128 * SumBytes(left + r * block.left_stride, block.lines));
  }
  for (std::size_t quad = 0; quad < block.lines * 16; ++quad) {
    const __m512i right = _mm512_xor_si512(_mm512_loadu_si512(tiles + quad * 64), flip);
    for (std::size_t r = 0; r < row_count; ++r) {
      const std::uint8_t* from = left + r * block.left_stride + quad * 4;
      const __m512i four = _mm512_set1_epi32(*reinterpret_cast<const std::int32_t*>(from));
      sums[r] = _mm512_dpbusd_epi32(sums[r], four, right);
    }
  }
  for (std::size_t r = 0; r < row_count; ++r) {
    std::int32_t* dots = block.dots + (first_row + r) * block.right_groups * kPairGroupRows;
    _mm512_storeu_si512(dots + group * kPairGroupRows, sums[r]);
  }
}

void PairDots(const PairBlock& block) {
  for (std::size_t group = 0; group < block.right_groups; ++group) {
    std::size_t row = 0;
    for (; row + 8 <= block.left_count; row += 8) PairRows<8>(block, row, group);
    for (; row < block.left_count; ++row) PairRows<1>(block, row, group);
  }
}

std::size_t SelectPairs(const PairSelection& selection, std::uint32_t* places, float* out) {
  const __m512 bound = _mm512_set1_ps(selection.bound);
  const __m512 left_norm = _mm512_set1_ps(selection.left_norm);
  const __m512 left_weight = _mm512_set1_ps(2.0F * selection.left_scale);
  const __m512i left_offset = _mm512_set1_epi32(selection.left_offset);
  const __m512i steps = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  std::size_t found = 0;
  for (std::size_t j = 0; j < selection.count; j += 16) {
    const __m512i raw = _mm512_loadu_si512(selection.dots + j);
    const __m512i offsets = _mm512_loadu_si512(selection.right_offsets + j);
    const __m512i dot = _mm512_add_epi32(_mm512_sub_epi32(raw, offsets), left_offset);
    const __m512 weight = _mm512_mul_ps(left_weight, _mm512_loadu_ps(selection.right_scales + j));
    const __m512 base = _mm512_add_ps(left_norm, _mm512_loadu_ps(selection.right_norms + j));
    const __m512 squared = _mm512_fnmadd_ps(weight, _mm512_cvtepi32_ps(dot), base);
    const __mmask16 mask = _mm512_cmp_ps_mask(squared, bound, _CMP_LT_OQ);
    if (mask == 0) continue;
    const __m512i place = _mm512_add_epi32(steps, _mm512_set1_epi32(static_cast<int>(j)));
    _mm512_mask_compressstoreu_epi32(places + found, mask, place);
    _mm512_mask_compressstoreu_ps(out + found, mask, squared);
    found += static_cast<std::size_t>(__builtin_popcount(mask));
  }
  return found;
}

void Hadamard(float* values, std::size_t size) {
  for (std::size_t half = 1; half < size && half < 16; half *= 2) {
    for (std::size_t start = 0; start < size; start += 2 * half) {
      for (std::size_t i = start; i < start + half; ++i) {
        const float a = values[i];
        const float b = values[i + half];
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
  for (std::size_t half = 16; half < size; half *= 2) {
    for (std::size_t start = 0; start < size; start += 2 * half) {
      for (std::size_t i = start; i < start + half; i += 16) {
        const __m512 a = _mm512_loadu_ps(values + i);
        const __m512 b = _mm512_loadu_ps(values + i + half);
        _mm512_storeu_ps(values + i, _mm512_add_ps(a, b));
        _mm512_storeu_ps(values + i + half, _mm512_sub_ps(a, b));
      }
    }
  }
  const float scale = 1.0F / __builtin_sqrtf(static_cast<float>(size));
  for (std::size_t i = 0; i < size; ++i) values[i] *= scale;
}

}  // namespace

constinit const Kernels kAvx512Kernels = {
    SimdLevel::kAvx512,
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
