// Makes one segment out of the rows of others: cluster order, byte rows, graph, tuning.
//
// Phases:    survey -> lists -> encode -> the graph's own phases -> tuning.
// Invariant: the segment depends only on sources, options and seed.
// Threads:   RunUnit() of one phase from several threads; NextPhase() by one thread between them.
// Ownership: shares the sources; borrows the kernels.
#ifndef INDEX_VECTOR_SEGMENT_BUILDER_H_
#define INDEX_VECTOR_SEGMENT_BUILDER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "index/vector/graph/graph_builder.h"
#include "index/vector/row_source.h"
#include "index/vector/segment.h"

namespace phenix::index::vector {

struct SegmentOptions {
  VectorSpace space;
  double recall_target = 0.95;
  std::uint64_t seed = 1;
  std::uint64_t oldest_snapshot = 0;  ///< rows that ended at or before it are left out
  std::size_t graph_rows_min = 512;   ///< smaller segments are scanned
};

/// Where a row of a source went.
struct RowOrigin {
  std::uint32_t source = 0;
  std::uint32_t row = 0;
};

class SegmentBuilder {
 public:
  SegmentBuilder(const distance::Kernels& kernels, std::vector<RowSource> sources,
                 const SegmentOptions& options);
  ~SegmentBuilder();
  SegmentBuilder(const SegmentBuilder&) = delete;
  SegmentBuilder& operator=(const SegmentBuilder&) = delete;

  [[nodiscard]] std::size_t units() const { return units_; }
  void RunUnit(std::size_t unit);
  void NextPhase();
  /// The segment, when units() is 0. Ends that its rows got meanwhile are not in it yet: see
  /// origins().
  [[nodiscard]] std::shared_ptr<Segment> Take();
  /// By position in the segment, the source row it was made from.
  [[nodiscard]] const std::vector<RowOrigin>& origins() const { return origins_; }
  [[nodiscard]] const std::vector<RowSource>& sources() const { return sources_; }

 private:
  enum class Phase : std::uint8_t { kSurvey, kLists, kEncode, kGraph, kTune, kDone };

  void Enter(Phase phase);
  void Survey();
  void OrderByLists();
  void StartEncoding();
  void EncodeRows(std::size_t unit);
  void ChooseEntries();
  void Lift(std::span<float> search_vector) const;
  void ReadSearchVector(const RowOrigin& origin, std::vector<float>* values) const;

  const distance::Kernels& kernels_;
  std::vector<RowSource> sources_;
  SegmentOptions options_;
  Phase phase_ = Phase::kSurvey;
  std::size_t units_ = 0;
  std::vector<RowOrigin> origins_;
  struct Findings;
  std::unique_ptr<Findings> findings_;
  std::shared_ptr<Segment> segment_;
  std::unique_ptr<GraphBuilder> graph_;
};

/// All phases on the calling thread.
std::shared_ptr<Segment> BuildSegment(const distance::Kernels& kernels,
                                      std::vector<RowSource> sources,
                                      const SegmentOptions& options);

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_SEGMENT_BUILDER_H_
