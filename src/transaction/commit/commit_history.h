// The rows that recent commits wrote, for serializable validation of ranges.
//
// Kept only while serializable transactions run, and up to kCommitHistoryBytesMax; what is not kept
// is remembered as a floor, and a transaction that read below the floor cannot be validated.
// Threads: one at a time (the commit pipeline's sequencing stage).
#ifndef TRANSACTION_COMMIT_COMMIT_HISTORY_H_
#define TRANSACTION_COMMIT_COMMIT_HISTORY_H_

#include <deque>
#include <memory>
#include <span>
#include <string>

#include "base/strong_id.h"
#include "transaction/commit/read_set.h"

namespace phenix::transaction {

class CommitHistory {
 public:
  /// Notes a commit; `payload` is shared with the log writer and kept only when `keep`.
  void Record(CommitTimestamp at, const std::shared_ptr<const std::string>& payload, bool keep);
  /// True when some commit after `after` wrote into one of `ranges`, or when that cannot be told.
  [[nodiscard]] bool WroteInto(std::span<const ReadRange> ranges, CommitTimestamp after) const;

 private:
  struct Commit {
    CommitTimestamp at;
    std::shared_ptr<const std::string> payload;
  };
  std::deque<Commit> commits_;
  std::size_t bytes_ = 0;
  CommitTimestamp floor_;
};

}  // namespace phenix::transaction

#endif  // TRANSACTION_COMMIT_COMMIT_HISTORY_H_
