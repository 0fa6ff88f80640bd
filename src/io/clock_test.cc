#include "io/clock.h"

#include <gtest/gtest.h>

namespace phenix::io {
namespace {

TEST(SystemClock, GoesForwardAndSleepsAtLeastAsLongAsTold) {
  const auto before = SystemClock().Monotonic();
  SystemClock().SleepFor(std::chrono::milliseconds(3));
  EXPECT_GE(SystemClock().Monotonic() - before, std::chrono::milliseconds(3));
  EXPECT_GT(SystemClock().WallMilliseconds(), 1'600'000'000'000U);
}

TEST(ManualClock, MovesOnlyWhenTold) {
  ManualClock clock(1000);
  EXPECT_EQ(clock.WallMilliseconds(), 1000U);
  clock.Advance(std::chrono::milliseconds(50));
  clock.SleepFor(std::chrono::seconds(1));
  EXPECT_EQ(clock.WallMilliseconds(), 2050U);
  EXPECT_EQ(clock.Monotonic(), std::chrono::milliseconds(2050));
}

}  // namespace
}  // namespace phenix::io
