#include "tests/isolation/replay_state.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace phenix::isolation {
namespace {

/// The name under which the last change of a written thing is kept.
std::string ChangeKey(const Operation& write) {
  if (const auto* append = std::get_if<Append>(&write)) return "k" + append->key;
  if (const auto* put = std::get_if<Write>(&write)) return "k" + put->key;
  if (const auto* vector = std::get_if<PutVector>(&write)) return "k" + vector->key;
  if (const auto* edge = std::get_if<PutEdge>(&write)) {
    return "e" + edge->source + '\n' + edge->target;
  }
  if (const auto* edge = std::get_if<RemoveEdge>(&write)) {
    return "e" + edge->source + '\n' + edge->target;
  }
  return {};
}

double SquaredDistance(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return sum;
}

std::set<std::string> Find(const std::map<std::string, std::set<std::string>>& sets,
                           const std::string& key) {
  const auto found = sets.find(key);
  return found == sets.end() ? std::set<std::string>{} : found->second;
}

/// The set of one listing with a transaction's own edge writes laid over it. `is_out` tells the
/// ends apart: the edges that leave `end`, or those that reach it.
struct ListingOverlay {
  const std::string& end;
  bool is_out;
  std::set<std::string> others;

  void Put(const std::string& source, const std::string& target) {
    if ((is_out ? source : target) == end) others.insert(is_out ? target : source);
  }
  void Remove(const std::string& source, const std::string& target) {
    if ((is_out ? source : target) == end) others.erase(is_out ? target : source);
  }
  void DeleteEntity(const std::string& key) {
    if (key == end) others.clear();
    others.erase(key);
  }
  void Lay(std::span<const Operation> own_before) {
    for (const Operation& own : own_before) {
      if (const auto* put = std::get_if<PutEdge>(&own)) Put(put->source, put->target);
      if (const auto* gone = std::get_if<RemoveEdge>(&own)) Remove(gone->source, gone->target);
      const auto* write = std::get_if<Write>(&own);
      if (write != nullptr && !write->value.has_value()) DeleteEntity(write->key);
    }
  }
};

std::vector<std::string> OverlaidListing(const std::string& end, bool is_out,
                                         std::set<std::string> committed,
                                         std::span<const Operation> own_before) {
  ListingOverlay overlay{end, is_out, std::move(committed)};
  overlay.Lay(own_before);
  return {overlay.others.begin(), overlay.others.end()};
}

void OverlayRegisters(std::map<std::string, Element>& registers, const std::string& prefix,
                      std::span<const Operation> own_before) {
  for (const Operation& own : own_before) {
    const auto* write = std::get_if<Write>(&own);
    if (write == nullptr || !write->key.starts_with(prefix)) continue;
    if (write->value.has_value()) {
      registers[write->key] = *write->value;
    } else {
      registers.erase(write->key);
    }
  }
}

std::vector<std::string> NearestOf(const std::map<std::string, std::vector<float>>& vectors,
                                   const Nearest& search) {
  std::vector<std::pair<double, std::string>> ranked;
  ranked.reserve(vectors.size());
  for (const auto& [key, vector] : vectors) {
    ranked.emplace_back(SquaredDistance(search.query, vector), key);
  }
  std::sort(ranked.begin(), ranked.end());
  if (ranked.size() > search.count_max) ranked.resize(search.count_max);
  std::vector<std::string> keys;
  for (auto& [distance, key] : ranked) keys.push_back(std::move(key));
  return keys;
}

}  // namespace

bool ReplayState::Exists(const std::string& key) const {
  return registers_.contains(key) || vectors_.contains(key);
}

void ReplayState::RemoveEdgesOf(const std::string& key) {
  for (const std::string& target : Find(targets_of_, key)) sources_of_[target].erase(key);
  for (const std::string& source : Find(sources_of_, key)) targets_of_[source].erase(key);
  targets_of_.erase(key);
  sources_of_.erase(key);
}

void ReplayState::ApplyWrite(const Write& write, Timestamp commit) {
  if (write.value.has_value()) {
    registers_[write.key] = *write.value;
    return;
  }
  registers_.erase(write.key);
  vectors_.erase(write.key);
  lists_.erase(write.key);
  last_deletion_[write.key] = commit;
  RemoveEdgesOf(write.key);
}

void ReplayState::Apply(const Operation& operation, Timestamp commit) {
  if (!IsWrite(operation)) return;
  last_change_[ChangeKey(operation)] = commit;
  if (const auto* edge = std::get_if<PutEdge>(&operation)) {
    if (!Exists(edge->source) || !Exists(edge->target)) return;
    targets_of_[edge->source].insert(edge->target);
    sources_of_[edge->target].insert(edge->source);
  } else if (const auto* gone = std::get_if<RemoveEdge>(&operation)) {
    targets_of_[gone->source].erase(gone->target);
    sources_of_[gone->target].erase(gone->source);
  } else if (const auto* append = std::get_if<Append>(&operation)) {
    lists_[append->key].push_back(append->element);
  } else if (const auto* vector = std::get_if<PutVector>(&operation)) {
    vectors_[vector->key] = vector->vector;
  } else {
    ApplyWrite(std::get<Write>(operation), commit);
  }
}

bool ReplayState::HasLivedSince(const std::string& key, Timestamp snapshot) const {
  const auto deleted = last_deletion_.find(key);
  return Exists(key) && (deleted == last_deletion_.end() || deleted->second <= snapshot);
}

std::optional<Timestamp> ReplayState::LastChange(const Operation& write) const {
  const auto found = last_change_.find(ChangeKey(write));
  if (found == last_change_.end()) return std::nullopt;
  return found->second;
}

namespace {

/// Answers each kind of read from committed maps and a transaction's own writes.
struct Answerer {
  const std::map<std::string, std::vector<Element>>& lists;
  const std::map<std::string, Element>& registers;
  const std::map<std::string, std::vector<float>>& vectors;
  const std::map<std::string, std::set<std::string>>& targets_of;
  const std::map<std::string, std::set<std::string>>& sources_of;
  std::span<const Operation> own_before;

  Operation operator()(ReadList read) const {
    const auto found = lists.find(read.key);
    read.observed = found == lists.end() ? std::vector<Element>{} : found->second;
    for (const Operation& own : own_before) {
      const auto* append = std::get_if<Append>(&own);
      if (append != nullptr && append->key == read.key) read.observed.push_back(append->element);
      const auto* write = std::get_if<Write>(&own);
      if (write != nullptr && write->key == read.key && !write->value) read.observed.clear();
    }
    return read;
  }
  Operation operator()(Read read) const {
    const auto found = registers.find(read.key);
    read.observed = found == registers.end() ? std::nullopt : std::optional(found->second);
    for (const Operation& own : own_before) {
      const auto* write = std::get_if<Write>(&own);
      if (write != nullptr && write->key == read.key) read.observed = write->value;
    }
    return read;
  }
  Operation operator()(PredicateRead read) const {
    std::map<std::string, Element> matching;
    for (auto at = registers.lower_bound(read.prefix);
         at != registers.end() && at->first.starts_with(read.prefix); ++at) {
      matching.insert(*at);
    }
    OverlayRegisters(matching, read.prefix, own_before);
    read.observed.clear();
    for (const auto& [key, value] : matching) {
      if (value >= read.low && value <= read.high) read.observed.push_back(key);
    }
    return read;
  }
  Operation operator()(ListOut read) const {
    read.observed = OverlaidListing(read.source, true, Find(targets_of, read.source), own_before);
    return read;
  }
  Operation operator()(ListIn read) const {
    read.observed = OverlaidListing(read.target, false, Find(sources_of, read.target), own_before);
    return read;
  }
  Operation operator()(Nearest read) const {
    std::map<std::string, std::vector<float>> visible = vectors;
    for (const Operation& own : own_before) {
      if (const auto* put = std::get_if<PutVector>(&own)) visible[put->key] = put->vector;
      const auto* write = std::get_if<Write>(&own);
      if (write != nullptr && !write->value.has_value()) visible.erase(write->key);
    }
    read.observed = NearestOf(visible, read);
    return read;
  }
  template <typename WriteKind>
  Operation operator()(WriteKind write) const {
    return write;
  }
};

struct ObservationOf {
  using Keys = std::vector<std::string>;
  using Seen = std::variant<std::monostate, std::vector<Element>, std::optional<Element>, Keys>;
  Seen operator()(const ReadList& read) const { return read.observed; }
  Seen operator()(const Read& read) const { return read.observed; }
  Seen operator()(const PredicateRead& read) const { return read.observed; }
  Seen operator()(const ListOut& read) const { return read.observed; }
  Seen operator()(const ListIn& read) const { return read.observed; }
  Seen operator()(const Nearest& read) const { return read.observed; }
  template <typename WriteKind>
  Seen operator()(const WriteKind&) const {
    return std::monostate{};
  }
};

}  // namespace

Operation ReplayState::Answer(const Operation& read, std::span<const Operation> own_before) const {
  return std::visit(Answerer{lists_, registers_, vectors_, targets_of_, sources_of_, own_before},
                    read);
}

bool SameObservation(const Operation& a, const Operation& b) {
  return a.index() == b.index() && std::visit(ObservationOf{}, a) == std::visit(ObservationOf{}, b);
}

}  // namespace phenix::isolation
