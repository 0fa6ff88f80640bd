#include "storage/rocks_version_reader.h"

#include <utility>

#include "base/assert.h"
#include "storage/rocks_status.h"
#include "storage/versioned_key.h"

namespace phenix::storage {
namespace {

constexpr std::size_t kIdleIteratorsPerFamilyMax = 16;

}  // namespace

Result<std::optional<VersionedValue>> RocksVersionReader::Find(rocksdb::DB& database,
                                                               rocksdb::ColumnFamilyHandle* handle,
                                                               ByteView user_key,
                                                               CommitTimestamp at) {
  thread_local std::string target;
  target.assign(user_key);
  AppendVersion(target, at);
  PHENIX_ASSIGN_OR_RETURN(Lease lease, Take(database, handle));
  rocksdb::Iterator& iterator = *lease.iterator;
  iterator.Seek(target);
  std::optional<VersionedValue> found;
  if (iterator.Valid()) {
    const ByteView key(iterator.key().data(), iterator.key().size());
    if (UserKeyOf(key) == user_key) found = {VersionOf(key), iterator.value().ToString()};
  } else if (!iterator.status().ok()) {
    return FromRocks(iterator.status(), "seek");
  }
  GiveBack(handle, std::move(lease));
  return found;
}

void RocksVersionReader::Forget() {
  generation_.fetch_add(1, std::memory_order_acq_rel);
  for (Shelf& shelf : shelves_) {
    std::vector<Lease> dropped;
    {
      const base::MutexLock lock(shelf.mutex);
      dropped.swap(shelf.idle);
    }
  }
}

Result<RocksVersionReader::Lease> RocksVersionReader::Take(rocksdb::DB& database,
                                                           rocksdb::ColumnFamilyHandle* handle) {
  Lease lease;
  const std::uint64_t generation = generation_.load(std::memory_order_acquire);
  {
    Shelf& shelf = shelves_[handle->GetID()];
    const base::MutexLock lock(shelf.mutex);
    if (!shelf.idle.empty()) {
      lease = std::move(shelf.idle.back());
      shelf.idle.pop_back();
    }
  }
  if (lease.iterator != nullptr && lease.generation == generation) {
    const rocksdb::Status status = lease.iterator->Refresh();
    if (!status.ok()) return FromRocks(status, "refresh");
    return lease;
  }
  rocksdb::ReadOptions options;
  options.prefix_same_as_start = true;
  lease.iterator.reset(database.NewIterator(options, handle));
  lease.generation = generation;
  return lease;
}

void RocksVersionReader::GiveBack(rocksdb::ColumnFamilyHandle* handle, Lease lease) {
  Shelf& shelf = shelves_[handle->GetID()];
  const base::MutexLock lock(shelf.mutex);
  // Checked under the lock that Forget() takes after it raised the generation: an old iterator is
  // either seen here or swept there.
  if (lease.generation != generation_.load(std::memory_order_acquire)) return;
  if (shelf.idle.size() >= kIdleIteratorsPerFamilyMax) return;
  shelf.idle.push_back(std::move(lease));
}

}  // namespace phenix::storage
