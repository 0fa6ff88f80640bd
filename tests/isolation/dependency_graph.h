// DependencyGraph: transactions, and which of them must come before which others and why.
//
// Threads:   one thread at a time. Transactions are named by their position in the history.
// Source:    strongly connected components after Tarjan, "Depth-first search and linear graph
//            algorithms", SIAM J. Comput. 1(2), 1972, without recursion.
// Cost:      components O(transactions + edges); a shortest path the same, per call.
#ifndef TESTS_ISOLATION_DEPENDENCY_GRAPH_H_
#define TESTS_ISOLATION_DEPENDENCY_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/isolation/history.h"

namespace phenix::isolation {

enum class Dependency : std::uint8_t {
  kWriteWrite,  ///< `from` wrote a version, `to` the next one.
  kWriteRead,   ///< `to` read the version that `from` wrote.
  kReadWrite,   ///< `from` read a version, `to` wrote the next one (anti-dependency).
  kSession,     ///< The same session ran `from` first.
  kRealTime,    ///< `from` was answered before `to` began.
};

struct Edge {
  std::size_t from = 0;
  std::size_t to = 0;
  Dependency dependency = Dependency::kWriteWrite;
  std::string key;                ///< Empty for session and real-time edges.
  std::optional<Element> first;   ///< The element written (ww, wr) or the last one read (rw).
  std::optional<Element> second;  ///< The element that follows it (ww, rw).
};

/// Why `edge` holds, as a sentence without its full stop.
std::string Describe(const Edge& edge);

/// Edge numbers of a path, in order.
using Path = std::vector<std::size_t>;

class DependencyGraph {
 public:
  explicit DependencyGraph(std::size_t transaction_count) : outgoing_(transaction_count) {}

  /// Edges from a transaction to itself are dropped.
  void Add(Edge edge);

  [[nodiscard]] std::size_t transaction_count() const { return outgoing_.size(); }
  [[nodiscard]] const std::vector<Edge>& edges() const { return edges_; }

  using EdgeFilter = std::function<bool(const Edge&)>;

  /// The component of each transaction over the edges that `permits`; a component of a single
  /// transaction has a number of its own.
  [[nodiscard]] std::vector<std::size_t> Components(const EdgeFilter& permits) const;

  /// As Components(), of the graph in which a cycle may not hold two adjacent anti-dependencies:
  /// entry 2 t is transaction t reached by another edge, 2 t + 1 reached by an anti-dependency.
  [[nodiscard]] std::vector<std::size_t> NonadjacentComponents(const EdgeFilter& permits) const;

  /// The shortest path from `from` to `to` over the edges that `permits`; nothing if there is none.
  [[nodiscard]] std::optional<Path> ShortestPath(std::size_t from, std::size_t to,
                                                 const EdgeFilter& permits) const;

  /// The shortest way back from the end of the anti-dependency `first` to its start, without two
  /// adjacent anti-dependencies in the whole cycle. The result begins with `first`.
  [[nodiscard]] std::optional<Path> NonadjacentCycle(std::size_t first,
                                                     const EdgeFilter& permits) const;

 private:
  std::vector<Edge> edges_;
  std::vector<std::vector<std::size_t>> outgoing_;  // Edge numbers by `from`.
};

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_DEPENDENCY_GRAPH_H_
