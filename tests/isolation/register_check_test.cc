#include "tests/isolation/register_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <optional>
#include <random>

#include "tests/isolation/history_builder.h"

namespace phenix::isolation {
namespace {

Operation Set(Element value) { return Write{"r", value}; }
Operation Got(std::optional<Element> value) { return Read{"r", value}; }

bool IsLinearizable(const HistoryBuilder& builder) {
  return CheckRegisters(builder.Build()).IsClean();
}

TEST(RegisterCheck, AcceptsReadsOfTheLastWriteAndOfConcurrentWrites) {
  EXPECT_TRUE(IsLinearizable(HistoryBuilder()
                                 .Commit({Got(std::nullopt)})
                                 .During(0, 1)
                                 .Commit({Set(1)})
                                 .During(2, 9)
                                 .Commit({Got(std::nullopt)})
                                 .During(3, 4)
                                 .Commit({Got(1)})
                                 .During(5, 6)
                                 .Commit({Got(1)})
                                 .During(10, 11)));
}

TEST(RegisterCheck, NamesAReadThatGoesBack) {
  const auto history = [](std::int64_t second_read) {
    return HistoryBuilder()
        .Commit({Set(1)})
        .During(0, 20)
        .Commit({Got(1)})
        .During(3, 5)
        .Commit({Got(std::nullopt)})
        .During(second_read, second_read + 1);
  };
  EXPECT_FALSE(IsLinearizable(history(6)));
  EXPECT_TRUE(IsLinearizable(history(4)));
}

TEST(RegisterCheck, NamesAStaleRead) {
  const auto history = [](Element seen) {
    return HistoryBuilder()
        .Commit({Set(1)})
        .During(0, 1)
        .Commit({Set(2)})
        .During(2, 3)
        .Commit({Got(seen)})
        .During(4, 5);
  };
  EXPECT_FALSE(IsLinearizable(history(1)));
  EXPECT_TRUE(IsLinearizable(history(2)));
}

TEST(RegisterCheck, NamesAReadOfTheFutureAndReadsOfNothingWritten) {
  EXPECT_FALSE(
      IsLinearizable(HistoryBuilder().Commit({Got(1)}).During(0, 1).Commit({Set(1)}).During(2, 3)));
  const Verdict garbage = CheckRegisters(HistoryBuilder().Commit({Got(1)}).Build());
  EXPECT_TRUE(garbage.Has(Anomaly::kGarbageRead));
  const Verdict aborted = CheckRegisters(HistoryBuilder().Abort({Set(1)}).Commit({Got(1)}).Build());
  EXPECT_TRUE(aborted.Has(Anomaly::kGarbageRead));
}

TEST(RegisterCheck, LetsAnUnknownWriteHappenLateOrNever) {
  const HistoryBuilder unknown = HistoryBuilder().LoseAnswer({Set(1)}).During(0, 1);
  EXPECT_TRUE(IsLinearizable(HistoryBuilder(unknown).Commit({Got(std::nullopt)}).During(8, 9)));
  EXPECT_TRUE(IsLinearizable(HistoryBuilder(unknown)
                                 .Commit({Got(std::nullopt)})
                                 .During(5, 6)
                                 .Commit({Got(1)})
                                 .During(8, 9)));
  EXPECT_FALSE(IsLinearizable(HistoryBuilder(unknown)
                                  .Commit({Got(1)})
                                  .During(5, 6)
                                  .Commit({Got(std::nullopt)})
                                  .During(8, 9)));
}

TEST(RegisterCheck, RefusesHistoriesItCannotJudge) {
  EXPECT_TRUE(
      CheckRegisters(HistoryBuilder().Commit({Set(1), Got(1)}).Build()).Has(Anomaly::kGarbageRead));
  EXPECT_TRUE(CheckRegisters(HistoryBuilder().Commit({Set(1)}).Commit({Set(1)}).Build())
                  .Has(Anomaly::kDuplicateElement));
}

/// Tries every order of the operations (Wing and Gong, 1993, without any cleverness).
class LinearizabilityReference {
 public:
  explicit LinearizabilityReference(const History& history)
      : all_(history.transactions), is_placed_(all_.size(), false) {}

  bool Accepts() { return Place(0, std::nullopt); }

 private:
  bool Place(std::size_t placed_count, std::optional<Element> value) {
    if (placed_count == all_.size()) return true;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (is_placed_[i] || !MayBeNext(i)) continue;
      const Operation& operation = all_[i].operations.front();
      const auto* read = std::get_if<Read>(&operation);
      if (read != nullptr && read->observed != value) continue;
      is_placed_[i] = true;
      const bool fits =
          Place(placed_count + 1, read != nullptr ? value : std::get<Write>(operation).value);
      is_placed_[i] = false;
      if (fits) return true;
    }
    return false;
  }
  [[nodiscard]] bool MayBeNext(std::size_t candidate) const {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (!is_placed_[i] && all_[i].responded < all_[candidate].invoked) return false;
    }
    return true;
  }

  const std::vector<Transaction>& all_;
  std::vector<bool> is_placed_;
};

/// Up to seven operations with intervals whose ends are all different.
History RandomRegisterHistory(std::mt19937_64& random) {
  const std::size_t count = 2 + random() % 6;
  std::vector<std::int64_t> moments(2 * count);
  std::iota(moments.begin(), moments.end(), 1);
  std::shuffle(moments.begin(), moments.end(), random);
  HistoryBuilder builder;
  const std::size_t write_count = 1 + random() % (count - 1);
  for (std::size_t i = 0; i < count; ++i) {
    const auto seen = static_cast<Element>(random() % (write_count + 1));
    const bool writes = i < write_count;
    builder.Commit({writes ? Set(static_cast<Element>(i) + 1)
                           : Got(seen == 0 ? std::nullopt : std::optional(seen))});
    const auto [begin, end] = std::minmax(moments[2 * i], moments[2 * i + 1]);
    builder.During(begin, end);
  }
  return builder.Build();
}

TEST(RegisterCheck, AgreesWithTryingEveryOrder) {
  constexpr std::uint64_t kSeed = 20260117;
  constexpr int kHistories = 20'000;
  std::mt19937_64 random(kSeed);
  int linearizable = 0;
  for (int i = 0; i < kHistories; ++i) {
    const History history = RandomRegisterHistory(random);
    const bool expected = LinearizabilityReference(history).Accepts();
    const Verdict verdict = CheckRegisters(history);
    ASSERT_EQ(verdict.IsClean(), expected)
        << "history " << i << " of seed " << kSeed << ": " << verdict.Summary();
    if (expected) ++linearizable;
  }
  EXPECT_GT(linearizable, kHistories / 10);
  EXPECT_LT(linearizable, kHistories * 9 / 10);
  std::printf(
      "[ covered  ] %d register histories against every order (seed %llu), %d linearizable\n",
      kHistories, static_cast<unsigned long long>(kSeed), linearizable);
}

}  // namespace
}  // namespace phenix::isolation
