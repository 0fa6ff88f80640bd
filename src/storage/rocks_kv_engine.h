// KvEngine over RocksDB: the production engine.
//
// Set so that one crash can never tear the families apart: the write-ahead log is off, all families
// flush as one unit (atomic_flush), and Open() refuses a RocksDB that would not do so. Versioned
// families carry filters over the user key, so a read of an absent key costs a few filter probes;
// vectors of kVector above a size live in blob files, out of the way of compaction.
//
// Invariants: memtables, index and filter blocks are charged to one cache of
//             RocksResources::memory_bytes; every byte goes through `file_system`.
// Threads:    any; Write() calls are ordered by RocksDB.
// Ownership:  borrows `file_system`; it must outlive the engine. Resources are shared by the
// engines
//             of all shards of one process, each of which keeps them alive.
// Errors:     as KvEngine; Open() also kUnavailable when another engine has the directory open.
// Not here:   when to flush and what a key means (transaction/).
// Warning:    a process that opened an engine must not fork() without exec: RocksDB's threads do
// not
//             exist in the child, and its first flush hangs.
#ifndef STORAGE_ROCKS_KV_ENGINE_H_
#define STORAGE_ROCKS_KV_ENGINE_H_

#include <memory>
#include <string>

#include "io/file_system.h"
#include "storage/kv_engine.h"

namespace phenix::storage {

/// What all engines of a process share: one block cache (memtables are charged to it), one write
/// buffer budget.
class RocksResources {
 public:
  /// `memory_bytes` bounds blocks, filters and memtables together; of it at most
  /// `write_buffer_bytes` are memtables (writes wait when they are full and the disk is behind).
  RocksResources(std::uint64_t memory_bytes, std::uint64_t write_buffer_bytes);
  ~RocksResources();
  RocksResources(const RocksResources&) = delete;
  RocksResources& operator=(const RocksResources&) = delete;

  struct Parts;
  [[nodiscard]] const Parts& parts() const { return *parts_; }

 private:
  std::unique_ptr<Parts> parts_;
};

struct RocksKvEngineOptions {
  std::string directory;  ///< Created if absent.
  /// nullptr: the real one.
  io::FileSystem* file_system = nullptr;
  /// nullptr: the engine gets its own of the two sizes below.
  std::shared_ptr<RocksResources> resources;
  std::uint64_t memory_bytes = 512ULL << 20U;
  std::uint64_t write_buffer_bytes = 192ULL << 20U;
  unsigned background_thread_count = 2;
  unsigned open_files_max = 1000;
  /// Values of kVector from this size on go to blob files.
  std::uint64_t blob_bytes_min = 256;
};

class RocksKvEngine final : public KvEngine {
 public:
  static Result<std::unique_ptr<RocksKvEngine>> Open(const RocksKvEngineOptions& options);
  /// Flushes what is in memory if it can, then closes.
  ~RocksKvEngine() override;

  Status Write(const KvBatch& batch) override;
  Result<std::optional<std::string>> Get(Family family, ByteView key) override;
  Result<std::optional<VersionedValue>> GetVersion(Family family, ByteView user_key,
                                                   CommitTimestamp at) override;
  std::unique_ptr<KvIterator> NewIterator(Family family, const IterateOptions& options) override;
  Status Flush() override;
  Status CheckpointTo(const std::string& directory) override;
  Status CompactRange(Family family, ByteView begin, ByteView end) override;
  KvStats Stats() override;

 private:
  struct Instance;
  explicit RocksKvEngine(std::unique_ptr<Instance> instance);

  std::unique_ptr<Instance> instance_;
};

}  // namespace phenix::storage

#endif  // STORAGE_ROCKS_KV_ENGINE_H_
