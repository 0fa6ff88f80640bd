#include "tests/isolation/cycle_search.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace phenix::isolation {
namespace {

bool IsOrder(const Edge& edge) {
  return edge.dependency == Dependency::kSession || edge.dependency == Dependency::kRealTime;
}
bool IsAnti(const Edge& edge) { return edge.dependency == Dependency::kReadWrite; }

/// A search over the graph with, or without, the session and real-time edges.
class Search {
 public:
  Search(const DependencyGraph& graph, bool with_order, Verdict& verdict)
      : graph_(graph), with_order_(with_order), verdict_(verdict) {}

  void Run() {
    FindInComponents([](const Edge& edge) { return edge.dependency == Dependency::kWriteWrite; },
                     [](const Edge&) { return true; });
    FindInComponents([](const Edge& edge) { return !IsAnti(edge); },
                     [](const Edge& edge) { return edge.dependency == Dependency::kWriteRead; });
    FindNonadjacent();
    FindInComponents([](const Edge&) { return true; }, IsAnti);
  }

 private:
  using Filter = DependencyGraph::EdgeFilter;

  [[nodiscard]] Filter Permitting(Filter kind) const {
    return [this, kind = std::move(kind)](const Edge& edge) {
      return IsOrder(edge) ? with_order_ : kind(edge);
    };
  }

  /// The edges that lie inside a component, may start a cycle, and whose component is still short
  /// of kStartsTriedMax; by component.
  template <typename Inside>
  std::map<std::size_t, std::vector<std::size_t>> Starts(const Filter& may_start,
                                                         const Inside& component_of) const {
    std::map<std::size_t, std::vector<std::size_t>> starts;
    for (std::size_t number = 0; number < graph_.edges().size(); ++number) {
      const Edge& edge = graph_.edges()[number];
      if (IsOrder(edge) || !may_start(edge)) continue;
      const std::optional<std::size_t> component = component_of(edge);
      if (!component) continue;
      std::vector<std::size_t>& members = starts[*component];
      if (members.size() < kStartsTriedMax) members.push_back(number);
    }
    return starts;
  }

  [[nodiscard]] std::optional<Path> CycleThrough(std::size_t start, const Filter& permits) const {
    const Edge& edge = graph_.edges()[start];
    std::optional<Path> path = graph_.ShortestPath(edge.to, edge.from, permits);
    if (path) path->insert(path->begin(), start);
    return path;
  }

  /// Reports, per component over the edges of `kind`, the shortest cycle of each class among those
  /// through an edge that `may_start`.
  void FindInComponents(const Filter& kind, const Filter& may_start) {
    const Filter permits = Permitting(kind);
    const std::vector<std::size_t> components = graph_.Components(permits);
    const auto inside = [&](const Edge& edge) -> std::optional<std::size_t> {
      if (!permits(edge) || components[edge.from] != components[edge.to]) return std::nullopt;
      return components[edge.from];
    };
    for (const auto& [component, starts] : Starts(may_start, inside)) {
      const auto in_component = [&, chosen = component](const Edge& edge) {
        return inside(edge) == chosen;
      };
      std::map<Anomaly, Path> shortest;
      for (const std::size_t start : starts) Keep(CycleThrough(start, in_component), shortest);
      for (const auto& [anomaly, cycle] : shortest) Report(anomaly, cycle);
    }
  }

  void FindNonadjacent() {
    const Filter permits = Permitting([](const Edge&) { return true; });
    const std::vector<std::size_t> components = graph_.NonadjacentComponents(permits);
    const auto inside = [&](const Edge& edge) -> std::optional<std::size_t> {
      if (components[2 * edge.from] != components[2 * edge.to + 1]) return std::nullopt;
      return components[2 * edge.from];
    };
    for (const auto& [component, starts] : Starts(IsAnti, inside)) {
      std::map<Anomaly, Path> shortest;
      for (const std::size_t start : starts) {
        Keep(CycleThrough(start, [&](const Edge& edge) { return permits(edge) && !IsAnti(edge); }),
             shortest);
      }
      for (std::size_t i = 0; i < starts.size() && shortest.empty(); ++i) {
        Keep(graph_.NonadjacentCycle(starts[i], permits), shortest);
      }
      for (const auto& [anomaly, cycle] : shortest) Report(anomaly, cycle);
    }
  }

  [[nodiscard]] Anomaly Classify(const Path& cycle) const {
    std::size_t anti_count = 0;
    bool is_adjacent = false;
    bool reads = false;
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      const Edge& edge = graph_.edges()[cycle[i]];
      const Edge& next = graph_.edges()[cycle[(i + 1) % cycle.size()]];
      if (IsAnti(edge)) ++anti_count;
      is_adjacent = is_adjacent || (IsAnti(edge) && IsAnti(next));
      reads = reads || edge.dependency == Dependency::kWriteRead;
    }
    if (anti_count == 0) return reads ? Anomaly::kCircularInformation : Anomaly::kDirtyWrite;
    if (anti_count == 1) return Anomaly::kReadSkew;
    return is_adjacent ? Anomaly::kWriteSkew : Anomaly::kNonadjacent;
  }

  void Keep(std::optional<Path> cycle, std::map<Anomaly, Path>& shortest) const {
    if (!cycle) return;
    if (with_order_ && std::none_of(cycle->begin(), cycle->end(), [this](std::size_t number) {
          return IsOrder(graph_.edges()[number]);
        })) {
      return;
    }
    Path& kept = shortest[Classify(*cycle)];
    if (kept.empty() || cycle->size() < kept.size()) kept = std::move(*cycle);
  }

  void Report(Anomaly anomaly, const Path& cycle) {
    std::vector<std::size_t> sorted = cycle;
    std::sort(sorted.begin(), sorted.end());
    if (!reported_.insert(sorted).second) return;
    Finding finding;
    finding.anomaly = anomaly;
    for (const std::size_t number : cycle) {
      const Edge& edge = graph_.edges()[number];
      finding.transactions.push_back(edge.from);
      if (edge.dependency == Dependency::kRealTime) finding.order = OrderNeeded::kRealTime;
      if (edge.dependency == Dependency::kSession && finding.order == OrderNeeded::kNone) {
        finding.order = OrderNeeded::kSession;
      }
      finding.explanation += (finding.explanation.empty() ? "" : "; ") + Describe(edge);
    }
    finding.explanation += ".";
    verdict_.Add(std::move(finding));
  }

  const DependencyGraph& graph_;
  const bool with_order_;
  Verdict& verdict_;
  std::set<std::vector<std::size_t>> reported_;
};

}  // namespace

void SearchCycles(const DependencyGraph& graph, Verdict& verdict) {
  Search(graph, false, verdict).Run();
  if (std::any_of(graph.edges().begin(), graph.edges().end(), IsOrder)) {
    Search(graph, true, verdict).Run();
  }
}

}  // namespace phenix::isolation
