#include "tests/isolation/history.h"

#include <algorithm>
#include <numeric>
#include <type_traits>

namespace phenix::isolation {
namespace {

constexpr std::size_t kItemsShownMax = 8;

std::string Text(const std::string& item) { return item; }
std::string Text(Element item) { return std::to_string(item); }

template <typename Item>
std::string Text(const std::vector<Item>& items) {
  const std::size_t hidden = items.size() > kItemsShownMax ? items.size() - kItemsShownMax : 0;
  std::string text = hidden > 0 ? "[(" + std::to_string(hidden) + " more)" : "[";
  for (std::size_t i = hidden; i < items.size(); ++i) {
    if (i > 0) text += ' ';
    text += Text(items[i]);
  }
  return text + "]";
}

std::string Text(const std::optional<Element>& value) {
  return value.has_value() ? std::to_string(*value) : "nothing";
}

struct Describer {
  std::string operator()(const Append& op) const {
    return "append " + op.key + " " + Text(op.element);
  }
  std::string operator()(const ReadList& op) const {
    return "read " + op.key + " " + Text(op.observed);
  }
  std::string operator()(const Write& op) const { return "write " + op.key + " " + Text(op.value); }
  std::string operator()(const Read& op) const {
    return "read " + op.key + " " + Text(op.observed);
  }
  std::string operator()(const PredicateRead& op) const {
    return "find " + op.prefix + "* in [" + Text(op.low) + ", " + Text(op.high) + "] " +
           Text(op.observed);
  }
  std::string operator()(const PutEdge& op) const {
    return "put edge " + op.source + " to " + op.target;
  }
  std::string operator()(const RemoveEdge& op) const {
    return "remove edge " + op.source + " to " + op.target;
  }
  std::string operator()(const ListOut& op) const {
    return "edges out of " + op.source + " " + Text(op.observed);
  }
  std::string operator()(const ListIn& op) const {
    return "edges into " + op.target + " " + Text(op.observed);
  }
  std::string operator()(const PutVector& op) const { return "put vector of " + op.key; }
  std::string operator()(const Nearest& op) const {
    return "nearest " + std::to_string(op.count_max) + " " + Text(op.observed);
  }
};

const char* OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kCommitted:
      return "committed";
    case Outcome::kAborted:
      return "aborted";
    case Outcome::kUnknown:
      return "outcome unknown";
  }
  return "?";
}

}  // namespace

bool IsWrite(const Operation& operation) {
  return std::holds_alternative<Append>(operation) || std::holds_alternative<Write>(operation) ||
         std::holds_alternative<PutEdge>(operation) ||
         std::holds_alternative<RemoveEdge>(operation) ||
         std::holds_alternative<PutVector>(operation);
}

bool HasWrites(const Transaction& transaction) {
  return std::any_of(transaction.operations.begin(), transaction.operations.end(), IsWrite);
}

std::size_t OperationCount(const History& history) {
  return std::accumulate(history.transactions.begin(), history.transactions.end(), std::size_t{0},
                         [](std::size_t count, const Transaction& transaction) {
                           return count + transaction.operations.size();
                         });
}

std::string Describe(const Operation& operation) { return std::visit(Describer{}, operation); }

std::string Describe(const History& history, std::size_t position) {
  const Transaction& transaction = history.transactions[position];
  std::string text = "T" + std::to_string(position) + " (session " +
                     std::to_string(transaction.session) + ", " + OutcomeName(transaction.outcome) +
                     "):";
  for (const Operation& operation : transaction.operations) text += " " + Describe(operation) + ";";
  text.back() = '.';
  return text;
}

}  // namespace phenix::isolation
