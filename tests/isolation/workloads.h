// Workloads: what the random transactions of a history do, and what to check afterwards.
//
// Each workload aims at one promise: it keeps few keys busy so that transactions collide, reads in
// writers and in readers, and ends with a read of everything it touched.
// Threads: a Workload holds no state; its bodies run on any number of threads.
#ifndef TESTS_ISOLATION_WORKLOADS_H_
#define TESTS_ISOLATION_WORKLOADS_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "tests/isolation/workload_runner.h"

namespace phenix::isolation {

/// Reads of and appends to a handful of lists; the handful changes as the run goes on, so that
/// lists stay short. Checked by CheckListAppend and ReplayTimestamps.
Workload ListAppend(const RunOptions& options);

/// Pairs of lists: each transaction reads both and appends to one. The purest way to write skew.
Workload ListPairs(const RunOptions& options);

/// Pairs of registers, 1 and 1 at first: a transaction takes one away if both are there, else gives
/// one back. Checked by CheckPairs with a sum of at least 1.
Workload SkewPairs();
std::vector<std::pair<std::string, std::string>> SkewPairKeys();

/// Single reads and writes of a few registers. Checked by CheckRegisters.
Workload Registers();

/// Transfers between accounts, and reads of all of them. Checked by CheckBank.
Workload Bank();
std::vector<std::string> BankAccounts();
inline constexpr Element kBankTotal = 800;

/// Entities that come and go with edges between them, looked at from both ends. Checked by
/// CheckEdgeMirror.
Workload EdgeMirror();

/// Entities with vectors that come, move and go; searches in writers and readers. Checked by
/// CheckVectorAgreement.
Workload VectorVisibility();

/// Registers found by their values; some writers decide by what they found. Checked by
/// CheckPredicateAgreement.
Workload Predicate();

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_WORKLOADS_H_
