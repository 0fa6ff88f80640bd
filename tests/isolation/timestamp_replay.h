// Timestamp replay: the white box check of a history whose timestamps are known.
//
// Each committed transaction has a snapshot S and a commit c. Applying the commits in the order of
// c gives the state at every timestamp, so that each read can be compared exactly with the state at
// S plus the transaction's own writes; with Level::kSerializable also with the state just before c.
// Source:  log-and-cluster design, history checking; Adya 1999 for the names of what is found.
// Limits:  every outcome must be known; a committed transaction that wrote must carry both
//          timestamps, a reader its snapshot. Anything else is reported as kTimestampOrder.
// Levels:  a transaction that asked for less than the history's level is held to its own.
// Cost:    O(n log n) in operations, besides predicate reads and searches (see ReplayState).
#ifndef TESTS_ISOLATION_TIMESTAMP_REPLAY_H_
#define TESTS_ISOLATION_TIMESTAMP_REPLAY_H_

#include "tests/isolation/history.h"
#include "tests/isolation/verdict.h"

namespace phenix::isolation {

/// Checks reads, the first-committer-wins rule, the order of timestamps and real-time order (what
/// was answered before a transaction began is in its snapshot). With kReadCommitted nothing of this
/// applies: asserts `level` is kSnapshot or kSerializable.
Verdict ReplayTimestamps(const History& history, Level level);

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_TIMESTAMP_REPLAY_H_
