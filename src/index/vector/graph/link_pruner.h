// Chooses a row's links from its candidates: near ones that are not better reached over another.
// Source:    robust pruning of DiskANN (Subramanya et al., NeurIPS 2019, algorithm 2).
// Threads:   one LinkPruner per thread.
// Ownership: owns its buffers; borrows the rows.
#ifndef INDEX_VECTOR_GRAPH_LINK_PRUNER_H_
#define INDEX_VECTOR_GRAPH_LINK_PRUNER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "index/vector/graph/byte_rows.h"
#include "index/vector/graph/neighbor_key.h"
#include "index/vector/graph/pair_scan.h"

namespace phenix::index::vector {

class LinkPruner {
 public:
  static constexpr std::size_t kCandidatesMax = 96;

  LinkPruner(const distance::Kernels& kernels, const ByteRows& rows, float alpha);

  /// Puts the chosen ones of `candidates` (ascending, distinct, at most kCandidatesMax) first and
  /// returns how many, at most `degree`. With `fill`, skipped ones follow up to `degree`, nearest
  /// first, and count too.
  std::size_t Prune(std::span<NeighborKey> candidates, std::size_t degree, bool fill);

 private:
  void MeasurePairs(std::span<const NeighborKey> candidates);

  const ByteRows& rows_;
  float alpha_;
  PairScan scan_;
  ByteRows left_;
  std::vector<float> squared_;
  std::vector<NeighborKey> chosen_;
  std::vector<NeighborKey> skipped_;
  std::vector<std::uint32_t> places_;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_GRAPH_LINK_PRUNER_H_
