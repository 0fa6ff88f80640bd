#include "index/vector/graph/graph_builder.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/assert.h"
#include "index/vector/graph/graph_repair.h"
#include "index/vector/graph/leaf_partition.h"
#include "index/vector/graph/link_pruner.h"

namespace phenix::index::vector {
namespace {

constexpr std::size_t kPruneUnitRows = 8192;

std::size_t PruneUnits(std::size_t rows) { return (rows + kPruneUnitRows - 1) / kPruneUnitRows; }

}  // namespace

struct GraphBuilder::State {
  using Leaves = std::vector<std::vector<std::uint32_t>>;
  std::vector<Leaves> partitions;
  std::vector<const std::vector<std::uint32_t>*> leaves;
  std::unique_ptr<NeighborLists> lists;
  // Chosen links with their distances, then skipped ones, kGraphDegree per row.
  std::vector<NeighborKey> chosen;
  std::vector<std::uint8_t> chosen_counts;
  // Links that point at each row, one row after another.
  std::vector<NeighborKey> incoming;
  std::vector<std::size_t> incoming_starts;
  ProximityGraph graph;
};

GraphBuilder::GraphBuilder(const distance::Kernels& kernels, const ByteRows& rows,
                           const GraphOptions& options)
    : kernels_(kernels), rows_(rows), options_(options), state_(std::make_unique<State>()) {
  Enter(rows.count == 0 ? Phase::kDone : Phase::kPartition);
}

GraphBuilder::~GraphBuilder() = default;

void GraphBuilder::Enter(Phase phase) {
  phase_ = phase;
  State& state = *state_;
  switch (phase) {
    case Phase::kPartition:
      units_ = rows_.count <= options_.single_leaf_rows ? 1 : options_.partitions;
      state.partitions.resize(units_);
      break;
    case Phase::kLeaves:
      for (const State::Leaves& leaves : state.partitions) {
        for (const std::vector<std::uint32_t>& leaf : leaves) state.leaves.push_back(&leaf);
      }
      state.lists = std::make_unique<NeighborLists>(kernels_, rows_, options_.candidates);
      units_ = state.leaves.size();
      break;
    case Phase::kPrune:
      state.leaves.clear();
      state.partitions.clear();
      state.chosen.resize(rows_.count * kGraphDegree);
      state.chosen_counts.assign(rows_.count, 0);
      units_ = PruneUnits(rows_.count);
      break;
    case Phase::kReverse:
      state.lists.reset();
      units_ = 1;
      break;
    case Phase::kPruneReverse:
      state.graph = ProximityGraph(rows_.count);
      units_ = PruneUnits(rows_.count);
      break;
    case Phase::kConnect:
      state.chosen = {};
      state.incoming = {};
      units_ = 1;
      break;
    case Phase::kDone:
      units_ = 0;
      break;
  }
}

void GraphBuilder::NextPhase() {
  PHENIX_ASSERT(phase_ != Phase::kDone);
  Enter(static_cast<Phase>(static_cast<int>(phase_) + 1));
}

void GraphBuilder::RunUnit(std::size_t unit) {
  PHENIX_ASSERT(unit < units_);
  switch (phase_) {
    case Phase::kPartition:
      return RunPartition(unit);
    case Phase::kLeaves:
      return state_->lists->AddLeaf(*state_->leaves[unit]);
    case Phase::kPrune:
      return RunPrune(unit);
    case Phase::kReverse:
      return RunReverse();
    case Phase::kPruneReverse:
      return RunPruneReverse(unit);
    case Phase::kConnect:
      return ConnectUnreached(kernels_, rows_, &state_->graph);
    case Phase::kDone:
      break;
  }
}

void GraphBuilder::RunPartition(std::size_t unit) {
  if (rows_.count <= options_.single_leaf_rows) {
    std::vector<std::uint32_t> all(rows_.count);
    std::iota(all.begin(), all.end(), 0U);
    state_->partitions[unit] = {std::move(all)};
    return;
  }
  PartitionOptions options;
  options.leaf_rows = options_.leaf_rows;
  options.leaves_per_row = options_.leaves_per_row;
  options.seed = options_.seed * 1000 + unit;
  state_->partitions[unit] = PartitionRows(kernels_, rows_, options);
}

void GraphBuilder::RunPrune(std::size_t unit) {
  LinkPruner pruner(kernels_, rows_, options_.alpha);
  std::vector<NeighborKey> candidates;
  const std::size_t end = std::min(rows_.count, (unit + 1) * kPruneUnitRows);
  for (std::size_t row = unit * kPruneUnitRows; row < end; ++row) {
    const std::span<const NeighborKey> list = state_->lists->List(row);
    candidates.assign(list.begin(), list.end());
    const std::size_t count = pruner.Prune(candidates, kGraphDegree, false);
    candidates.resize(kGraphDegree, kFarthestKey);
    std::copy_n(candidates.begin(), kGraphDegree,
                state_->chosen.begin() + static_cast<std::ptrdiff_t>(row * kGraphDegree));
    state_->chosen_counts[row] = static_cast<std::uint8_t>(count);
  }
}

void GraphBuilder::RunReverse() {
  State& state = *state_;
  std::vector<std::size_t> ends(rows_.count + 1, 0);
  for (std::size_t row = 0; row < rows_.count; ++row) {
    for (std::size_t i = 0; i < state.chosen_counts[row]; ++i) {
      ++ends[PositionOf(state.chosen[row * kGraphDegree + i]) + 1];
    }
  }
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  state.incoming_starts = ends;
  state.incoming.resize(ends.back());
  for (std::size_t row = 0; row < rows_.count; ++row) {
    for (std::size_t i = 0; i < state.chosen_counts[row]; ++i) {
      const NeighborKey key = state.chosen[row * kGraphDegree + i];
      state.incoming[ends[PositionOf(key)]++] =
          MakeKey(DistanceOf(key), static_cast<std::uint32_t>(row));
    }
  }
}

void GraphBuilder::RunPruneReverse(std::size_t unit) {
  const State& state = *state_;
  LinkPruner pruner(kernels_, rows_, options_.alpha);
  std::vector<NeighborKey> candidates;
  const std::size_t end = std::min(rows_.count, (unit + 1) * kPruneUnitRows);
  for (std::size_t row = unit * kPruneUnitRows; row < end; ++row) {
    const NeighborKey* own = state.chosen.data() + row * kGraphDegree;
    candidates.assign(own, own + state.chosen_counts[row]);
    candidates.insert(candidates.end(), state.incoming.data() + state.incoming_starts[row],
                      state.incoming.data() + state.incoming_starts[row + 1]);
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    candidates.resize(std::min(candidates.size(), LinkPruner::kCandidatesMax));
    std::size_t count = candidates.size() <= kGraphDegree
                            ? candidates.size()
                            : pruner.Prune(candidates, kGraphDegree, true);
    candidates.resize(count);
    std::uint32_t* links = state_->graph.links(row);
    std::fill_n(links, kGraphDegree, kNoRow);
    for (std::size_t i = 0; i < count; ++i) links[i] = PositionOf(candidates[i]);
    for (std::size_t i = state.chosen_counts[row]; i < kGraphDegree && count < kGraphDegree; ++i) {
      if (own[i] == kFarthestKey) break;
      const std::uint32_t link = PositionOf(own[i]);
      if (std::find(links, links + count, link) == links + count) links[count++] = link;
    }
  }
}

ProximityGraph GraphBuilder::Take() {
  PHENIX_ASSERT(phase_ == Phase::kDone);
  return std::move(state_->graph);
}

ProximityGraph BuildGraph(const distance::Kernels& kernels, const ByteRows& rows,
                          const GraphOptions& options) {
  GraphBuilder builder(kernels, rows, options);
  while (builder.units() != 0) {
    for (std::size_t unit = 0; unit < builder.units(); ++unit) builder.RunUnit(unit);
    builder.NextPhase();
  }
  return builder.Take();
}

}  // namespace phenix::index::vector
