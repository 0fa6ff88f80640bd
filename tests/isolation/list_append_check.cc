#include "tests/isolation/list_append_check.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "tests/isolation/cycle_search.h"
#include "tests/isolation/dependency_graph.h"
#include "tests/isolation/list_versions.h"

namespace phenix::isolation {
namespace {

/// The dependencies that one list proves.
class ListDependencies {
 public:
  ListDependencies(const std::string& key, const ListVersions& list,
                   const std::vector<bool>& is_committed, DependencyGraph& graph)
      : key_(key), list_(list), graph_(graph) {
    const std::unordered_set<Element> ordered(list.order.begin(), list.order.end());
    for (const auto& [element, writer] : list.writers) {
      if (!ordered.contains(element) && is_committed[writer.transaction]) {
        never_read_.push_back(element);
      }
    }
    std::sort(never_read_.begin(), never_read_.end());
  }

  void Add() {
    for (std::size_t i = 0; i + 1 < list_.order.size(); ++i) {
      AddEdge(Dependency::kWriteWrite, list_.order[i], list_.order[i + 1]);
    }
    for (const Element element : never_read_) {
      if (!list_.order.empty()) AddEdge(Dependency::kWriteWrite, list_.order.back(), element);
    }
    for (const ExternalRead& read : list_.reads) AddRead(read);
  }

 private:
  [[nodiscard]] std::optional<std::size_t> WriterOf(Element element) const {
    const auto found = list_.writers.find(element);
    if (found == list_.writers.end()) return std::nullopt;
    return found->second.transaction;
  }

  void AddEdge(Dependency dependency, Element first, Element second) {
    const auto from = WriterOf(first);
    const auto to = WriterOf(second);
    if (from && to) graph_.Add({*from, *to, dependency, key_, first, second});
  }

  void AddRead(const ExternalRead& read) {
    const std::size_t size = read.version.size();
    const auto last = size > 0 ? std::optional(read.version.back()) : std::nullopt;
    if (const auto writer = last ? WriterOf(*last) : std::nullopt) {
      graph_.Add({*writer, read.transaction, Dependency::kWriteRead, key_, last, std::nullopt});
    }
    if (size < list_.order.size()) {
      AddAntiDependency(read.transaction, last, list_.order[size]);
      return;
    }
    // What nobody read was appended after the longest version that anybody read.
    for (const Element element : never_read_) {
      AddAntiDependency(read.transaction, last, element);
    }
  }

  void AddAntiDependency(std::size_t reader, std::optional<Element> last, Element next) {
    const auto writer = WriterOf(next);
    if (writer) graph_.Add({reader, *writer, Dependency::kReadWrite, key_, last, next});
  }

  const std::string& key_;
  const ListVersions& list_;
  DependencyGraph& graph_;
  std::vector<Element> never_read_;
};

/// Adds session order and the least real-time edges that imply all others: from each transaction to
/// those that began after it was answered and before any of these was answered in turn.
class TransactionOrder {
 public:
  TransactionOrder(const History& history, const std::vector<bool>& is_committed,
                   DependencyGraph& graph)
      : history_(history), graph_(graph) {
    for (std::size_t i = 0; i < history.transactions.size(); ++i) {
      if (is_committed[i]) by_invoked_.push_back(i);
    }
    std::sort(by_invoked_.begin(), by_invoked_.end(), [this](std::size_t a, std::size_t b) {
      return history_.transactions[a].invoked < history_.transactions[b].invoked;
    });
  }

  void Add() {
    std::map<std::uint64_t, std::size_t> last_of_session;
    for (const std::size_t position : by_invoked_) {
      const Transaction& transaction = history_.transactions[position];
      if (transaction.snapshot_choice == SnapshotChoice::kAsOf) continue;
      const auto last = last_of_session.find(transaction.session);
      if (last != last_of_session.end()) {
        graph_.Add({last->second, position, Dependency::kSession, {}, {}, {}});
      }
      if (transaction.outcome != Outcome::kUnknown) last_of_session[transaction.session] = position;
      AdvanceTo(transaction.invoked);
      for (const std::size_t done : frontier_) {
        if (history_.transactions[done].session != transaction.session) {
          graph_.Add({done, position, Dependency::kRealTime, {}, {}, {}});
        }
      }
      running_.push_back(position);
    }
  }

 private:
  /// Moves what was answered before `now` from running to the frontier, in the order of the
  /// answers, and drops from the frontier what is implied by a transaction that began after it.
  void AdvanceTo(Moment now) {
    std::vector<std::size_t> done;
    std::erase_if(running_, [&](std::size_t position) {
      const Transaction& transaction = history_.transactions[position];
      if (transaction.outcome == Outcome::kUnknown || transaction.responded >= now) return false;
      done.push_back(position);
      return true;
    });
    for (const std::size_t position : done) {
      const Moment began = history_.transactions[position].invoked;
      std::erase_if(frontier_, [&](std::size_t earlier) {
        return history_.transactions[earlier].responded < began;
      });
    }
    frontier_.insert(frontier_.end(), done.begin(), done.end());
  }

  const History& history_;
  DependencyGraph& graph_;
  std::vector<std::size_t> by_invoked_;
  std::vector<std::size_t> running_;
  std::vector<std::size_t> frontier_;
};

}  // namespace

Verdict CheckListAppend(const History& history, OrderPromise promise) {
  Verdict verdict;
  const InferredVersions inferred = InferListVersions(history, verdict);
  DependencyGraph graph(history.transactions.size());
  for (const auto& [key, list] : inferred.lists) {
    if (list.is_consistent) ListDependencies(key, list, inferred.is_committed, graph).Add();
  }
  if (promise == OrderPromise::kRealTime) {
    TransactionOrder(history, inferred.is_committed, graph).Add();
  }
  SearchCycles(graph, verdict);
  return verdict;
}

}  // namespace phenix::isolation
