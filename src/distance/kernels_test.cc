// Every level against the scalar one, on all dimensions from 1 to 300 and odd larger ones.
#include "distance/kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "distance/element_type.h"
#include "distance/simd_level.h"

namespace phenix::distance {
namespace {

std::vector<std::uint32_t> Dimensions() {
  std::vector<std::uint32_t> dimensions;
  for (std::uint32_t d = 1; d <= 300; ++d) dimensions.push_back(d);
  for (const std::uint32_t d : {383U, 511U, 769U, 784U, 1025U, 1536U, 2047U, 4099U, 16383U}) {
    dimensions.push_back(d);
  }
  return dimensions;
}

std::vector<SimdLevel> Levels() {
  std::vector<SimdLevel> levels;
  for (int number = 1; number <= static_cast<int>(DetectedSimdLevel()); ++number) {
    levels.push_back(static_cast<SimdLevel>(number));
  }
  return levels;
}

// 64-byte aligned bytes.
class Rows {
 public:
  Rows(std::size_t count, std::size_t stride) : stride_(stride), raw_(count * stride + 64) {
    start_ = raw_.data() + (64 - reinterpret_cast<std::uintptr_t>(raw_.data()) % 64) % 64;
  }
  std::uint8_t* row(std::size_t r) { return start_ + r * stride_; }
  std::size_t stride() const { return stride_; }

 private:
  std::size_t stride_;
  std::vector<std::uint8_t> raw_;
  std::uint8_t* start_;
};

std::size_t RoundUp(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

void ExpectNear(const std::vector<float>& want, const std::vector<float>& got, float scale,
                const char* what, std::uint32_t dimension) {
  for (std::size_t i = 0; i < want.size(); ++i) {
    ASSERT_NEAR(want[i], got[i], scale) << what << " dimension=" << dimension << " row=" << i;
  }
}

void FillFloatRow(std::mt19937& random, ElementType type, std::uint32_t dimension,
                  std::uint8_t* row) {
  std::normal_distribution<float> normal;
  for (std::uint32_t i = 0; i < dimension; ++i) {
    const float value = normal(random);
    std::uint16_t raw = 0;
    switch (type) {
      case ElementType::kF32:
        std::memcpy(row + i * 4, &value, 4);
        break;
      case ElementType::kF16:
        ASSERT_TRUE(ExactHalf(std::round(value * 64.0F) / 64.0F, &raw));
        std::memcpy(row + i * 2, &raw, 2);
        break;
      case ElementType::kBf16:
        ASSERT_TRUE(ExactBrain(std::round(value * 8.0F) / 8.0F, &raw));
        std::memcpy(row + i * 2, &raw, 2);
        break;
      case ElementType::kU8:
        row[i] = static_cast<std::uint8_t>(random());
        break;
    }
  }
}

TEST(Kernels, FloatScansAgreeWithScalarOnEveryDimension) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::size_t compared = 0;
  for (const std::uint32_t dimension : Dimensions()) {
    std::vector<float> query(dimension);
    for (float& value : query) value = normal(random);
    for (int t = 0; t < kElementTypeCount; ++t) {
      const auto type = static_cast<ElementType>(t);
      Rows rows(7, RoundUp(dimension * ElementBytes(type), 64));
      for (std::size_t r = 0; r < 7; ++r) FillFloatRow(random, type, dimension, rows.row(r));
      const std::uint32_t positions[] = {6, 0, 3, 3, 1};
      const RowSet set = {rows.row(0), rows.stride(), dimension, positions, 5};
      std::vector<float> want_l2(5), want_dot(5), l2(5), dot(5);
      const Kernels& scalar = KernelsFor(SimdLevel::kScalar);
      scalar.scan_l2[t](query.data(), set, want_l2.data());
      scalar.scan_dot[t](query.data(), set, want_dot.data());
      const float unit = type == ElementType::kU8 ? 256.0F : 1.0F;
      const float tolerance = 4e-5F * static_cast<float>(dimension) * unit * unit;
      for (const SimdLevel level : Levels()) {
        KernelsFor(level).scan_l2[t](query.data(), set, l2.data());
        KernelsFor(level).scan_dot[t](query.data(), set, dot.data());
        ExpectNear(want_l2, l2, tolerance, "l2", dimension);
        ExpectNear(want_dot, dot, tolerance, "dot", dimension);
        compared += 10;
      }
    }
  }
  std::printf("[ covered  ] %zu float distances compared\n", compared);
}

// Rows of bytes with their constants, as the index lays them out.
Rows ByteRows(std::mt19937& random, std::uint32_t dimension, std::size_t count) {
  Rows rows(count, RoundUp(dimension + kRowConstantsBytes, 64));
  for (std::size_t r = 0; r < count; ++r) {
    RowConstants constants = {0, 0.0F, 0.5F, 0};
    std::uint32_t squares = 0;
    for (std::uint32_t i = 0; i < dimension; ++i) {
      const std::uint8_t value = r == 0 ? 255 : static_cast<std::uint8_t>(random());
      rows.row(r)[i] = value;
      constants.sum += value;
      squares += static_cast<std::uint32_t>(value) * value;
    }
    constants.exact =
        static_cast<std::int32_t>(squares - 256U * static_cast<std::uint32_t>(constants.sum));
    constants.norm = static_cast<float>(squares) * 0.25F;
    std::memcpy(rows.row(r) + rows.stride() - sizeof(constants), &constants, sizeof(constants));
  }
  return rows;
}

float IntegerDistance(const std::vector<int>& query, const std::uint8_t* row) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < query.size(); ++i) {
    const int difference = query[i] - row[i];
    sum += difference * difference;
  }
  return static_cast<float>(sum);
}

std::int32_t IntegerDot(const std::uint8_t* left, const std::uint8_t* right,
                        std::uint32_t dimension) {
  std::int32_t sum = 0;
  for (std::uint32_t i = 0; i < dimension; ++i) sum += left[i] * right[i];
  return sum;
}

TEST(Kernels, ExactByteScanEqualsIntegerArithmeticOnEveryDimension) {
  std::mt19937 random(11);
  std::size_t compared = 0;
  for (const std::uint32_t dimension : Dimensions()) {
    Rows rows = ByteRows(random, dimension, 6);
    std::vector<std::int8_t> values(rows.stride(), 0);
    std::vector<int> query(dimension);
    std::uint32_t squares = 0;
    for (std::uint32_t i = 0; i < dimension; ++i) {
      query[i] = i % 3 == 0 ? 0 : static_cast<int>(random() % 256);
      values[i] = static_cast<std::int8_t>(query[i] - 128);
      squares += static_cast<std::uint32_t>(query[i] * query[i]);
    }
    const ByteQuery bytes = {values.data(), 0, 1, static_cast<std::int32_t>(squares)};
    const RowSet set = {rows.row(0), rows.stride(), dimension, nullptr, 6};
    std::vector<SimdLevel> levels = Levels();
    levels.push_back(SimdLevel::kScalar);
    for (const SimdLevel level : levels) {
      std::vector<float> got(6);
      KernelsFor(level).scan_bytes_exact(bytes, set, got.data());
      for (std::size_t r = 0; r < 6; ++r) {
        ASSERT_EQ(got[r], IntegerDistance(query, rows.row(r))) << "dimension=" << dimension;
        ++compared;
      }
    }
  }
  std::printf("[ covered  ] %zu exact byte distances\n", compared);
}

TEST(Kernels, ScaledByteAndNibbleScansAgreeWithScalar) {
  std::mt19937 random(13);
  for (const std::uint32_t dimension : Dimensions()) {
    Rows rows = ByteRows(random, dimension, 6);
    std::vector<std::int8_t> values(rows.stride(), 0);
    std::int32_t sum = 0;
    for (std::uint32_t i = 0; i < dimension; ++i) {
      values[i] = static_cast<std::int8_t>(static_cast<int>(random() % 255) - 127);
      sum += values[i];
    }
    const ByteQuery query = {values.data(), 3.0F, 0.25F, 128 * sum};
    const RowSet set = {rows.row(0), rows.stride(), dimension, nullptr, 6};
    const Kernels& scalar = KernelsFor(SimdLevel::kScalar);
    std::vector<float> want(6), got(6);
    std::vector<std::int32_t> want_nibbles(6), nibbles(6);
    scalar.scan_bytes_scaled(query, set, want.data());
    scalar.scan_nibbles(values.data(), set, want_nibbles.data());
    for (const SimdLevel level : Levels()) {
      KernelsFor(level).scan_bytes_scaled(query, set, got.data());
      for (std::size_t r = 0; r < 6; ++r) {
        ASSERT_NEAR(want[r], got[r], 1e-5F * std::fabs(want[r])) << "dimension=" << dimension;
      }
      KernelsFor(level).scan_nibbles(values.data(), set, nibbles.data());
      ASSERT_EQ(want_nibbles, nibbles) << "dimension=" << dimension;
    }
  }
}

TEST(Kernels, BitScanAgreesWithScalarOnEveryGroupCount) {
  std::mt19937 random(17);
  std::normal_distribution<float> normal;
  std::size_t blocks = 0;
  for (std::size_t groups = 4; groups <= 1040; groups += groups < 80 ? 4 : 64) {
    std::vector<std::uint8_t> codes(groups * 16), tables(groups * 16);
    for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(random());
    for (std::uint8_t& entry : tables)
      entry = random() % 8 == 0 ? 255 : static_cast<std::uint8_t>(random());
    std::vector<float> norms(32), factors(32), errors(32);
    for (std::size_t r = 0; r < 32; ++r) {
      norms[r] = normal(random);
      factors[r] = normal(random);
      errors[r] = normal(random);
    }
    const BitQuery query = {tables.data(), groups, 0.01F, -3.0F, 2.0F, 1.5F};
    const BitBlock block = {codes.data(), norms.data(), factors.data(), errors.data()};
    std::vector<float> want_lower(32), want(32), lower(32), estimate(32);
    KernelsFor(SimdLevel::kScalar).scan_bits(query, block, want_lower.data(), want.data());
    for (const SimdLevel level : Levels()) {
      KernelsFor(level).scan_bits(query, block, lower.data(), estimate.data());
      const float tolerance = 1e-5F * static_cast<float>(groups) + 1e-4F;
      ExpectNear(want_lower, lower, tolerance, "lower bound", static_cast<std::uint32_t>(groups));
      ExpectNear(want, estimate, tolerance, "estimate", static_cast<std::uint32_t>(groups));
      ++blocks;
    }
  }
  std::printf("[ covered  ] %zu code blocks\n", blocks);
}

// Checks every fifth row of one block; returns how many products.
std::size_t CheckPairDots(SimdLevel level, Rows& left, Rows& right, std::uint32_t dimension) {
  const std::size_t left_count = 1 + dimension % 51;
  const std::size_t right_count = 1 + dimension % 61;
  const std::size_t groups = RoundUp(right_count, 16) / 16;
  Rows packed(groups * 16, left.stride());
  std::vector<std::int32_t> dots(left_count * groups * 16);
  KernelsFor(level).pack_right({right.row(0), right.stride(), dimension, nullptr, right_count},
                               groups, packed.row(0));
  KernelsFor(level).pair_dots({left.row(0), left.stride(), left_count, packed.row(0), groups,
                               left.stride() / 64, dots.data()});
  std::size_t compared = 0;
  for (std::size_t l = 0; l < left_count; l += 5) {
    for (std::size_t r = 0; r < groups * 16; ++r, ++compared) {
      const std::int32_t want =
          r < right_count ? IntegerDot(left.row(l), right.row(r), dimension) : 0;
      EXPECT_EQ(want, dots[l * groups * 16 + r])
          << SimdLevelName(level) << " dimension=" << dimension << " " << l << "," << r;
    }
  }
  return compared;
}

TEST(Kernels, PairDotsEqualIntegerArithmeticOnEveryDimension) {
  std::mt19937 random(19);
  std::size_t compared = 0;
  std::vector<SimdLevel> levels = Levels();
  levels.push_back(SimdLevel::kScalar);
  for (const std::uint32_t dimension : Dimensions()) {
    if (dimension > 5000) continue;
    Rows left = ByteRows(random, dimension, 1 + dimension % 51);
    Rows right = ByteRows(random, dimension, 1 + dimension % 61);
    for (const SimdLevel level : levels) {
      compared += CheckPairDots(level, left, right, dimension);
    }
    ASSERT_FALSE(HasFailure());
  }
  std::printf("[ covered  ] %zu dot products\n", compared);
}

TEST(Kernels, SelectPairsFindsExactlyWhatIsBelowTheBound) {
  std::mt19937 random(23);
  std::size_t selected = 0;
  for (int round = 0; round < 300; ++round) {
    const std::size_t count = 16 * (1 + random() % 20);
    std::vector<std::int32_t> dots(count), offsets(count);
    std::vector<float> norms(count), scales(count), want(count), got(count);
    std::vector<std::uint32_t> want_places(count), places(count);
    for (std::size_t j = 0; j < count; ++j) {
      dots[j] = static_cast<std::int32_t>(random() % 100000);
      offsets[j] = static_cast<std::int32_t>(random() % 100000);
      norms[j] = j % 7 == 3 ? std::numeric_limits<float>::infinity()
                            : static_cast<float>(random() % 1000000);
      scales[j] = 1.0F;
    }
    const PairSelection selection = {dots.data(),    norms.data(), scales.data(),
                                     offsets.data(), count,        1000.0F,
                                     1.0F,           -5000,        300000.0F};
    const std::size_t expected =
        KernelsFor(SimdLevel::kScalar).select_pairs(selection, want_places.data(), want.data());
    selected += expected;
    for (const SimdLevel level : Levels()) {
      ASSERT_EQ(expected, KernelsFor(level).select_pairs(selection, places.data(), got.data()));
      for (std::size_t i = 0; i < expected; ++i) {
        ASSERT_EQ(want_places[i], places[i]);
        ASSERT_EQ(want[i], got[i]);
      }
    }
  }
  EXPECT_GT(selected, 1000U);
  std::printf("[ covered  ] %zu pairs selected\n", selected);
}

TEST(Kernels, HadamardKeepsLengthsAndAgreesWithScalar) {
  std::mt19937 random(29);
  std::normal_distribution<float> normal;
  for (std::size_t size = 1; size <= 4096; size *= 2) {
    std::vector<float> values(size);
    float length = 0.0F;
    for (float& value : values) {
      value = normal(random);
      length += value * value;
    }
    std::vector<float> want = values;
    KernelsFor(SimdLevel::kScalar).hadamard(want.data(), size);
    float rotated = 0.0F;
    for (const float value : want) rotated += value * value;
    EXPECT_NEAR(length, rotated, 1e-3F * length);
    for (const SimdLevel level : Levels()) {
      std::vector<float> got = values;
      KernelsFor(level).hadamard(got.data(), size);
      ExpectNear(want, got, 1e-4F, "hadamard", static_cast<std::uint32_t>(size));
    }
  }
}

TEST(ElementType, HalfAndBrainFloatsComeBackExactly) {
  for (std::uint32_t raw = 0; raw < 65536; ++raw) {
    const auto bits = static_cast<std::uint16_t>(raw);
    std::uint16_t back = 0;
    const float half = FloatFromHalf(bits);
    if (std::isfinite(half)) {
      ASSERT_TRUE(ExactHalf(half, &back));
      ASSERT_EQ(bits, back);
    } else {
      ASSERT_FALSE(ExactHalf(half, &back));
    }
    ASSERT_TRUE(ExactBrain(FloatFromBrain(bits), &back));
    ASSERT_EQ(bits, back);
  }
  std::uint16_t raw = 0;
  EXPECT_FALSE(ExactHalf(0.1F, &raw));
  EXPECT_FALSE(ExactHalf(65520.0F, &raw));
  EXPECT_FALSE(ExactBrain(0.1F, &raw));
}

}  // namespace
}  // namespace phenix::distance
