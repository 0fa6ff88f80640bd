// One background build: which parts become one segment, and the units of work until then.
//
// Invariants: a unit is handed out once; the phase changes when all of its units came back.
// Threads:    TakeUnit() and FinishUnit() under the owner's lock; RunUnit() outside, by several.
// Ownership:  shares the parts.
#ifndef INDEX_VECTOR_BUILD_JOB_H_
#define INDEX_VECTOR_BUILD_JOB_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "index/vector/manifest.h"
#include "index/vector/segment_builder.h"
#include "index/vector/vector_index.h"

namespace phenix::index::vector {

/// Parts that are to become one segment.
struct BuildPlan {
  MaintenanceTask::Kind kind = MaintenanceTask::Kind::kBuildGraph;
  std::vector<std::shared_ptr<Tail>> tails;
  std::vector<std::shared_ptr<Segment>> segments;

  [[nodiscard]] std::uint64_t rows() const;
};

/// The most useful build for `manifest`, if any: graphs for sealed tails, then merges of parts of
/// one size, then rewrites of segments with many ended rows. Tails that still take rows stay.
std::optional<BuildPlan> PlanBuild(const Manifest& manifest, const VectorIndexOptions& options);

class BuildJob {
 public:
  BuildJob(const distance::Kernels& kernels, BuildPlan plan, const SegmentOptions& options);

  [[nodiscard]] const BuildPlan& plan() const { return plan_; }
  /// A unit that nobody has; nothing while all are taken or done.
  std::optional<std::size_t> TakeUnit();
  void RunUnit(std::size_t unit) { builder_.RunUnit(unit); }
  /// True when the segment is complete.
  bool FinishUnit();
  /// Brings the ends that source rows got so far to the new segment. Cheap when called again and
  /// few rows ended in between.
  void CopyEnds();
  /// The segment, once; may have no rows.
  std::shared_ptr<Segment> Take() { return std::move(segment_); }
  [[nodiscard]] bool complete() const { return builder_.units() == 0; }

 private:
  BuildPlan plan_;
  SegmentBuilder builder_;
  std::shared_ptr<Segment> segment_;
  std::vector<std::uint64_t> ended_before_;  // by source, when its ends were last copied
  std::size_t next_unit_ = 0;
  std::size_t running_ = 0;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_BUILD_JOB_H_
