// PostgreSQL 15 as a known quantity: what its isolation levels permit, the checkers must see, and
// what they forbid, the checkers must not claim.
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>

#include "tests/isolation/invariant_checks.h"
#include "tests/isolation/list_append_check.h"
#include "tests/isolation/postgres/postgres_server.h"
#include "tests/isolation/postgres/postgres_store.h"
#include "tests/isolation/register_check.h"
#include "tests/isolation/workloads.h"

namespace phenix::isolation {
namespace {

struct Covered {
  std::size_t histories = 0;
  std::size_t transactions = 0;
  std::size_t operations = 0;
};

class PostgresIsolation : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    Result<std::unique_ptr<PostgresServer>> started = PostgresServer::Start(testing::TempDir());
    if (started.ok()) {
      server() = *std::move(started);
    } else {
      start_error() = started.status();
    }
  }
  static void TearDownTestSuite() {
    std::printf("[ covered  ] PostgreSQL: %zu histories, %zu transactions, %zu operations\n",
                covered().histories, covered().transactions, covered().operations);
    server().reset();
  }

  void SetUp() override { ASSERT_TRUE(server() != nullptr) << start_error().ToString(); }

  static RunOptions Options(std::uint64_t seed) {
    RunOptions options;
    options.thread_count = 8;
    options.transactions_per_thread = 300;
    options.seed = seed;
    return options;
  }

  /// Runs the workload in fresh tables; fails the test on any error that is no conflict.
  static History Record(Level level, const Workload& workload, const RunOptions& options) {
    PostgresStore store(server()->connection_string(), level);
    const Status reset = store.Reset();
    EXPECT_TRUE(reset.ok()) << reset.ToString();
    WorkloadRun run = RunWorkload(store, workload, options);
    EXPECT_TRUE(run.error.ok()) << run.error.ToString();
    EXPECT_GT(run.committed_count, run.history.transactions.size() / 10);
    std::printf("[ history  ] %s: %zu transactions, %zu committed, %zu conflicts\n",
                PostgresLevelName(level).data(), run.history.transactions.size(),
                run.committed_count, run.conflict_count);
    ++covered().histories;
    covered().transactions += run.history.transactions.size();
    covered().operations += OperationCount(run.history);
    return std::move(run.history);
  }
  static Verdict JudgeLists(Level level, const Workload& workload, const RunOptions& options) {
    return CheckListAppend(Record(level, workload, options), OrderPromise::kNone);
  }

 private:
  static std::unique_ptr<PostgresServer>& server() {
    static std::unique_ptr<PostgresServer> instance;
    return instance;
  }
  static Status& start_error() {
    static Status error;
    return error;
  }
  static Covered& covered() {
    static Covered counts;
    return counts;
  }
};

TEST_F(PostgresIsolation, ReadCommittedShowsReadSkewAndNothingDirty) {
  const RunOptions options = Options(1);
  Verdict verdict = JudgeLists(Level::kReadCommitted, ListAppend(options), options);
  verdict.Merge(JudgeLists(Level::kReadCommitted, ListPairs(options), options));
  EXPECT_TRUE(verdict.Has(Anomaly::kReadSkew)) << verdict.Summary();
  EXPECT_TRUE(verdict.Has(Anomaly::kLostUpdate)) << verdict.Summary();
  EXPECT_TRUE(verdict.Satisfies(Level::kReadCommitted)) << verdict.Summary();
}

TEST_F(PostgresIsolation, ReadCommittedLosesMoneyAtTheBank) {
  const InvariantVerdict bank =
      CheckBank(Record(Level::kReadCommitted, Bank(), Options(2)), BankAccounts(), kBankTotal);
  EXPECT_TRUE(bank.verdict.Has(Anomaly::kBrokenInvariant));
}

TEST_F(PostgresIsolation, RepeatableReadShowsWriteSkewAndNothingWorse) {
  const RunOptions options = Options(3);
  for (const Workload& workload : {ListAppend(options), ListPairs(options)}) {
    // One server takes its snapshots in real time, so these may be judged by it as well.
    const History history = Record(Level::kSnapshot, workload, options);
    const Verdict verdict = CheckListAppend(history, OrderPromise::kRealTime);
    EXPECT_TRUE(verdict.Has(Anomaly::kWriteSkew)) << verdict.Summary();
    EXPECT_TRUE(verdict.Satisfies(Level::kSnapshot)) << verdict.Summary();
  }
}

TEST_F(PostgresIsolation, RepeatableReadKeepsTheBankButNotThePairs) {
  const InvariantVerdict bank =
      CheckBank(Record(Level::kSnapshot, Bank(), Options(4)), BankAccounts(), kBankTotal);
  EXPECT_TRUE(bank.verdict.IsClean()) << bank.verdict.Summary();
  EXPECT_GT(bank.snapshots_judged, 100U);
  const InvariantVerdict pairs =
      CheckPairs(Record(Level::kSnapshot, SkewPairs(), Options(5)), SkewPairKeys(), 1);
  EXPECT_TRUE(pairs.verdict.Has(Anomaly::kWriteSkew));
  EXPECT_TRUE(pairs.verdict.Satisfies(Level::kSnapshot)) << pairs.verdict.Summary();
}

TEST_F(PostgresIsolation, SerializableShowsNothing) {
  const RunOptions options = Options(6);
  for (const Workload& workload : {ListAppend(options), ListPairs(options)}) {
    const Verdict verdict = JudgeLists(Level::kSerializable, workload, options);
    EXPECT_TRUE(verdict.IsClean()) << verdict.Summary();
  }
  const InvariantVerdict pairs =
      CheckPairs(Record(Level::kSerializable, SkewPairs(), Options(7)), SkewPairKeys(), 1);
  EXPECT_TRUE(pairs.verdict.IsClean()) << pairs.verdict.Summary();
  EXPECT_GT(pairs.snapshots_judged, 100U);
}

TEST_F(PostgresIsolation, SingleRegistersAreLinearizable) {
  const Verdict verdict = CheckRegisters(Record(Level::kReadCommitted, Registers(), Options(8)));
  EXPECT_TRUE(verdict.IsClean()) << verdict.Summary();
}

TEST_F(PostgresIsolation, RepeatableReadFindsWhatItReads) {
  const InvariantVerdict predicate =
      CheckPredicateAgreement(Record(Level::kSnapshot, Predicate(), Options(9)));
  EXPECT_TRUE(predicate.verdict.IsClean()) << predicate.verdict.Summary();
  EXPECT_GT(predicate.snapshots_judged, 100U);
}

}  // namespace
}  // namespace phenix::isolation
