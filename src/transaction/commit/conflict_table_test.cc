#include "transaction/commit/conflict_table.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <random>

namespace phenix::transaction {
namespace {

TEST(ConflictTable, NeverAnswersNotSinceForAMarkThatWasRecordedSince) {
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  constexpr std::uint64_t kMarks = 5000;
  ConflictTable table(64);  // far too small on purpose
  std::map<std::uint64_t, std::uint64_t> reference;
  std::uint64_t questions = 0, unknown = 0;
  for (std::uint64_t now = 1; now <= 20'000; ++now) {
    const std::uint64_t mark = (random() % kMarks) * 0x9E3779B97F4A7C15ULL;
    table.Record(mark, CommitTimestamp(now));
    reference[mark] = now;
    const std::uint64_t asked = (random() % kMarks) * 0x9E3779B97F4A7C15ULL;
    const std::uint64_t after = random() % now;
    const auto answer = table.Since(asked, CommitTimestamp(after), CommitTimestamp(now));
    const auto found = reference.find(asked);
    const bool truth = found != reference.end() && found->second > after;
    ++questions;
    if (answer == ConflictTable::Answer::kUnknown) {
      ++unknown;
      continue;
    }
    ASSERT_EQ(answer == ConflictTable::Answer::kSince, truth) << "seed " << seed;
  }
  EXPECT_GT(unknown, 0U) << "the table was meant to be too small";
  std::printf("[ covered  ] %llu questions, %llu sent to the state, seed %llu\n",
              static_cast<unsigned long long>(questions), static_cast<unsigned long long>(unknown),
              static_cast<unsigned long long>(seed));
}

TEST(ConflictTable, AnswersSinceForAnEvictionThatTheStateCannotKnow) {
  ConflictTable table(1);
  for (std::uint64_t mark = 1; mark <= 5; ++mark) table.Record(mark, CommitTimestamp(10 + mark));
  EXPECT_EQ(table.Since(1, CommitTimestamp(5), CommitTimestamp(11)),
            ConflictTable::Answer::kUnknown);
  EXPECT_EQ(table.Since(1, CommitTimestamp(5), CommitTimestamp(10)), ConflictTable::Answer::kSince);
  EXPECT_EQ(table.Since(1, CommitTimestamp(11), CommitTimestamp(11)),
            ConflictTable::Answer::kNotSince);
}

}  // namespace
}  // namespace phenix::transaction
