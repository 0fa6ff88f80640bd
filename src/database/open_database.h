// The embedded database behind phenix::Database.
//
// Threads:   every public call from any thread; one background thread for maintenance.
// Ownership: owns all parts; snapshots and transactions must be gone before it is.
#ifndef DATABASE_OPEN_DATABASE_H_
#define DATABASE_OPEN_DATABASE_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"
#include "database/open_parts.h"
#include "phenix/database.h"
#include "transaction/collector.h"
#include "transaction/schema_writer.h"

namespace phenix::database {

class OpenDatabase final : public Database {
 public:
  explicit OpenDatabase(std::unique_ptr<OpenParts> parts);
  ~OpenDatabase() override;

  Status CreateCollection(const CollectionSchema& schema) override;
  Status AlterCollection(const CollectionSchema& schema) override;
  Status DropCollection(std::string_view name) override;
  Result<CommitReceipt> Write(const WriteBatch& batch) override;
  Result<std::unique_ptr<Transaction>> Begin(const TransactionOptions& options) override;
  Result<std::unique_ptr<Reader>> SnapshotAt(std::optional<std::uint64_t> as_of) override;
  Result<ChangePage> Changes(std::uint64_t after, std::uint32_t limit) override;
  Status Maintain(bool checkpoint) override;
  Status Backup(const std::string& directory) override;
  DatabaseStats Stats() override;
  [[nodiscard]] const RecoveryReport& recovery() const override { return parts_->recovery; }

 private:
  using SchemaChange = std::function<Status(transaction::SchemaWriter& writer)>;
  Status CommitSchema(const SchemaChange& change);
  Status AddLabels(const std::vector<std::string>& labels);
  Status CreateMissingCollections(const WriteBatch& batch);
  Result<CommitReceipt> TryWrite(const WriteBatch& batch);
  Status ExpireEntities();
  Status Collect() PHENIX_REQUIRES(maintenance_);
  Status Checkpoint(bool force) PHENIX_REQUIRES(maintenance_);
  void MaintainInBackground();

  std::unique_ptr<OpenParts> parts_;
  base::Mutex turns_;  // batches that keep conflicting take turns
  base::Mutex maintenance_;
  transaction::Collector collector_ PHENIX_GUARDED_BY(maintenance_);
  std::uint64_t checkpoint_log_bytes_ PHENIX_GUARDED_BY(maintenance_) = 0;
  base::Mutex stop_mutex_;
  base::ConditionVariable stop_wake_;
  bool stopping_ PHENIX_GUARDED_BY(stop_mutex_) = false;
  std::thread background_;
};

/// Database::Open() with another machine underneath; for tests and the simulator.
Result<std::unique_ptr<Database>> OpenWithEnvironment(const Environment& environment,
                                                      const std::string& directory,
                                                      const DatabaseOptions& options);

}  // namespace phenix::database

#endif  // DATABASE_OPEN_DATABASE_H_
