// The checkers against random histories: right ones pass, and ones made wrong are found.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/isolation/list_append_check.h"
#include "tests/isolation/simulated_engine.h"
#include "tests/isolation/timestamp_replay.h"

namespace phenix::isolation {
namespace {

constexpr std::uint64_t kSeedCount = 40;

SimulationOptions Options(std::uint64_t seed, Level level, Mix mix) {
  SimulationOptions options;
  options.seed = seed;
  options.level = level;
  options.mix = mix;
  return options;
}

/// What both checkers say; the black box one only for lists.
struct Judgement {
  Verdict white;
  Verdict black;
};
Judgement Judge(const History& history, Level level, Mix mix) {
  Judgement judgement{ReplayTimestamps(history, level), {}};
  if (mix == Mix::kLists) judgement.black = CheckListAppend(history, OrderPromise::kRealTime);
  return judgement;
}

struct Tally {
  std::size_t histories = 0;
  std::size_t transactions = 0;
  std::size_t with_write_skew = 0;
};

Tally ExpectSimulationsPass(Level level, Mix mix, std::size_t session_count) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= kSeedCount; ++seed) {
    SimulationOptions options = Options(seed, level, mix);
    options.session_count = session_count;
    const History history = Simulate(options);
    const Judgement judgement = Judge(history, level, mix);
    EXPECT_TRUE(judgement.white.IsClean()) << "seed " << seed << ": " << judgement.white.Summary();
    EXPECT_TRUE(judgement.black.Satisfies(level))
        << "seed " << seed << ": " << judgement.black.Summary();
    ++tally.histories;
    tally.transactions += history.transactions.size();
    if (judgement.black.Has(Anomaly::kWriteSkew)) ++tally.with_write_skew;
  }
  return tally;
}

TEST(Checkers, PassSerialHistories) {
  for (const Mix mix : {Mix::kLists, Mix::kEntities}) {
    const Tally tally = ExpectSimulationsPass(Level::kSerializable, mix, 1);
    std::printf("[ covered  ] %zu serial histories, %zu transactions: all pass\n", tally.histories,
                tally.transactions);
  }
}

TEST(Checkers, PassSerializableHistories) {
  for (const Mix mix : {Mix::kLists, Mix::kEntities}) {
    const Tally tally = ExpectSimulationsPass(Level::kSerializable, mix, 5);
    EXPECT_EQ(tally.with_write_skew, 0U);
    std::printf("[ covered  ] %zu serializable histories, %zu transactions: all pass\n",
                tally.histories, tally.transactions);
  }
}

TEST(Checkers, PassSnapshotHistoriesAndSeeTheirWriteSkew) {
  const Tally lists = ExpectSimulationsPass(Level::kSnapshot, Mix::kLists, 5);
  EXPECT_EQ(lists.with_write_skew, lists.histories);
  const Tally entities = ExpectSimulationsPass(Level::kSnapshot, Mix::kEntities, 5);
  std::printf(
      "[ covered  ] %zu snapshot histories, %zu transactions: all pass, %zu of %zu list "
      "histories show write skew\n",
      lists.histories + entities.histories, lists.transactions + entities.transactions,
      lists.with_write_skew, lists.histories);
}

// ---- Engines that always make one kind of mistake ----

struct FaultyEngine {
  const char* name;
  Fault fault;
  Level level;
  Mix mix;
};

constexpr FaultyEngine kFaultyEngines[] = {
    {"no conflict check", Fault::kNoConflictCheck, Level::kSnapshot, Mix::kLists},
    {"no conflict check", Fault::kNoConflictCheck, Level::kSnapshot, Mix::kEntities},
    {"no read validation", Fault::kNoReadValidation, Level::kSerializable, Mix::kLists},
    {"no read validation", Fault::kNoReadValidation, Level::kSerializable, Mix::kEntities},
    {"reads latest", Fault::kReadsLatest, Level::kSnapshot, Mix::kLists},
    {"reads latest", Fault::kReadsLatest, Level::kSnapshot, Mix::kEntities},
    {"reads uncommitted", Fault::kReadsUncommitted, Level::kSnapshot, Mix::kLists},
    {"reads uncommitted", Fault::kReadsUncommitted, Level::kSnapshot, Mix::kEntities},
    {"keeps aborted", Fault::kKeepsAborted, Level::kSnapshot, Mix::kLists},
    {"keeps aborted", Fault::kKeepsAborted, Level::kSnapshot, Mix::kEntities},
    {"stale snapshot", Fault::kStaleSnapshot, Level::kSnapshot, Mix::kLists},
    {"stale snapshot", Fault::kStaleSnapshot, Level::kSnapshot, Mix::kEntities},
    {"loses writes", Fault::kLosesWrites, Level::kSnapshot, Mix::kLists},
    {"loses writes", Fault::kLosesWrites, Level::kSnapshot, Mix::kEntities},
};

TEST(Checkers, FindEveryFaultOfAnEngineInEveryHistory) {
  for (const FaultyEngine& engine : kFaultyEngines) {
    std::size_t found_white = 0;
    std::size_t found_black = 0;
    for (std::uint64_t seed = 1; seed <= kSeedCount; ++seed) {
      SimulationOptions options = Options(seed, engine.level, engine.mix);
      options.fault = engine.fault;
      const Judgement judgement = Judge(Simulate(options), engine.level, engine.mix);
      if (!judgement.white.Satisfies(engine.level)) ++found_white;
      if (!judgement.black.Satisfies(engine.level)) ++found_black;
    }
    EXPECT_EQ(found_white, kSeedCount) << engine.name;
    if (engine.mix == Mix::kLists) {
      EXPECT_EQ(found_black, kSeedCount) << engine.name;
    }
    std::printf("[ covered  ] faulty engine (%s), %s: white box found it in %zu of %zu histories",
                engine.name, engine.mix == Mix::kLists ? "lists" : "entities", found_white,
                static_cast<std::size_t>(kSeedCount));
    if (engine.mix == Mix::kLists) std::printf(", black box in %zu", found_black);
    std::printf("\n");
  }
}

TEST(Checkers, NameTheFaultOfAnEngine) {
  const auto black = [](Fault fault, Level level) {
    SimulationOptions options = Options(1, level, Mix::kLists);
    options.fault = fault;
    return CheckListAppend(Simulate(options), OrderPromise::kRealTime);
  };
  EXPECT_TRUE(black(Fault::kNoConflictCheck, Level::kSnapshot).Has(Anomaly::kLostUpdate));
  EXPECT_TRUE(black(Fault::kNoReadValidation, Level::kSerializable).Has(Anomaly::kWriteSkew));
  EXPECT_TRUE(black(Fault::kReadsLatest, Level::kSnapshot).Has(Anomaly::kReadSkew));
  EXPECT_TRUE(black(Fault::kReadsUncommitted, Level::kSnapshot).Has(Anomaly::kAbortedRead));
  EXPECT_TRUE(black(Fault::kKeepsAborted, Level::kSnapshot).Has(Anomaly::kAbortedRead));
  EXPECT_TRUE(black(Fault::kStaleSnapshot, Level::kSnapshot).Has(Anomaly::kReadSkew));
}

// ---- One mistake in a history that is otherwise serial ----

using Random = std::mt19937_64;

/// A read of a list by a committed transaction that does not append to it.
struct ReadPlace {
  std::size_t transaction;
  std::size_t operation;
};

bool AppendsTo(const Transaction& transaction, const std::string& key) {
  return std::any_of(transaction.operations.begin(), transaction.operations.end(),
                     [&](const Operation& operation) {
                       const auto* append = std::get_if<Append>(&operation);
                       return append != nullptr && append->key == key;
                     });
}

ReadList& At(History& history, ReadPlace place) {
  return std::get<ReadList>(history.transactions[place.transaction].operations[place.operation]);
}

/// A random read of at least `size_min` elements, which is not the final one of all lists.
std::optional<ReadPlace> RandomRead(const History& history, std::size_t size_min, Random& random) {
  std::vector<ReadPlace> places;
  for (std::size_t t = 0; t + 1 < history.transactions.size(); ++t) {
    const Transaction& transaction = history.transactions[t];
    if (transaction.outcome != Outcome::kCommitted) continue;
    for (std::size_t o = 0; o < transaction.operations.size(); ++o) {
      const auto* read = std::get_if<ReadList>(&transaction.operations[o]);
      if (read == nullptr || read->observed.size() < size_min) continue;
      if (!AppendsTo(transaction, read->key)) places.push_back({t, o});
    }
  }
  if (places.empty()) return std::nullopt;
  return places[random() % places.size()];
}

std::ptrdiff_t Offset(std::size_t position) { return static_cast<std::ptrdiff_t>(position); }

bool SwapTwoElements(History& history, Random& random) {
  const auto place = RandomRead(history, 2, random);
  if (!place) return false;
  auto& seen = At(history, *place).observed;
  const std::size_t i = random() % (seen.size() - 1);
  std::swap(seen[i], seen[i + 1]);
  return true;
}
bool DropAnInnerElement(History& history, Random& random) {
  const auto place = RandomRead(history, 2, random);
  if (!place) return false;
  auto& seen = At(history, *place).observed;
  seen.erase(seen.begin() + Offset(random() % (seen.size() - 1)));
  return true;
}
bool ForgetTheEnd(History& history, Random& random) {
  const auto place = RandomRead(history, 1, random);
  if (!place) return false;
  auto& seen = At(history, *place).observed;
  seen.resize(random() % seen.size());
  return true;
}
bool RepeatAnElement(History& history, Random& random) {
  const auto place = RandomRead(history, 1, random);
  if (!place) return false;
  auto& seen = At(history, *place).observed;
  seen.push_back(seen[random() % seen.size()]);
  return true;
}
bool InventAnElement(History& history, Random& random) {
  const auto place = RandomRead(history, 0, random);
  if (!place) return false;
  At(history, *place).observed.push_back(-1);
  return true;
}
bool SeeTheFuture(History& history, Random& random) {
  const auto place = RandomRead(history, 0, random);
  if (!place) return false;
  ReadList& read = At(history, *place);
  for (const Operation& operation : history.transactions.back().operations) {
    const auto& final_read = std::get<ReadList>(operation);
    if (final_read.key != read.key) continue;
    if (final_read.observed.size() == read.observed.size()) return false;
    read.observed.push_back(final_read.observed[read.observed.size()]);
  }
  return true;
}
bool SeeWhatWasRolledBack(History& history, Random& random) {
  const auto place = RandomRead(history, 0, random);
  if (!place) return false;
  ReadList& read = At(history, *place);
  for (const Transaction& transaction : history.transactions) {
    if (transaction.outcome != Outcome::kAborted) continue;
    for (const Operation& operation : transaction.operations) {
      const auto* append = std::get_if<Append>(&operation);
      if (append == nullptr || append->key != read.key) continue;
      read.observed.push_back(append->element);
      return true;
    }
  }
  return false;
}
bool ForgetAnOwnAppend(History& history, Random& random) {
  for (std::size_t tries = 0; tries < 1000; ++tries) {
    Transaction& transaction = history.transactions[random() % history.transactions.size()];
    if (transaction.outcome != Outcome::kCommitted) continue;
    std::vector<std::string> appended;
    for (Operation& operation : transaction.operations) {
      if (const auto* append = std::get_if<Append>(&operation)) appended.push_back(append->key);
      auto* read = std::get_if<ReadList>(&operation);
      if (read == nullptr) continue;
      if (std::find(appended.begin(), appended.end(), read->key) == appended.end()) continue;
      read->observed.pop_back();
      return true;
    }
  }
  return false;
}
/// Says that a committed transaction, which others have read, was aborted.
bool DenyACommit(History& history, Random& random) {
  for (std::size_t tries = 0; tries < 1000; ++tries) {
    Transaction& transaction = history.transactions[random() % history.transactions.size()];
    if (!transaction.commit) continue;
    transaction.outcome = Outcome::kAborted;
    transaction.commit.reset();
    return true;
  }
  return false;
}
/// Says that an aborted transaction, whose appends nobody will see, was committed.
bool ClaimACommit(History& history, Random& random) {
  for (std::size_t tries = 0; tries < 1000; ++tries) {
    const std::size_t position = random() % history.transactions.size();
    Transaction& transaction = history.transactions[position];
    if (transaction.outcome != Outcome::kAborted || !HasWrites(transaction)) continue;
    transaction.outcome = Outcome::kCommitted;
    // Serial timestamps are 1, 2, 3, ...; make room for one in between.
    const Timestamp snapshot = *transaction.snapshot;
    for (Transaction& other : history.transactions) {
      if (other.commit && *other.commit > snapshot) ++*other.commit;
      if (&other > &transaction && other.snapshot) ++*other.snapshot;
    }
    transaction.commit = snapshot + 1;
    return true;
  }
  return false;
}

struct Mutation {
  const char* name;
  bool (*apply)(History&, Random&);
};

constexpr Mutation kMutations[] = {
    {"two elements swapped", SwapTwoElements},
    {"an inner element dropped", DropAnInnerElement},
    {"a stale read", ForgetTheEnd},
    {"an element repeated", RepeatAnElement},
    {"an element invented", InventAnElement},
    {"a read of the future", SeeTheFuture},
    {"a read of what was rolled back", SeeWhatWasRolledBack},
    {"an own append not seen", ForgetAnOwnAppend},
    {"a commit denied", DenyACommit},
    {"a commit claimed", ClaimACommit},
};

TEST(Checkers, FindOneInjectedAnomalyInASerialHistory) {
  std::vector<History> serial;
  for (std::uint64_t seed = 1; seed <= kSeedCount; ++seed) {
    SimulationOptions options = Options(seed, Level::kSerializable, Mix::kLists);
    options.session_count = 1;
    serial.push_back(Simulate(options));
  }
  std::size_t injected_total = 0;
  for (const Mutation& mutation : kMutations) {
    Random random(kSeedCount);
    std::size_t injected = 0;
    std::size_t found_white = 0;
    std::size_t found_black = 0;
    for (History history : serial) {
      if (!mutation.apply(history, random)) continue;
      ++injected;
      const Judgement judgement = Judge(history, Level::kSerializable, Mix::kLists);
      if (!judgement.white.IsClean()) ++found_white;
      if (!judgement.black.IsClean()) ++found_black;
    }
    EXPECT_GE(injected, kSeedCount * 3 / 4) << mutation.name;
    EXPECT_EQ(found_white, injected) << mutation.name;
    EXPECT_EQ(found_black, injected) << mutation.name;
    injected_total += injected;
  }
  std::printf(
      "[ covered  ] %zu histories with one injected anomaly of %zu kinds: white box and "
      "black box found every one\n",
      injected_total, std::size(kMutations));
}

/// Changes one observation of a random read by one item; the kinds of reads are those of kEntities.
struct ObservationChanger {
  Random& random;

  bool operator()(Read& read) const {
    read.observed = read.observed.value_or(0) + 1;
    return true;
  }
  bool operator()(PredicateRead& read) const { return ChangeKeys(read.observed); }
  bool operator()(ListOut& read) const { return ChangeKeys(read.observed); }
  bool operator()(ListIn& read) const { return ChangeKeys(read.observed); }
  bool operator()(Nearest& read) const { return ChangeKeys(read.observed); }
  template <typename Other>
  bool operator()(Other&) const {
    return false;
  }

  bool ChangeKeys(std::vector<std::string>& keys) const {
    if (keys.empty() || random() % 2 == 0) {
      keys.emplace_back("e9");
    } else {
      keys.erase(keys.begin() + Offset(random() % keys.size()));
    }
    return true;
  }
};

TEST(Checkers, FindOneChangedObservationOfAnyKind) {
  std::vector<std::size_t> injected(std::variant_size_v<Operation>, 0);
  std::size_t found = 0;
  std::size_t tried = 0;
  for (std::uint64_t seed = 1; seed <= kSeedCount * 4; ++seed) {
    History history = Simulate(Options(seed, Level::kSnapshot, Mix::kEntities));
    Random random(seed);
    for (bool changed = false; !changed;) {
      Transaction& transaction = history.transactions[random() % history.transactions.size()];
      if (transaction.operations.empty()) continue;
      Operation& operation = transaction.operations[random() % transaction.operations.size()];
      changed = std::visit(ObservationChanger{random}, operation);
      if (changed) ++injected[operation.index()];
    }
    ++tried;
    if (!ReplayTimestamps(history, Level::kSnapshot).IsClean()) ++found;
  }
  EXPECT_EQ(found, tried);
  EXPECT_EQ(std::count_if(injected.begin(), injected.end(), [](auto n) { return n > 0; }), 5);
  std::printf(
      "[ covered  ] %zu histories with one changed observation of 5 kinds of reads: white "
      "box found %zu\n",
      tried, found);
}

}  // namespace
}  // namespace phenix::isolation
