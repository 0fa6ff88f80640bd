#include "io/random.h"

#include <gtest/gtest.h>

#include <set>

namespace phenix::io {
namespace {

TEST(SeededRandom, RepeatsItsSeedAndNoOther) {
  SeededRandom one(1);
  SeededRandom again(1);
  SeededRandom two(2);
  const std::string bytes = one.Bytes(100);
  EXPECT_EQ(bytes, again.Bytes(100));
  EXPECT_NE(bytes, two.Bytes(100));
}

TEST(SystemRandom, FillsEveryLengthWithoutRepeating) {
  std::set<std::string> seen;
  for (const std::size_t size : {16U, 255U, 256U, 257U, 1000U}) {
    for (int round = 0; round < 20; ++round)
      EXPECT_TRUE(seen.insert(SystemRandom().Bytes(size)).second);
  }
  EXPECT_EQ(SystemRandom().Bytes(0), "");
}

}  // namespace
}  // namespace phenix::io
