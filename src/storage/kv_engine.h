// The ordered key-value engine below everything: one atomic batch at a time, many families.
//
// Two implementations: RocksKvEngine (production) and MemoryKvEngine (an ordered map, for tests and
// the simulator). Both pass the same contract test.
//
// Versions:   keys of a versioned family end in 8 bytes, the big-endian complement of the commit
//             timestamp, so that newer versions sort first (storage/versioned_key.h). The user part
//             before them must be prefix-free (no user key is a prefix of another one).
// Threads:    every call from any thread; Write() calls are ordered one after another.
// Durability: Write() makes nothing durable. After Flush() returned OK, every Write() that returned
//             before Flush() was called survives a crash; writes after it survive as a whole prefix
//             in write order over all families, or not at all (RocksDB: atomic_flush).
// Errors:     kIoError, kResourceExhausted, kCorruption. After a failed background flush the engine
//             refuses writes with the same error until it is reopened.
#ifndef STORAGE_KV_ENGINE_H_
#define STORAGE_KV_ENGINE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/strong_id.h"
#include "phenix/status.h"

namespace phenix::storage {

using base::ByteView;

/// A key space of its own. The numbers are on disk: never change or reuse one.
enum class Family : std::uint8_t {
  kSystem = 0,   ///< Applied position, counters, identity. Not versioned.
  kSchema = 1,   ///< Collections and labels. Versioned.
  kEntity = 2,   ///< Documents by collection and entity id. Versioned.
  kOrdinal = 3,  ///< Ordinal ranges to entity ids. Not versioned.
  kVector =
      4,  ///< Vectors by collection, field and ordinal; values may live in blob files. Versioned.
  kEdgeOut = 5,   ///< Edges by source. Versioned.
  kEdgeIn = 6,    ///< Edges by target. Versioned.
  kUnique = 7,    ///< Owners of unique values. Versioned.
  kExpiry = 8,    ///< Entities by the time at which they expire. Not versioned.
  kFeed = 9,      ///< Changes by commit timestamp. Not versioned.
  kGarbage = 10,  ///< Keys with superseded versions, by commit timestamp. Not versioned.
};
inline constexpr std::size_t kFamilyCount = 11;
std::string_view FamilyName(Family family);
/// True when keys of the family end in a version suffix.
bool IsVersioned(Family family);

/// Changes that become visible together. Not thread-safe; reusable after Clear().
class KvBatch {
 public:
  enum class Kind : std::uint8_t { kPut = 0, kDelete = 1, kDeleteRange = 2 };
  struct Operation {
    Kind kind;
    Family family;
    std::uint32_t key_offset, key_size;      // into bytes()
    std::uint32_t value_offset, value_size;  // for kDeleteRange: the exclusive end key
  };
  void Put(Family family, ByteView key, ByteView value) { Add(Kind::kPut, family, key, value); }
  void Delete(Family family, ByteView key) { Add(Kind::kDelete, family, key, {}); }
  /// Removes keys in [begin, end).
  void DeleteRange(Family family, ByteView begin, ByteView end) {
    Add(Kind::kDeleteRange, family, begin, end);
  }
  void Clear() {
    bytes_.clear();
    operations_.clear();
  }
  [[nodiscard]] bool empty() const { return operations_.empty(); }
  [[nodiscard]] std::size_t size_bytes() const { return bytes_.size(); }
  [[nodiscard]] const std::vector<Operation>& operations() const { return operations_; }
  [[nodiscard]] ByteView key(const Operation& operation) const {
    return ByteView(bytes_).substr(operation.key_offset, operation.key_size);
  }
  [[nodiscard]] ByteView value(const Operation& operation) const {
    return ByteView(bytes_).substr(operation.value_offset, operation.value_size);
  }

 private:
  void Add(Kind kind, Family family, ByteView key, ByteView value) {
    const auto key_offset = static_cast<std::uint32_t>(bytes_.size());
    bytes_.append(key);
    bytes_.append(value);
    operations_.push_back({kind, family, key_offset, static_cast<std::uint32_t>(key.size()),
                           key_offset + static_cast<std::uint32_t>(key.size()),
                           static_cast<std::uint32_t>(value.size())});
  }
  std::string bytes_;  // below 4 GiB: a batch is bounded by the transaction limits
  std::vector<Operation> operations_;
};

/// A walk over one family as it was when the iterator was made. One thread at a time; must not
/// outlive its engine. key() and value() are valid until the next move.
class KvIterator {
 public:
  virtual ~KvIterator() = default;
  KvIterator() = default;
  KvIterator(const KvIterator&) = delete;
  KvIterator& operator=(const KvIterator&) = delete;

  /// To the first key >= `target`.
  virtual void Seek(ByteView target) = 0;
  /// To the last key <= `target`.
  virtual void SeekForPrev(ByteView target) = 0;
  virtual void SeekToFirst() = 0;
  virtual void SeekToLast() = 0;
  virtual void Next() = 0;
  virtual void Prev() = 0;
  [[nodiscard]] virtual bool Valid() const = 0;
  [[nodiscard]] virtual ByteView key() const = 0;
  [[nodiscard]] virtual ByteView value() const = 0;
  /// Why the walk ended early; OK at a real end.
  [[nodiscard]] virtual Status status() const = 0;
};

/// Bounds of a walk; empty = none. The bytes must stay alive as long as the iterator.
struct IterateOptions {
  ByteView lower_bound = {};  ///< inclusive
  ByteView upper_bound = {};  ///< exclusive
  /// Long scans should not push hot blocks out of the cache.
  bool fill_cache = true;
};

/// One version of a key.
struct VersionedValue {
  CommitTimestamp timestamp;
  std::string value;
};

struct KvStats {
  std::uint64_t disk_bytes = 0;
  std::uint64_t memtable_bytes = 0;
  std::uint64_t cache_bytes = 0;
  std::uint64_t cache_hits = 0;
  std::uint64_t cache_misses = 0;
  std::array<std::uint64_t, kFamilyCount> keys_estimated{};
};

class KvEngine {
 public:
  virtual ~KvEngine() = default;
  KvEngine() = default;
  KvEngine(const KvEngine&) = delete;
  KvEngine& operator=(const KvEngine&) = delete;

  virtual Status Write(const KvBatch& batch) = 0;
  /// The value of exactly `key`; nullopt if absent.
  virtual Result<std::optional<std::string>> Get(Family family, ByteView key) = 0;
  /// The newest version of `user_key` with timestamp <= `at`; nullopt if there is none. The family
  /// must be versioned. Cost: a bloom-filter probe when the key has no version at all.
  virtual Result<std::optional<VersionedValue>> GetVersion(Family family, ByteView user_key,
                                                           CommitTimestamp at) = 0;
  virtual std::unique_ptr<KvIterator> NewIterator(Family family, const IterateOptions& options) = 0;
  virtual Status Flush() = 0;
  /// Writes a consistent copy of everything written so far into `directory`, which must not exist
  /// (hard links where the file system can). Opens as an engine of its own.
  virtual Status CheckpointTo(const std::string& directory) = 0;
  /// Rewrites [begin, end) of a family without its deleted keys; gives space back.
  virtual Status CompactRange(Family family, ByteView begin, ByteView end) = 0;
  virtual KvStats Stats() = 0;
};

}  // namespace phenix::storage

#endif  // STORAGE_KV_ENGINE_H_
