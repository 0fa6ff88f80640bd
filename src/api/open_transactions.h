// OpenTransactions: the interactive transactions that clients hold open between requests.
//
// Invariants: an id is random (128 bits) and never used again; one request at a time uses a
//             transaction; a transaction that is idle for kTransactionIdleMax or older than its
//             timeout is aborted and forgotten; at most kTransactionsOpenMax are open.
// Threads:    any. A Lease belongs to one thread.
// Ownership:  owns the transactions; must go before their database does.
#ifndef API_OPEN_TRANSACTIONS_H_
#define API_OPEN_TRANSACTIONS_H_

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "api/problem.h"
#include "base/thread_annotations.h"
#include "io/clock.h"
#include "io/random.h"
#include "phenix/database.h"
#include "phenix/transaction.h"

namespace phenix::api {

class OpenTransactions {
 private:
  struct Entry;

 public:
  /// Sole use of one transaction until it is destroyed.
  class Lease {
   public:
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&&) = delete;
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease();

    [[nodiscard]] Transaction& transaction() const;
    /// Since it was begun.
    [[nodiscard]] std::chrono::nanoseconds Age() const;
    /// Aborts it if it is still open, and forgets its id.
    void End();

   private:
    friend class OpenTransactions;
    Lease(OpenTransactions& owner, Entry& entry) : owner_(&owner), entry_(&entry) {}

    OpenTransactions* owner_;
    Entry* entry_;  // null once ended or moved from
  };

  OpenTransactions(io::Clock& clock, io::RandomSource& random);
  ~OpenTransactions();
  OpenTransactions(const OpenTransactions&) = delete;
  OpenTransactions& operator=(const OpenTransactions&) = delete;

  struct Opened {
    std::string id;
    std::uint64_t snapshot_timestamp = 0;
  };
  /// Problems: kRateLimited when too many are open; those of Database::Begin().
  Attempt<Opened> Begin(Database& database, const TransactionOptions& options,
                        std::chrono::milliseconds timeout);
  /// Problems: kTransactionNotFound, kTransactionBusy.
  Attempt<Lease> Acquire(const std::string& id);
  /// Aborts what has expired.
  void CloseExpired();
  /// Aborts every transaction that no request is using.
  void CloseAll();
  [[nodiscard]] std::size_t size();

 private:
  [[nodiscard]] bool HasExpired(const Entry& entry) const;
  void Return(Entry& entry);
  void Forget(Entry& entry);

  io::Clock& clock_;
  io::RandomSource& random_;
  base::Mutex mutex_;
  std::map<std::string, std::unique_ptr<Entry>> entries_ PHENIX_GUARDED_BY(mutex_);
};

}  // namespace phenix::api

#endif  // API_OPEN_TRANSACTIONS_H_
