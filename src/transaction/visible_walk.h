// A walk in key order over the live rows of one family that a reader sees: of every user key the
// newest version at or before the read timestamp, unless it is a tombstone; rows staged by the
// reader's own transaction stand in front of committed ones.
//
// Threads:   one at a time. Ownership: borrows the engine and the overlay.
// Stability: key() and value() hold until Next(). Rows staged while a walk is open may be missed.
// Cost:      one step per version in the range; long runs of versions are jumped over by a seek.
#ifndef TRANSACTION_VISIBLE_WALK_H_
#define TRANSACTION_VISIBLE_WALK_H_

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/strong_id.h"
#include "storage/kv_engine.h"
#include "transaction/commit/write_set.h"

namespace phenix::transaction {

/// What a walk covers: user keys in [begin, end); an empty `end` is the end of the family.
struct WalkRange {
  Family family = Family::kEntity;
  std::string begin;
  std::string end;
};

class VisibleWalk {
 public:
  /// `overlay` may be null.
  VisibleWalk(storage::KvEngine& engine, WalkRange range, CommitTimestamp at,
              const WriteSet* overlay);

  [[nodiscard]] bool Valid() const { return source_ != Source::kNone; }
  void Next();
  /// The user key.
  [[nodiscard]] base::ByteView key() const;
  [[nodiscard]] base::ByteView value() const;
  /// The commit timestamp; zero for a row of the overlay.
  [[nodiscard]] CommitTimestamp version() const;
  /// Why the walk ended early; OK at its real end.
  [[nodiscard]] Status status() const { return iterator_->status(); }

 private:
  enum class Source : std::uint8_t { kNone, kCommitted, kStaged };

  void SettleCommitted();
  void SkipVersionsOfCurrent();
  void Choose();

  const WalkRange range_;
  const std::string upper_bound_;
  const CommitTimestamp at_;
  std::unique_ptr<storage::KvIterator> iterator_;
  std::string current_;  // user key of the committed row, or of the one just passed
  const StagedRows* staged_ = nullptr;
  StagedRows::const_iterator staged_at_;
  StagedRows::const_iterator staged_end_;
  Source source_ = Source::kNone;
};

}  // namespace phenix::transaction

#endif  // TRANSACTION_VISIBLE_WALK_H_
