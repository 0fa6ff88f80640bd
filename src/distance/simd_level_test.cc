#include "distance/simd_level.h"

#include <gtest/gtest.h>

namespace phenix::distance {
namespace {

TEST(SimdLevel, EmptyNameChoosesWhatWasDetected) {
  const Result<SimdLevel> level = ChooseSimdLevel("");
  ASSERT_TRUE(level.ok());
  EXPECT_EQ(*level, DetectedSimdLevel());
  std::printf("[ covered  ] detected level: %s\n",
              std::string(SimdLevelName(DetectedSimdLevel())).c_str());
}

TEST(SimdLevel, NameForcesALowerLevel) {
  const Result<SimdLevel> level = ChooseSimdLevel("scalar");
  ASSERT_TRUE(level.ok());
  EXPECT_EQ(*level, SimdLevel::kScalar);
}

TEST(SimdLevel, UnknownNameIsRefused) {
  EXPECT_EQ(ChooseSimdLevel("sse9").status().code(), StatusCode::kInvalidArgument);
}

TEST(SimdLevel, LevelAboveTheMachineIsRefused) {
  for (int number = 0; number < kSimdLevelCount; ++number) {
    const auto level = static_cast<SimdLevel>(number);
    const Result<SimdLevel> chosen = ChooseSimdLevel(SimdLevelName(level));
    EXPECT_EQ(chosen.ok(), level <= DetectedSimdLevel());
    if (!chosen.ok()) {
      EXPECT_EQ(chosen.status().code(), StatusCode::kUnimplemented);
    }
  }
}

}  // namespace
}  // namespace phenix::distance
