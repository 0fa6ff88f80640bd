// What Phenix DB promises: `snapshot` shows nothing worse than write skew (and does show it, or the
// checkers would be blind), `serializable` shows nothing. Both engines, both checkers.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "phenix/database.h"
#include "tests/isolation/invariant_checks.h"
#include "tests/isolation/list_append_check.h"
#include "tests/isolation/phenix/phenix_store.h"
#include "tests/isolation/register_check.h"
#include "tests/isolation/timestamp_replay.h"
#include "tests/isolation/workloads.h"

namespace phenix::isolation {
namespace {

struct Covered {
  std::size_t histories = 0;
  std::size_t transactions = 0;
  std::size_t operations = 0;
  std::size_t conflicts = 0;
};

Covered& covered() {
  static Covered counts;
  return counts;
}

class PrintsCounts final : public testing::Environment {
 public:
  void TearDown() override {
    std::printf(
        "[ covered  ] Phenix: %zu histories, %zu transactions, %zu operations, "
        "%zu conflicts\n",
        covered().histories, covered().transactions, covered().operations, covered().conflicts);
  }
};
const testing::Environment* const kPrintsCounts =
    testing::AddGlobalTestEnvironment(new PrintsCounts);

std::string EngineName(StateEngine engine) {
  return engine == StateEngine::kRocksDb ? "RocksDb" : "Memory";
}
std::string LevelName(Isolation isolation) {
  return isolation == Isolation::kSnapshot ? "Snapshot" : "Serializable";
}

/// The history as if every transaction had been promised serializability.
History AllSerializable(History history) {
  for (Transaction& transaction : history.transactions) transaction.level = Level::kSerializable;
  return history;
}

using Configuration = std::tuple<StateEngine, Isolation>;

class PhenixIsolation : public testing::TestWithParam<Configuration> {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    directory_ = std::filesystem::path(testing::TempDir()) /
                 ("phenix_isolation_" + std::to_string(std::hash<std::string>{}(name)));
    std::filesystem::remove_all(directory_);
    DatabaseOptions options;
    options.state_engine = std::get<0>(GetParam());
    options.memory_budget_bytes = std::uint64_t{128} << 20U;
    Result<std::unique_ptr<Database>> opened = Database::Open(directory_.string(), options);
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    database_ = *std::move(opened);
    const Status created = Phenix(CallStyle::kTransactions).Reset();
    ASSERT_TRUE(created.ok()) << created.ToString();
  }
  void TearDown() override {
    database_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  static bool is_serializable() { return std::get<1>(GetParam()) == Isolation::kSerializable; }
  static Level level() { return is_serializable() ? Level::kSerializable : Level::kSnapshot; }
  static RunOptions Options(std::uint64_t seed) {
    RunOptions options;
    options.thread_count = 6;
    options.transactions_per_thread = 200;
    options.seed = seed;
    return options;
  }

  PhenixStore Phenix(CallStyle style) { return {*database_, std::get<1>(GetParam()), style}; }

  /// Runs the workload; fails the test on any error that is no conflict.
  History Record(const char* workload_name, const Workload& workload, const RunOptions& options,
                 CallStyle style = CallStyle::kTransactions) {
    PhenixStore store = Phenix(style);
    WorkloadRun run = RunWorkload(store, workload, options);
    EXPECT_TRUE(run.error.ok()) << run.error.ToString();
    EXPECT_GT(run.committed_count, run.history.transactions.size() / 10);
    std::printf("[ history  ] %s: %zu transactions, %zu committed, %zu conflicts\n", workload_name,
                run.history.transactions.size(), run.committed_count, run.conflict_count);
    ++covered().histories;
    covered().transactions += run.history.transactions.size();
    covered().operations += OperationCount(run.history);
    covered().conflicts += run.conflict_count;
    return std::move(run.history);
  }

  /// The white box check; with `shows_skew` also that snapshot isolation lets through what
  /// serializability would not.
  static void ExpectTimestampsExplain(const History& history, bool shows_skew) {
    const Verdict verdict = ReplayTimestamps(history, level());
    EXPECT_TRUE(verdict.IsClean()) << verdict.Summary();
    if (is_serializable()) return;
    const Verdict as_serializable =
        ReplayTimestamps(AllSerializable(history), Level::kSerializable);
    EXPECT_TRUE(as_serializable.Satisfies(Level::kSnapshot)) << as_serializable.Summary();
    if (shows_skew) {
      EXPECT_FALSE(as_serializable.IsClean());
    }
  }

  static void ExpectInvariantHolds(const InvariantVerdict& result) {
    EXPECT_TRUE(result.verdict.IsClean()) << result.verdict.Summary();
    EXPECT_GT(result.snapshots_judged, 100U);
  }

  /// Reads each list again as of commits of the past, as transactions of the history.
  void AddReadsOfThePast(History& history) {
    constexpr std::size_t kEveryNthCommit = 40;
    std::vector<Timestamp> commits;
    std::set<std::string> lists;
    for (const Transaction& transaction : history.transactions) {
      if (transaction.commit && HasWrites(transaction)) commits.push_back(*transaction.commit);
      for (const Operation& operation : transaction.operations) {
        if (const auto* append = std::get_if<Append>(&operation)) lists.insert(append->key);
      }
    }
    PhenixStore store = Phenix(CallStyle::kTransactions);
    for (std::size_t i = 0; i < commits.size(); i += kEveryNthCommit) {
      Transaction past;
      past.snapshot_choice = SnapshotChoice::kAsOf;
      past.snapshot = commits[i];
      for (const std::string& list : lists) {
        Operation read = ReadList{list, {}};
        const Status status = store.ReadAsOf(commits[i], read);
        ASSERT_TRUE(status.ok()) << status.ToString();
        past.operations.push_back(std::move(read));
      }
      history.transactions.push_back(std::move(past));
      ++covered().transactions;
    }
  }

 private:
  std::filesystem::path directory_;
  std::unique_ptr<Database> database_;
};

TEST_P(PhenixIsolation, KeepsListsInOrder) {
  const RunOptions options = Options(1);
  History history = Record("list-append", ListAppend(options), options);
  const Verdict verdict = CheckListAppend(history, OrderPromise::kRealTime);
  EXPECT_TRUE(verdict.Satisfies(level())) << verdict.Summary();
  AddReadsOfThePast(history);
  ExpectTimestampsExplain(history, false);
}

TEST_P(PhenixIsolation, ShowsWriteSkewOfListsOnlyWithSnapshots) {
  const RunOptions options = Options(2);
  const History history = Record("list pairs", ListPairs(options), options);
  const Verdict verdict = CheckListAppend(history, OrderPromise::kRealTime);
  EXPECT_TRUE(verdict.Satisfies(level())) << verdict.Summary();
  EXPECT_EQ(verdict.Has(Anomaly::kWriteSkew), !is_serializable()) << verdict.Summary();
  ExpectTimestampsExplain(history, true);
}

TEST_P(PhenixIsolation, ShowsWriteSkewOfPairsOnlyWithSnapshots) {
  const History history = Record("write skew pairs", SkewPairs(), Options(3));
  const InvariantVerdict pairs = CheckPairs(history, SkewPairKeys(), 1);
  EXPECT_EQ(pairs.verdict.Has(Anomaly::kWriteSkew), !is_serializable()) << pairs.verdict.Summary();
  EXPECT_GT(pairs.snapshots_judged, 100U);
  ExpectTimestampsExplain(history, true);
}

TEST_P(PhenixIsolation, MakesRegistersLinearizable) {
  const History transactions = Record("registers", Registers(), Options(4));
  const Verdict verdict = CheckRegisters(transactions);
  EXPECT_TRUE(verdict.IsClean()) << verdict.Summary();
  ExpectTimestampsExplain(transactions, false);
}

TEST_P(PhenixIsolation, MakesRegistersLinearizableWithoutTransactions) {
  const Verdict verdict = CheckRegisters(
      Record("registers, single calls", Registers(), Options(5), CallStyle::kSingleCalls));
  EXPECT_TRUE(verdict.IsClean()) << verdict.Summary();
}

TEST_P(PhenixIsolation, KeepsTheBankBalanced) {
  const History history = Record("bank", Bank(), Options(6));
  ExpectInvariantHolds(CheckBank(history, BankAccounts(), kBankTotal));
  ExpectTimestampsExplain(history, false);
}

TEST_P(PhenixIsolation, ShowsEveryEdgeFromBothEndsAndNoneWithoutEnds) {
  const History history = Record("edge mirror", EdgeMirror(), Options(7));
  ExpectInvariantHolds(CheckEdgeMirror(history));
  ExpectTimestampsExplain(history, true);
}

TEST_P(PhenixIsolation, FindsExactlyTheVectorsOfTheSnapshot) {
  const History history = Record("vector visibility", VectorVisibility(), Options(8));
  ExpectInvariantHolds(CheckVectorAgreement(history));
  ExpectTimestampsExplain(history, true);
}

TEST_P(PhenixIsolation, FindsExactlyWhatMatchesThePredicate) {
  const History history = Record("predicate", Predicate(), Options(9));
  ExpectInvariantHolds(CheckPredicateAgreement(history));
  ExpectTimestampsExplain(history, true);
}

/// Serializable transactions among others that are not: they alone are held to it.
class PhenixMixedLevels : public PhenixIsolation {
 protected:
  void ExpectEachKeepsItsLevel(const char* workload_name, const Workload& workload,
                               std::uint64_t seed) {
    const History history = Record(workload_name, workload, Options(seed), CallStyle::kMixedLevels);
    const Verdict verdict = ReplayTimestamps(history, Level::kSerializable);
    EXPECT_TRUE(verdict.IsClean()) << verdict.Summary();
    EXPECT_FALSE(ReplayTimestamps(AllSerializable(history), Level::kSerializable).IsClean());
  }
};

TEST_P(PhenixMixedLevels, KeepTheirPromisesSideBySide) {
  ExpectEachKeepsItsLevel("mixed levels, pairs", SkewPairs(), 11);
  ExpectEachKeepsItsLevel("mixed levels, predicate", Predicate(), 12);
  ExpectEachKeepsItsLevel("mixed levels, vectors", VectorVisibility(), 13);
  ExpectEachKeepsItsLevel("mixed levels, edges", EdgeMirror(), 14);
}

std::string ConfigurationName(const testing::TestParamInfo<Configuration>& parameters) {
  return EngineName(std::get<0>(parameters.param)) + LevelName(std::get<1>(parameters.param));
}

INSTANTIATE_TEST_SUITE_P(Engines, PhenixMixedLevels,
                         testing::Combine(testing::Values(StateEngine::kMemory,
                                                          StateEngine::kRocksDb),
                                          testing::Values(Isolation::kSerializable)),
                         ConfigurationName);

INSTANTIATE_TEST_SUITE_P(
    Engines, PhenixIsolation,
    testing::Combine(testing::Values(StateEngine::kMemory, StateEngine::kRocksDb),
                     testing::Values(Isolation::kSnapshot, Isolation::kSerializable)),
    ConfigurationName);

}  // namespace
}  // namespace phenix::isolation
