// Verdict: what a checker found in a history, in the words of Adya's thesis.
//
// Source:  Adya, "Weak Consistency: A Generalized Theory and Optimistic Implementations for
//          Distributed Transactions", MIT 1999, sections 3.2 and 4 (G0, G1, G-single, G2);
//          Cerone and Gotsman, "Analysing Snapshot Isolation", PODC 2016 (which cycles snapshot
//          isolation permits: only those with two adjacent anti-dependencies).
// Threads: plain values; one thread at a time.
#ifndef TESTS_ISOLATION_VERDICT_H_
#define TESTS_ISOLATION_VERDICT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/isolation/history.h"

namespace phenix::isolation {

enum class Anomaly : std::uint8_t {
  kDirtyWrite,           ///< G0: a cycle of writes that overwrite each other.
  kAbortedRead,          ///< G1a: read what an aborted transaction wrote.
  kIntermediateRead,     ///< G1b: read what its writer overwrote before it committed.
  kCircularInformation,  ///< G1c: a cycle of overwriting and reading.
  kGarbageRead,          ///< Read what no transaction wrote.
  kDuplicateElement,     ///< One element twice in a list, or appended twice.
  kIncompatibleOrder,    ///< Two reads of one list of which neither is a prefix of the other.
  kInternal,             ///< A transaction did not see its own writes.
  kLostUpdate,           ///< Two concurrent transactions changed the same thing; both committed.
  kReadSkew,             ///< G-single: a cycle with exactly one anti-dependency.
  kNonadjacent,          ///< G-nonadjacent: more anti-dependencies, no two of them adjacent.
  kWriteSkew,            ///< G2-item: two adjacent anti-dependencies.
  kPhantom,              ///< G2: as write skew, but through a predicate, a listing or a search.
  kSnapshotRead,         ///< A read differs from the state at the snapshot timestamp.
  kTimestampOrder,       ///< Missing, repeated or decreasing timestamps.
  kRealTimeOrder,        ///< A transaction did not see what was answered before it began.
  kDanglingEdge,         ///< An edge whose end is gone, or that only one end knows.
  kBrokenInvariant,      ///< The workload's own rule does not hold in one snapshot.
  kNotLinearizable,      ///< A register's reads and writes fit no order within their intervals.
};

inline constexpr std::size_t kAnomalyCount = 19;

/// The short name: "G1a", "lost-update", "snapshot-read".
std::string_view AnomalyName(Anomaly anomaly);

/// True when the isolation level allows the anomaly to happen.
bool IsPermitted(Level level, Anomaly anomaly);

/// Which order between transactions, besides what they read and wrote, a cycle needs.
enum class OrderNeeded : std::uint8_t { kNone, kSession, kRealTime };

struct Finding {
  Anomaly anomaly = Anomaly::kDirtyWrite;
  OrderNeeded order = OrderNeeded::kNone;
  std::vector<std::size_t> transactions;  ///< Their positions in the history.
  std::string explanation;                ///< Sentences for a person.
};

/// Counts every finding and keeps the first kFindingsKeptMax of each anomaly.
class Verdict {
 public:
  static constexpr std::size_t kFindingsKeptMax = 4;

  void Add(Finding finding);
  void Merge(const Verdict& other);

  [[nodiscard]] std::size_t Count(Anomaly anomaly) const;
  [[nodiscard]] bool Has(Anomaly anomaly) const { return Count(anomaly) > 0; }
  /// True when nothing was found at all.
  [[nodiscard]] bool IsClean() const { return counts_.empty(); }
  /// True when everything found is permitted by `level`.
  [[nodiscard]] bool Satisfies(Level level) const;
  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }
  /// "clean", or "G-single 2, lost-update 1" and the explanations on lines of their own.
  [[nodiscard]] std::string Summary() const;

 private:
  std::map<Anomaly, std::size_t> counts_;
  std::vector<Finding> findings_;
};

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_VERDICT_H_
