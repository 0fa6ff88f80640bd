#include "tests/isolation/workloads.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace phenix::isolation {
namespace {

constexpr std::size_t kListsAtATime = 4;
constexpr std::size_t kListPairsAtATime = 2;
/// After this many transactions of all threads the lists are changed for new ones.
constexpr std::size_t kTransactionsPerList = 160;
constexpr std::size_t kListOperationsMax = 4;
constexpr std::size_t kSkewPairCount = 4;
constexpr std::size_t kRegisterCount = 3;
constexpr std::size_t kAccountCount = 8;
constexpr std::size_t kNodeCount = 6;
constexpr std::size_t kVectorCount = 12;
constexpr std::size_t kVectorsFoundMax = 100;  // More than there are, so that all are found.
constexpr std::size_t kPredicateKeyCount = 10;
constexpr Element kPredicateValueMax = 9;
constexpr std::size_t kCoordinateEnd = 1000;

std::string Key(const char* prefix, std::size_t number) { return prefix + std::to_string(number); }

/// Which set of lists a session uses by now.
std::size_t Generation(const RunOptions& options, std::size_t progress) {
  return progress * options.thread_count / kTransactionsPerList;
}

TransactionBody ReadLists(const RunOptions& options, std::size_t lists_at_a_time) {
  const std::size_t generations = Generation(options, options.transactions_per_thread) + 1;
  return [count = generations * lists_at_a_time](Recorder& recorder) {
    for (std::size_t i = 0; i < count; ++i) {
      PHENIX_RETURN_IF_ERROR(recorder.ReadList(Key("l", i)).status());
    }
    return Status::Ok();
  };
}

PredicateRead EverythingUnder(const std::string& prefix) {
  return {prefix, std::numeric_limits<Element>::min(), std::numeric_limits<Element>::max(), {}};
}

Result<Element> ReadOrZero(Recorder& recorder, const std::string& key) {
  PHENIX_ASSIGN_OR_RETURN(const std::optional<Element> value, recorder.Read(key));
  return value.value_or(0);
}

Status WriteEach(Recorder& recorder, const std::vector<std::string>& keys, Element value) {
  for (const std::string& key : keys) {
    PHENIX_RETURN_IF_ERROR(recorder.Do(Write{key, value}));
  }
  return Status::Ok();
}

Status ReadEach(Recorder& recorder, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    PHENIX_RETURN_IF_ERROR(recorder.Read(key).status());
  }
  return Status::Ok();
}

/// Does an operation that may lack what it needs: an end of the edge, or something to remove.
Status DoIfPossible(Recorder& recorder, Operation operation) {
  const Status status = recorder.Do(std::move(operation));
  return status.code() == StatusCode::kNotFound ? Status::Ok() : status;
}

std::vector<std::string> Keys(const char* prefix, std::size_t count) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back(Key(prefix, i));
  return keys;
}

Status Transfer(Recorder& recorder) {
  const std::size_t from = recorder.Below(kAccountCount);
  const std::size_t to = (from + 1 + recorder.Below(kAccountCount - 1)) % kAccountCount;
  PHENIX_ASSIGN_OR_RETURN(const Element source, ReadOrZero(recorder, Key("a", from)));
  PHENIX_ASSIGN_OR_RETURN(const Element target, ReadOrZero(recorder, Key("a", to)));
  const auto amount = static_cast<Element>(1 + recorder.Below(10));
  PHENIX_RETURN_IF_ERROR(recorder.Do(Write{Key("a", from), source - amount}));
  return recorder.Do(Write{Key("a", to), target + amount});
}

Status LookAtEdges(Recorder& recorder) {
  for (const std::string& node : Keys("n", kNodeCount)) {
    PHENIX_RETURN_IF_ERROR(recorder.Read(node).status());
    PHENIX_RETURN_IF_ERROR(recorder.Do(ListOut{node, {}}));
    PHENIX_RETURN_IF_ERROR(recorder.Do(ListIn{node, {}}));
  }
  return Status::Ok();
}

Status ChangeEdges(Recorder& recorder) {
  const std::string node = Key("n", recorder.Below(kNodeCount));
  const std::string other = Key("n", recorder.Below(kNodeCount));
  switch (recorder.Below(6)) {
    case 0:
      return recorder.Do(Write{node, recorder.UniqueElement()});
    case 1: {
      PHENIX_ASSIGN_OR_RETURN(const std::optional<Element> value, recorder.Read(node));
      return value ? recorder.Do(Write{node, std::nullopt}) : Status::Ok();
    }
    case 2:
      return DoIfPossible(recorder, RemoveEdge{node, other});
    case 3:
      PHENIX_RETURN_IF_ERROR(recorder.Do(ListOut{node, {}}));
      return recorder.Do(ListIn{other, {}});
    default:
      return DoIfPossible(recorder, PutEdge{node, other});
  }
}

std::vector<float> RandomPoint(Recorder& recorder) {
  return {static_cast<float>(recorder.Below(kCoordinateEnd)),
          static_cast<float>(recorder.Below(kCoordinateEnd))};
}

Status Search(Recorder& recorder) {
  PHENIX_RETURN_IF_ERROR(recorder.Do(Nearest{RandomPoint(recorder), kVectorsFoundMax, {}}));
  PHENIX_RETURN_IF_ERROR(recorder.Do(EverythingUnder("v")));
  return recorder.Do(Nearest{RandomPoint(recorder), 1 + recorder.Below(kVectorCount), {}});
}

Status ChangeVectors(Recorder& recorder) {
  const std::size_t count = 1 + recorder.Below(3);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string key = Key("v", recorder.Below(kVectorCount));
    if (recorder.Below(3) == 0) {
      PHENIX_RETURN_IF_ERROR(DoIfPossible(recorder, Write{key, std::nullopt}));
      continue;
    }
    PHENIX_RETURN_IF_ERROR(recorder.Do(Write{key, recorder.UniqueElement()}));
    PHENIX_RETURN_IF_ERROR(recorder.Do(PutVector{key, RandomPoint(recorder)}));
  }
  return recorder.Below(2) == 0 ? Search(recorder) : Status::Ok();
}

PredicateRead RandomRange(Recorder& recorder) {
  const auto low =
      static_cast<Element>(recorder.Below(static_cast<std::size_t>(kPredicateValueMax)));
  return {"e", low, std::min<Element>(low + 3, kPredicateValueMax), {}};
}

/// Writes into the range it has searched when little was found there, else takes one out: two of
/// these at once are write skew through a predicate.
Status DecideByPredicate(Recorder& recorder) {
  PHENIX_ASSIGN_OR_RETURN(const Operation done, recorder.Observe(RandomRange(recorder)));
  const auto& found = std::get<PredicateRead>(done);
  if (found.observed.size() < 2) {
    return recorder.Do(Write{Key("e", recorder.Below(kPredicateKeyCount)), found.low});
  }
  const std::string& victim = found.observed[recorder.Below(found.observed.size())];
  if (recorder.Below(3) == 0) return recorder.Do(Write{victim, std::nullopt});
  return recorder.Do(Write{victim, (found.high + 1) % (kPredicateValueMax + 1)});
}

}  // namespace

Workload ListAppend(const RunOptions& options) {
  Workload workload;
  workload.body = [options](Recorder& recorder) {
    const std::size_t first = Generation(options, recorder.progress()) * kListsAtATime;
    const std::size_t count = 1 + recorder.Below(kListOperationsMax);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string key = Key("l", first + recorder.Below(kListsAtATime));
      if (recorder.Below(2) == 0) {
        PHENIX_RETURN_IF_ERROR(recorder.ReadList(key).status());
      } else {
        PHENIX_RETURN_IF_ERROR(recorder.Append(key));
      }
    }
    return Status::Ok();
  };
  workload.final = ReadLists(options, kListsAtATime);
  return workload;
}

Workload ListPairs(const RunOptions& options) {
  Workload workload;
  workload.body = [options](Recorder& recorder) {
    const std::size_t generation = Generation(options, recorder.progress());
    const std::size_t pair = generation * kListPairsAtATime + recorder.Below(kListPairsAtATime);
    PHENIX_RETURN_IF_ERROR(recorder.ReadList(Key("l", 2 * pair)).status());
    PHENIX_RETURN_IF_ERROR(recorder.ReadList(Key("l", 2 * pair + 1)).status());
    return recorder.Append(Key("l", 2 * pair + recorder.Below(2)));
  };
  workload.final = ReadLists(options, 2 * kListPairsAtATime);
  return workload;
}

std::vector<std::pair<std::string, std::string>> SkewPairKeys() {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (std::size_t i = 0; i < kSkewPairCount; ++i) pairs.emplace_back(Key("x", i), Key("y", i));
  return pairs;
}

Workload SkewPairs() {
  Workload workload;
  workload.setup = [](Recorder& recorder) {
    PHENIX_RETURN_IF_ERROR(WriteEach(recorder, Keys("x", kSkewPairCount), 1));
    return WriteEach(recorder, Keys("y", kSkewPairCount), 1);
  };
  workload.body = [](Recorder& recorder) {
    const auto [x, y] = SkewPairKeys()[recorder.Below(kSkewPairCount)];
    PHENIX_ASSIGN_OR_RETURN(const Element at_x, ReadOrZero(recorder, x));
    PHENIX_ASSIGN_OR_RETURN(const Element at_y, ReadOrZero(recorder, y));
    if (at_x + at_y > 1) return recorder.Do(Write{recorder.Below(2) == 0 ? x : y, 0});
    return recorder.Do(Write{at_x == 0 ? x : y, 1});
  };
  workload.final = [](Recorder& recorder) {
    PHENIX_RETURN_IF_ERROR(ReadEach(recorder, Keys("x", kSkewPairCount)));
    return ReadEach(recorder, Keys("y", kSkewPairCount));
  };
  return workload;
}

Workload Registers() {
  Workload workload;
  workload.body = [](Recorder& recorder) {
    const std::string key = Key("r", recorder.Below(kRegisterCount));
    if (recorder.Below(2) == 0) return recorder.Read(key).status();
    return recorder.Do(Write{key, recorder.UniqueElement()});
  };
  return workload;
}

std::vector<std::string> BankAccounts() { return Keys("a", kAccountCount); }

Workload Bank() {
  Workload workload;
  workload.setup = [](Recorder& recorder) {
    return WriteEach(recorder, BankAccounts(), kBankTotal / static_cast<Element>(kAccountCount));
  };
  workload.body = [](Recorder& recorder) {
    const std::size_t kind = recorder.Below(4);
    if (kind < 2) PHENIX_RETURN_IF_ERROR(ReadEach(recorder, BankAccounts()));
    return kind == 0 ? Status::Ok() : Transfer(recorder);
  };
  workload.final = [](Recorder& recorder) { return ReadEach(recorder, BankAccounts()); };
  return workload;
}

Workload EdgeMirror() {
  Workload workload;
  workload.setup = [](Recorder& recorder) { return WriteEach(recorder, Keys("n", kNodeCount), 1); };
  workload.body = [](Recorder& recorder) {
    if (recorder.Below(3) == 0) return LookAtEdges(recorder);
    const std::size_t count = 1 + recorder.Below(3);
    for (std::size_t i = 0; i < count; ++i) PHENIX_RETURN_IF_ERROR(ChangeEdges(recorder));
    return Status::Ok();
  };
  workload.final = LookAtEdges;
  return workload;
}

Workload VectorVisibility() {
  Workload workload;
  workload.body = [](Recorder& recorder) {
    return recorder.Below(2) == 0 ? Search(recorder) : ChangeVectors(recorder);
  };
  workload.final = Search;
  return workload;
}

Workload Predicate() {
  Workload workload;
  workload.body = [](Recorder& recorder) {
    if (recorder.Below(3) != 0) return DecideByPredicate(recorder);
    PHENIX_RETURN_IF_ERROR(recorder.Do(RandomRange(recorder)));
    return ReadEach(recorder, Keys("e", kPredicateKeyCount));
  };
  workload.final = [](Recorder& recorder) {
    PHENIX_RETURN_IF_ERROR(recorder.Do(EverythingUnder("e")));
    return ReadEach(recorder, Keys("e", kPredicateKeyCount));
  };
  return workload;
}

}  // namespace phenix::isolation
