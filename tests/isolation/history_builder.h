// HistoryBuilder: writes histories by hand, for the tests of the checkers.
//
// Transactions are concurrent with all others and in sessions of their own unless the test says
// otherwise. At(), During() and InSession() change the transaction added last.
#ifndef TESTS_ISOLATION_HISTORY_BUILDER_H_
#define TESTS_ISOLATION_HISTORY_BUILDER_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "tests/isolation/history.h"

namespace phenix::isolation {

class HistoryBuilder {
 public:
  HistoryBuilder& Commit(std::vector<Operation> operations) {
    return Add(Outcome::kCommitted, std::move(operations));
  }
  HistoryBuilder& Abort(std::vector<Operation> operations) {
    return Add(Outcome::kAborted, std::move(operations));
  }
  HistoryBuilder& LoseAnswer(std::vector<Operation> operations) {
    return Add(Outcome::kUnknown, std::move(operations));
  }

  HistoryBuilder& At(Timestamp snapshot, std::optional<Timestamp> commit = std::nullopt) {
    last().snapshot = snapshot;
    last().commit = commit;
    return *this;
  }
  HistoryBuilder& AsOf(Timestamp snapshot) {
    last().snapshot_choice = SnapshotChoice::kAsOf;
    return At(snapshot);
  }
  HistoryBuilder& During(std::int64_t invoked, std::int64_t responded) {
    last().invoked = Moment(invoked);
    last().responded = Moment(responded);
    return *this;
  }
  HistoryBuilder& Promised(Level level) {
    last().level = level;
    return *this;
  }
  HistoryBuilder& InSession(std::uint64_t session) {
    last().session = session;
    return *this;
  }

  [[nodiscard]] History Build() const { return history_; }

 private:
  static constexpr std::int64_t kLongAfter = 1'000'000;

  Transaction& last() { return history_.transactions.back(); }
  HistoryBuilder& Add(Outcome outcome, std::vector<Operation> operations) {
    Transaction transaction;
    transaction.session = history_.transactions.size();
    transaction.responded = Moment(kLongAfter);
    transaction.outcome = outcome;
    transaction.operations = std::move(operations);
    history_.transactions.push_back(std::move(transaction));
    return *this;
  }

  History history_;
};

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_HISTORY_BUILDER_H_
