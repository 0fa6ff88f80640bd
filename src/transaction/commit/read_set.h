// What a serializable transaction has read, for validation at its commit.
// Threads: one at a time.
#ifndef TRANSACTION_COMMIT_READ_SET_H_
#define TRANSACTION_COMMIT_READ_SET_H_

#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "phenix/status.h"
#include "transaction/commit/write_set.h"
#include "transaction/limits.h"

namespace phenix::transaction {

/// A range of one family that a serializable transaction read: [begin, end).
struct ReadRange {
  Family family = Family::kEntity;
  std::string begin;
  std::string end;
};

class ReadSet {
 public:
  /// A read of one key, found or not.
  void AddKey(Family family, base::ByteView user_key) {
    std::string key(1, static_cast<char>(family));
    key.append(user_key);
    if (keys_.insert(std::move(key)).second) ++entries_;
  }
  /// A read of everything in [begin, end) of a family.
  void AddRange(ReadRange range) {
    if (!ranges_.empty() && ranges_.back().family == range.family &&
        ranges_.back().begin == range.begin && ranges_.back().end == range.end) {
      return;
    }
    ranges_.push_back(std::move(range));
    ++entries_;
  }
  /// Errors: kResourceExhausted when the transaction has read too much to be validated.
  [[nodiscard]] Status Check() const {
    if (entries_ <= kReadSetEntriesMax) return Status::Ok();
    return {StatusCode::kResourceExhausted,
            "a serializable transaction may read " + std::to_string(kReadSetEntriesMax) +
                " keys and ranges; use snapshot isolation or smaller transactions"};
  }
  /// Family byte, then the user key.
  [[nodiscard]] const std::unordered_set<std::string>& keys() const { return keys_; }
  [[nodiscard]] const std::vector<ReadRange>& ranges() const { return ranges_; }

 private:
  std::unordered_set<std::string> keys_;
  std::vector<ReadRange> ranges_;
  std::size_t entries_ = 0;
};

}  // namespace phenix::transaction

#endif  // TRANSACTION_COMMIT_READ_SET_H_
