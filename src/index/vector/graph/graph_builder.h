// Builds the proximity graph of a segment in units of work that may run in several threads.
//
// Phases:    partition -> exact neighbor lists inside leaves -> prune -> reverse links -> prune
// again
//            -> links to rows that no walk would reach.
// Invariant: the graph depends only on rows, options and kernels' integers, not on threads.
// Threads:   RunUnit() of one phase from several threads; NextPhase() by one thread between them.
// Ownership: borrows kernels and rows until Take().
#ifndef INDEX_VECTOR_GRAPH_GRAPH_BUILDER_H_
#define INDEX_VECTOR_GRAPH_GRAPH_BUILDER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "index/vector/graph/byte_rows.h"
#include "index/vector/graph/neighbor_lists.h"
#include "index/vector/graph/proximity_graph.h"

namespace phenix::index::vector {

struct GraphOptions {
  std::size_t leaf_rows = 4096;
  std::size_t partitions = 2;           ///< independent ones
  std::size_t leaves_per_row = 2;       ///< in each partition
  std::size_t single_leaf_rows = 8192;  ///< up to so many rows are one leaf
  std::size_t candidates = 48;          ///< length of the neighbor lists
  float alpha = 1.15F;                  ///< of squared distances
  std::uint64_t seed = 1;
};

class GraphBuilder {
 public:
  GraphBuilder(const distance::Kernels& kernels, const ByteRows& rows, const GraphOptions& options);
  ~GraphBuilder();
  GraphBuilder(const GraphBuilder&) = delete;
  GraphBuilder& operator=(const GraphBuilder&) = delete;

  /// Units of the present phase; 0 when the graph is done.
  [[nodiscard]] std::size_t units() const { return units_; }
  /// Each unit below units() once. Cost: seconds at most.
  void RunUnit(std::size_t unit);
  /// After all units ran.
  void NextPhase();
  /// The graph, when units() is 0.
  [[nodiscard]] ProximityGraph Take();

 private:
  enum class Phase : std::uint8_t {
    kPartition,
    kLeaves,
    kPrune,
    kReverse,
    kPruneReverse,
    kConnect,
    kDone
  };
  struct State;

  void Enter(Phase phase);
  void RunPartition(std::size_t unit);
  void RunPrune(std::size_t unit);
  void RunReverse();
  void RunPruneReverse(std::size_t unit);

  const distance::Kernels& kernels_;
  const ByteRows& rows_;
  GraphOptions options_;
  Phase phase_ = Phase::kPartition;
  std::size_t units_ = 0;
  std::unique_ptr<State> state_;
};

/// All phases on the calling thread.
ProximityGraph BuildGraph(const distance::Kernels& kernels, const ByteRows& rows,
                          const GraphOptions& options);

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_GRAPH_GRAPH_BUILDER_H_
