// Vectors as rows of bytes: exactly, where every value is an integer in 0..255, else rounded to 8
// bits with a scale per row around a common centre (locally adaptive quantization).
//
// Source:     Aguerrebere et al., "Similarity search in the blink of an eye with compressed
// indices"
//             (VLDB 2023), section 3, with a symmetric scale.
// Threads:    immutable after construction.
#ifndef DISTANCE_BYTE_ROW_H_
#define DISTANCE_BYTE_ROW_H_

#include <cstdint>
#include <span>
#include <vector>

#include "distance/kernel_types.h"
#include "distance/row_memory.h"

namespace phenix::distance {

/// The numbers are on disk: never change or reuse one.
enum class ByteRowKind : std::uint8_t { kExact = 0, kScaled = 1 };

/// Above this dimension integer sums could overflow, and rows are kScaled.
inline constexpr std::uint32_t kExactDimensionMax = 16384;

/// True when `values` is a vector of integers in 0..255.
bool IsByteVector(std::span<const float> values);

/// A query or row ready for the byte kernels. Reusable; the view is valid until the next encoding.
class EncodedQuery {
 public:
  [[nodiscard]] const ByteQuery& view() const { return view_; }
  /// True when scan_bytes_exact applies: distances are those of the full vectors.
  [[nodiscard]] bool exact() const { return exact_; }

 private:
  friend class ByteRowCodec;
  RowMemory values_;
  ByteQuery view_ = {};
  bool exact_ = false;
};

class ByteRowCodec {
 public:
  ByteRowCodec() = default;
  static ByteRowCodec Exact(std::uint32_t dimension);
  /// `center` is subtracted from rows and queries.
  static ByteRowCodec Scaled(std::vector<float> center);

  [[nodiscard]] ByteRowKind kind() const { return kind_; }
  [[nodiscard]] std::uint32_t dimension() const { return dimension_; }
  /// Bytes from row to row, constants included.
  [[nodiscard]] std::size_t stride() const { return stride_; }
  [[nodiscard]] std::int32_t zero_point() const { return kind_ == ByteRowKind::kExact ? 0 : 128; }
  [[nodiscard]] const std::vector<float>& center() const { return center_; }

  /// Writes `stride()` bytes, which must be zero before.
  void EncodeRow(std::span<const float> values, std::uint8_t* row) const;
  void EncodeQuery(std::span<const float> values, EncodedQuery* query) const;
  /// A stored row as a query. Cost: one pass over its bytes.
  void EncodeQuery(const std::uint8_t* row, EncodedQuery* query) const;
  /// What the row stands for; the full vector when kind() is kExact.
  void DecodeRow(const std::uint8_t* row, std::span<float> values) const;
  /// Squared distances of `query` to `rows`.
  void Scan(const Kernels& kernels, const EncodedQuery& query, const RowSet& rows,
            float* out) const {
    (query.exact() ? kernels.scan_bytes_exact : kernels.scan_bytes_scaled)(query.view(), rows, out);
  }

 private:
  ByteRowKind kind_ = ByteRowKind::kExact;
  std::uint32_t dimension_ = 0;
  std::size_t stride_ = 0;
  std::vector<float> center_;
};

/// The constants of a row.
RowConstants ConstantsOf(const std::uint8_t* row, std::size_t stride);

}  // namespace phenix::distance

#endif  // DISTANCE_BYTE_ROW_H_
