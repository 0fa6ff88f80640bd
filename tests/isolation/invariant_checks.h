// Invariant checks: rules that a workload keeps in every state, looked for in every snapshot read.
//
// These need neither timestamps nor unique values. They look at all transactions, also the aborted
// ones, since a snapshot must be whole even when its transaction fails later.
// Cost: O(n log n) in the operations of one transaction, summed.
#ifndef TESTS_ISOLATION_INVARIANT_CHECKS_H_
#define TESTS_ISOLATION_INVARIANT_CHECKS_H_

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "tests/isolation/history.h"
#include "tests/isolation/verdict.h"

namespace phenix::isolation {

/// How many snapshots a check could judge, so that a test can see that it was not blind.
struct InvariantVerdict {
  Verdict verdict;
  std::size_t snapshots_judged = 0;
};

/// Bank: whoever read all `accounts` (before writing them) must have seen the sum `total`.
InvariantVerdict CheckBank(const History& history, std::span<const std::string> accounts,
                           Element total);

/// Write skew pairs: whoever read both registers of a pair (before writing them) must have seen a
/// sum of at least `sum_min`. A breach is write skew and so reported.
InvariantVerdict CheckPairs(const History& history,
                            std::span<const std::pair<std::string, std::string>> pairs,
                            Element sum_min);

/// Edge mirror: within a transaction without writes, an edge seen from its source is seen from its
/// target and the other way round, and both ends exist, as far as the transaction looked.
InvariantVerdict CheckEdgeMirror(const History& history);

/// Vector visibility: between two writes of a transaction, a Nearest that found fewer than its
/// count_max and a PredicateRead over everything (low and high at the limits of Element) must have
/// found the same entities.
InvariantVerdict CheckVectorAgreement(const History& history);

/// Predicate: between two writes of a transaction, a PredicateRead must agree with each Read of a
/// key with its prefix.
InvariantVerdict CheckPredicateAgreement(const History& history);

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_INVARIANT_CHECKS_H_
