// A file or directory of the fault disk: what programs see now, and what a power cut would leave.
// Threads: one at a time; the disk locks around it.
#ifndef SIM_FAULT_NODE_H_
#define SIM_FAULT_NODE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "io/random.h"
#include "sim/fault_file_system.h"

namespace phenix::sim {

using base::ByteView;

/// A file's bytes.
class FaultContent {
 public:
  [[nodiscard]] const std::string& visible() const { return visible_; }
  void Append(ByteView bytes);
  void Truncate(std::size_t size_bytes);
  /// All changes so far survive.
  void MakeDurable();
  /// All changes so far are lost with the power, however often MakeDurable() is called.
  void DoomUnsynced() { unsynced_.clear(); }
  /// Visible and durable become what survived.
  void LosePower(Survival survival, io::RandomSource& random);

 private:
  struct Change {
    std::size_t offset;                // where the bytes go, or the size to cut to
    std::optional<std::string> bytes;  // nullopt: a cut
  };
  static void ApplyTo(std::string& content, const Change& change);
  static void KeepPrefix(std::string& content, const std::vector<Change>& changes,
                         io::RandomSource& random);
  static void KeepSectors(std::string& content, const std::vector<Change>& changes,
                          io::RandomSource& random);

  std::string visible_;
  std::string durable_;
  std::vector<Change> unsynced_;
};

struct FaultNode;
using NodePointer = std::shared_ptr<FaultNode>;  // shared by names (hard links) and open files

/// A directory's names.
class FaultNames {
 public:
  /// What one name becomes; nullptr: it is gone.
  struct Change {
    std::string name;
    NodePointer node;
  };
  [[nodiscard]] const std::map<std::string, NodePointer>& visible() const { return visible_; }
  /// Several changes at once are atomic.
  void Apply(std::vector<Change> changes);
  void MakeDurable();
  void LosePower(Survival survival, io::RandomSource& random);

 private:
  static void ApplyTo(std::map<std::string, NodePointer>& names,
                      const std::vector<Change>& changes);

  std::map<std::string, NodePointer> visible_;
  std::map<std::string, NodePointer> durable_;
  std::vector<std::vector<Change>> unsynced_;
};

struct FaultNode {
  bool is_directory = false;
  FaultContent content;
  FaultNames names;
};

}  // namespace phenix::sim

#endif  // SIM_FAULT_NODE_H_
