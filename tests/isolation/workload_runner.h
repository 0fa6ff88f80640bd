// Workload runner: many threads that run random transactions on a store, and the history of it.
//
// Threads: RunWorkload() starts its own and waits for them.
// Moments: of the monotonic clock, taken before Begin() and after the commit was answered. Taking
//          them orders nothing in memory, so that a race in the store stays visible to TSan.
#ifndef TESTS_ISOLATION_WORKLOAD_RUNNER_H_
#define TESTS_ISOLATION_WORKLOAD_RUNNER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "phenix/status.h"
#include "tests/isolation/history.h"
#include "tests/isolation/store.h"

namespace phenix::isolation {

/// Runs operations in one transaction and writes them down.
class Recorder {
 public:
  Recorder(StoreTransaction& store, Transaction& record, std::mt19937_64& random,
           std::size_t progress)
      : store_(store), record_(record), random_(random), progress_(progress) {}

  /// Executes and records; kNotFound leaves no record.
  Status Do(Operation operation);
  /// As Do(), and returns the operation with its observation.
  Result<Operation> Observe(Operation operation);

  Result<std::vector<Element>> ReadList(const std::string& key);
  Result<std::optional<Element>> Read(const std::string& key);
  /// Appends an element that nobody else appends.
  Status Append(const std::string& key);

  /// A number that is unique in the history and not 0.
  Element UniqueElement();
  /// 0 to `end` - 1.
  std::size_t Below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }
  /// Lets other threads run, one time in two.
  void MayYield();
  /// How many transactions this session has begun before.
  [[nodiscard]] std::size_t progress() const { return progress_; }

 private:
  StoreTransaction& store_;
  Transaction& record_;
  std::mt19937_64& random_;
  const std::size_t progress_;
  std::size_t unique_count_ = 0;
};

/// One transaction's operations. An error ends the transaction: kConflict as aborted, any other
/// ends the run.
using TransactionBody = std::function<Status(Recorder&)>;

struct Workload {
  TransactionBody setup;  ///< Once, before the others.
  TransactionBody body;
  TransactionBody final;  ///< Once, after the others.
};

struct RunOptions {
  std::size_t thread_count = 6;
  std::size_t transactions_per_thread = 200;
  std::uint64_t seed = 1;
  std::size_t abort_one_in = 20;  ///< How often a transaction gives up instead of committing.
};

struct WorkloadRun {
  History history;
  Status error;  ///< The first error that is no conflict.
  std::size_t committed_count = 0;
  std::size_t conflict_count = 0;
};

WorkloadRun RunWorkload(Store& store, const Workload& workload, const RunOptions& options);

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_WORKLOAD_RUNNER_H_
