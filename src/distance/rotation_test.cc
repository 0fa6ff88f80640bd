#include "distance/rotation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "distance/kernels.h"

namespace phenix::distance {
namespace {

TEST(Rotation, KeepsInnerProductsOnEveryDimension) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  const Kernels& kernels = KernelsFor(SimdLevel::kScalar);
  std::size_t checked = 0;
  for (std::uint32_t dimension = 1; dimension <= 1030; dimension += dimension < 200 ? 1 : 83) {
    const Rotation rotation(dimension, 42);
    std::vector<float> a(dimension), b(dimension);
    double want = 0.0;
    for (std::uint32_t i = 0; i < dimension; ++i) {
      a[i] = normal(random);
      b[i] = normal(random);
      want += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
    std::vector<float> ra(rotation.rotated_dimension()), rb(rotation.rotated_dimension());
    rotation.Apply(kernels, a, ra);
    rotation.Apply(kernels, b, rb);
    double got = 0.0;
    for (std::size_t i = 0; i < ra.size(); ++i) {
      got += static_cast<double>(ra[i]) * static_cast<double>(rb[i]);
    }
    ASSERT_NEAR(want, got, 1e-3 * std::sqrt(dimension)) << "dimension=" << dimension;
    ++checked;
  }
  std::printf("[ covered  ] %zu dimensions\n", checked);
}

TEST(Rotation, SpreadsASingleValueOverAllDimensions) {
  const Rotation rotation(784, 7);
  std::vector<float> unit(784, 0.0F), rotated(rotation.rotated_dimension());
  unit[5] = 1.0F;
  rotation.Apply(KernelsFor(SimdLevel::kScalar), unit, rotated);
  for (const float value : rotated) EXPECT_LT(std::fabs(value), 0.25F);
}

TEST(Rotation, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const Kernels& kernels = KernelsFor(SimdLevel::kScalar);
  const std::vector<float> values(100, 1.0F);
  std::vector<float> first(128), again(128), other(128);
  Rotation(100, 1).Apply(kernels, values, first);
  Rotation(100, 1).Apply(kernels, values, again);
  Rotation(100, 2).Apply(kernels, values, other);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
}

}  // namespace
}  // namespace phenix::distance
