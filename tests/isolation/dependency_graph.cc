#include "tests/isolation/dependency_graph.h"

#include <algorithm>
#include <deque>
#include <utility>

namespace phenix::isolation {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// Plain adjacency of numbered vertices.
using Adjacency = std::vector<std::vector<std::size_t>>;

/// Tarjan's algorithm with an explicit stack.
class ComponentFinder {
 public:
  explicit ComponentFinder(const Adjacency& adjacency)
      : adjacency_(adjacency),
        index_(adjacency.size(), kNone),
        low_(adjacency.size(), 0),
        component_(adjacency.size(), kNone) {}

  std::vector<std::size_t> Run() {
    for (std::size_t vertex = 0; vertex < adjacency_.size(); ++vertex) {
      if (index_[vertex] == kNone) VisitFrom(vertex);
    }
    return std::move(component_);
  }

 private:
  struct Frame {
    std::size_t vertex;
    std::size_t next_edge;
  };

  void Enter(std::size_t vertex) {
    index_[vertex] = low_[vertex] = index_count_++;
    open_.push_back(vertex);
    frames_.push_back({vertex, 0});
  }

  void VisitFrom(std::size_t start) {
    Enter(start);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      const std::vector<std::size_t>& successors = adjacency_[frame.vertex];
      if (frame.next_edge == successors.size()) {
        Leave();
        continue;
      }
      const std::size_t vertex = frame.vertex;
      const std::size_t successor = successors[frame.next_edge++];
      if (index_[successor] == kNone) {
        Enter(successor);
      } else if (component_[successor] == kNone) {
        low_[vertex] = std::min(low_[vertex], index_[successor]);
      }
    }
  }

  void Leave() {
    const std::size_t vertex = frames_.back().vertex;
    frames_.pop_back();
    if (!frames_.empty()) {
      std::size_t& parent_low = low_[frames_.back().vertex];
      parent_low = std::min(parent_low, low_[vertex]);
    }
    if (low_[vertex] != index_[vertex]) return;
    for (;;) {
      const std::size_t member = open_.back();
      open_.pop_back();
      component_[member] = component_count_;
      if (member == vertex) break;
    }
    ++component_count_;
  }

  const Adjacency& adjacency_;
  std::vector<std::size_t> index_;
  std::vector<std::size_t> low_;
  std::vector<std::size_t> component_;
  std::vector<std::size_t> open_;
  std::vector<Frame> frames_;
  std::size_t index_count_ = 0;
  std::size_t component_count_ = 0;
};

/// Vertex of transaction `t` in the doubled graph.
std::size_t Doubled(std::size_t t, bool by_anti_dependency) {
  return 2 * t + (by_anti_dependency ? 1 : 0);
}

std::string Name(std::size_t transaction) { return "T" + std::to_string(transaction); }

std::string Text(const std::optional<Element>& element) {
  return element.has_value() ? std::to_string(*element) : "nothing";
}

/// Walks back from `end` over the edges by which each vertex was first reached.
template <typename FromOf>
Path Backtrack(std::size_t end, std::size_t start, const std::vector<std::size_t>& reached_by,
               const FromOf& from_of) {
  Path path;
  for (std::size_t at = end; at != start;) {
    path.push_back(reached_by[at]);
    at = from_of(at, reached_by[at]);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace

std::string Describe(const Edge& edge) {
  const std::string from = Name(edge.from);
  const std::string to = Name(edge.to);
  switch (edge.dependency) {
    case Dependency::kWriteWrite:
      return from + " wrote " + Text(edge.first) + " to " + edge.key + ", which " + to +
             " followed with " + Text(edge.second) + " (ww)";
    case Dependency::kWriteRead:
      return from + " wrote " + Text(edge.first) + " to " + edge.key + ", which " + to +
             " read (wr)";
    case Dependency::kReadWrite:
      return from + " read " + edge.key + " up to " + Text(edge.first) + " and did not see " +
             Text(edge.second) + " of " + to + " (rw)";
    case Dependency::kSession:
      return from + " came before " + to + " in its session";
    case Dependency::kRealTime:
      return from + " was answered before " + to + " began";
  }
  return {};
}

void DependencyGraph::Add(Edge edge) {
  if (edge.from == edge.to) return;
  outgoing_[edge.from].push_back(edges_.size());
  edges_.push_back(std::move(edge));
}

std::vector<std::size_t> DependencyGraph::Components(const EdgeFilter& permits) const {
  Adjacency adjacency(outgoing_.size());
  for (const Edge& edge : edges_) {
    if (permits(edge)) adjacency[edge.from].push_back(edge.to);
  }
  return ComponentFinder(adjacency).Run();
}

std::vector<std::size_t> DependencyGraph::NonadjacentComponents(const EdgeFilter& permits) const {
  Adjacency adjacency(2 * outgoing_.size());
  for (const Edge& edge : edges_) {
    if (!permits(edge)) continue;
    const bool anti = edge.dependency == Dependency::kReadWrite;
    adjacency[Doubled(edge.from, false)].push_back(Doubled(edge.to, anti));
    if (!anti) adjacency[Doubled(edge.from, true)].push_back(Doubled(edge.to, false));
  }
  return ComponentFinder(adjacency).Run();
}

std::optional<Path> DependencyGraph::ShortestPath(std::size_t from, std::size_t to,
                                                  const EdgeFilter& permits) const {
  std::vector<std::size_t> reached_by(outgoing_.size(), kNone);
  std::deque<std::size_t> open{from};
  while (!open.empty()) {
    const std::size_t at = open.front();
    open.pop_front();
    for (const std::size_t number : outgoing_[at]) {
      const Edge& edge = edges_[number];
      if (edge.to == from || reached_by[edge.to] != kNone || !permits(edge)) continue;
      reached_by[edge.to] = number;
      if (edge.to == to) {
        return Backtrack(to, from, reached_by,
                         [this](std::size_t, std::size_t by) { return edges_[by].from; });
      }
      open.push_back(edge.to);
    }
  }
  return std::nullopt;
}

std::optional<Path> DependencyGraph::NonadjacentCycle(std::size_t first,
                                                      const EdgeFilter& permits) const {
  const std::size_t start = Doubled(edges_[first].to, true);
  const std::size_t goal = Doubled(edges_[first].from, false);
  std::vector<std::size_t> reached_by(2 * outgoing_.size(), kNone);
  std::vector<std::size_t> reached_from(2 * outgoing_.size(), kNone);
  std::deque<std::size_t> open{start};
  while (!open.empty() && reached_by[goal] == kNone) {
    const std::size_t at = open.front();
    open.pop_front();
    for (const std::size_t number : outgoing_[at / 2]) {
      const Edge& edge = edges_[number];
      const bool anti = edge.dependency == Dependency::kReadWrite;
      const std::size_t next = Doubled(edge.to, anti);
      const bool adjacent = anti && at % 2 == 1;
      if (adjacent || next == start || reached_by[next] != kNone || !permits(edge)) continue;
      reached_by[next] = number;
      reached_from[next] = at;
      open.push_back(next);
    }
  }
  if (reached_by[goal] == kNone) return std::nullopt;
  Path cycle = Backtrack(goal, start, reached_by,
                         [&](std::size_t at, std::size_t) { return reached_from[at]; });
  cycle.insert(cycle.begin(), first);
  return cycle;
}

}  // namespace phenix::isolation
