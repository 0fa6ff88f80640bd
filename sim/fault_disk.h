// The inside of FaultDisk: the tree of nodes, the power, the rules.
// Threads: Lock() first; everything else needs it.
#ifndef SIM_FAULT_DISK_H_
#define SIM_FAULT_DISK_H_

#include <set>
#include <string>
#include <vector>

#include "base/thread_annotations.h"
#include "sim/fault_file_system.h"
#include "sim/fault_node.h"

namespace phenix::sim {

class FaultDisk::Disk {
 public:
  explicit Disk(std::uint64_t seed);

  /// A directory and a name in it, there or not.
  struct Place {
    NodePointer directory;
    std::string name;
    [[nodiscard]] NodePointer node() const;
  };

  struct Power {
    bool on = true;
    std::uint64_t generation = 0;  // rises with every cut
    std::uint64_t cut_at_operation = UINT64_MAX;
  };

  base::Mutex& mutex() PHENIX_THREAD_ATTRIBUTE(lock_returned(mutex_)) { return mutex_; }

  /// Passes a reading call, or says why not.
  Status Read(const std::string& path) PHENIX_REQUIRES(mutex_);
  /// Counts a changing call; fails it without power or by a rule of that kind.
  Status Change(FaultKind kind, const std::string& path) PHENIX_REQUIRES(mutex_);
  /// True when a rule of `kind` takes this call.
  bool Takes(FaultKind kind, const std::string& path) PHENIX_REQUIRES(mutex_);
  /// Appends as much of `bytes` as rules and space allow.
  Status Append(FaultNode& node, const std::string& path, ByteView bytes) PHENIX_REQUIRES(mutex_);

  Result<Place> Find(const std::string& path) PHENIX_REQUIRES(mutex_);
  /// The node of that name; kNotFound.
  Result<NodePointer> Existing(const std::string& path) PHENIX_REQUIRES(mutex_);

  void LosePower(Survival survival) PHENIX_REQUIRES(mutex_);

  // Plain state of the disk; guarded by the mutex, named where it is used.
  Power power PHENIX_GUARDED_BY(mutex_);
  std::uint64_t operations PHENIX_GUARDED_BY(mutex_) = 0;
  std::uint64_t space_bytes_max PHENIX_GUARDED_BY(mutex_) = UINT64_MAX;
  std::uint64_t fault_count PHENIX_GUARDED_BY(mutex_) = 0;
  std::vector<FaultRule> rules PHENIX_GUARDED_BY(mutex_);
  std::set<std::string> locked PHENIX_GUARDED_BY(mutex_);

 private:
  [[nodiscard]] std::uint64_t UsedBytes() const PHENIX_REQUIRES(mutex_);
  void LosePowerBelow(FaultNode& node, Survival survival, std::set<const FaultNode*>& seen)
      PHENIX_REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  io::SeededRandom random_ PHENIX_GUARDED_BY(mutex_);
  const NodePointer root_;
};

}  // namespace phenix::sim

#endif  // SIM_FAULT_DISK_H_
