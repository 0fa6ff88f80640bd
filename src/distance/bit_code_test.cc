#include "distance/bit_code.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "distance/kernels.h"
#include "distance/simd_level.h"

namespace phenix::distance {
namespace {

struct Bounds {
  std::vector<float> lower = std::vector<float>(kCodeBlockRows);
  std::vector<float> estimate = std::vector<float>(kCodeBlockRows);
};

Bounds Measure(const BitCoder& coder, const std::vector<float>& rows,
               const std::vector<float>& query) {
  RowMemory block(coder.block_bytes());
  coder.EncodeBlock(rows, block.data());
  BitQueryTables tables;
  coder.EncodeQuery(query, &tables);
  Bounds bounds;
  KernelsFor(DetectedSimdLevel())
      .scan_bits(tables.view(), coder.View(block.data()), bounds.lower.data(),
                 bounds.estimate.data());
  return bounds;
}

TEST(BitCoder, LowerBoundsHoldForNearlyAllRows) {
  std::mt19937 random(9);
  std::normal_distribution<float> normal;
  std::size_t measured = 0;
  std::size_t broken = 0;
  double relative_error = 0.0;
  for (const std::size_t dimension : {32U, 100U, 128U, 784U, 1100U}) {
    std::vector<float> center(dimension);
    for (float& value : center) value = normal(random);
    const BitCoder coder(KernelsFor(DetectedSimdLevel()), center, 11);
    for (int round = 0; round < 20; ++round) {
      std::vector<float> rows(32 * dimension), query(dimension);
      for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i] = center[i % dimension] + normal(random);
      for (std::size_t i = 0; i < dimension; ++i) query[i] = center[i] + normal(random);
      const Bounds bounds = Measure(coder, rows, query);
      for (std::size_t r = 0; r < 32; ++r) {
        float squared = 0.0F;
        for (std::size_t i = 0; i < dimension; ++i) {
          const float difference = rows[r * dimension + i] - query[i];
          squared += difference * difference;
        }
        relative_error += static_cast<double>(std::fabs(bounds.estimate[r] - squared) / squared);
        broken += bounds.lower[r] > squared ? 1 : 0;
        ++measured;
      }
    }
  }
  EXPECT_LT(broken, measured / 12);
  EXPECT_LT(relative_error / static_cast<double>(measured), 0.1);
  std::printf("[ covered  ] %zu rows, bound broken %zu times, mean error %.3f\n", measured, broken,
              relative_error / static_cast<double>(measured));
}

TEST(BitCoder, RowsAtTheCenterAreMeasuredExactly) {
  const std::vector<float> center = {1, 2, 3, 4};
  const BitCoder coder(KernelsFor(SimdLevel::kScalar), center, 1);
  const Bounds bounds = Measure(coder, center, {1, 2, 3, 6});
  EXPECT_FLOAT_EQ(bounds.estimate[0], 4.0F);
  EXPECT_FLOAT_EQ(bounds.lower[0], 4.0F);
}

TEST(BitCoder, MissingRowsAreInfinitelyFar) {
  const std::vector<float> center = {0, 0};
  const BitCoder coder(KernelsFor(SimdLevel::kScalar), center, 1);
  const Bounds bounds = Measure(coder, {1, 1, 2, 2}, {1, 0});
  EXPECT_TRUE(std::isfinite(bounds.lower[1]));
  for (std::size_t r = 2; r < 32; ++r) EXPECT_TRUE(std::isinf(bounds.lower[r]));
}

}  // namespace
}  // namespace phenix::distance
