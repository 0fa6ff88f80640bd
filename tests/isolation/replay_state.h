// ReplayState: the database as it should be at one timestamp, in the plainest form.
//
// Lists, registers (an entity exists when it has a register value or a vector), vectors and edges,
// with the commit timestamp of the last change of each.
// Invariants: every edge has both ends; deleting an entity deletes its vector and its edges.
// Threads:    one thread at a time.
// Cost:       a write is O(log n); a predicate read scans its prefix; nearest scans all vectors.
#ifndef TESTS_ISOLATION_REPLAY_STATE_H_
#define TESTS_ISOLATION_REPLAY_STATE_H_

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tests/isolation/history.h"

namespace phenix::isolation {

class ReplayState {
 public:
  /// Applies one write as of `commit`. An edge that lacks an end is left out; reads are ignored.
  void Apply(const Operation& operation, Timestamp commit);

  /// `read` with the answer that this state gives to a transaction which has already done
  /// `own_before`. Writes come back unchanged.
  [[nodiscard]] Operation Answer(const Operation& read,
                                 std::span<const Operation> own_before) const;

  /// When what `write` changes was changed last; nothing if never. That an edge was removed
  /// together with its end does not count.
  [[nodiscard]] std::optional<Timestamp> LastChange(const Operation& write) const;

  /// True when the entity `key` exists and has not been deleted since `snapshot`.
  [[nodiscard]] bool HasLivedSince(const std::string& key, Timestamp snapshot) const;

 private:
  using KeySet = std::set<std::string>;
  void ApplyWrite(const Write& write, Timestamp commit);
  void RemoveEdgesOf(const std::string& key);
  [[nodiscard]] bool Exists(const std::string& key) const;

  std::map<std::string, std::vector<Element>> lists_;
  std::map<std::string, Element> registers_;
  std::map<std::string, std::vector<float>> vectors_;
  std::map<std::string, KeySet> targets_of_;
  std::map<std::string, KeySet> sources_of_;
  std::map<std::string, Timestamp> last_change_;
  std::map<std::string, Timestamp> last_deletion_;
};

/// True when both are the same operation with the same observations.
bool SameObservation(const Operation& a, const Operation& b);

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_REPLAY_STATE_H_
