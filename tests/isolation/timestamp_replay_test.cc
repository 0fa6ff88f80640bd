// Hand-made histories with timestamps: each mistake is found, its nearest clean twin passes.
#include "tests/isolation/timestamp_replay.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/isolation/history_builder.h"

namespace phenix::isolation {
namespace {

using Elements = std::vector<Element>;
using Keys = std::vector<std::string>;

Operation App(const std::string& key, Element element) { return Append{key, element}; }
Operation Saw(const std::string& key, Elements elements) {
  return ReadList{key, std::move(elements)};
}
Operation Set(const std::string& key, Element value) { return Write{key, value}; }
Operation Delete(const std::string& key) { return Write{key, std::nullopt}; }
Operation Got(const std::string& key, std::optional<Element> value) { return Read{key, value}; }
Operation FoundKeys(Element low, Element high, Keys keys) {
  return PredicateRead{"e", low, high, std::move(keys)};
}
Operation Near(std::size_t count_max, Keys keys) {
  return Nearest{{0, 0}, count_max, std::move(keys)};
}

std::set<Anomaly> Found(const HistoryBuilder& builder, Level level = Level::kSnapshot) {
  const Verdict verdict = ReplayTimestamps(builder.Build(), level);
  std::set<Anomaly> found;
  for (std::size_t i = 0; i < kAnomalyCount; ++i) {
    if (verdict.Has(static_cast<Anomaly>(i))) found.insert(static_cast<Anomaly>(i));
  }
  return found;
}
std::set<Anomaly> Only(Anomaly anomaly) { return {anomaly}; }
const std::set<Anomaly> kClean;

/// Entities e1 and e2 with registers 1 and 2, committed at 10.
HistoryBuilder TwoEntities() {
  return HistoryBuilder().Commit({Set("e1", 1), Set("e2", 2)}).At(0, 10);
}

TEST(TimestampReplay, ComparesListReadsWithTheSnapshot) {
  const HistoryBuilder writer = HistoryBuilder().Commit({App("x", 1), App("x", 2)}).At(0, 10);
  EXPECT_EQ(Found(HistoryBuilder(writer).Commit({Saw("x", {1, 2})}).At(10)), kClean);
  EXPECT_EQ(Found(HistoryBuilder(writer).Commit({Saw("x", {})}).At(9)), kClean);
  EXPECT_EQ(Found(HistoryBuilder(writer).Commit({Saw("x", {})}).At(10)),
            Only(Anomaly::kSnapshotRead));
  EXPECT_EQ(Found(HistoryBuilder(writer).Commit({Saw("x", {1})}).At(10)),
            Only(Anomaly::kSnapshotRead));
  EXPECT_EQ(Found(HistoryBuilder(writer).Commit({Saw("x", {1, 2})}).At(9)),
            Only(Anomaly::kSnapshotRead));
}

TEST(TimestampReplay, AddsTheTransactionsOwnWrites) {
  const HistoryBuilder writer = HistoryBuilder().Commit({App("x", 1)}).At(0, 10);
  EXPECT_EQ(Found(HistoryBuilder(writer).Commit({App("x", 2), Saw("x", {1, 2})}).At(10, 11)),
            kClean);
  EXPECT_EQ(Found(HistoryBuilder(writer).Commit({App("x", 2), Saw("x", {1})}).At(10, 11)),
            Only(Anomaly::kSnapshotRead));
  EXPECT_EQ(Found(HistoryBuilder(writer).Commit({Saw("x", {1, 2}), App("x", 2)}).At(10, 11)),
            Only(Anomaly::kSnapshotRead));
}

TEST(TimestampReplay, JudgesReadsOfAbortedTransactionsToo) {
  const HistoryBuilder writer = HistoryBuilder().Commit({App("x", 1)}).At(0, 10);
  EXPECT_EQ(Found(HistoryBuilder(writer).Abort({Saw("x", {})}).At(10)),
            Only(Anomaly::kSnapshotRead));
  EXPECT_EQ(Found(HistoryBuilder(writer).Abort({Saw("x", {1})}).At(10)), kClean);
}

TEST(TimestampReplay, NamesAbortedReads) {
  const HistoryBuilder gone = HistoryBuilder().Abort({App("x", 1), Set("e", 5)}).At(0);
  EXPECT_EQ(Found(HistoryBuilder(gone).Commit({Saw("x", {1})}).At(10)),
            Only(Anomaly::kAbortedRead));
  EXPECT_EQ(Found(HistoryBuilder(gone).Commit({Got("e", 5)}).At(10)), Only(Anomaly::kAbortedRead));
  EXPECT_EQ(Found(HistoryBuilder(gone).Commit({Saw("x", {}), Got("e", {})}).At(10)), kClean);
}

TEST(TimestampReplay, NamesLostUpdates) {
  EXPECT_EQ(
      Found(TwoEntities().Commit({Set("e1", 3)}).At(10, 20).Commit({Set("e1", 4)}).At(15, 21)),
      Only(Anomaly::kLostUpdate));
  EXPECT_EQ(
      Found(TwoEntities().Commit({Set("e1", 3)}).At(10, 20).Commit({Set("e1", 4)}).At(20, 21)),
      kClean);
  EXPECT_EQ(
      Found(TwoEntities().Commit({Set("e1", 3)}).At(10, 20).Commit({Set("e2", 4)}).At(15, 21)),
      kClean);
}

TEST(TimestampReplay, NamesWriteSkewOnlyWhenSerializable) {
  const HistoryBuilder skew = TwoEntities()
                                  .Commit({Got("e1", 1), Set("e2", 3)})
                                  .At(10, 20)
                                  .Commit({Got("e2", 2), Set("e1", 4)})
                                  .At(10, 21);
  EXPECT_EQ(Found(skew, Level::kSnapshot), kClean);
  EXPECT_EQ(Found(skew, Level::kSerializable), Only(Anomaly::kWriteSkew));
  const HistoryBuilder serial = TwoEntities()
                                    .Commit({Got("e1", 1), Set("e2", 3)})
                                    .At(10, 20)
                                    .Commit({Got("e2", 3), Set("e1", 4)})
                                    .At(20, 21);
  EXPECT_EQ(Found(serial, Level::kSerializable), kClean);
}

TEST(TimestampReplay, HoldsEachTransactionToItsOwnLevel) {
  const auto history = [](Level first, Level second) {
    return TwoEntities()
        .Commit({Got("e1", 1), Set("e2", 3)})
        .At(10, 20)
        .Promised(first)
        .Commit({Got("e2", 2), Set("e1", 4)})
        .At(10, 21)
        .Promised(second);
  };
  EXPECT_EQ(Found(history(Level::kSerializable, Level::kSnapshot), Level::kSerializable), kClean);
  EXPECT_EQ(Found(history(Level::kSnapshot, Level::kSerializable), Level::kSerializable),
            Only(Anomaly::kWriteSkew));
}

TEST(TimestampReplay, LetsReadersStayInThePastWhenSerializable) {
  EXPECT_EQ(Found(TwoEntities().Commit({Set("e1", 3)}).At(10, 20).Commit({Got("e1", 1)}).At(15),
                  Level::kSerializable),
            kClean);
}

TEST(TimestampReplay, ComparesPredicateReadsAndNamesPhantoms) {
  EXPECT_EQ(Found(TwoEntities().Commit({FoundKeys(2, 9, {"e2"})}).At(10)), kClean);
  EXPECT_EQ(Found(TwoEntities().Commit({FoundKeys(2, 9, {"e1", "e2"})}).At(10)),
            Only(Anomaly::kSnapshotRead));
  EXPECT_EQ(Found(TwoEntities().Commit({FoundKeys(1, 9, {"e2"})}).At(10)),
            Only(Anomaly::kSnapshotRead));
  const HistoryBuilder phantom = TwoEntities()
                                     .Commit({Set("e3", 3)})
                                     .At(10, 20)
                                     .Commit({FoundKeys(2, 9, {"e2"}), Set("e4", 0)})
                                     .At(10, 21);
  EXPECT_EQ(Found(phantom, Level::kSnapshot), kClean);
  EXPECT_EQ(Found(phantom, Level::kSerializable), Only(Anomaly::kPhantom));
}

TEST(TimestampReplay, LaysOwnWritesOverPredicateReads) {
  EXPECT_EQ(
      Found(TwoEntities()
                .Commit({Set("e3", 3), Delete("e2"), Set("e1", 0), FoundKeys(0, 9, {"e1", "e3"})})
                .At(10, 20)),
      kClean);
}

TEST(TimestampReplay, ComparesEdgeListingsFromBothEnds) {
  const HistoryBuilder edge = TwoEntities().Commit({PutEdge{"e1", "e2"}}).At(10, 20);
  EXPECT_EQ(
      Found(HistoryBuilder(edge).Commit({ListOut{"e1", {"e2"}}, ListIn{"e2", {"e1"}}}).At(20)),
      kClean);
  EXPECT_EQ(Found(HistoryBuilder(edge).Commit({ListOut{"e1", {"e2"}}, ListIn{"e2", {}}}).At(20)),
            Only(Anomaly::kSnapshotRead));
  EXPECT_EQ(Found(HistoryBuilder(edge).Commit({ListOut{"e1", {"e2"}}}).At(19)),
            Only(Anomaly::kSnapshotRead));
  const HistoryBuilder removed =
      HistoryBuilder(edge).Commit({RemoveEdge{"e1", "e2"}, ListOut{"e1", {}}}).At(20, 30);
  EXPECT_EQ(Found(HistoryBuilder(removed).Commit({ListIn{"e2", {}}}).At(30)), kClean);
}

TEST(TimestampReplay, CascadesAnEntityDeleteToItsEdges) {
  const HistoryBuilder deleted = TwoEntities()
                                     .Commit({PutEdge{"e1", "e2"}})
                                     .At(10, 20)
                                     .Commit({Delete("e2"), ListOut{"e1", {}}})
                                     .At(20, 30);
  EXPECT_EQ(Found(HistoryBuilder(deleted).Commit({ListOut{"e1", {}}, ListIn{"e2", {}}}).At(30)),
            kClean);
  EXPECT_EQ(Found(HistoryBuilder(deleted).Commit({ListOut{"e1", {"e2"}}}).At(30)),
            Only(Anomaly::kSnapshotRead));
  // An entity of the same name later does not get the edges back.
  EXPECT_EQ(Found(HistoryBuilder(deleted)
                      .Commit({Set("e2", 1)})
                      .At(30, 40)
                      .Commit({ListOut{"e1", {}}})
                      .At(40)),
            kClean);
}

TEST(TimestampReplay, NamesAnEdgeCommittedToAnEntityThatIsGone) {
  EXPECT_EQ(
      Found(
          TwoEntities().Commit({Delete("e2")}).At(10, 20).Commit({PutEdge{"e1", "e2"}}).At(10, 21)),
      Only(Anomaly::kDanglingEdge));
  EXPECT_EQ(
      Found(
          TwoEntities().Commit({PutEdge{"e1", "e2"}}).At(10, 20).Commit({Delete("e2")}).At(20, 21)),
      kClean);
  // Deleted and created again: the edge was meant for the one before.
  EXPECT_EQ(Found(TwoEntities()
                      .Commit({Delete("e2")})
                      .At(10, 20)
                      .Commit({Set("e2", 5)})
                      .At(20, 21)
                      .Commit({PutEdge{"e1", "e2"}})
                      .At(10, 22)),
            Only(Anomaly::kDanglingEdge));
  // An edge that its own transaction takes back leaves nothing behind.
  EXPECT_EQ(Found(TwoEntities()
                      .Commit({Delete("e2")})
                      .At(10, 20)
                      .Commit({PutEdge{"e1", "e2"}, RemoveEdge{"e1", "e2"}})
                      .At(10, 21)),
            kClean);
}

TEST(TimestampReplay, ComparesNearestWithTheVectorsOfTheSnapshot) {
  const HistoryBuilder vectors =
      TwoEntities().Commit({PutVector{"e1", {3, 0}}, PutVector{"e2", {1, 0}}}).At(10, 20);
  EXPECT_EQ(Found(HistoryBuilder(vectors).Commit({Near(9, {"e2", "e1"})}).At(20)), kClean);
  EXPECT_EQ(Found(HistoryBuilder(vectors).Commit({Near(1, {"e2"})}).At(20)), kClean);
  EXPECT_EQ(Found(HistoryBuilder(vectors).Commit({Near(9, {})}).At(19)), kClean);
  EXPECT_EQ(Found(HistoryBuilder(vectors).Commit({Near(9, {"e1", "e2"})}).At(20)),
            Only(Anomaly::kSnapshotRead));
  EXPECT_EQ(Found(HistoryBuilder(vectors).Commit({Near(9, {"e2"})}).At(20)),
            Only(Anomaly::kSnapshotRead));
  EXPECT_EQ(
      Found(HistoryBuilder(vectors)
                .Commit({PutVector{"e1", {0, 0}}, Near(1, {"e1"}), Delete("e1"), Near(9, {"e2"})})
                .At(20, 30)),
      kClean);
}

TEST(TimestampReplay, NamesBadTimestamps) {
  EXPECT_EQ(Found(HistoryBuilder().Commit({App("x", 1)}).At(5, 5)), Only(Anomaly::kTimestampOrder));
  EXPECT_EQ(Found(HistoryBuilder().Commit({App("x", 1)}).At(5)), Only(Anomaly::kTimestampOrder));
  EXPECT_EQ(Found(HistoryBuilder().Commit({Saw("x", {})})), Only(Anomaly::kTimestampOrder));
  EXPECT_EQ(Found(HistoryBuilder().LoseAnswer({App("x", 1)}).At(5)),
            Only(Anomaly::kTimestampOrder));
  EXPECT_EQ(Found(HistoryBuilder().Commit({App("x", 1)}).At(0, 5).Commit({App("y", 1)}).At(0, 5)),
            Only(Anomaly::kTimestampOrder));
  EXPECT_EQ(Found(HistoryBuilder().Commit({App("x", 1)}).At(0, 5).Commit({App("y", 1)}).At(0, 6)),
            kClean);
}

TEST(TimestampReplay, NamesSnapshotsThatIgnoreWhatWasAnswered) {
  const auto history = [](std::int64_t invoked, Timestamp snapshot) {
    return HistoryBuilder()
        .Commit({App("x", 1)})
        .At(0, 10)
        .During(0, 5)
        .Commit({Saw("y", {})})
        .At(snapshot)
        .During(invoked, invoked + 1);
  };
  EXPECT_EQ(Found(history(6, 9)), Only(Anomaly::kRealTimeOrder));
  EXPECT_EQ(Found(history(6, 10)), kClean);
  EXPECT_EQ(Found(history(5, 9)), kClean);
  EXPECT_EQ(Found(history(6, 9).AsOf(9)), kClean);
}

}  // namespace
}  // namespace phenix::isolation
