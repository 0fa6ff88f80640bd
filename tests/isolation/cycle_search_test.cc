// The search for cycles against boolean matrices on small random graphs.
#include "tests/isolation/cycle_search.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <random>
#include <vector>

namespace phenix::isolation {
namespace {

constexpr std::size_t kSize = 6;

/// A relation between kSize transactions.
struct Relation {
  std::array<std::array<bool, kSize>, kSize> holds{};

  [[nodiscard]] Relation Then(const Relation& next) const {
    Relation result;
    for (std::size_t i = 0; i < kSize * kSize * kSize; ++i) {
      const std::size_t a = i / kSize / kSize;
      const std::size_t b = i / kSize % kSize;
      const std::size_t c = i % kSize;
      if (holds[a][b] && next.holds[b][c]) result.holds[a][c] = true;
    }
    return result;
  }
  [[nodiscard]] Relation Or(const Relation& other) const {
    Relation result = *this;
    for (std::size_t i = 0; i < kSize * kSize; ++i) {
      if (other.holds[i / kSize][i % kSize]) result.holds[i / kSize][i % kSize] = true;
    }
    return result;
  }
  [[nodiscard]] Relation Closure() const {
    Relation result = *this;
    for (std::size_t i = 0; i < kSize; ++i) result = result.Or(result.Then(result));
    return result;
  }
  [[nodiscard]] bool HasLoop() const {
    bool has_loop = false;
    for (std::size_t i = 0; i < kSize; ++i) has_loop = has_loop || holds[i][i];
    return has_loop;
  }
};

/// True when an edge of `edges` is closed to a cycle by a path of `paths`.
bool Closes(const Relation& edges, const Relation& paths) {
  return edges.Then(paths.Closure()).HasLoop();
}

struct RandomGraph {
  DependencyGraph graph{kSize};
  Relation ww;
  Relation wr;
  Relation rw;

  explicit RandomGraph(std::mt19937_64& random) {
    const std::size_t edge_count = 2 + random() % 9;
    for (std::size_t i = 0; i < edge_count; ++i) {
      const std::size_t from = random() % kSize;
      const std::size_t to = random() % kSize;
      const auto dependency = static_cast<Dependency>(random() % 3);
      graph.Add({from, to, dependency, "x", {}, {}});
      if (from == to) continue;
      Relation& relation = dependency == Dependency::kWriteWrite  ? ww
                           : dependency == Dependency::kWriteRead ? wr
                                                                  : rw;
      relation.holds[from][to] = true;
    }
  }
};

TEST(SearchCycles, FindsExactlyTheClassesThatMatricesFind) {
  constexpr std::uint64_t kSeed = 4711;
  constexpr int kGraphs = 30'000;
  std::mt19937_64 random(kSeed);
  std::array<int, kAnomalyCount> seen{};
  for (int i = 0; i < kGraphs; ++i) {
    const RandomGraph random_graph(random);
    const Relation& ww = random_graph.ww;
    const Relation dependencies = ww.Or(random_graph.wr);
    const Relation all = dependencies.Or(random_graph.rw);
    Verdict verdict;
    SearchCycles(random_graph.graph, verdict);

    const bool g_single = Closes(random_graph.rw, dependencies);
    const Relation composed = dependencies.Or(dependencies.Then(random_graph.rw));
    const bool breaks_snapshot = Closes(dependencies.Then(random_graph.rw), composed);
    const bool breaks_serial = Closes(random_graph.rw, all);
    SCOPED_TRACE("graph " + std::to_string(i) + ": " + verdict.Summary());
    ASSERT_EQ(verdict.Has(Anomaly::kDirtyWrite), Closes(ww, ww));
    ASSERT_EQ(verdict.Has(Anomaly::kCircularInformation), Closes(random_graph.wr, dependencies));
    ASSERT_EQ(verdict.Has(Anomaly::kReadSkew), g_single);
    if (breaks_snapshot) {
      ASSERT_TRUE(g_single || verdict.Has(Anomaly::kNonadjacent));
    } else {
      ASSERT_FALSE(verdict.Has(Anomaly::kNonadjacent));
      ASSERT_EQ(verdict.Has(Anomaly::kWriteSkew), breaks_serial);
    }
    for (std::size_t kind = 0; kind < kAnomalyCount; ++kind) {
      if (verdict.Has(static_cast<Anomaly>(kind))) ++seen[kind];
    }
  }
  for (const Anomaly kind : {Anomaly::kDirtyWrite, Anomaly::kCircularInformation,
                             Anomaly::kReadSkew, Anomaly::kNonadjacent, Anomaly::kWriteSkew}) {
    EXPECT_GT(seen[static_cast<std::size_t>(kind)], 10) << AnomalyName(kind);
  }
  std::printf("[ covered  ] %d random graphs against matrices (seed %llu)\n", kGraphs,
              static_cast<unsigned long long>(kSeed));
}

TEST(SearchCycles, ShowsACycleWhoseEdgesFollowEachOther) {
  constexpr std::uint64_t kSeed = 99;
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 2000; ++i) {
    const RandomGraph random_graph(random);
    Verdict verdict;
    SearchCycles(random_graph.graph, verdict);
    for (const Finding& finding : verdict.findings()) {
      ASSERT_GE(finding.transactions.size(), 2U);
      const Relation all = random_graph.ww.Or(random_graph.wr).Or(random_graph.rw);
      for (std::size_t at = 0; at < finding.transactions.size(); ++at) {
        const std::size_t next = finding.transactions[(at + 1) % finding.transactions.size()];
        ASSERT_TRUE(all.holds[finding.transactions[at]][next]) << finding.explanation;
      }
    }
  }
}

TEST(SearchCycles, SaysWhichOrderACycleNeeds) {
  for (const auto& [dependency, needed] :
       {std::pair(Dependency::kSession, OrderNeeded::kSession),
        std::pair(Dependency::kRealTime, OrderNeeded::kRealTime)}) {
    DependencyGraph graph(2);
    graph.Add({0, 1, dependency, {}, {}, {}});
    graph.Add({1, 0, Dependency::kReadWrite, "x", {}, 1});
    Verdict verdict;
    SearchCycles(graph, verdict);
    ASSERT_EQ(verdict.findings().size(), 1U);
    EXPECT_EQ(verdict.findings()[0].anomaly, Anomaly::kReadSkew);
    EXPECT_EQ(verdict.findings()[0].order, needed);
  }
}

}  // namespace
}  // namespace phenix::isolation
