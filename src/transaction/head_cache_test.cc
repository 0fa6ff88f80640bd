#include "transaction/head_cache.h"

#include <gtest/gtest.h>

namespace phenix::transaction {
namespace {

RowVersion At(std::uint64_t timestamp, const std::string& bytes) {
  return {CommitTimestamp(timestamp), std::make_shared<const std::string>(bytes)};
}

TEST(HeadCache, ServesTheNewestVersionToReadersAtOrAfterIt) {
  HeadCache cache(1 << 20, CommitTimestamp(5));
  cache.Offer("key", At(3, "three"), CommitTimestamp(5));
  EXPECT_EQ(*cache.Get("key", CommitTimestamp(5)).bytes, "three");
  EXPECT_EQ(cache.Get("key", CommitTimestamp(2)).bytes, nullptr);
  cache.Apply("key", At(7, "seven"));
  EXPECT_EQ(*cache.Get("key", CommitTimestamp(7)).bytes, "seven");
  EXPECT_EQ(cache.Get("key", CommitTimestamp(6)).bytes, nullptr);
}

TEST(HeadCache, RefusesWhatAnOlderSnapshotFound) {
  HeadCache cache(1 << 20, CommitTimestamp(5));
  cache.Offer("key", At(3, "three"), CommitTimestamp(4));
  EXPECT_EQ(cache.Get("key", CommitTimestamp(9)).bytes, nullptr) << "below the state at opening";
  cache.Apply("key", At(8, "eight"));
  cache.Offer("key", At(3, "three"), CommitTimestamp(7));
  EXPECT_EQ(cache.Get("key", CommitTimestamp(9)).bytes, nullptr) << "below what was applied since";
  cache.Offer("key", At(8, "eight"), CommitTimestamp(8));
  EXPECT_EQ(*cache.Get("key", CommitTimestamp(9)).bytes, "eight");
}

TEST(HeadCache, StaysWithinItsCapacity) {
  constexpr std::uint64_t kCapacity = 256 * 1024;
  HeadCache cache(kCapacity, CommitTimestamp(0));
  for (int n = 0; n < 10'000; ++n) {
    cache.Offer("key" + std::to_string(n), At(1, std::string(100, 'x')), CommitTimestamp(1));
  }
  EXPECT_LE(cache.size_bytes(), kCapacity);
  EXPECT_GT(cache.size_bytes(), kCapacity / 2);
}

}  // namespace
}  // namespace phenix::transaction
