// Removes versions that no reader can ask for any more.
//
// Whoever supersedes a version leaves its user key in a row of Family::kGarbage, under the
// timestamp of the commit that did it. Once that timestamp is at or below the safepoint (older than
// the retention and than every open snapshot), all versions of the key below the newest one that a
// reader at the safepoint sees are garbage; that newest one too if it is a tombstone.
//
// Row key:    u64 big-endian commit timestamp, u32 big-endian sequence.
// Row value:  per key u8 family, length-prefixed user key.
// Tombstone:  a version whose value starts with the byte 0, or is empty.
// Invariants: a tombstone is removed only together with, or after, every version below it; a row
//             goes only together with, or after, the versions it names. So a crash between calls
//             costs a repetition and nothing else.
// Threads:    one collector per engine at a time; readers and writers may go on, as long as reads
//             are at or above the safepoint and commits above it.
// Ownership:  borrows the engine.
#ifndef STORAGE_VERSION_COLLECTOR_H_
#define STORAGE_VERSION_COLLECTOR_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "storage/kv_engine.h"

namespace phenix::storage {

/// The key of a row of Family::kGarbage.
std::string GarbageKey(CommitTimestamp timestamp, std::uint32_t sequence);
/// Adds one key to the value of such a row.
void AppendGarbageEntry(std::string& row, Family family, ByteView user_key);

class VersionCollector {
 public:
  struct Collected {
    std::uint64_t keys = 0;      ///< User keys looked at.
    std::uint64_t versions = 0;  ///< Versions removed.
    std::uint64_t rows = 0;      ///< Garbage rows finished.
    bool done = false;           ///< Nothing at or below the safepoint is left.
  };

  explicit VersionCollector(KvEngine& engine) : engine_(engine) {}

  /// Works on garbage up to `safepoint`, which must not go back, oldest first, until about
  /// `budget_keys` (at least 1) keys and versions were touched. One batch, so all of it or nothing.
  /// Errors: kCorruption for a row that is not one; those of the engine.
  Result<Collected> CollectOnce(CommitTimestamp safepoint, std::uint64_t budget_keys);

 private:
  struct Round;
  Status CollectRow(Round& round, ByteView row_key, ByteView row);
  /// True when nothing of the key is left to do.
  Result<bool> CollectKey(Round& round, Family family, ByteView user_key);

  KvEngine& engine_;
  // No row before it is left; spares walking over what RocksDB keeps of removed rows.
  std::string resume_at_;
};

}  // namespace phenix::storage

#endif  // STORAGE_VERSION_COLLECTOR_H_
