#include "tests/isolation/register_check.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace phenix::isolation {
namespace {

constexpr Moment kForever = Moment::max();
constexpr Moment kBeforeAll = Moment::min();

/// One value of one register: its write and the reads of it.
struct Cluster {
  std::optional<std::size_t> writer;  ///< Absent for "nothing", which was there before all.
  Moment write_invoked = kBeforeAll;
  Moment first_answer = kForever;
  Moment last_begin = kBeforeAll;
  std::vector<std::size_t> readers;

  void Cover(Moment invoked, Moment responded) {
    first_answer = std::min(first_answer, responded);
    last_begin = std::max(last_begin, invoked);
  }
  [[nodiscard]] bool IsForward() const { return first_answer < last_begin; }
  [[nodiscard]] std::size_t AnyTransaction() const { return writer ? *writer : readers.front(); }
};

using Register = std::map<std::optional<Element>, Cluster>;

class RegisterCheck {
 public:
  explicit RegisterCheck(const History& history) : history_(history) {}

  Verdict Run() {
    for (std::size_t i = 0; i < history_.transactions.size(); ++i) CollectWrite(i);
    for (std::size_t i = 0; i < history_.transactions.size(); ++i) CollectRead(i);
    for (const auto& [key, clusters] : registers_) CheckZones(clusters);
    return std::move(verdict_);
  }

 private:
  void Report(Anomaly anomaly, std::vector<std::size_t> transactions, std::string what) {
    for (const std::size_t position : transactions) what += " " + Describe(history_, position);
    verdict_.Add({anomaly, OrderNeeded::kRealTime, std::move(transactions), std::move(what)});
  }

  void CollectWrite(std::size_t position) {
    const Transaction& transaction = history_.transactions[position];
    if (transaction.operations.size() != 1) {
      Report(Anomaly::kGarbageRead, {position}, "not a single operation:");
      return;
    }
    const auto* write = std::get_if<Write>(&transaction.operations.front());
    if (write == nullptr || transaction.outcome == Outcome::kAborted) return;
    const auto [at, is_new] = registers_[write->key].try_emplace(write->value);
    if (!is_new || !write->value) {
      Report(Anomaly::kDuplicateElement, {position}, "a value that is not unique is written:");
      return;
    }
    at->second.writer = position;
    at->second.write_invoked = transaction.invoked;
    const bool is_answered = transaction.outcome == Outcome::kCommitted;
    at->second.Cover(transaction.invoked, is_answered ? transaction.responded : kForever);
  }

  void CollectRead(std::size_t position) {
    const Transaction& transaction = history_.transactions[position];
    if (transaction.operations.size() != 1) return;
    const auto* read = std::get_if<Read>(&transaction.operations.front());
    if (read == nullptr || transaction.outcome != Outcome::kCommitted) return;
    Register& clusters = registers_[read->key];
    if (read->observed && !clusters.contains(read->observed)) {
      Report(Anomaly::kGarbageRead, {position}, "no committed transaction wrote the value of");
      return;
    }
    Cluster& cluster = clusters[read->observed];
    if (!read->observed) cluster.first_answer = kBeforeAll;  // It was there before all.
    cluster.Cover(transaction.invoked, transaction.responded);
    cluster.readers.push_back(position);
    if (cluster.writer && transaction.responded < cluster.write_invoked) {
      Report(Anomaly::kNotLinearizable, {position, *cluster.writer},
             "the read was answered before its write began:");
    }
  }

  void CheckZones(const Register& clusters) {
    std::vector<const Cluster*> forward;
    for (const auto& [value, cluster] : clusters) {
      if (cluster.IsForward()) forward.push_back(&cluster);
    }
    std::sort(forward.begin(), forward.end(),
              [](const Cluster* a, const Cluster* b) { return a->first_answer < b->first_answer; });
    for (std::size_t i = 0; i + 1 < forward.size(); ++i) {
      if (forward[i + 1]->first_answer < forward[i]->last_begin)
        Conflict(*forward[i], *forward[i + 1]);
    }
    for (const auto& [value, cluster] : clusters) {
      if (!cluster.IsForward()) CheckBackward(forward, cluster);
    }
  }

  /// A backward zone must not lie within the forward zone that begins last before it.
  void CheckBackward(const std::vector<const Cluster*>& forward, const Cluster& cluster) {
    const auto after =
        std::upper_bound(forward.begin(), forward.end(), cluster.last_begin,
                         [](Moment at, const Cluster* zone) { return at <= zone->first_answer; });
    if (after == forward.begin()) return;
    const Cluster& zone = **(after - 1);
    if (cluster.first_answer < zone.last_begin) Conflict(zone, cluster);
  }

  void Conflict(const Cluster& a, const Cluster& b) {
    Report(Anomaly::kNotLinearizable, {a.AnyTransaction(), b.AnyTransaction()},
           "two values would have to be in the register at one time:");
  }

  const History& history_;
  std::map<std::string, Register> registers_;
  Verdict verdict_;
};

}  // namespace

Verdict CheckRegisters(const History& history) { return RegisterCheck(history).Run(); }

}  // namespace phenix::isolation
