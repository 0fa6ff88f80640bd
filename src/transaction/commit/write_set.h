// What one transaction will write: staged rows, the conflict checks they need, and the changes they
// mean to the feed. The overlay that the transaction's own reads look through.
//
// Statements: BeginStatement() opens one operation; RollbackStatement() takes back all it staged,
// so
//             that a failed operation leaves nothing.
// Threads:    one at a time. Ownership: owns its bytes.
// Not here:   when a conflict is one (commit_pipeline.h); what rows mean (entity_writer.h).
#ifndef TRANSACTION_COMMIT_WRITE_SET_H_
#define TRANSACTION_COMMIT_WRITE_SET_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/strong_id.h"
#include "storage/kv_engine.h"
#include "transaction/commit/conflict_marks.h"
#include "transaction/state_rows.h"

namespace phenix::transaction {

/// The numbers are in log records: never change or reuse one.
enum class StateOperation : std::uint8_t {
  kPut = 0,     ///< Versioned families: a new version. Others: the value of the key.
  kDelete = 1,  ///< Unversioned families only.
  kStamp = 2,  ///< Unversioned: the value is preceded by the commit timestamp (u64, little-endian).
};

struct StagedRow {
  StateOperation operation = StateOperation::kPut;
  std::string value;
  bool supersedes = false;  ///< The key had a version that now waits for collection.
};
using StagedRows = std::map<std::string, StagedRow, std::less<>>;

class WriteSet {
 public:
  WriteSet() = default;
  WriteSet(WriteSet&&) noexcept = default;
  WriteSet& operator=(WriteSet&&) noexcept = default;
  WriteSet(const WriteSet&) = delete;
  WriteSet& operator=(const WriteSet&) = delete;
  ~WriteSet() = default;

  void BeginStatement();
  void RollbackStatement();

  void Stage(Family family, std::string key, StagedRow row);
  /// The staged row of exactly `key`, or nullptr.
  [[nodiscard]] const StagedRow* Find(Family family, base::ByteView key) const;
  [[nodiscard]] const StagedRows& rows(Family family) const {
    return rows_[static_cast<std::size_t>(family)];
  }

  /// Checks and marks of the staged operations.
  ConflictMarks& conflicts() { return conflicts_; }
  [[nodiscard]] const ConflictMarks& conflicts() const { return conflicts_; }
  /// Encoded by change_feed.h.
  void AddChange(base::ByteView encoded) { feed_.append(encoded); }
  void AddOrdinal(EntityOrdinal ordinal, CollectionId collection, std::string_view id);
  /// The entity of an ordinal that this write set assigned, or nullptr.
  [[nodiscard]] const OrdinalMember* FindOrdinal(EntityOrdinal ordinal) const;

  /// Of staged keys and values; zero when nothing is staged.
  [[nodiscard]] std::size_t size_bytes() const { return size_bytes_; }

  /// The log record of the transaction (docs/formats/state.md), its timestamp still zero.
  [[nodiscard]] std::string EncodePayload() const;

 private:
  struct Undo {
    Family family;
    std::string key;
    std::optional<StagedRow> before;
  };
  struct Savepoint {
    ConflictMarks::Savepoint conflicts;
    std::size_t feed = 0, ordinals = 0, operations = 0, bytes = 0;
  };

  std::array<StagedRows, storage::kFamilyCount> rows_;
  ConflictMarks conflicts_;
  std::string feed_;
  std::vector<std::pair<EntityOrdinal, OrdinalMember>> ordinals_;
  std::vector<Undo> undo_;
  Savepoint savepoint_;
  std::size_t operation_count_ = 0;
  std::size_t size_bytes_ = 0;
};

/// Writes the commit timestamp into an encoded payload.
void StampPayload(std::string& payload, CommitTimestamp timestamp);

/// One operation of a payload; views into it.
struct PayloadOperation {
  StateOperation operation = StateOperation::kPut;
  Family family = Family::kSystem;
  base::ByteView key;
  base::ByteView value;
};
struct DecodedPayload {
  CommitTimestamp timestamp;
  std::vector<PayloadOperation> operations;
  base::ByteView feed;
  base::ByteView garbage;  ///< a row of Family::kGarbage; empty when nothing was superseded
};
Result<DecodedPayload> DecodePayload(base::ByteView payload);
/// Adds what the payload does to the state to `batch`: the same on the live path and in replay.
void AppendToBatch(const DecodedPayload& payload, storage::KvBatch& batch);

}  // namespace phenix::transaction

#endif  // TRANSACTION_COMMIT_WRITE_SET_H_
