#include "tests/isolation/list_versions.h"

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

namespace phenix::isolation {
namespace {

bool IsPrefix(const std::vector<Element>& prefix, const std::vector<Element>& list) {
  return prefix.size() <= list.size() && std::equal(prefix.begin(), prefix.end(), list.begin());
}

bool EndsWith(const std::vector<Element>& list, const std::vector<Element>& suffix) {
  return suffix.size() <= list.size() && std::equal(suffix.rbegin(), suffix.rend(), list.rbegin());
}

class VersionInference {
 public:
  VersionInference(const History& history, Verdict& verdict)
      : history_(history), verdict_(verdict) {}

  InferredVersions Run() {
    IndexWriters();
    ResolveOutcomes();
    for (std::size_t i = 0; i < history_.transactions.size(); ++i) {
      if (inferred_.is_committed[i]) CollectReads(i);
    }
    for (auto& [key, list] : inferred_.lists) {
      for (const ExternalRead& read : list.reads) CheckElements(key, list, read);
      InferOrder(key, list);
      FindLostUpdates(key, list);
    }
    return std::move(inferred_);
  }

 private:
  void Report(Anomaly anomaly, std::vector<std::size_t> transactions, std::string what) {
    for (const std::size_t position : transactions) {
      what += (position == transactions.front() ? " in " : " and ") + Describe(history_, position);
    }
    verdict_.Add({anomaly, OrderNeeded::kNone, std::move(transactions), std::move(what)});
  }

  void IndexWriters() {
    for (std::size_t i = 0; i < history_.transactions.size(); ++i) {
      std::map<std::string, Element> last_of;
      for (const Operation& operation : history_.transactions[i].operations) {
        const auto* append = std::get_if<Append>(&operation);
        if (append == nullptr) continue;
        auto& writers = inferred_.lists[append->key].writers;
        const auto [at, is_new] = writers.try_emplace(append->element, AppendedElement{i, true});
        if (!is_new) {
          Report(Anomaly::kDuplicateElement, {at->second.transaction, i},
                 std::to_string(append->element) + " is appended to " + append->key + " twice");
          continue;
        }
        const auto [last, is_first] = last_of.try_emplace(append->key, append->element);
        if (is_first) continue;
        writers[last->second].is_last = false;
        last->second = append->element;
      }
    }
  }

  /// A transaction whose outcome is unknown committed if anybody who committed saw its elements.
  void ResolveOutcomes() {
    auto& committed = inferred_.is_committed;
    committed.resize(history_.transactions.size());
    for (std::size_t i = 0; i < committed.size(); ++i) {
      committed[i] = history_.transactions[i].outcome == Outcome::kCommitted;
    }
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < committed.size(); ++i) {
      if (committed[i]) open.push_back(i);
    }
    while (!open.empty()) {
      const std::size_t reader = open.back();
      open.pop_back();
      for (const Operation& operation : history_.transactions[reader].operations) {
        const auto* read = std::get_if<ReadList>(&operation);
        if (read != nullptr) Resolve(*read, open);
      }
    }
  }

  void Resolve(const ReadList& read, std::vector<std::size_t>& open) {
    const auto& writers = inferred_.lists[read.key].writers;
    for (const Element element : read.observed) {
      const auto writer = writers.find(element);
      if (writer == writers.end()) continue;
      const std::size_t position = writer->second.transaction;
      if (inferred_.is_committed[position] ||
          history_.transactions[position].outcome != Outcome::kUnknown) {
        continue;
      }
      inferred_.is_committed[position] = true;
      open.push_back(position);
    }
  }

  /// Splits each read into the version read and the reader's own appends at its end.
  void CollectReads(std::size_t position) {
    std::map<std::string, std::vector<Element>> own;
    std::map<std::string, std::vector<std::size_t>> reads_of;  // Places in ListVersions::reads.
    for (const Operation& operation : history_.transactions[position].operations) {
      if (const auto* append = std::get_if<Append>(&operation)) {
        own[append->key].push_back(append->element);
        for (const std::size_t place : reads_of[append->key]) {
          inferred_.lists[append->key].reads[place].appends_later = true;
        }
        continue;
      }
      const auto* read = std::get_if<ReadList>(&operation);
      if (read == nullptr) continue;
      const std::vector<Element>& mine = own[read->key];
      if (!EndsWith(read->observed, mine)) {
        Report(Anomaly::kInternal, {position},
               "\"" + Describe(operation) + "\" lacks the transaction's own appends");
        continue;
      }
      ListVersions& list = inferred_.lists[read->key];
      reads_of[read->key].push_back(list.reads.size());
      const auto version_end =
          read->observed.end() - static_cast<std::vector<Element>::difference_type>(mine.size());
      list.reads.push_back({position, {read->observed.begin(), version_end}, false});
    }
  }

  void CheckElements(const std::string& key, const ListVersions& list, const ExternalRead& read) {
    std::unordered_set<Element> seen;
    for (const Element element : read.version) {
      if (!seen.insert(element).second) {
        Report(Anomaly::kDuplicateElement, {read.transaction},
               std::to_string(element) + " is in " + key + " twice");
      }
      const auto writer = list.writers.find(element);
      if (writer == list.writers.end()) {
        Report(Anomaly::kGarbageRead, {read.transaction},
               "nobody appended the " + std::to_string(element) + " of " + key);
      } else if (!inferred_.is_committed[writer->second.transaction]) {
        Report(Anomaly::kAbortedRead, {read.transaction, writer->second.transaction},
               "the " + std::to_string(element) + " of " + key + " was rolled back");
      }
    }
    if (read.version.empty()) return;
    const auto writer = list.writers.find(read.version.back());
    if (writer == list.writers.end() || writer->second.is_last ||
        writer->second.transaction == read.transaction) {
      return;
    }
    Report(Anomaly::kIntermediateRead, {read.transaction, writer->second.transaction},
           "the " + std::to_string(read.version.back()) + " of " + key +
               " is not the last its writer appended");
  }

  void InferOrder(const std::string& key, ListVersions& list) {
    const ExternalRead* longest = nullptr;
    for (const ExternalRead& read : list.reads) {
      if (longest == nullptr || read.version.size() > longest->version.size()) longest = &read;
    }
    if (longest == nullptr) return;
    list.order = longest->version;
    for (const ExternalRead& read : list.reads) {
      if (IsPrefix(read.version, list.order)) continue;
      list.is_consistent = false;
      Report(Anomaly::kIncompatibleOrder, {read.transaction, longest->transaction},
             "two reads of " + key + " contradict each other");
    }
  }

  /// Transactions that read the same version of a list and then both appended to it.
  void FindLostUpdates(const std::string& key, const ListVersions& list) {
    std::map<std::vector<Element>, std::set<std::size_t>> updaters;
    for (const ExternalRead& read : list.reads) {
      if (read.appends_later) updaters[read.version].insert(read.transaction);
    }
    for (const auto& [version, transactions] : updaters) {
      if (transactions.size() < 2) continue;
      Report(Anomaly::kLostUpdate, {transactions.begin(), transactions.end()},
             "all read the same version of " + key + " and appended to it");
    }
  }

  const History& history_;
  Verdict& verdict_;
  InferredVersions inferred_;
};

}  // namespace

InferredVersions InferListVersions(const History& history, Verdict& verdict) {
  return VersionInference(history, verdict).Run();
}

}  // namespace phenix::isolation
