// A disk in memory that fails on request and forgets what was not synced when its power is cut.
//
// The model is the weakest that POSIX allows (cf. Pillai et al., "All File Systems Are Not Created
// Equal", OSDI 2014): a file's bytes survive if its Sync() returned OK after them; a name survives
// if SyncDirectory() of its directory returned OK after it was given. Of the rest, a seeded choice
// per file survives: nothing, a prefix of the writes cut at any byte, any subset of their 512-byte
// sectors in any order, or all; and per directory a prefix of its name changes. A rename inside one
// directory is atomic; one between two directories needs both synced.
// After a failed sync the file's unsynced bytes stay readable and are lost with the power, whatever
// later syncs answer (fsync failures as Linux has them).
//
// Threads:    any; one mutex.
// Ownership:  owns the content; files() lives as long as the disk. Files opened before a power cut
//             answer kIoError for ever.
#ifndef SIM_FAULT_FILE_SYSTEM_H_
#define SIM_FAULT_FILE_SYSTEM_H_

#include <cstdint>
#include <memory>
#include <string>

#include "io/file_system.h"

namespace phenix::sim {

enum class FaultKind : std::uint8_t {
  kReadError,   ///< ReadAt() answers kIoError.
  kWriteError,  ///< Append() writes nothing and answers kIoError.
  kShortWrite,  ///< Append() writes a part and answers kIoError.
  kSyncError,   ///< Sync() answers kIoError, and the unsynced bytes are doomed.
  kSyncLie,     ///< Sync() or SyncDirectory() answers OK and makes nothing durable.
  kNameError,   ///< Creating, renaming, linking, removing or SyncDirectory() answers kIoError.
};

/// The calls of one kind that fail.
struct FaultRule {
  FaultKind kind = FaultKind::kWriteError;
  std::string path_part;    ///< Only paths that contain it; empty: all.
  std::uint64_t skip = 0;   ///< So many matching calls still succeed.
  std::uint64_t count = 1;  ///< Then so many fail.
};

/// What of the unsynced state survives a power cut.
enum class Survival : std::uint8_t { kRandom, kNothing, kEverything };

class FaultDisk {
 public:
  explicit FaultDisk(std::uint64_t seed);
  ~FaultDisk();
  FaultDisk(const FaultDisk&) = delete;
  FaultDisk& operator=(const FaultDisk&) = delete;

  [[nodiscard]] io::FileSystem& files();

  void Inject(const FaultRule& rule);
  void ClearFaults();
  /// How many calls have failed by a rule or for lack of space.
  [[nodiscard]] std::uint64_t FaultCount() const;
  /// Appends that would make all files together larger write what fits and answer
  /// kResourceExhausted. UINT64_MAX: no limit.
  void LimitSpace(std::uint64_t bytes_max);

  /// From now on every call answers kIoError.
  void CutPower();
  /// The power goes with the `operations`-th changing call from now, which is not performed.
  void CutPowerAfter(std::uint64_t operations);
  [[nodiscard]] bool HasPower() const;
  /// Comes back with what survived; locks are free again. Cuts the power first if it is on.
  void RestorePower(Survival survival = Survival::kRandom);
  /// Changing calls so far: writes, syncs, names.
  [[nodiscard]] std::uint64_t OperationCount() const;

 private:
  class Disk;
  class Files;
  class Writer;
  class Reader;
  class HeldLock;

  // Shared with open files, which may outlive the disk's owner's interest in them.
  const std::shared_ptr<Disk> disk_;
  const std::unique_ptr<Files> files_;
};

}  // namespace phenix::sim

#endif  // SIM_FAULT_FILE_SYSTEM_H_
