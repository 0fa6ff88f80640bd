#include "tests/isolation/timestamp_replay.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "tests/isolation/replay_state.h"

namespace phenix::isolation {
namespace {

bool CommittedWrites(const Transaction& transaction) {
  return transaction.outcome == Outcome::kCommitted && HasWrites(transaction);
}

/// Observing what several entities or edges are together; a change there is a phantom.
bool IsPredicate(const Operation& operation) {
  return std::holds_alternative<PredicateRead>(operation) ||
         std::holds_alternative<ListOut>(operation) || std::holds_alternative<ListIn>(operation) ||
         std::holds_alternative<Nearest>(operation);
}

/// The edges a transaction put and did not remove again, itself or with one of their ends.
std::vector<PutEdge> EdgesLeftBy(const Transaction& transaction) {
  std::vector<PutEdge> left;
  for (const Operation& operation : transaction.operations) {
    if (const auto* put = std::get_if<PutEdge>(&operation)) left.push_back(*put);
    const auto* gone = std::get_if<RemoveEdge>(&operation);
    const auto* write = std::get_if<Write>(&operation);
    std::erase_if(left, [&](const PutEdge& edge) {
      if (gone != nullptr) return edge.source == gone->source && edge.target == gone->target;
      return write != nullptr && !write->value.has_value() &&
             (edge.source == write->key || edge.target == write->key);
    });
  }
  return left;
}

struct Event {
  enum class Kind : std::uint8_t { kCommit, kSnapshot };
  Timestamp at = 0;
  Kind kind = Kind::kCommit;
  std::size_t transaction = 0;
};

class TimestampReplay {
 public:
  TimestampReplay(const History& history, Level level) : history_(history), level_(level) {}

  Verdict Run() {
    CheckTimestamps();
    CheckRealTime();
    CollectAbortedElements();
    for (const Event& event : SortedEvents()) {
      if (event.kind == Event::Kind::kCommit) {
        ReplayCommit(event.transaction);
      } else {
        CheckReads(event.transaction);
      }
    }
    return std::move(verdict_);
  }

 private:
  void Report(Anomaly anomaly, std::size_t position, const std::string& what) {
    verdict_.Add(
        {anomaly, OrderNeeded::kNone, {position}, what + " in " + Describe(history_, position)});
  }

  void CheckTimestamps() {
    std::unordered_set<Timestamp> commits;
    for (std::size_t i = 0; i < history_.transactions.size(); ++i) {
      const Transaction& transaction = history_.transactions[i];
      const bool writes = HasWrites(transaction);
      if (transaction.outcome == Outcome::kUnknown && writes) {
        Report(Anomaly::kTimestampOrder, i, "the outcome is unknown");
      }
      if (!transaction.snapshot) Report(Anomaly::kTimestampOrder, i, "no snapshot timestamp");
      if (!CommittedWrites(transaction)) continue;
      if (!transaction.commit) {
        Report(Anomaly::kTimestampOrder, i, "no commit timestamp");
      } else if (!commits.insert(*transaction.commit).second) {
        Report(Anomaly::kTimestampOrder, i, "the commit timestamp was used before");
      } else if (transaction.snapshot && *transaction.commit <= *transaction.snapshot) {
        Report(Anomaly::kTimestampOrder, i, "commit is not after snapshot");
      }
    }
  }

  /// What was committed and answered before a transaction began must lie within its snapshot.
  void CheckRealTime() {
    std::vector<std::size_t> by_invoked;
    std::vector<std::size_t> by_responded;
    for (std::size_t i = 0; i < history_.transactions.size(); ++i) {
      const Transaction& transaction = history_.transactions[i];
      if (transaction.snapshot && transaction.snapshot_choice == SnapshotChoice::kLatest) {
        by_invoked.push_back(i);
      }
      if (CommittedWrites(transaction) && transaction.commit) by_responded.push_back(i);
    }
    const auto& all = history_.transactions;
    std::sort(by_invoked.begin(), by_invoked.end(),
              [&](std::size_t a, std::size_t b) { return all[a].invoked < all[b].invoked; });
    std::sort(by_responded.begin(), by_responded.end(),
              [&](std::size_t a, std::size_t b) { return all[a].responded < all[b].responded; });
    std::size_t next = 0;
    std::optional<std::size_t> newest;
    for (const std::size_t i : by_invoked) {
      for (; next < by_responded.size(); ++next) {
        const std::size_t done = by_responded[next];
        if (all[done].responded >= all[i].invoked) break;
        if (!newest || *all[done].commit > *all[*newest].commit) newest = done;
      }
      if (!newest || *all[*newest].commit <= *all[i].snapshot) continue;
      Report(Anomaly::kRealTimeOrder, i,
             "the snapshot lies before the commit of T" + std::to_string(*newest) +
                 ", which was answered earlier,");
    }
  }

  void CollectAbortedElements() {
    for (const Transaction& transaction : history_.transactions) {
      if (transaction.outcome != Outcome::kAborted) continue;
      for (const Operation& operation : transaction.operations) {
        if (const auto* append = std::get_if<Append>(&operation)) {
          aborted_.emplace(append->key, append->element);
        } else if (const auto* write = std::get_if<Write>(&operation); write && write->value) {
          aborted_.emplace(write->key, *write->value);
        }
      }
    }
  }

  [[nodiscard]] std::vector<Event> SortedEvents() const {
    std::vector<Event> events;
    for (std::size_t i = 0; i < history_.transactions.size(); ++i) {
      const Transaction& transaction = history_.transactions[i];
      if (transaction.snapshot) {
        events.push_back({*transaction.snapshot, Event::Kind::kSnapshot, i});
      }
      if (CommittedWrites(transaction) && transaction.commit) {
        events.push_back({*transaction.commit, Event::Kind::kCommit, i});
      }
    }
    std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
      return std::tie(a.at, a.kind, a.transaction) < std::tie(b.at, b.kind, b.transaction);
    });
    return events;
  }

  [[nodiscard]] bool SawAborted(const Operation& read, const Operation& expected) const {
    if (const auto* value = std::get_if<Read>(&read)) {
      return value->observed && aborted_.contains({value->key, *value->observed});
    }
    const auto* list = std::get_if<ReadList>(&read);
    if (list == nullptr) return false;
    const std::vector<Element>& right = std::get<ReadList>(expected).observed;
    return std::any_of(list->observed.begin(), list->observed.end(), [&](Element element) {
      return aborted_.contains({list->key, element}) &&
             std::find(right.begin(), right.end(), element) == right.end();
    });
  }

  void CheckReads(std::size_t position) {
    const std::span<const Operation> operations = history_.transactions[position].operations;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      if (IsWrite(operations[i])) continue;
      const Operation expected = state_.Answer(operations[i], operations.first(i));
      if (SameObservation(operations[i], expected)) continue;
      Report(SawAborted(operations[i], expected) ? Anomaly::kAbortedRead : Anomaly::kSnapshotRead,
             position,
             "\"" + Describe(operations[i]) + "\" should have been \"" + Describe(expected) + "\"");
    }
  }

  void ReplayCommit(std::size_t position) {
    const Transaction& transaction = history_.transactions[position];
    if (level_ == Level::kSerializable && transaction.level == Level::kSerializable) {
      CheckStillTrue(position);
    }
    CheckEnds(position);
    for (const Operation& operation : transaction.operations) {
      if (!IsWrite(operation)) continue;
      const std::optional<Timestamp> last = state_.LastChange(operation);
      if (last && transaction.snapshot && *last > *transaction.snapshot) {
        Report(Anomaly::kLostUpdate, position,
               "\"" + Describe(operation) + "\" overwrites a change committed after its snapshot");
      }
    }
    for (const Operation& operation : transaction.operations) {
      state_.Apply(operation, *transaction.commit);
    }
  }

  /// An edge that a transaction leaves behind must not name an entity that was deleted meanwhile.
  void CheckEnds(std::size_t position) {
    const Transaction& transaction = history_.transactions[position];
    if (!transaction.snapshot) return;
    std::set<std::string> own;
    for (const Operation& operation : transaction.operations) {
      if (const auto* write = std::get_if<Write>(&operation)) own.insert(write->key);
    }
    for (const PutEdge& edge : EdgesLeftBy(transaction)) {
      for (const std::string& end : {edge.source, edge.target}) {
        if (own.contains(end) || state_.HasLivedSince(end, *transaction.snapshot)) continue;
        Report(Anomaly::kDanglingEdge, position,
               "\"" + Describe(edge) + "\" was committed after " + end + " was deleted");
      }
    }
  }

  /// A serializable writer's reads must be true at its commit as well.
  void CheckStillTrue(std::size_t position) {
    const std::span<const Operation> operations = history_.transactions[position].operations;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      if (IsWrite(operations[i])) continue;
      const Operation at_commit = state_.Answer(operations[i], operations.first(i));
      if (SameObservation(operations[i], at_commit)) continue;
      Report(IsPredicate(operations[i]) ? Anomaly::kPhantom : Anomaly::kWriteSkew, position,
             "\"" + Describe(operations[i]) + "\" had become \"" + Describe(at_commit) +
                 "\" at the commit");
    }
  }

  const History& history_;
  const Level level_;
  ReplayState state_;
  std::set<std::pair<std::string, Element>> aborted_;
  Verdict verdict_;
};

}  // namespace

Verdict ReplayTimestamps(const History& history, Level level) {
  PHENIX_ASSERT(level != Level::kReadCommitted);
  return TimestampReplay(history, level).Run();
}

}  // namespace phenix::isolation
