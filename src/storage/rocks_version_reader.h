// Finds "the newest version at or before t" with one prefix seek, on iterators that are used again.
//
// Making a RocksDB iterator costs more than the seek. So idle iterators wait here, and Refresh()
// before each use moves them to the newest write. An idle iterator would keep flushed memtables and
// deleted files alive: Forget() is called after every flush, compaction and range deletion, and
// drops all of them.
//
// Threads:    any.
// Ownership:  borrows the database and handles; Forget() must run, and no Find() may be under way,
//             before they are closed.
#ifndef STORAGE_ROCKS_VERSION_READER_H_
#define STORAGE_ROCKS_VERSION_READER_H_

#include <rocksdb/db.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "base/thread_annotations.h"
#include "storage/kv_engine.h"

namespace phenix::storage {

class RocksVersionReader {
 public:
  Result<std::optional<VersionedValue>> Find(rocksdb::DB& database,
                                             rocksdb::ColumnFamilyHandle* handle, ByteView user_key,
                                             CommitTimestamp at);
  /// Drops all idle iterators; those in use are dropped when they come back.
  void Forget();

 private:
  struct Lease {
    std::unique_ptr<rocksdb::Iterator> iterator;
    std::uint64_t generation = 0;
  };
  struct Shelf {
    base::Mutex mutex;
    std::vector<Lease> idle PHENIX_GUARDED_BY(mutex);
  };
  Result<Lease> Take(rocksdb::DB& database, rocksdb::ColumnFamilyHandle* handle);
  void GiveBack(rocksdb::ColumnFamilyHandle* handle, Lease lease);

  std::atomic<std::uint64_t> generation_{0};
  std::array<Shelf, kFamilyCount> shelves_;
};

}  // namespace phenix::storage

#endif  // STORAGE_ROCKS_VERSION_READER_H_
