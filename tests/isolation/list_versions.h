// List versions: what a history of list appends says about the order of the versions of each list.
//
// A list that is only appended to tells its own past: whoever read [1 5 3] knows that 1 came before
// 5 and 5 before 3. The longest committed read of a key is its version order; every other read must
// be a prefix of it. Source:  Kingsbury and Alvaro, "Elle", VLDB 2020, sections 4 and 5. Limits:
// Append and ReadList operations only, others are ignored; aborted transactions' reads are
//          not judged. A transaction with unknown outcome counts as committed when somebody read
//          one of its elements, and as aborted otherwise.
#ifndef TESTS_ISOLATION_LIST_VERSIONS_H_
#define TESTS_ISOLATION_LIST_VERSIONS_H_

#include <cstddef>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/isolation/history.h"
#include "tests/isolation/verdict.h"

namespace phenix::isolation {

/// A read of one list without the reader's own appends.
struct ExternalRead {
  std::size_t transaction = 0;
  std::vector<Element> version;
  bool appends_later = false;  ///< The reader then appended to the same list.
};

struct AppendedElement {
  std::size_t transaction = 0;
  bool is_last = true;  ///< The writer's last append to this list.
};

/// Everything known of one list.
struct ListVersions {
  std::unordered_map<Element, AppendedElement> writers;
  std::vector<ExternalRead> reads;  ///< Of committed transactions.
  std::vector<Element> order;       ///< The longest version read by anyone.
  bool is_consistent = true;        ///< False when reads contradict each other.
};

struct InferredVersions {
  std::map<std::string, ListVersions> lists;
  std::vector<bool> is_committed;  ///< By transaction.
};

/// Infers the versions, adding to `verdict` what is wrong with the reads by themselves: G1a, G1b,
/// garbage, duplicates, own writes not seen, incompatible orders, lost updates.
/// Cost: O(elements of all reads).
InferredVersions InferListVersions(const History& history, Verdict& verdict);

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_LIST_VERSIONS_H_
