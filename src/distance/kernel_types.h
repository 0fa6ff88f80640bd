// The arithmetic of nearness, one table of functions per instruction level.
//
// A kernel handles a whole scan or one hop of a walk (tens to thousands of rows), never one
// distance, so that the indirect call disappears. All levels give the same integers; float results
// differ by rounding only.
//
// Rows:       `stride` bytes apart, 64-byte aligned, a multiple of 64. A byte row holds its values,
//             zeros, and in its last 16 bytes a RowConstants.
// Threads:    any; the functions keep no state.
// Not here:   where rows live and which to visit (index/vector).
#ifndef DISTANCE_KERNEL_TYPES_H_
#define DISTANCE_KERNEL_TYPES_H_

#include <cstddef>
#include <cstdint>

namespace phenix::distance {

/// Each level includes the ones before it.
enum class SimdLevel : std::uint8_t {
  kScalar = 0,  ///< Plain C++; the reference of the others.
  kAvx2 = 1,    ///< AVX2, FMA and F16C.
  kAvx512 = 2,  ///< AVX-512 F/BW/DQ/VL with VNNI.
  kAmx = 3,     ///< The above and AMX tiles (int8) for all-pairs work.
};
inline constexpr int kSimdLevelCount = 4;

/// How the numbers of a full row are stored. The numbers are on disk: never change or reuse one.
enum class ElementType : std::uint8_t { kF32 = 0, kF16 = 1, kBf16 = 2, kU8 = 3 };
inline constexpr int kElementTypeCount = 4;

inline constexpr std::size_t kRowAlignment = 64;
inline constexpr std::size_t kRowConstantsBytes = 16;
/// Rows of one block of 1-bit codes.
inline constexpr std::size_t kCodeBlockRows = 32;
/// Columns of one packed group of the all-pairs kernel.
inline constexpr std::size_t kPairGroupRows = 16;

/// Tail of a byte row whose value is scale * (byte - zero point).
struct RowConstants {
  std::int32_t
      exact;   ///< sum(u^2) - 256 * sum(u), wrapping; only of rows with scale 1, zero point 0
  float norm;  ///< squared length of the decoded row
  float scale;
  std::int32_t sum;  ///< sum(u)
};
static_assert(sizeof(RowConstants) == kRowConstantsBytes);

/// Rows to measure: `positions` of them, or rows 0..count-1 where that is null.
struct RowSet {
  const std::uint8_t* rows;
  std::size_t stride;
  std::uint32_t dimension;
  const std::uint32_t* positions;
  std::size_t count;
};

/// A query against byte rows. `values` has `stride` entries, zero past the dimension.
struct ByteQuery {
  const std::int8_t* values;
  float norm;         ///< squared length of the query
  float scale;        ///< of `values`; exact queries: 1, and values are q - 128
  std::int32_t base;  ///< exact: sum(q^2), wrapping; scaled: zero point * sum(values)
};

/// A query against 1-bit codes: for each group of 4 dimensions 16 sums of one byte.
struct BitQuery {
  const std::uint8_t* tables;  ///< groups * 16 bytes
  std::size_t groups;          ///< a multiple of 4
  float table_scale;           ///< <query, bits> = table_scale * sum + table_offset
  float table_offset;
  float norm;    ///< squared length of the query's residual
  float length;  ///< its root
};

/// 32 rows of 1-bit codes: groups * 16 bytes, in which byte i of a group has row i in its low and
/// row 16 + i in its high half; and per row three factors (see index/vector/bit_code.h).
struct BitBlock {
  const std::uint8_t* codes;
  const float* norms;
  const float* factors;
  const float* errors;
};

/// A block of the matrix of dot products: left rows times packed right rows.
struct PairBlock {
  const std::uint8_t* left;
  std::size_t left_stride;
  std::size_t left_count;
  const std::uint8_t* packed;  ///< from pack_right
  std::size_t right_groups;    ///< groups of 16
  std::size_t lines;           ///< 64-byte lines of a row
  std::int32_t* dots;          ///< [left_count][right_groups * 16], wrapping sums of u8 * u8
};

/// Squared distances of one left row to consecutive right rows, filtered by a bound.
struct PairSelection {
  const std::int32_t* dots;
  const float* right_norms;
  const float* right_scales;
  const std::int32_t* right_offsets;  ///< zero point * sum(u) of each right row
  std::size_t count;                  ///< a multiple of 16; pad norms with infinity
  float left_norm;
  float left_scale;
  std::int32_t left_offset;  ///< dimension * zero^2 - zero * sum(u) of the left row
  float bound;
};

/// One level. Outputs of scans are in the order of the rows.
struct Kernels {
  SimdLevel level;
  /// Squared Euclidean distance, by ElementType.
  void (*scan_l2[kElementTypeCount])(const float* query, const RowSet& rows, float* out);
  /// Inner product, by ElementType.
  void (*scan_dot[kElementTypeCount])(const float* query, const RowSet& rows, float* out);
  /// Exact squared distances of byte rows and an integer query, rounded to float once.
  void (*scan_bytes_exact)(const ByteQuery& query, const RowSet& rows, float* out);
  /// Squared distances of decoded byte rows and a rounded query.
  void (*scan_bytes_scaled)(const ByteQuery& query, const RowSet& rows, float* out);
  /// sum(nibble * value): rows of packed 4-bit numbers, low half first; values padded with zeros.
  void (*scan_nibbles)(const std::int8_t* query, const RowSet& rows, std::int32_t* out);
  /// Lower bounds and estimates (each 32 floats) of the squared distances of one block.
  void (*scan_bits)(const BitQuery& query, const BitBlock& block, float* lower, float* estimate);
  /// Packs 16 * groups rows (missing ones as zeros, constants left out) for pair_dots; `packed` has
  /// groups * 16 * lines * 64 bytes.
  void (*pack_right)(const RowSet& rows, std::size_t groups, std::uint8_t* packed);
  void (*pair_dots)(const PairBlock& block);
  /// Writes the places and squared distances below the bound; returns how many.
  std::size_t (*select_pairs)(const PairSelection& selection, std::uint32_t* places, float* out);
  /// In-place fast Hadamard transform of `size` (a power of two) floats, orthonormal.
  void (*hadamard)(float* values, std::size_t size);
};

}  // namespace phenix::distance

#endif  // DISTANCE_KERNEL_TYPES_H_
