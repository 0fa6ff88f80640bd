// One bit per dimension: signs of a randomly rotated residual, with an error bound.
//
// A row x is kept relative to a centre c as bits b of the rotated unit residual; with u = (2b -
// 1)/sqrt(D) and f = <u, unit residual> the estimate of |x - q|^2 is
//     |x - c|^2 + |q - c|^2 - 2 |x - c| / f * <u, rotated (q - c)>,
// and the true value is below estimate + error * |q - c| with high probability, as above.
// Source:  Gao and Long, "RaBitQ" (SIGMOD 2024), sections 3.2 and 3.3.
// Layout:  blocks of 32 rows: groups of 4 dimensions, 16 bytes each (kernel_types.h, BitBlock),
// then
//          32 norms, 32 factors, 32 errors.
// Threads: immutable after construction.
#ifndef DISTANCE_BIT_CODE_H_
#define DISTANCE_BIT_CODE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "distance/kernel_types.h"
#include "distance/rotation.h"
#include "distance/row_memory.h"

namespace phenix::distance {

/// A query against the codes around one centre. Reusable; the view lasts until the next encoding.
class BitQueryTables {
 public:
  [[nodiscard]] const BitQuery& view() const { return view_; }

 private:
  friend class BitCoder;
  RowMemory tables_;
  std::vector<float> rotated_;
  std::vector<float> sums_;
  BitQuery view_ = {};
};

class BitCoder {
 public:
  BitCoder() = default;
  /// Borrows `kernels` for its life.
  BitCoder(const Kernels& kernels, std::span<const float> center, std::uint64_t seed);

  [[nodiscard]] std::size_t block_bytes() const;
  /// Writes one block of up to 32 rows, `dimension` floats each; missing rows are infinitely far.
  void EncodeBlock(std::span<const float> rows, std::uint8_t* block) const;
  void EncodeQuery(std::span<const float> query, BitQueryTables* tables) const;
  [[nodiscard]] BitBlock View(const std::uint8_t* block) const;
  [[nodiscard]] const std::vector<float>& center() const { return center_; }

 private:
  [[nodiscard]] std::size_t groups() const { return rotation_.rotated_dimension() / 4; }
  void EncodeRow(std::span<const float> row, std::size_t place, std::vector<float>* scratch,
                 std::uint8_t* block) const;

  const Kernels* kernels_ = nullptr;
  Rotation rotation_;
  std::vector<float> center_;
};

}  // namespace phenix::distance

#endif  // DISTANCE_BIT_CODE_H_
