// What a MemoryKvEngine holds: per family an ordered map from key to the values it had, each with
// the number of the write that made it.
//
// Invariants: a list of changes is never empty and rises by number; while nothing is pinned, every
//             key has exactly one change, a value.
// Image:      "PXMEMKV1" (8 bytes), u64 entry count; per entry u8 family, length-prefixed key,
//             length-prefixed value; at the end u32 CRC-32C of all before it.
// Threads:    any; one mutex.
#ifndef STORAGE_MEMORY_CONTENT_H_
#define STORAGE_MEMORY_CONTENT_H_

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/thread_annotations.h"
#include "storage/kv_engine.h"

namespace phenix::storage {

/// Writes are numbered from 1; a pinned reader sees the changes with a number <= its own.
using WriteNumber = std::uint64_t;

class MemoryContent {
 public:
  struct Entry {
    std::string key;
    std::string value;
  };
  enum class Direction : std::uint8_t { kForward, kBackward };
  /// Where to look for the next entry.
  struct Step {
    Family family;
    Direction direction;
    std::optional<std::string> from;  ///< nullopt: from that end of the family.
    bool inclusive;                   ///< `from` itself may be the answer.
    WriteNumber at;
  };

  void Apply(const KvBatch& batch) PHENIX_EXCLUDES(mutex_);
  std::optional<std::string> Get(Family family, ByteView key) PHENIX_EXCLUDES(mutex_);
  /// The nearest entry that write `step.at`, pinned, sees.
  std::optional<Entry> Find(const Step& step) PHENIX_EXCLUDES(mutex_);
  /// The nearest entry now.
  std::optional<Entry> FindLatest(Step step) PHENIX_EXCLUDES(mutex_);

  /// Keeps what the last write left visible until Unpin() of the same number.
  WriteNumber Pin() PHENIX_EXCLUDES(mutex_);
  void Unpin(WriteNumber number) PHENIX_EXCLUDES(mutex_);

  std::string EncodeImage() PHENIX_EXCLUDES(mutex_);
  /// Adds the entries of an image. Errors: kCorruption.
  Status DecodeImage(ByteView image) PHENIX_EXCLUDES(mutex_);
  KvStats Stats() PHENIX_EXCLUDES(mutex_);

 private:
  struct Change {
    WriteNumber number;
    std::optional<std::string> value;  // nullopt: removed
  };
  using ChangeList = std::vector<Change>;
  using FamilyMap = std::map<std::string, ChangeList, std::less<>>;

  static const std::string* ValueAt(const ChangeList& changes, WriteNumber at);
  static std::optional<Entry> FindForward(const FamilyMap& map, const Step& step);
  static std::optional<Entry> FindBackward(const FamilyMap& map, const Step& step);
  void Record(Family family, ByteView key, std::optional<std::string> value)
      PHENIX_REQUIRES(mutex_);
  void RemoveRange(Family family, ByteView begin, ByteView end) PHENIX_REQUIRES(mutex_);
  void DropUnseenChanges() PHENIX_REQUIRES(mutex_);
  FamilyMap& map(Family family) PHENIX_REQUIRES(mutex_) {
    return families_[static_cast<std::size_t>(family)];
  }

  base::Mutex mutex_;
  std::array<FamilyMap, kFamilyCount> families_ PHENIX_GUARDED_BY(mutex_);
  WriteNumber last_write_ PHENIX_GUARDED_BY(mutex_) = 0;
  std::multiset<WriteNumber> pinned_ PHENIX_GUARDED_BY(mutex_);
  // Keys that got a change while something was pinned.
  std::vector<std::pair<Family, std::string>> changed_while_pinned_ PHENIX_GUARDED_BY(mutex_);
};

}  // namespace phenix::storage

#endif  // STORAGE_MEMORY_CONTENT_H_
