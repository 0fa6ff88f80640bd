#include "tests/isolation/workload_runner.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <thread>
#include <utility>

#include "io/clock.h"

namespace phenix::isolation {
namespace {

/// Unique numbers: the session, then the transaction of the session, then the number in it.
constexpr Element kElementsPerTransaction = 100;
constexpr Element kTransactionsPerSession = 1'000'000;
/// A conflict is tried again as a new transaction at most this often.
constexpr std::size_t kTriesMax = 1000;

struct SessionRun {
  std::vector<Transaction> transactions;
  Status error;
  std::size_t committed_count = 0;
  std::size_t conflict_count = 0;
};

/// The transactions of one session, one after another.
class SessionRunner {
 public:
  SessionRunner(Store& store, const RunOptions& options, std::uint64_t session)
      : options_(options), session_(session), random_(options.seed * 1'000'003U + session) {
    Result<std::unique_ptr<StoreSession>> connected = store.Connect();
    if (connected.ok()) {
      store_session_ = *std::move(connected);
    } else {
      run_.error = connected.status();
    }
  }

  /// Runs `body` once. False after an error that is no conflict.
  bool Run(const TransactionBody& body, bool may_give_up) {
    if (!run_.error.ok()) return false;
    Transaction record;
    record.session = session_;
    record.invoked = io::SystemClock().Monotonic();
    const Status status = Attempt(body, may_give_up, record);
    record.responded = io::SystemClock().Monotonic();
    run_.transactions.push_back(std::move(record));
    if (status.ok()) return true;
    if (status.code() == StatusCode::kConflict) {
      ++run_.conflict_count;
      return true;
    }
    run_.error = status;
    return false;
  }

  /// Runs `body` until it commits.
  void RunToCommit(const TransactionBody& body) {
    for (std::size_t tries = 0; body && tries < kTriesMax; ++tries) {
      if (!Run(body, false)) return;
      if (run_.transactions.back().outcome == Outcome::kCommitted) return;
    }
  }

  SessionRun Take() { return std::move(run_); }

 private:
  Status Attempt(const TransactionBody& body, bool may_give_up, Transaction& record) {
    record.outcome = Outcome::kAborted;
    PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<StoreTransaction> transaction,
                            store_session_->Begin());
    record.level = transaction->level();
    Recorder recorder(*transaction, record, random_, run_.transactions.size());
    const Status status = body(recorder);
    record.snapshot = transaction->snapshot();
    const bool gives_up = may_give_up && recorder.Below(options_.abort_one_in) == 0;
    if (!status.ok() || gives_up) {
      transaction->Abort();
      return status;
    }
    const CommitAnswer answer = transaction->Commit();
    record.outcome = answer.outcome;
    record.commit = answer.commit;
    if (answer.outcome == Outcome::kCommitted) ++run_.committed_count;
    return answer.outcome == Outcome::kUnknown ? Status::Ok() : answer.error;
  }

  const RunOptions& options_;
  const std::uint64_t session_;
  std::mt19937_64 random_;
  std::unique_ptr<StoreSession> store_session_;
  SessionRun run_;
};

void Merge(SessionRun from, WorkloadRun& into) {
  std::move(from.transactions.begin(), from.transactions.end(),
            std::back_inserter(into.history.transactions));
  into.committed_count += from.committed_count;
  into.conflict_count += from.conflict_count;
  if (into.error.ok()) into.error = std::move(from.error);
}

/// Runs `body` once in a session of its own.
void RunAlone(Store& store, const RunOptions& options, std::uint64_t session,
              const TransactionBody& body, WorkloadRun& into) {
  SessionRunner runner(store, options, session);
  runner.RunToCommit(body);
  Merge(runner.Take(), into);
}

}  // namespace

Status Recorder::Do(Operation operation) { return Observe(std::move(operation)).status(); }

Result<Operation> Recorder::Observe(Operation operation) {
  MayYield();
  const Status status = store_.Execute(operation);
  const bool lost_write = status.code() == StatusCode::kConflict && IsWrite(operation);
  if (status.ok() || lost_write) record_.operations.push_back(operation);
  if (!status.ok()) return status;
  return operation;
}

Result<std::vector<Element>> Recorder::ReadList(const std::string& key) {
  PHENIX_ASSIGN_OR_RETURN(Operation done, Observe(isolation::ReadList{key, {}}));
  return std::move(std::get<isolation::ReadList>(done).observed);
}

Result<std::optional<Element>> Recorder::Read(const std::string& key) {
  PHENIX_ASSIGN_OR_RETURN(const Operation done, Observe(isolation::Read{key, {}}));
  return std::get<isolation::Read>(done).observed;
}

Status Recorder::Append(const std::string& key) {
  return Do(isolation::Append{key, UniqueElement()});
}

Element Recorder::UniqueElement() {
  const auto session = static_cast<Element>(record_.session) + 1;
  const auto transaction = static_cast<Element>(progress_);
  return (session * kTransactionsPerSession + transaction) * kElementsPerTransaction +
         static_cast<Element>(unique_count_++);
}

void Recorder::MayYield() {
  if (Below(2) == 0) std::this_thread::yield();
}

WorkloadRun RunWorkload(Store& store, const Workload& workload, const RunOptions& options) {
  WorkloadRun run;
  RunAlone(store, options, options.thread_count, workload.setup, run);
  std::vector<SessionRun> sessions(options.thread_count);
  std::vector<std::thread> threads;
  for (std::size_t session = 0; session < options.thread_count; ++session) {
    threads.emplace_back([&, session] {
      SessionRunner runner(store, options, session);
      for (std::size_t i = 0; i < options.transactions_per_thread; ++i) {
        if (!runner.Run(workload.body, true)) break;
      }
      sessions[session] = runner.Take();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (SessionRun& session : sessions) Merge(std::move(session), run);
  RunAlone(store, options, options.thread_count + 1, workload.final, run);
  return run;
}

}  // namespace phenix::isolation
