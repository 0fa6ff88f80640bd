// Database: one directory with one tenant's collections, opened by one process.
//
// Threads:    every call from any thread.
// Ownership:  the Database outlives its snapshots and transactions.
// Durability: a write that returned OK survives a crash of the process and of the machine.
#ifndef PHENIX_DATABASE_H_
#define PHENIX_DATABASE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "phenix/options.h"
#include "phenix/reader.h"
#include "phenix/schema.h"
#include "phenix/status.h"
#include "phenix/transaction.h"
#include "phenix/write_batch.h"

namespace phenix {

enum class ChangeKind : std::uint8_t { kPutEntity, kDeleteEntity, kPutEdge, kDeleteEdge, kSchema };

/// One change of one commit. Read the entity as it was then with Database::SnapshotAt(timestamp).
struct Change {
  std::uint64_t commit_timestamp = 0;
  ChangeKind kind = ChangeKind::kPutEntity;
  EntityRef entity;  ///< the source for an edge; for kSchema the collection with an empty id
  std::string label;
  EntityRef target;
};
struct ChangePage {
  std::vector<Change> changes;       ///< whole commits, oldest first
  std::uint64_t next_timestamp = 0;  ///< pass as `after` to continue
};

struct DatabaseStats {
  std::uint64_t visible_timestamp = 0;
  std::uint64_t collections = 0;
  std::uint64_t entities_estimated = 0;
  std::uint64_t vectors_estimated = 0;
  std::uint64_t edges_estimated = 0;
  std::uint64_t state_disk_bytes = 0;
  std::uint64_t log_disk_bytes = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t commits = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t log_frames = 0;
  std::uint64_t log_syncs = 0;
  std::uint64_t head_cache_hits = 0;
  std::uint64_t head_cache_misses = 0;
  std::uint64_t snapshots_open = 0;
};

/// What opening found and did.
struct RecoveryReport {
  std::uint64_t frames_replayed = 0;
  std::uint64_t transactions_replayed = 0;
  std::uint64_t torn_bytes_cut = 0;
};

class Database {
 public:
  /// Opens `directory`, creating it when asked to, and replays what the state lacks.
  /// Errors: kUnavailable (another process has it open), kCorruption (log or state damaged, with
  /// the place), kInvalidArgument (options that contradict the directory), kNotFound.
  static Result<std::unique_ptr<Database>> Open(const std::string& directory,
                                                const DatabaseOptions& options);
  virtual ~Database() = default;

  /// Creates a collection; kAlreadyExists if the name is taken by a different schema, OK if equal.
  virtual Status CreateCollection(const CollectionSchema& schema) = 0;
  /// Adds or drops vector fields, unique paths and the document schema; what exists must fit,
  /// else kPreconditionFailed naming the first entity that does not.
  virtual Status AlterCollection(const CollectionSchema& schema) = 0;
  /// Drops the collection, its entities and every edge from or to them.
  virtual Status DropCollection(std::string_view name) = 0;

  /// Commits a batch; transparently runs it again when another commit came between.
  virtual Result<CommitReceipt> Write(const WriteBatch& batch) = 0;
  virtual Result<std::unique_ptr<Transaction>> Begin(const TransactionOptions& options) = 0;

  /// The state now, or as of an earlier timestamp (kInvalidArgument when in the future or older
  /// than the retention).
  virtual Result<std::unique_ptr<Reader>> SnapshotAt(std::optional<std::uint64_t> as_of) = 0;

  /// Commits after `after`, up to about `limit` changes; kInvalidArgument when the feed no longer
  /// reaches back to `after`.
  virtual Result<ChangePage> Changes(std::uint64_t after, std::uint32_t limit) = 0;

  /// One round of maintenance: expiry, version collection, checkpoint when due or `checkpoint`.
  virtual Status Maintain(bool checkpoint) = 0;
  /// Writes a consistent, verified copy into `directory`, which must not exist, while others go on.
  virtual Status Backup(const std::string& directory) = 0;
  virtual DatabaseStats Stats() = 0;
  [[nodiscard]] virtual const RecoveryReport& recovery() const = 0;
};

/// Copies a backup into `directory`, which must not exist, after checking every file against the
/// backup's signed manifest. Errors: kCorruption naming the file.
Status RestoreBackup(const std::string& backup, const std::string& directory);

enum class VerifyOutcome : std::uint8_t { kClean, kTorn, kTampered, kRolledBack };
struct VerifyReport {
  VerifyOutcome outcome = VerifyOutcome::kClean;
  std::uint64_t frames = 0;
  std::uint64_t records = 0;
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;
  std::string chain_head;  ///< hexadecimal
  std::string detail;      ///< where and what, when not clean
};
/// Checks the log of `directory` with nothing but the public key (PEM). `expected_head` is empty,
/// or "SEQUENCE:HEX" from an earlier report: a log that does not contain that frame is rolled back.
Result<VerifyReport> VerifyDatabase(const std::string& directory,
                                    const std::string& public_key_path,
                                    const std::string& expected_head);

}  // namespace phenix

#endif  // PHENIX_DATABASE_H_
