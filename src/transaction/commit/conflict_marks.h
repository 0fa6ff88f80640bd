// What must not have changed since a transaction's snapshot (checks), and what others must check
// against it (marks): 64-bit hashes of keys and facts, with what is needed to ask the state
// instead.
//
// Threads: one at a time. Ownership: owns the keys of its checks.
#ifndef TRANSACTION_COMMIT_CONFLICT_MARKS_H_
#define TRANSACTION_COMMIT_CONFLICT_MARKS_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/strong_id.h"
#include "storage/kv_engine.h"

namespace phenix::transaction {

using storage::Family;

/// A question to the conflict table, with what is needed to ask the state instead.
struct ConflictCheck {
  enum class Kind : std::uint8_t {
    kWritten,        ///< `key` of `family` was written.
    kEntityDeleted,  ///< The entity `key` no longer is the incarnation `ordinal`.
    kEdgesTouched,   ///< An edge from or to `ordinal` was written.
    kTouched,        ///< Something in a collection was written; only the table knows.
  };
  Kind kind = Kind::kWritten;
  std::uint64_t mark = 0;
  Family family = Family::kEntity;
  base::ByteView key;  ///< in ConflictMarks: lives as long as they
  EntityOrdinal ordinal;
};

/// Marks of the conflict table.
std::uint64_t WrittenMark(Family family, base::ByteView user_key);
std::uint64_t EntityDeletedMark(EntityOrdinal ordinal);
std::uint64_t EdgesTouchedMark(EntityOrdinal ordinal);
std::uint64_t CollectionTouchedMark(CollectionId collection);

class ConflictMarks {
 public:
  ConflictMarks() = default;
  ConflictMarks(ConflictMarks&&) noexcept = default;
  ConflictMarks& operator=(ConflictMarks&&) noexcept = default;
  ConflictMarks(const ConflictMarks&) = delete;
  ConflictMarks& operator=(const ConflictMarks&) = delete;
  ~ConflictMarks() = default;

  /// Copies `check.key`.
  void AddCheck(ConflictCheck check);
  void AddMark(std::uint64_t mark) { marks_.push_back(mark); }
  /// Notes a write into `collection`, whose schema must not change; once each.
  void TouchCollection(CollectionId collection);

  [[nodiscard]] const std::vector<ConflictCheck>& checks() const { return checks_; }
  [[nodiscard]] const std::vector<std::uint64_t>& marks() const { return marks_; }

  /// A point to go back to.
  struct Savepoint {
    std::size_t checks = 0, marks = 0, collections = 0;
  };
  [[nodiscard]] Savepoint Save() const {
    return {checks_.size(), marks_.size(), collections_.size()};
  }
  void GoBackTo(const Savepoint& savepoint);

 private:
  std::vector<ConflictCheck> checks_;
  std::deque<std::string> keys_;  // a deque, so that they stay where they are
  std::vector<std::uint64_t> marks_;
  std::vector<CollectionId> collections_;  // few
};

}  // namespace phenix::transaction

#endif  // TRANSACTION_COMMIT_CONFLICT_MARKS_H_
