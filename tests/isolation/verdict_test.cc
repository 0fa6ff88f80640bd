#include "tests/isolation/verdict.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace phenix::isolation {
namespace {

TEST(Verdict, PermitsAtEachLevelWhatAdyaPermits) {
  for (std::size_t i = 0; i < kAnomalyCount; ++i) {
    const auto anomaly = static_cast<Anomaly>(i);
    const bool skew = anomaly == Anomaly::kWriteSkew || anomaly == Anomaly::kPhantom;
    const bool update = anomaly == Anomaly::kLostUpdate || anomaly == Anomaly::kReadSkew ||
                        anomaly == Anomaly::kNonadjacent;
    EXPECT_FALSE(IsPermitted(Level::kSerializable, anomaly)) << AnomalyName(anomaly);
    EXPECT_EQ(IsPermitted(Level::kSnapshot, anomaly), skew) << AnomalyName(anomaly);
    EXPECT_EQ(IsPermitted(Level::kReadCommitted, anomaly), skew || update) << AnomalyName(anomaly);
  }
}

TEST(Verdict, NamesEveryAnomalyDifferently) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < kAnomalyCount; ++i) {
    names.emplace(AnomalyName(static_cast<Anomaly>(i)));
  }
  EXPECT_EQ(names.size(), kAnomalyCount);
}

TEST(Verdict, CountsAllFindingsAndKeepsTheFirstFew) {
  Verdict verdict;
  EXPECT_TRUE(verdict.IsClean());
  EXPECT_TRUE(verdict.Satisfies(Level::kSerializable));
  for (int i = 0; i < 10; ++i) {
    verdict.Add({Anomaly::kWriteSkew, OrderNeeded::kNone, {}, "number " + std::to_string(i)});
  }
  EXPECT_EQ(verdict.Count(Anomaly::kWriteSkew), 10U);
  EXPECT_EQ(verdict.findings().size(), Verdict::kFindingsKeptMax);
  EXPECT_TRUE(verdict.Satisfies(Level::kSnapshot));
  EXPECT_FALSE(verdict.Satisfies(Level::kSerializable));
  EXPECT_TRUE(verdict.Summary().starts_with("G2-item 10\n  G2-item: number 0\n"));
}

TEST(Verdict, MergesTheCountsOfAnother) {
  Verdict first;
  Verdict second;
  first.Add({Anomaly::kWriteSkew, OrderNeeded::kNone, {}, {}});
  second.Add({Anomaly::kWriteSkew, OrderNeeded::kNone, {}, {}});
  second.Add({Anomaly::kGarbageRead, OrderNeeded::kNone, {}, {}});
  first.Merge(second);
  EXPECT_EQ(first.Count(Anomaly::kWriteSkew), 2U);
  EXPECT_EQ(first.Count(Anomaly::kGarbageRead), 1U);
}

}  // namespace
}  // namespace phenix::isolation
