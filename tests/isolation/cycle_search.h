// Cycle search: names the cycles of a dependency graph after Adya.
//
// Whether a class of cycles exists is decided by strongly connected components, so nothing is
// missed; which one of a component is shown, and how G-single and G-nonadjacent are told apart, is
// decided by shortest paths from at most kStartsTriedMax edges of it.
// Source: Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from Experimental
//         Observations", VLDB 2020, section 6; Cerone and Gotsman, PODC 2016, theorem 4.
#ifndef TESTS_ISOLATION_CYCLE_SEARCH_H_
#define TESTS_ISOLATION_CYCLE_SEARCH_H_

#include <cstddef>

#include "tests/isolation/dependency_graph.h"
#include "tests/isolation/verdict.h"

namespace phenix::isolation {

inline constexpr std::size_t kStartsTriedMax = 500;

/// Adds one finding per component and class of cycle: G0, G1c, G-single or G-nonadjacent, G2-item.
/// Cycles that need session or real-time edges are looked for after those that do not.
void SearchCycles(const DependencyGraph& graph, Verdict& verdict);

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_CYCLE_SEARCH_H_
