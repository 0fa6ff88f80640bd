#include "tests/isolation/simulated_engine.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace phenix::isolation {
namespace {

constexpr std::size_t kListCount = 4;
constexpr std::size_t kEntityCount = 6;
constexpr std::size_t kOperationsMax = 5;
constexpr std::size_t kStalenessMax = 6;  // Commits that a stale snapshot may lack.
constexpr Element kValueMax = 9;

/// The writes a read sees, oldest first.
using VisibleWrites = std::vector<const Operation*>;

/// Folds writes into the whole database, in the plainest way.
struct Picture {
  std::map<std::string, std::vector<Element>> lists;
  std::map<std::string, Element> registers;
  std::map<std::string, std::vector<float>> vectors;
  std::set<std::pair<std::string, std::string>> edges;

  explicit Picture(const VisibleWrites& writes) {
    for (const Operation* write : writes) {
      std::visit([this](const auto& op) { Take(op); }, *write);
    }
  }

  void Take(const Append& op) { lists[op.key].push_back(op.element); }
  void Take(const Write& op) {
    if (op.value.has_value()) {
      registers[op.key] = *op.value;
      return;
    }
    registers.erase(op.key);
    vectors.erase(op.key);
    std::erase_if(edges, [&](const auto& e) { return e.first == op.key || e.second == op.key; });
  }
  void Take(const PutVector& op) { vectors[op.key] = op.vector; }
  void Take(const PutEdge& op) { edges.emplace(op.source, op.target); }
  void Take(const RemoveEdge& op) { edges.erase({op.source, op.target}); }
  template <typename Kind>
  void Take(const Kind&) {}

  void Answer(ReadList& op) { op.observed = lists[op.key]; }
  void Answer(Read& op) {
    op.observed = registers.contains(op.key) ? std::optional(registers[op.key]) : std::nullopt;
  }
  void Answer(PredicateRead& op) {
    op.observed.clear();
    for (const auto& [key, value] : registers) {
      const bool matches = key.starts_with(op.prefix) && value >= op.low && value <= op.high;
      if (matches) op.observed.push_back(key);
    }
  }
  void Answer(ListOut& op) {
    op.observed.clear();
    for (const auto& [source, target] : edges) {
      if (source == op.source) op.observed.push_back(target);
    }
  }
  void Answer(ListIn& op) {
    op.observed.clear();
    for (const auto& [source, target] : edges) {
      if (target == op.target) op.observed.push_back(source);
    }
  }
  void Answer(Nearest& op) {
    const auto distance = [&](const std::string& key) {
      const float x = vectors[key][0] - op.query[0];
      const float y = vectors[key][1] - op.query[1];
      return x * x + y * y;
    };
    op.observed.clear();
    for (const auto& [key, vector] : vectors) op.observed.push_back(key);
    std::sort(op.observed.begin(), op.observed.end(), [&](const auto& a, const auto& b) {
      return std::pair(distance(a), a) < std::pair(distance(b), b);
    });
    if (op.observed.size() > op.count_max) op.observed.resize(op.count_max);
  }
  template <typename Kind>
  void Answer(Kind&) {}
};

/// Names of what a write changes; two transactions that share one conflict.
std::string Unit(const Operation& write) {
  const auto name = [](const auto& op) -> std::string {
    using Kind = std::decay_t<decltype(op)>;
    if constexpr (std::is_same_v<Kind, PutEdge> || std::is_same_v<Kind, RemoveEdge>) {
      return op.source + ">" + op.target;
    } else if constexpr (std::is_same_v<Kind, Append> || std::is_same_v<Kind, Write> ||
                         std::is_same_v<Kind, PutVector>) {
      return op.key;
    } else {
      return {};
    }
  };
  return std::visit(name, write);
}

std::set<std::string> UnitsOf(const Transaction& transaction) {
  std::set<std::string> units;
  for (const Operation& operation : transaction.operations) {
    if (IsWrite(operation)) units.insert(Unit(operation));
  }
  return units;
}

struct Commit {
  Timestamp at = 0;
  std::vector<Operation> writes;
};

struct Running {
  Transaction transaction;
  std::size_t operations_left = 0;
};

class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options)
      : options_(options), random_(options.seed), running_(options.session_count) {}

  History Run() {
    while (history_.transactions.size() < options_.transaction_count) {
      Step(Below(options_.session_count));
    }
    ReadEveryList();
    return std::move(history_);
  }

 private:
  std::size_t Below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }

  void Step(std::size_t session) {
    std::optional<Running>& running = running_[session];
    if (!running) {
      running.emplace();
      Begin(session, *running);
    } else if (running->operations_left > 0) {
      --running->operations_left;
      Perform(running->transaction);
    } else {
      End(running->transaction);
      running.reset();
    }
  }

  void Begin(std::size_t session, Running& running) {
    running.operations_left = 1 + Below(kOperationsMax);
    running.transaction.session = session;
    running.transaction.invoked = Moment(++clock_);
    std::size_t visible = commits_.size();
    if (options_.fault == Fault::kStaleSnapshot) {
      visible -= std::min(visible, Below(kStalenessMax + 1));
    }
    running.transaction.snapshot = visible == 0 ? 0 : commits_[visible - 1].at;
  }

  [[nodiscard]] VisibleWrites CommittedUpTo(Timestamp snapshot) const {
    VisibleWrites writes;
    for (const Commit& commit : commits_) {
      if (commit.at > snapshot) break;
      for (const Operation& write : commit.writes) writes.push_back(&write);
    }
    return writes;
  }

  [[nodiscard]] VisibleWrites SeenBy(const Transaction& transaction) const {
    const bool latest =
        options_.fault == Fault::kReadsLatest || options_.fault == Fault::kReadsUncommitted;
    VisibleWrites writes =
        CommittedUpTo(latest ? std::numeric_limits<Timestamp>::max() : *transaction.snapshot);
    if (options_.fault == Fault::kReadsUncommitted) {
      for (const std::optional<Running>& other : running_) {
        if (other && &other->transaction != &transaction) AddWrites(other->transaction, writes);
      }
    }
    AddWrites(transaction, writes);
    return writes;
  }

  static void AddWrites(const Transaction& transaction, VisibleWrites& writes) {
    for (const Operation& operation : transaction.operations) {
      if (IsWrite(operation)) writes.push_back(&operation);
    }
  }

  void Perform(Transaction& transaction) {
    Picture picture(SeenBy(transaction));
    Operation operation =
        options_.mix == Mix::kLists ? RandomListOperation() : RandomEntityOperation(picture);
    std::visit([&picture](auto& op) { picture.Answer(op); }, operation);
    transaction.operations.push_back(std::move(operation));
  }

  Operation RandomListOperation() {
    const std::string key = "l" + std::to_string(Below(kListCount));
    if (Below(2) == 0) return ReadList{key, {}};
    return Append{key, ++last_element_};
  }

  std::string RandomEntity() { return "e" + std::to_string(Below(kEntityCount)); }
  float RandomCoordinate() { return static_cast<float>(Below(100)); }
  Element RandomValue() { return static_cast<Element>(Below(static_cast<std::size_t>(kValueMax))); }

  Operation RandomEntityOperation(const Picture& picture) {
    const std::string entity = RandomEntity();
    const std::string other = RandomEntity();
    const bool exists = picture.registers.contains(entity);
    switch (Below(10)) {
      case 0:
        return Read{entity, {}};
      case 1:
        return PredicateRead{"e", RandomValue(), kValueMax, {}};
      case 2:
        return ListOut{entity, {}};
      case 3:
        return ListIn{entity, {}};
      case 4:
        return Nearest{{RandomCoordinate(), RandomCoordinate()}, 1 + Below(kEntityCount), {}};
      case 5:
        if (exists) return Write{entity, std::nullopt};
        break;
      case 6:
        if (exists) return PutVector{entity, {RandomCoordinate(), RandomCoordinate()}};
        break;
      case 7:
        if (picture.edges.contains({entity, other})) return RemoveEdge{entity, other};
        break;
      case 8:
        if (exists && picture.registers.contains(other)) return PutEdge{entity, other};
        break;
      default:
        break;
    }
    return Write{entity, RandomValue()};
  }

  void End(Transaction& transaction) {
    const bool gives_up = Below(10) == 0;
    const bool commits = !gives_up && MayCommit(transaction);
    transaction.outcome = commits ? Outcome::kCommitted : Outcome::kAborted;
    const bool applies = commits || options_.fault == Fault::kKeepsAborted;
    if (HasWrites(transaction) && applies) {
      Apply(transaction);
      if (commits) transaction.commit = timestamp_;
    }
    transaction.responded = Moment(++clock_);
    history_.transactions.push_back(std::move(transaction));
  }

  void Apply(const Transaction& transaction) {
    Commit commit;
    commit.at = ++timestamp_;
    for (const Operation& operation : transaction.operations) {
      if (IsWrite(operation)) commit.writes.push_back(operation);
    }
    if (options_.fault == Fault::kLosesWrites) commit.writes.pop_back();
    commits_.push_back(std::move(commit));
  }

  bool MayCommit(const Transaction& transaction) {
    if (!HasWrites(transaction)) return true;
    if (options_.fault != Fault::kNoConflictCheck && Conflicts(transaction)) return false;
    if (!EdgesKeepTheirEnds(transaction) || AnEndWasDeleted(transaction)) return false;
    return options_.level != Level::kSerializable || options_.fault == Fault::kNoReadValidation ||
           ReadsStillHold(transaction);
  }

  [[nodiscard]] bool Conflicts(const Transaction& transaction) const {
    const std::set<std::string> units = UnitsOf(transaction);
    return std::any_of(commits_.begin(), commits_.end(), [&](const Commit& commit) {
      return commit.at > *transaction.snapshot &&
             std::any_of(commit.writes.begin(), commit.writes.end(),
                         [&](const Operation& write) { return units.contains(Unit(write)); });
    });
  }

  [[nodiscard]] bool EdgesKeepTheirEnds(const Transaction& transaction) const {
    VisibleWrites writes = CommittedUpTo(timestamp_);
    AddWrites(transaction, writes);
    const Picture after(writes);
    return std::all_of(after.edges.begin(), after.edges.end(), [&](const auto& edge) {
      return after.registers.contains(edge.first) && after.registers.contains(edge.second);
    });
  }

  /// True when somebody deleted, since the snapshot, what the transaction put an edge from or to.
  [[nodiscard]] bool AnEndWasDeleted(const Transaction& transaction) const {
    std::set<std::string> ends;
    for (const Operation& operation : transaction.operations) {
      const auto* put = std::get_if<PutEdge>(&operation);
      if (put != nullptr) ends.insert({put->source, put->target});
    }
    return std::any_of(commits_.begin(), commits_.end(), [&](const Commit& commit) {
      return commit.at > *transaction.snapshot &&
             std::any_of(commit.writes.begin(), commit.writes.end(), [&](const Operation& write) {
               const auto* gone = std::get_if<Write>(&write);
               return gone != nullptr && !gone->value && ends.contains(gone->key);
             });
    });
  }

  [[nodiscard]] bool ReadsStillHold(const Transaction& transaction) const {
    Transaction again = transaction;
    again.operations.clear();
    for (const Operation& operation : transaction.operations) {
      VisibleWrites writes = CommittedUpTo(timestamp_);
      AddWrites(again, writes);
      Picture picture(writes);
      Operation answered = operation;
      std::visit([&picture](auto& op) { picture.Answer(op); }, answered);
      if (Describe(answered) != Describe(operation)) return false;
      again.operations.push_back(std::move(answered));
    }
    return true;
  }

  void ReadEveryList() {
    if (options_.mix != Mix::kLists) return;
    Transaction reader;
    reader.session = options_.session_count;
    reader.invoked = Moment(++clock_);
    reader.snapshot = timestamp_;
    Picture picture(CommittedUpTo(timestamp_));
    for (std::size_t i = 0; i < kListCount; ++i) {
      ReadList read{"l" + std::to_string(i), {}};
      picture.Answer(read);
      reader.operations.emplace_back(std::move(read));
    }
    reader.responded = Moment(++clock_);
    history_.transactions.push_back(std::move(reader));
  }

  const SimulationOptions& options_;
  std::mt19937_64 random_;
  std::vector<std::optional<Running>> running_;
  std::vector<Commit> commits_;
  History history_;
  std::int64_t clock_ = 0;
  Timestamp timestamp_ = 0;
  Element last_element_ = 0;
};

}  // namespace

History Simulate(const SimulationOptions& options) { return Simulation(options).Run(); }

}  // namespace phenix::isolation
