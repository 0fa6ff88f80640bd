#include "transaction/head_cache.h"

#include <algorithm>

namespace phenix::transaction {
namespace {

// List node, map node and control block of the shared row, as measured with glibc's allocator.
constexpr std::uint64_t kEntryOverheadBytes = 192;

std::uint64_t CostOf(base::ByteView key, const RowVersion& version) {
  return key.size() + version.bytes->size() + kEntryOverheadBytes;
}

}  // namespace

HeadCache::HeadCache(std::uint64_t capacity_bytes, CommitTimestamp applied)
    : shard_capacity_bytes_(capacity_bytes / kShards) {
  for (Shard& shard : shards_) {
    const base::MutexLock lock(shard.mutex);
    shard.applied = applied;
  }
}

HeadCache::Shard& HeadCache::ShardOf(base::ByteView key) {
  constexpr unsigned kHighBits = 40;
  return shards_[(base::HashBytes(key) >> kHighBits) % kShards];
}

RowVersion HeadCache::Get(base::ByteView user_key, CommitTimestamp at) {
  Shard& shard = ShardOf(user_key);
  {
    const base::MutexLock lock(shard.mutex);
    const auto found = shard.entries.find(user_key);
    if (found != shard.entries.end() && found->second->version.timestamp <= at) {
      if (found->second != shard.recent.begin()) {
        shard.recent.splice(shard.recent.begin(), shard.recent, found->second);
      }
      hits_.fetch_add(1, std::memory_order_relaxed);
      return found->second->version;
    }
  }
  misses_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

void HeadCache::Offer(base::ByteView user_key, const RowVersion& version, CommitTimestamp read_at) {
  Shard& shard = ShardOf(user_key);
  const base::MutexLock lock(shard.mutex);
  if (shard.applied > read_at || shard.entries.contains(user_key)) return;
  Insert(shard, user_key, version);
}

void HeadCache::Apply(base::ByteView user_key, const RowVersion& version) {
  Shard& shard = ShardOf(user_key);
  const base::MutexLock lock(shard.mutex);
  shard.applied = std::max(shard.applied, version.timestamp);
  const auto found = shard.entries.find(user_key);
  // What nobody reads need not be here: only reads insert.
  if (found == shard.entries.end()) return;
  shard.bytes -= CostOf(user_key, found->second->version);
  found->second->version = version;
  shard.bytes += CostOf(user_key, version);
}

void HeadCache::Insert(Shard& shard, base::ByteView key, const RowVersion& version) {
  const std::uint64_t cost = CostOf(key, version);
  if (cost > shard_capacity_bytes_) return;
  while (shard.bytes + cost > shard_capacity_bytes_ && !shard.recent.empty()) {
    const Entry& oldest = shard.recent.back();
    shard.bytes -= CostOf(oldest.key, oldest.version);
    shard.entries.erase(oldest.key);
    shard.recent.pop_back();
  }
  shard.recent.push_front({std::string(key), version});
  shard.entries.emplace(shard.recent.front().key, shard.recent.begin());
  shard.bytes += cost;
}

std::uint64_t HeadCache::size_bytes() const {
  std::uint64_t total = 0;
  for (const Shard& shard : shards_) {
    const base::MutexLock lock(shard.mutex);
    total += shard.bytes;
  }
  return total;
}

}  // namespace phenix::transaction
