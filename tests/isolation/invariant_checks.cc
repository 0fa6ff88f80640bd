#include "tests/isolation/invariant_checks.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace phenix::isolation {
namespace {

using KeySet = std::set<std::string>;

void Report(const History& history, std::size_t position, Anomaly anomaly, const std::string& what,
            InvariantVerdict& into) {
  into.verdict.Add(
      {anomaly, OrderNeeded::kNone, {position}, what + " in " + Describe(history, position)});
}

/// The register values a transaction read before it wrote them.
std::map<std::string, std::optional<Element>> ReadsBeforeWrites(const Transaction& transaction) {
  std::map<std::string, std::optional<Element>> reads;
  KeySet written;
  for (const Operation& operation : transaction.operations) {
    if (const auto* write = std::get_if<Write>(&operation)) written.insert(write->key);
    const auto* read = std::get_if<Read>(&operation);
    if (read != nullptr && !written.contains(read->key)) reads[read->key] = read->observed;
  }
  return reads;
}

/// The sum of `keys`, nothing when one was not read; an absent register counts as 0.
std::optional<Element> SumOf(const std::map<std::string, std::optional<Element>>& reads,
                             std::span<const std::string> keys) {
  Element sum = 0;
  for (const std::string& key : keys) {
    const auto found = reads.find(key);
    if (found == reads.end()) return std::nullopt;
    sum += found->second.value_or(0);
  }
  return sum;
}

/// What a transaction saw between two of its writes.
struct Glimpse {
  std::vector<const PredicateRead*> predicates;
  std::vector<const Nearest*> searches;
  std::vector<const Read*> reads;
};

std::vector<Glimpse> GlimpsesOf(const Transaction& transaction) {
  std::vector<Glimpse> glimpses(1);
  for (const Operation& operation : transaction.operations) {
    if (IsWrite(operation)) glimpses.emplace_back();
    Glimpse& glimpse = glimpses.back();
    if (const auto* found = std::get_if<PredicateRead>(&operation)) {
      glimpse.predicates.push_back(found);
    } else if (const auto* search = std::get_if<Nearest>(&operation)) {
      glimpse.searches.push_back(search);
    } else if (const auto* read = std::get_if<Read>(&operation)) {
      glimpse.reads.push_back(read);
    }
  }
  return glimpses;
}

bool CoversEverything(const PredicateRead& read) {
  return read.low == std::numeric_limits<Element>::min() &&
         read.high == std::numeric_limits<Element>::max();
}

bool Contains(const std::vector<std::string>& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// Compares each search that found everything there is with each predicate over everything.
void JudgeSearches(const History& history, std::size_t position, const Glimpse& glimpse,
                   InvariantVerdict& result) {
  for (const Nearest* search : glimpse.searches) {
    for (const PredicateRead* all : glimpse.predicates) {
      if (!CoversEverything(*all) || search->observed.size() >= search->count_max) continue;
      ++result.snapshots_judged;
      const KeySet found(search->observed.begin(), search->observed.end());
      if (found == KeySet(all->observed.begin(), all->observed.end())) continue;
      Report(history, position, Anomaly::kBrokenInvariant,
             "\"" + Describe(*search) + "\" and \"" + Describe(*all) + "\" differ", result);
    }
  }
}

/// Compares each predicate with each read of a key that it is about.
void JudgePredicates(const History& history, std::size_t position, const Glimpse& glimpse,
                     InvariantVerdict& result) {
  for (const PredicateRead* found : glimpse.predicates) {
    for (const Read* read : glimpse.reads) {
      if (!read->key.starts_with(found->prefix)) continue;
      ++result.snapshots_judged;
      const bool matches =
          read->observed && *read->observed >= found->low && *read->observed <= found->high;
      if (matches == Contains(found->observed, read->key)) continue;
      Report(history, position, Anomaly::kBrokenInvariant,
             "\"" + Describe(*read) + "\" and \"" + Describe(*found) + "\" disagree", result);
    }
  }
}

/// Everything one transaction saw of edges and of their ends.
struct EdgeView {
  std::map<std::string, KeySet> targets_of;
  std::map<std::string, KeySet> sources_of;
  std::map<std::string, bool> exists;

  explicit EdgeView(const Transaction& transaction) {
    for (const Operation& operation : transaction.operations) {
      if (const auto* out = std::get_if<ListOut>(&operation)) {
        targets_of[out->source].insert(out->observed.begin(), out->observed.end());
      } else if (const auto* in = std::get_if<ListIn>(&operation)) {
        sources_of[in->target].insert(in->observed.begin(), in->observed.end());
      } else if (const auto* read = std::get_if<Read>(&operation)) {
        exists[read->key] = read->observed.has_value();
      }
    }
  }

  [[nodiscard]] std::string WrongWith(const std::string& source, const std::string& target) const {
    for (const std::string& end : {source, target}) {
      const auto known = exists.find(end);
      if (known != exists.end() && !known->second) return end + " does not exist";
    }
    const auto out = targets_of.find(source);
    if (out != targets_of.end() && !out->second.contains(target)) return "the source lacks it";
    const auto in = sources_of.find(target);
    if (in != sources_of.end() && !in->second.contains(source)) return "the target lacks it";
    return {};
  }

  /// What is wrong with any edge seen; empty when nothing is.
  [[nodiscard]] std::string FirstWrong() const {
    for (const auto& [source, targets] : targets_of) {
      for (const std::string& target : targets) {
        const std::string wrong = WrongWith(source, target);
        if (!wrong.empty()) return "edge " + source + " to " + target + ": " + wrong;
      }
    }
    for (const auto& [target, sources] : sources_of) {
      for (const std::string& source : sources) {
        const std::string wrong = WrongWith(source, target);
        if (!wrong.empty()) return "edge " + source + " to " + target + ": " + wrong;
      }
    }
    return {};
  }
};

}  // namespace

InvariantVerdict CheckBank(const History& history, std::span<const std::string> accounts,
                           Element total) {
  InvariantVerdict result;
  for (std::size_t i = 0; i < history.transactions.size(); ++i) {
    const auto sum = SumOf(ReadsBeforeWrites(history.transactions[i]), accounts);
    if (!sum) continue;
    ++result.snapshots_judged;
    if (*sum == total) continue;
    Report(history, i, Anomaly::kBrokenInvariant,
           "the accounts hold " + std::to_string(*sum) + " instead of " + std::to_string(total),
           result);
  }
  return result;
}

InvariantVerdict CheckPairs(const History& history,
                            std::span<const std::pair<std::string, std::string>> pairs,
                            Element sum_min) {
  InvariantVerdict result;
  for (std::size_t i = 0; i < history.transactions.size(); ++i) {
    const auto reads = ReadsBeforeWrites(history.transactions[i]);
    for (const auto& [first, second] : pairs) {
      const std::vector<std::string> keys{first, second};
      const auto sum = SumOf(reads, keys);
      if (!sum) continue;
      ++result.snapshots_judged;
      if (*sum >= sum_min) continue;
      Report(history, i, Anomaly::kWriteSkew,
             first + " and " + second + " sum to " + std::to_string(*sum), result);
    }
  }
  return result;
}

InvariantVerdict CheckEdgeMirror(const History& history) {
  InvariantVerdict result;
  for (std::size_t i = 0; i < history.transactions.size(); ++i) {
    if (HasWrites(history.transactions[i])) continue;
    const EdgeView view(history.transactions[i]);
    if (view.targets_of.empty() && view.sources_of.empty()) continue;
    ++result.snapshots_judged;
    const std::string wrong = view.FirstWrong();
    if (!wrong.empty()) Report(history, i, Anomaly::kDanglingEdge, wrong, result);
  }
  return result;
}

InvariantVerdict CheckVectorAgreement(const History& history) {
  InvariantVerdict result;
  for (std::size_t i = 0; i < history.transactions.size(); ++i) {
    for (const Glimpse& glimpse : GlimpsesOf(history.transactions[i])) {
      JudgeSearches(history, i, glimpse, result);
    }
  }
  return result;
}

InvariantVerdict CheckPredicateAgreement(const History& history) {
  InvariantVerdict result;
  for (std::size_t i = 0; i < history.transactions.size(); ++i) {
    for (const Glimpse& glimpse : GlimpsesOf(history.transactions[i])) {
      JudgePredicates(history, i, glimpse, result);
    }
  }
  return result;
}

}  // namespace phenix::isolation
