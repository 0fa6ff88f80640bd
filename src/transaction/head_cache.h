// The newest committed version of entity rows, in memory, so that a hot point read costs a hash
// look-up instead of a walk through the engine.
//
// Invariants: an entry is the newest version of its key that was applied; an entry is inserted
// after
//             a read only if nothing was applied to its shard since the read's timestamp.
// Threads:    any. Cost: one shard lock a call, never held across I/O.
#ifndef TRANSACTION_HEAD_CACHE_H_
#define TRANSACTION_HEAD_CACHE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/bytes.h"
#include "base/checksum.h"
#include "base/strong_id.h"
#include "base/thread_annotations.h"

namespace phenix::transaction {

/// One version of a row. The bytes are shared by the cache and the readers that hold them.
struct RowVersion {
  CommitTimestamp timestamp;
  std::shared_ptr<const std::string> bytes;
};

class HeadCache {
 public:
  /// `capacity_bytes` bounds keys, rows and an estimate of the bookkeeping. `applied`: the newest
  /// commit that the state held before this cache was made.
  HeadCache(std::uint64_t capacity_bytes, CommitTimestamp applied);

  /// The newest version if it is cached and not newer than `at`; else `bytes` is null.
  RowVersion Get(base::ByteView user_key, CommitTimestamp at);
  /// Offers what a read at `read_at` found to be the newest version.
  void Offer(base::ByteView user_key, const RowVersion& version, CommitTimestamp read_at);
  /// Called for every applied row, before its timestamp becomes readable. Replaces an entry that is
  /// there and inserts none, so that bulk writes do not push out what is read.
  void Apply(base::ByteView user_key, const RowVersion& version);

  [[nodiscard]] std::uint64_t hits() const { return hits_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t misses() const { return misses_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t size_bytes() const;

 private:
  struct KeyHash {
    std::size_t operator()(base::ByteView key) const { return base::HashBytes(key); }
  };
  struct Entry {
    std::string key;
    RowVersion version;
  };
  struct Shard {
    mutable base::Mutex mutex;
    std::list<Entry> recent PHENIX_GUARDED_BY(mutex);  // most recently used first
    std::unordered_map<base::ByteView, std::list<Entry>::iterator, KeyHash> entries
        PHENIX_GUARDED_BY(mutex);
    std::uint64_t bytes PHENIX_GUARDED_BY(mutex) = 0;
    CommitTimestamp applied PHENIX_GUARDED_BY(mutex);
  };
  static constexpr std::size_t kShards = 64;

  Shard& ShardOf(base::ByteView key);
  void Insert(Shard& shard, base::ByteView key, const RowVersion& version)
      PHENIX_REQUIRES(shard.mutex);

  const std::uint64_t shard_capacity_bytes_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> hits_{0};
  std::atomic<std::uint64_t> misses_{0};
};

}  // namespace phenix::transaction

#endif  // TRANSACTION_HEAD_CACHE_H_
