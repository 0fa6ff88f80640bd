#include "api/open_transactions.h"

#include <utility>
#include <vector>

#include "api/limits.h"
#include "security/hex.h"

namespace phenix::api {
namespace {

constexpr std::size_t kIdBytes = 16;

}  // namespace

struct OpenTransactions::Entry {
  std::string id;
  std::unique_ptr<Transaction> transaction;
  std::chrono::nanoseconds begun_at{0};
  std::chrono::nanoseconds ends_at{0};
  std::chrono::nanoseconds used_at{0};
  bool busy = false;
};

OpenTransactions::Lease::Lease(Lease&& other) noexcept
    : owner_(other.owner_), entry_(std::exchange(other.entry_, nullptr)) {}

OpenTransactions::Lease::~Lease() {
  if (entry_ != nullptr) owner_->Return(*entry_);
}

Transaction& OpenTransactions::Lease::transaction() const {
  PHENIX_ASSERT(entry_ != nullptr);
  return *entry_->transaction;
}

std::chrono::nanoseconds OpenTransactions::Lease::Age() const {
  PHENIX_ASSERT(entry_ != nullptr);
  return owner_->clock_.Monotonic() - entry_->begun_at;
}

void OpenTransactions::Lease::End() {
  PHENIX_ASSERT(entry_ != nullptr);
  owner_->Forget(*std::exchange(entry_, nullptr));
}

OpenTransactions::OpenTransactions(io::Clock& clock, io::RandomSource& random)
    : clock_(clock), random_(random) {}

OpenTransactions::~OpenTransactions() = default;

Attempt<OpenTransactions::Opened> OpenTransactions::Begin(Database& database,
                                                          const TransactionOptions& options,
                                                          std::chrono::milliseconds timeout) {
  CloseExpired();
  if (size() >= kTransactionsOpenMax) {
    return Problem{.code = Code::kRateLimited,
                   .detail = std::to_string(kTransactionsOpenMax) + " transactions are open"};
  }
  Result<std::unique_ptr<Transaction>> begun = database.Begin(options);
  if (!begun.ok()) return ProblemOf(begun.status());
  auto entry = std::make_unique<Entry>();
  entry->id = "tx_" + security::HexOf(random_.Bytes(kIdBytes));
  entry->transaction = *std::move(begun);
  entry->begun_at = clock_.Monotonic();
  entry->used_at = entry->begun_at;
  entry->ends_at = entry->begun_at + timeout;
  Opened opened{.id = entry->id, .snapshot_timestamp = entry->transaction->timestamp()};
  const base::MutexLock lock(mutex_);
  entries_.emplace(opened.id, std::move(entry));
  return opened;
}

Attempt<OpenTransactions::Lease> OpenTransactions::Acquire(const std::string& id) {
  CloseExpired();
  const base::MutexLock lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    return Problem{.code = Code::kTransactionNotFound,
                   .detail = "no open transaction has this id; it was ended, or it expired"};
  }
  Entry& entry = *found->second;
  if (entry.busy) {
    return Problem{.code = Code::kTransactionBusy,
                   .detail = "another request is using the transaction; send one at a time"};
  }
  entry.busy = true;
  return Lease(*this, entry);
}

bool OpenTransactions::HasExpired(const Entry& entry) const {
  const std::chrono::nanoseconds now = clock_.Monotonic();
  return now >= entry.ends_at || now - entry.used_at >= kTransactionIdleMax;
}

void OpenTransactions::CloseExpired() {
  std::vector<std::unique_ptr<Entry>> expired;  // aborted outside the lock
  const base::MutexLock lock(mutex_);
  for (auto at = entries_.begin(); at != entries_.end();) {
    const bool close = !at->second->busy && HasExpired(*at->second);
    if (close) expired.push_back(std::move(at->second));
    at = close ? entries_.erase(at) : std::next(at);
  }
}

void OpenTransactions::CloseAll() {
  std::vector<std::unique_ptr<Entry>> closed;
  const base::MutexLock lock(mutex_);
  for (auto at = entries_.begin(); at != entries_.end();) {
    const bool close = !at->second->busy;
    if (close) closed.push_back(std::move(at->second));
    at = close ? entries_.erase(at) : std::next(at);
  }
}

std::size_t OpenTransactions::size() {
  const base::MutexLock lock(mutex_);
  return entries_.size();
}

void OpenTransactions::Return(Entry& entry) {
  const base::MutexLock lock(mutex_);
  entry.used_at = clock_.Monotonic();
  entry.busy = false;
}

void OpenTransactions::Forget(Entry& entry) {
  std::unique_ptr<Entry> ended;
  const base::MutexLock lock(mutex_);
  const auto found = entries_.find(entry.id);
  ended = std::move(found->second);
  entries_.erase(found);
}

}  // namespace phenix::api
