// Snapshots and transactions as users hold them: the public interfaces over transaction/.
//
// Threads:   Snapshot: any number of readers; OpenTransaction: one at a time.
// Ownership: borrow the parts of their database, which must outlive them.
#ifndef DATABASE_SESSION_H_
#define DATABASE_SESSION_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "database/open_parts.h"
#include "phenix/transaction.h"
#include "transaction/commit/read_set.h"
#include "transaction/commit/write_set.h"
#include "transaction/entity_writer.h"
#include "transaction/ordinal_allocator.h"
#include "transaction/state_reader.h"

namespace phenix::database {

/// A read view at `pin`; `as_of` reads judge expiry by their timestamp, others by the clock.
transaction::ReadView MakeView(OpenParts& parts, CommitTimestamp at, bool as_of);

class Snapshot final : public Reader {
 public:
  Snapshot(OpenParts& parts, transaction::SnapshotRegistry::Pin pin, bool as_of);

  [[nodiscard]] std::uint64_t timestamp() const override { return pin_.at().value(); }
  Result<Entity> Get(std::string_view collection, std::string_view id,
                     const Include& include) override;
  Result<EntityPage> Scan(const ScanRequest& request) override;
  Result<EdgePage> Edges(const EdgeRequest& request) override;
  Result<NearestPage> Nearest(const NearestRequest& request) override;
  Result<std::uint64_t> Count(std::string_view collection, const Filter& filter) override;
  Result<CollectionSchema> Collection(std::string_view name) override;
  Result<std::vector<CollectionSchema>> Collections() override;

 private:
  transaction::SnapshotRegistry::Pin pin_;
  transaction::StateReader reader_;
};

/// Creates those labels that do not exist yet, in a commit of their own.
using EnsureLabels = std::function<Status(const std::vector<std::string>& labels)>;

class OpenTransaction final : public Transaction {
 public:
  OpenTransaction(OpenParts& parts, transaction::SnapshotRegistry::Pin pin, Isolation isolation,
                  EnsureLabels ensure_labels);
  ~OpenTransaction() override;

  [[nodiscard]] std::uint64_t timestamp() const override { return at_.value(); }
  Result<Entity> Get(std::string_view collection, std::string_view id,
                     const Include& include) override;
  Result<EntityPage> Scan(const ScanRequest& request) override;
  Result<EdgePage> Edges(const EdgeRequest& request) override;
  Result<NearestPage> Nearest(const NearestRequest& request) override;
  Result<std::uint64_t> Count(std::string_view collection, const Filter& filter) override;
  Result<CollectionSchema> Collection(std::string_view name) override;
  Result<std::vector<CollectionSchema>> Collections() override;
  Status Apply(const WriteOperation& operation) override;
  Result<CommitReceipt> Commit() override;
  void Abort() override;

 private:
  struct Work;
  [[nodiscard]] Status Check() const;
  void End();

  OpenParts& parts_;
  const CommitTimestamp at_;
  const EnsureLabels ensure_labels_;
  std::unique_ptr<Work> work_;  // null once the transaction has ended
};

/// The labels that `operation` needs.
void CollectLabels(const WriteOperation& operation, std::vector<std::string>& labels);
/// True for an operation that leaves a version of its entity behind.
bool LeavesVersion(const WriteOperation& operation);
/// kResourceExhausted when a transaction of so many operations and bytes is over the limits.
Status CheckTransactionSize(const DatabaseOptions& options, std::size_t operations,
                            std::size_t size_bytes);

}  // namespace phenix::database

#endif  // DATABASE_SESSION_H_
