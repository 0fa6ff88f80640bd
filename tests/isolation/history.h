// History: what a set of concurrent transactions did and saw, as recorded from outside.
//
// A history is the only thing the checkers of this folder look at. It holds every transaction that
// was begun, also the aborted ones, with its operations in program order, the answers it got, how
// it ended, and when (on one monotonic clock) it began and was answered. Invariants: every element
// appended or written in one history is unique for its key; the checkers
//             say so when it is not. `invoked` <= `responded`.
// Threads:    plain values; one thread at a time.
#ifndef TESTS_ISOLATION_HISTORY_H_
#define TESTS_ISOLATION_HISTORY_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace phenix::isolation {

/// What is appended to a list or written to a register.
using Element = std::int64_t;
/// A snapshot or commit timestamp as the database reported it.
using Timestamp = std::uint64_t;
/// A moment of the monotonic clock; only the order of two moments means anything.
using Moment = std::chrono::nanoseconds;

/// Adds `element` at the end of the list `key`.
struct Append {
  std::string key;
  Element element = 0;
};
/// Reads the whole list `key`; a list nobody appended to is empty.
struct ReadList {
  std::string key;
  std::vector<Element> observed;
};
/// Sets the register (and entity) `key`; no value deletes the entity, its vector and its edges.
struct Write {
  std::string key;
  std::optional<Element> value;
};
struct Read {
  std::string key;
  std::optional<Element> observed;
};
/// The keys that start with `prefix` and whose register is in [low, high], ascending.
struct PredicateRead {
  std::string prefix;
  Element low = 0;
  Element high = 0;
  std::vector<std::string> observed;
};
struct PutEdge {
  std::string source;
  std::string target;
};
struct RemoveEdge {
  std::string source;
  std::string target;
};
/// The targets of the edges that leave `source`, ascending.
struct ListOut {
  std::string source;
  std::vector<std::string> observed;
};
/// The sources of the edges that reach `target`, ascending.
struct ListIn {
  std::string target;
  std::vector<std::string> observed;
};
/// Gives the entity `key` a vector.
struct PutVector {
  std::string key;
  std::vector<float> vector;
};
/// The `count_max` entities nearest to `query` (L2), nearest first, equals by key.
struct Nearest {
  std::vector<float> query;
  std::size_t count_max = 0;
  std::vector<std::string> observed;
};

using Operation = std::variant<Append, ReadList, Write, Read, PredicateRead, PutEdge, RemoveEdge,
                               ListOut, ListIn, PutVector, Nearest>;

/// True for operations that change the database when their transaction commits.
bool IsWrite(const Operation& operation);

enum class Outcome : std::uint8_t {
  kCommitted,
  kAborted,
  kUnknown,  ///< The commit was sent and its answer lost.
};

/// What a transaction was promised.
enum class Level : std::uint8_t { kReadCommitted, kSnapshot, kSerializable };

/// Which snapshot a transaction asked for.
enum class SnapshotChoice : std::uint8_t {
  kLatest,  ///< Everything that was answered before the transaction began.
  kAsOf,    ///< A timestamp of the past; exempt from real-time order.
};

struct Transaction {
  std::uint64_t session = 0;  ///< The thread or connection; its transactions follow each other.
  Moment invoked{};
  Moment responded{};
  Outcome outcome = Outcome::kCommitted;
  SnapshotChoice snapshot_choice = SnapshotChoice::kLatest;
  /// Its own level, where one history mixes them; a check at a lower level does not ask for more.
  Level level = Level::kSerializable;
  std::optional<Timestamp> snapshot;
  std::optional<Timestamp> commit;  ///< Absent for a transaction that wrote nothing.
  std::vector<Operation> operations;
};

/// True when any operation of the transaction is a write.
bool HasWrites(const Transaction& transaction);

struct History {
  std::vector<Transaction> transactions;
};

/// The number of operations of all transactions.
std::size_t OperationCount(const History& history);

/// "append x 5", "read y [1 2]"; lists longer than eight show their last eight.
std::string Describe(const Operation& operation);
/// "T7 (session 2, committed): append x 5; read y [1 2]".
std::string Describe(const History& history, std::size_t position);

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_HISTORY_H_
