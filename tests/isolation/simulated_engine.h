// SimulatedEngine: a slow, obvious multi-version database in one thread, right or wrong on demand.
//
// It interleaves random transactions of several sessions one operation at a time and records their
// history. Answers are computed by walking over every committed write from the beginning, so that
// it shares no code with the checkers. With a fault it makes one kind of mistake, always.
// Invariants: with Fault::kNone the history is snapshot isolated, or strictly serializable when so
//             asked, and its last transaction reads every list. The same seed gives the same
//             history.
// Threads:    one.
// Cost:       O(transactions^2) for a history; made for hundreds of transactions.
#ifndef TESTS_ISOLATION_SIMULATED_ENGINE_H_
#define TESTS_ISOLATION_SIMULATED_ENGINE_H_

#include <cstddef>
#include <cstdint>

#include "tests/isolation/history.h"
#include "tests/isolation/verdict.h"

namespace phenix::isolation {

enum class Fault : std::uint8_t {
  kNone,
  kNoConflictCheck,   ///< Commits although somebody else committed a change of the same thing.
  kNoReadValidation,  ///< Forgets the check that makes snapshot isolation serializable.
  kReadsLatest,       ///< Each read sees what is committed by then, not the snapshot.
  kReadsUncommitted,  ///< Each read also sees what others are about to commit or abort.
  kKeepsAborted,      ///< Aborted writes become visible as if committed.
  kStaleSnapshot,     ///< Snapshots lie behind what was answered before; timestamps say so.
  kLosesWrites,       ///< Commits leave out their last write.
};

/// What the random transactions do.
enum class Mix : std::uint8_t {
  kLists,     ///< Append and ReadList.
  kEntities,  ///< Registers, predicate reads, edges, vectors.
};

struct SimulationOptions {
  std::uint64_t seed = 1;
  Level level = Level::kSnapshot;
  Fault fault = Fault::kNone;
  Mix mix = Mix::kLists;
  std::size_t session_count = 5;  ///< 1 makes the history serial.
  std::size_t transaction_count = 200;
};

History Simulate(const SimulationOptions& options);

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_SIMULATED_ENGINE_H_
