#include "transaction/commit/conflict_table.h"

#include <algorithm>

#include "base/assert.h"

namespace phenix::transaction {

ConflictTable::ConflictTable(std::size_t bucket_count) : buckets_(bucket_count) {
  PHENIX_ASSERT(bucket_count > 0 && (bucket_count & (bucket_count - 1)) == 0);
}

void ConflictTable::Record(std::uint64_t mark, CommitTimestamp at) {
  Bucket& bucket = buckets_[mark & (buckets_.size() - 1)];
  std::size_t oldest = 0;
  for (std::size_t way = 0; way < kWays; ++way) {
    if (bucket.marks[way] == mark && bucket.timestamps[way] != 0) {
      bucket.timestamps[way] = at.value();
      return;
    }
    if (bucket.timestamps[way] < bucket.timestamps[oldest]) oldest = way;
  }
  bucket.evicted_max = std::max(bucket.evicted_max, bucket.timestamps[oldest]);
  bucket.marks[oldest] = mark;
  bucket.timestamps[oldest] = at.value();
}

ConflictTable::Answer ConflictTable::Since(std::uint64_t mark, CommitTimestamp after,
                                           CommitTimestamp settled) const {
  const Bucket& bucket = buckets_[mark & (buckets_.size() - 1)];
  for (std::size_t way = 0; way < kWays; ++way) {
    if (bucket.marks[way] == mark && bucket.timestamps[way] != 0) {
      return bucket.timestamps[way] > after.value() ? Answer::kSince : Answer::kNotSince;
    }
  }
  if (bucket.evicted_max <= after.value()) return Answer::kNotSince;
  return bucket.evicted_max > settled.value() ? Answer::kSince : Answer::kUnknown;
}

}  // namespace phenix::transaction
