// When was this key last committed? Answered from a table of fixed size for recent commits.
//
// A commit records marks (hashes of keys, or of facts such as "an edge touches this ordinal"); a
// transaction that read at S asks whether a mark was recorded after S. Four entries share a bucket;
// the oldest is evicted, and the bucket remembers the newest timestamp it ever evicted, so that the
// answer is never a wrong "no".
// Threads: one at a time (the commit pipeline's sequencing stage).
// Cost:    one cache line or two a question; kConflictBuckets x 72 bytes of memory.
#ifndef TRANSACTION_COMMIT_CONFLICT_TABLE_H_
#define TRANSACTION_COMMIT_CONFLICT_TABLE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "base/strong_id.h"

namespace phenix::transaction {

class ConflictTable {
 public:
  enum class Answer : std::uint8_t {
    kNotSince,  ///< Not recorded after the timestamp.
    kSince,     ///< Recorded after the timestamp.
    kUnknown,   ///< Perhaps; the entry was evicted. Ask the state.
  };

  explicit ConflictTable(std::size_t bucket_count);

  void Record(std::uint64_t mark, CommitTimestamp at);
  /// `settled`: commits up to it are in the state; an eviction behind it answers kSince, because
  /// the state could not tell.
  [[nodiscard]] Answer Since(std::uint64_t mark, CommitTimestamp after,
                             CommitTimestamp settled) const;

 private:
  static constexpr std::size_t kWays = 4;
  struct Bucket {
    std::array<std::uint64_t, kWays> marks{};
    std::array<std::uint64_t, kWays> timestamps{};
    std::uint64_t evicted_max = 0;
  };

  std::vector<Bucket> buckets_;
};

}  // namespace phenix::transaction

#endif  // TRANSACTION_COMMIT_CONFLICT_TABLE_H_
