// Store: any database on which a workload can run and be recorded.
//
// Threads:   Store::Connect() from any thread; a session and its transactions from one thread.
// Ownership: a session outlives its transactions, a store its sessions.
// Errors:    kConflict means that the transaction is lost and may be run again; kNotFound that this
//            operation did nothing (an edge without an end, a removal of what is not there) and the
//            transaction goes on; anything else stops the workload.
#ifndef TESTS_ISOLATION_STORE_H_
#define TESTS_ISOLATION_STORE_H_

#include <memory>
#include <optional>

#include "phenix/status.h"
#include "tests/isolation/history.h"

namespace phenix::isolation {

struct CommitAnswer {
  Outcome outcome = Outcome::kCommitted;
  std::optional<Timestamp> commit;
  Status error;  ///< Why it was not committed.
};

class StoreTransaction {
 public:
  StoreTransaction() = default;
  virtual ~StoreTransaction() = default;
  StoreTransaction(const StoreTransaction&) = delete;
  StoreTransaction& operator=(const StoreTransaction&) = delete;

  /// Does a write, or does a read and fills in what was observed.
  virtual Status Execute(Operation& operation) = 0;
  /// The snapshot timestamp, if the store tells it.
  [[nodiscard]] virtual std::optional<Timestamp> snapshot() const = 0;
  /// The isolation level it runs at.
  [[nodiscard]] virtual Level level() const = 0;
  virtual CommitAnswer Commit() = 0;
  virtual void Abort() = 0;
};

class StoreSession {
 public:
  StoreSession() = default;
  virtual ~StoreSession() = default;
  StoreSession(const StoreSession&) = delete;
  StoreSession& operator=(const StoreSession&) = delete;

  virtual Result<std::unique_ptr<StoreTransaction>> Begin() = 0;
};

class Store {
 public:
  Store() = default;
  virtual ~Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  virtual Result<std::unique_ptr<StoreSession>> Connect() = 0;
};

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_STORE_H_
