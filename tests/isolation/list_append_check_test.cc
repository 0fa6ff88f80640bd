// Hand-made histories: each anomaly is found under its name, and the nearest history without it
// (its twin) is clean.
#include "tests/isolation/list_append_check.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/isolation/history_builder.h"

namespace phenix::isolation {
namespace {

using Elements = std::vector<Element>;

Operation App(const std::string& key, Element element) { return Append{key, element}; }
Operation Saw(const std::string& key, Elements elements) {
  return ReadList{key, std::move(elements)};
}

/// The names of what was found.
std::set<Anomaly> Found(const HistoryBuilder& builder, OrderPromise promise = OrderPromise::kNone) {
  const Verdict verdict = CheckListAppend(builder.Build(), promise);
  std::set<Anomaly> found;
  for (std::size_t i = 0; i < kAnomalyCount; ++i) {
    if (verdict.Has(static_cast<Anomaly>(i))) found.insert(static_cast<Anomaly>(i));
  }
  return found;
}
std::set<Anomaly> Only(Anomaly anomaly) { return {anomaly}; }
const std::set<Anomaly> kClean;

/// Reads everything at the end, as a workload does.
HistoryBuilder WithFinalRead(HistoryBuilder builder, Elements x, Elements y) {
  return builder.Commit({Saw("x", std::move(x)), Saw("y", std::move(y))});
}

TEST(ListAppendCheck, NamesDirtyWrite) {
  const HistoryBuilder writers =
      HistoryBuilder().Commit({App("x", 1), App("y", 1)}).Commit({App("x", 2), App("y", 2)});
  EXPECT_EQ(Found(HistoryBuilder(writers).Commit({Saw("x", {1, 2})}).Commit({Saw("y", {2, 1})})),
            Only(Anomaly::kDirtyWrite));
  EXPECT_EQ(Found(HistoryBuilder(writers).Commit({Saw("x", {1, 2})}).Commit({Saw("y", {1, 2})})),
            kClean);
}

TEST(ListAppendCheck, NamesAbortedRead) {
  EXPECT_EQ(Found(HistoryBuilder().Abort({App("x", 1)}).Commit({Saw("x", {1})})),
            Only(Anomaly::kAbortedRead));
  EXPECT_EQ(Found(HistoryBuilder().Abort({App("x", 1)}).Commit({Saw("x", {})})), kClean);
  EXPECT_EQ(Found(HistoryBuilder().Abort({App("x", 1), Saw("x", {1})})), kClean);
}

TEST(ListAppendCheck, TakesAnUnknownOutcomeThatWasReadForACommit) {
  EXPECT_EQ(Found(HistoryBuilder().LoseAnswer({App("x", 1)}).Commit({Saw("x", {1})})), kClean);
  EXPECT_EQ(Found(HistoryBuilder().LoseAnswer({App("x", 1)}).Commit({Saw("x", {})})), kClean);
  // The one read by somebody read by nobody else is committed too, so its own read counts.
  EXPECT_EQ(Found(HistoryBuilder()
                      .Abort({App("y", 9)})
                      .LoseAnswer({App("x", 1), Saw("y", {9})})
                      .Commit({Saw("x", {1})})),
            Only(Anomaly::kAbortedRead));
}

TEST(ListAppendCheck, NamesIntermediateRead) {
  const HistoryBuilder writer = HistoryBuilder().Commit({App("x", 1), App("x", 2)});
  const auto found =
      Found(HistoryBuilder(writer).Commit({Saw("x", {1})}).Commit({Saw("x", {1, 2})}));
  EXPECT_TRUE(found.contains(Anomaly::kIntermediateRead));
  EXPECT_EQ(Found(HistoryBuilder(writer).Commit({Saw("x", {})}).Commit({Saw("x", {1, 2})})),
            kClean);
}

TEST(ListAppendCheck, NamesCircularInformation) {
  EXPECT_EQ(Found(HistoryBuilder()
                      .Commit({App("x", 1), Saw("y", {2})})
                      .Commit({App("y", 2), Saw("x", {1})})),
            Only(Anomaly::kCircularInformation));
  EXPECT_EQ(Found(HistoryBuilder()
                      .Commit({App("x", 1), Saw("y", {})})
                      .Commit({App("y", 2), Saw("x", {1})})),
            kClean);
}

TEST(ListAppendCheck, NamesGarbageRead) {
  EXPECT_EQ(Found(HistoryBuilder().Commit({App("x", 1)}).Commit({Saw("x", {1, 7})})),
            Only(Anomaly::kGarbageRead));
  EXPECT_EQ(Found(HistoryBuilder().Commit({App("x", 1), App("x", 7)}).Commit({Saw("x", {1, 7})})),
            kClean);
}

TEST(ListAppendCheck, NamesDuplicateElements) {
  EXPECT_TRUE(Found(HistoryBuilder().Commit({App("x", 1)}).Commit({Saw("x", {1, 1})}))
                  .contains(Anomaly::kDuplicateElement));
  EXPECT_TRUE(Found(HistoryBuilder().Commit({App("x", 1)}).Commit({App("x", 1)}))
                  .contains(Anomaly::kDuplicateElement));
  EXPECT_EQ(Found(HistoryBuilder().Commit({App("x", 1)}).Commit({App("y", 1)})), kClean);
}

TEST(ListAppendCheck, NamesIncompatibleOrder) {
  const HistoryBuilder writers = HistoryBuilder().Commit({App("x", 1)}).Commit({App("x", 2)});
  EXPECT_EQ(Found(HistoryBuilder(writers).Commit({Saw("x", {1, 2})}).Commit({Saw("x", {2, 1})})),
            Only(Anomaly::kIncompatibleOrder));
  EXPECT_EQ(Found(HistoryBuilder(writers).Commit({Saw("x", {1})}).Commit({Saw("x", {2})})),
            Only(Anomaly::kIncompatibleOrder));
  EXPECT_EQ(Found(HistoryBuilder(writers).Commit({Saw("x", {2, 1})}).Commit({Saw("x", {2})})),
            kClean);
}

TEST(ListAppendCheck, NamesOwnWritesThatAreNotSeen) {
  EXPECT_EQ(Found(HistoryBuilder().Commit({App("x", 1), Saw("x", {})})), Only(Anomaly::kInternal));
  EXPECT_EQ(Found(HistoryBuilder().Commit({App("x", 1), App("x", 2), Saw("x", {2, 1})})),
            Only(Anomaly::kInternal));
  EXPECT_EQ(Found(HistoryBuilder().Commit({App("x", 1), App("x", 2), Saw("x", {1, 2})})), kClean);
}

TEST(ListAppendCheck, NamesLostUpdate) {
  // Both read the empty list and append: the second to commit overwrote, or ignored, the first.
  const auto found = Found(HistoryBuilder()
                               .Commit({Saw("x", {}), App("x", 1)})
                               .Commit({Saw("x", {}), App("x", 2)})
                               .Commit({Saw("x", {1, 2})}));
  EXPECT_EQ(found, (std::set<Anomaly>{Anomaly::kLostUpdate, Anomaly::kReadSkew}));
  EXPECT_EQ(Found(HistoryBuilder()
                      .Commit({Saw("x", {}), App("x", 1)})
                      .Commit({Saw("x", {1}), App("x", 2)})
                      .Commit({Saw("x", {1, 2})})),
            kClean);
  // Reading after the append proves nothing about what was known when appending.
  EXPECT_EQ(Found(HistoryBuilder()
                      .Commit({App("x", 1), Saw("x", {1})})
                      .Commit({Saw("x", {}), Saw("y", {})})),
            kClean);
}

TEST(ListAppendCheck, NamesAnUpdateThatNobodyEverSaw) {
  const auto found = Found(HistoryBuilder()
                               .Commit({Saw("x", {}), App("x", 1)})
                               .Commit({Saw("x", {}), App("x", 2)})
                               .Commit({Saw("x", {1})}));
  EXPECT_TRUE(found.contains(Anomaly::kLostUpdate));
}

TEST(ListAppendCheck, OrdersWhatNobodyReadBehindWhatSomebodyRead) {
  const HistoryBuilder writer = HistoryBuilder().Commit({App("x", 1), App("y", 1)});
  EXPECT_EQ(Found(HistoryBuilder(writer).Commit({Saw("x", {}), Saw("y", {1})})),
            Only(Anomaly::kReadSkew));
  EXPECT_EQ(Found(HistoryBuilder(writer).Commit({Saw("x", {}), Saw("y", {})})), kClean);
  // 2 came after 1 in x, by elimination, and before 1 in y; and whoever read x missed the 2.
  EXPECT_EQ(Found(HistoryBuilder(writer)
                      .Commit({App("x", 2), App("y", 2)})
                      .Commit({Saw("x", {1})})
                      .Commit({Saw("y", {2, 1})})),
            (std::set<Anomaly>{Anomaly::kDirtyWrite, Anomaly::kReadSkew}));
}

TEST(ListAppendCheck, NamesReadSkew) {
  const HistoryBuilder writer = HistoryBuilder().Commit({App("x", 1), App("y", 1)});
  EXPECT_EQ(
      Found(HistoryBuilder(writer).Commit({Saw("x", {}), Saw("y", {1})}).Commit({Saw("x", {1})})),
      Only(Anomaly::kReadSkew));
  EXPECT_EQ(Found(HistoryBuilder(writer).Commit({Saw("x", {1}), Saw("y", {1})})), kClean);
  EXPECT_EQ(Found(HistoryBuilder(writer).Commit({Saw("x", {}), Saw("y", {})})), kClean);
}

TEST(ListAppendCheck, NamesAReadThatIsNotRepeatable) {
  EXPECT_EQ(Found(HistoryBuilder().Commit({App("x", 1)}).Commit({Saw("x", {}), Saw("x", {1})})),
            Only(Anomaly::kReadSkew));
}

TEST(ListAppendCheck, NamesNonadjacentAntiDependencies) {
  // Two readers see two independent writers in opposite orders (a long fork).
  const HistoryBuilder writers = HistoryBuilder().Commit({App("x", 1)}).Commit({App("y", 1)});
  EXPECT_EQ(Found(WithFinalRead(HistoryBuilder(writers)
                                    .Commit({Saw("x", {1}), Saw("y", {})})
                                    .Commit({Saw("x", {}), Saw("y", {1})}),
                                {1}, {1})),
            Only(Anomaly::kNonadjacent));
  EXPECT_EQ(Found(WithFinalRead(HistoryBuilder(writers)
                                    .Commit({Saw("x", {1}), Saw("y", {})})
                                    .Commit({Saw("x", {1}), Saw("y", {1})}),
                                {1}, {1})),
            kClean);
}

TEST(ListAppendCheck, NamesWriteSkew) {
  EXPECT_EQ(
      Found(WithFinalRead(
          HistoryBuilder().Commit({Saw("x", {}), App("y", 1)}).Commit({Saw("y", {}), App("x", 1)}),
          {1}, {1})),
      Only(Anomaly::kWriteSkew));
  EXPECT_EQ(
      Found(WithFinalRead(
          HistoryBuilder().Commit({Saw("x", {}), App("y", 1)}).Commit({Saw("y", {1}), App("x", 1)}),
          {1}, {1})),
      kClean);
}

TEST(ListAppendCheck, NamesWriteSkewThatOnlyAReaderNotices) {
  // The read-only anomaly of Fekete, O'Neil and O'Neil (2004): without T2 the history is serial.
  const HistoryBuilder writers =
      HistoryBuilder().Commit({Saw("x", {}), Saw("y", {}), App("x", 1)}).Commit({App("y", 1)});
  EXPECT_EQ(
      Found(WithFinalRead(HistoryBuilder(writers).Commit({Saw("x", {}), Saw("y", {1})}), {1}, {1})),
      Only(Anomaly::kWriteSkew));
  EXPECT_EQ(Found(WithFinalRead(writers, {1}, {1})), kClean);
}

TEST(ListAppendCheck, NamesAStaleReadOnlyWhenRealTimeIsPromised) {
  const HistoryBuilder stale = HistoryBuilder()
                                   .Commit({App("x", 1)})
                                   .During(0, 1)
                                   .Commit({Saw("x", {})})
                                   .During(2, 3)
                                   .Commit({Saw("x", {1})})
                                   .During(4, 5);
  EXPECT_EQ(Found(stale), kClean);
  EXPECT_EQ(Found(stale, OrderPromise::kRealTime), Only(Anomaly::kReadSkew));
  const HistoryBuilder overlapping = HistoryBuilder()
                                         .Commit({App("x", 1)})
                                         .During(0, 2)
                                         .Commit({Saw("x", {})})
                                         .During(2, 3)
                                         .Commit({Saw("x", {1})})
                                         .During(4, 5);
  EXPECT_EQ(Found(overlapping, OrderPromise::kRealTime), kClean);
}

TEST(ListAppendCheck, NamesAReadOfTheFutureAndSaysWhichOrderItNeeds) {
  const HistoryBuilder future =
      HistoryBuilder().Commit({Saw("x", {1})}).During(0, 1).Commit({App("x", 1)}).During(2, 3);
  const Verdict verdict = CheckListAppend(future.Build(), OrderPromise::kRealTime);
  ASSERT_EQ(verdict.Count(Anomaly::kCircularInformation), 1U);
  EXPECT_EQ(verdict.findings()[0].order, OrderNeeded::kRealTime);
}

TEST(ListAppendCheck, FollowsRealTimeThroughOthers) {
  // T0 before T1 before T2: the edge from T0 to T2 is implied, not drawn.
  const HistoryBuilder chain = HistoryBuilder()
                                   .Commit({App("x", 1)})
                                   .During(0, 1)
                                   .Commit({App("y", 1)})
                                   .During(2, 3)
                                   .Commit({Saw("x", {})})
                                   .During(4, 5)
                                   .Commit({Saw("x", {1})})
                                   .During(6, 7);
  EXPECT_EQ(Found(chain, OrderPromise::kRealTime), Only(Anomaly::kReadSkew));
}

TEST(ListAppendCheck, UsesTheOrderOfASession) {
  const auto history = [](std::uint64_t reader_session) {
    return HistoryBuilder()
        .Commit({App("x", 1)})
        .InSession(7)
        .During(0, 2)
        .Commit({Saw("x", {})})
        .InSession(reader_session)
        .During(2, 4)
        .Commit({Saw("x", {1})})
        .During(5, 6);
  };
  EXPECT_EQ(Found(history(7), OrderPromise::kRealTime), Only(Anomaly::kReadSkew));
  EXPECT_EQ(Found(history(8), OrderPromise::kRealTime), kClean);
}

TEST(ListAppendCheck, ExemptsReadsOfThePastFromRealTime) {
  const HistoryBuilder past = HistoryBuilder()
                                  .Commit({App("x", 1)})
                                  .During(0, 1)
                                  .Commit({Saw("x", {})})
                                  .AsOf(0)
                                  .During(2, 3)
                                  .Commit({Saw("x", {1})})
                                  .During(4, 5);
  EXPECT_EQ(Found(past, OrderPromise::kRealTime), kClean);
}

TEST(ListAppendCheck, TellsTheShortestCycleInWords) {
  const HistoryBuilder skew = WithFinalRead(
      HistoryBuilder().Commit({Saw("x", {}), App("y", 1)}).Commit({Saw("y", {}), App("x", 1)}), {1},
      {1});
  const Verdict verdict = CheckListAppend(skew.Build(), OrderPromise::kNone);
  ASSERT_EQ(verdict.findings().size(), 1U);
  EXPECT_EQ(verdict.findings()[0].explanation,
            "T0 read x up to nothing and did not see 1 of T1 (rw); "
            "T1 read y up to nothing and did not see 1 of T0 (rw).");
}

}  // namespace
}  // namespace phenix::isolation
