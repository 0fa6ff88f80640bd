// Hand-made histories: each breach is found, its nearest clean twin passes and is seen to be
// judged.
#include "tests/isolation/invariant_checks.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "tests/isolation/history_builder.h"

namespace phenix::isolation {
namespace {

using Keys = std::vector<std::string>;

Operation Set(const std::string& key, Element value) { return Write{key, value}; }
Operation Got(const std::string& key, std::optional<Element> value) { return Read{key, value}; }
Operation Everything(Keys keys) {
  return PredicateRead{"e", std::numeric_limits<Element>::min(),
                       std::numeric_limits<Element>::max(), std::move(keys)};
}
Operation Near(std::size_t count_max, Keys keys) {
  return Nearest{{0}, count_max, std::move(keys)};
}

void ExpectFound(const InvariantVerdict& result, Anomaly anomaly) {
  EXPECT_EQ(result.verdict.Count(anomaly), 1U) << result.verdict.Summary();
}
void ExpectCleanAndJudged(const InvariantVerdict& result, std::size_t snapshots_judged) {
  EXPECT_TRUE(result.verdict.IsClean()) << result.verdict.Summary();
  EXPECT_EQ(result.snapshots_judged, snapshots_judged);
}

TEST(CheckBank, FindsASnapshotWhoseSumIsWrong) {
  const Keys accounts{"a", "b"};
  const auto check = [&](std::vector<Operation> operations) {
    return CheckBank(HistoryBuilder().Commit(std::move(operations)).Build(), accounts, 20);
  };
  ExpectFound(check({Got("a", 10), Got("b", 9)}), Anomaly::kBrokenInvariant);
  ExpectFound(check({Got("a", 10), Got("b", std::nullopt)}), Anomaly::kBrokenInvariant);
  ExpectCleanAndJudged(check({Got("a", 11), Got("b", 9)}), 1);
  ExpectCleanAndJudged(check({Got("a", 10)}), 0);
  // What a transaction reads after writing it is not the snapshot any more.
  ExpectCleanAndJudged(check({Set("a", 3), Got("a", 3), Got("b", 10)}), 0);
}

TEST(CheckBank, JudgesAbortedTransactionsToo) {
  const Keys accounts{"a", "b"};
  const History history = HistoryBuilder().Abort({Got("a", 1), Got("b", 1)}).Build();
  ExpectFound(CheckBank(history, accounts, 20), Anomaly::kBrokenInvariant);
}

TEST(CheckPairs, FindsAPairBelowItsSum) {
  const std::vector<std::pair<std::string, std::string>> pairs{{"a", "b"}, {"c", "d"}};
  const auto check = [&](std::vector<Operation> operations) {
    return CheckPairs(HistoryBuilder().Commit(std::move(operations)).Build(), pairs, 1);
  };
  ExpectFound(check({Got("a", 0), Got("b", 0), Got("c", 1), Got("d", 0)}), Anomaly::kWriteSkew);
  ExpectCleanAndJudged(check({Got("a", 0), Got("b", 1), Got("c", 1), Got("d", 0)}), 2);
}

TEST(CheckEdgeMirror, FindsAnEdgeThatOneEndLacks) {
  const auto check = [](std::vector<Operation> operations) {
    return CheckEdgeMirror(HistoryBuilder().Commit(std::move(operations)).Build());
  };
  ExpectFound(check({ListOut{"a", {"b"}}, ListIn{"b", {}}}), Anomaly::kDanglingEdge);
  ExpectFound(check({ListOut{"a", {}}, ListIn{"b", {"a"}}}), Anomaly::kDanglingEdge);
  ExpectCleanAndJudged(check({ListOut{"a", {"b"}}, ListIn{"b", {"a"}}}), 1);
  ExpectCleanAndJudged(check({ListOut{"a", {"b"}}, ListIn{"c", {}}}), 1);
}

TEST(CheckEdgeMirror, FindsAnEdgeWhoseEndIsGone) {
  const auto check = [](std::vector<Operation> operations) {
    return CheckEdgeMirror(HistoryBuilder().Commit(std::move(operations)).Build());
  };
  ExpectFound(check({ListOut{"a", {"b"}}, Got("b", std::nullopt)}), Anomaly::kDanglingEdge);
  ExpectFound(check({ListIn{"b", {"a"}}, Got("a", std::nullopt)}), Anomaly::kDanglingEdge);
  ExpectCleanAndJudged(check({ListOut{"a", {"b"}}, Got("b", 1)}), 1);
  ExpectCleanAndJudged(check({ListOut{"a", {}}, Got("b", std::nullopt)}), 1);
}

TEST(CheckVectorAgreement, FindsVectorsAndDocumentsThatDiffer) {
  const auto check = [](std::vector<Operation> operations) {
    return CheckVectorAgreement(HistoryBuilder().Commit(std::move(operations)).Build());
  };
  ExpectFound(check({Near(9, {"e1"}), Everything({"e1", "e2"})}), Anomaly::kBrokenInvariant);
  ExpectFound(check({Everything({"e1"}), Near(9, {"e2", "e1"})}), Anomaly::kBrokenInvariant);
  ExpectCleanAndJudged(check({Near(9, {"e2", "e1"}), Everything({"e1", "e2"})}), 1);
  // A full answer may leave entities out, and a write in between changes what is right.
  ExpectCleanAndJudged(check({Near(1, {"e1"}), Everything({"e1", "e2"})}), 0);
  ExpectCleanAndJudged(check({Near(9, {}), Set("e1", 1), Everything({"e1"})}), 0);
}

TEST(CheckPredicateAgreement, FindsAReadThatContradictsThePredicate) {
  const auto check = [](std::vector<Operation> operations) {
    return CheckPredicateAgreement(HistoryBuilder().Commit(std::move(operations)).Build());
  };
  const Operation predicate = PredicateRead{"e", 5, 9, {"e1"}};
  ExpectFound(check({predicate, Got("e1", 4)}), Anomaly::kBrokenInvariant);
  ExpectFound(check({predicate, Got("e2", 7)}), Anomaly::kBrokenInvariant);
  ExpectFound(check({predicate, Got("e1", std::nullopt)}), Anomaly::kBrokenInvariant);
  ExpectCleanAndJudged(check({predicate, Got("e1", 5), Got("e2", 10), Got("e3", {})}), 3);
  ExpectCleanAndJudged(check({predicate, Set("e1", 1), Got("e1", 1)}), 0);
}

}  // namespace
}  // namespace phenix::isolation
