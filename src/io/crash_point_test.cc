#include "io/crash_point.h"

#include <gtest/gtest.h>

namespace phenix::io {
namespace {

TEST(CrashPointDeathTest, EndsTheProcessAtTheChosenVisitOnly) {
  EXPECT_EXIT(
      {
        ArmCrashPoint("step.two", 2);
        CrashPoint("step.one");
        CrashPoint("step.two");
        CrashPoint("step.one");
        std::fputs("still here\n", stderr);
        CrashPoint("step.two");
        std::fputs("must not be reached\n", stderr);
      },
      testing::ExitedWithCode(kCrashPointExitCode), "^still here\n$");
}

TEST(CrashPoint, RecordsNamesOnceInTheirOrder) {
  CrashPoint("before recording");
  RecordCrashPoints(true);
  CrashPoint("b");
  CrashPoint("a");
  CrashPoint("b");
  RecordCrashPoints(false);
  CrashPoint("after recording");
  EXPECT_EQ(RecordedCrashPoints(), (std::vector<std::string>{"b", "a"}));
}

}  // namespace
}  // namespace phenix::io
