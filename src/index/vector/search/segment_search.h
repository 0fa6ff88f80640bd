// One search in one segment, which can be asked again for more rows and then continues its walk.
//
// Invariants: only rows that are visible, pass the filter and are not hidden reach the heap; the
//             filter and the lives of rows are looked at only for rows that may enter the result,
//             never to decide where the walk goes (but for kTwoHop, which is what it does).
// Threads:    one at a time.
// Ownership:  borrows context, segment and scratch.
#ifndef INDEX_VECTOR_SEARCH_SEGMENT_SEARCH_H_
#define INDEX_VECTOR_SEARCH_SEGMENT_SEARCH_H_

#include <memory>

#include "index/vector/graph/graph_walk.h"
#include "index/vector/search/filter_planner.h"
#include "index/vector/search/hit_heap.h"
#include "index/vector/search/search_context.h"
#include "index/vector/search_types.h"
#include "index/vector/segment.h"

namespace phenix::index::vector {

class SegmentSearch {
 public:
  SegmentSearch(const SearchContext& context, const Segment& segment, SearchScratch& scratch);

  /// Offers the nearest rows for heap.limit(), among them all that earlier calls offered.
  void Run(HitHeap& heap);
  /// Offers every visible row that passes. Cost: a scan, or of the matching rows where a list is
  /// given.
  void RunExhaustively(HitHeap& heap);
  /// True when the last Run() left no visible matching row out but for the heap's bound.
  [[nodiscard]] bool exhaustive() const { return exhaustive_; }
  [[nodiscard]] const SegmentReport& report() const { return report_; }

 private:
  [[nodiscard]] bool Shows(std::uint32_t position) const;
  [[nodiscard]] bool ShowsEverything() const;
  /// The squared distance in the search space below which rows of `score` and less lie.
  [[nodiscard]] float SpaceBound(float score) const;
  void Plan(const HitHeap& heap);
  void RunStrategy(HitHeap& heap);
  void RunWalk(HitHeap& heap);
  /// Collects rows of the beam to offer; returns how many pass.
  std::size_t CollectBeam(std::size_t limit, float bound);
  void RunGather(HitHeap& heap);
  void RunLists(HitHeap& heap);
  bool RunTwoHop(HitHeap& heap);
  /// True when far fewer rows near the query pass than the filter's share promises.
  [[nodiscard]] bool FilterKeepsAway(std::size_t passed, std::size_t tested) const;
  /// Scores and offers scratch_.positions (which all pass).
  void OfferPositions(HitHeap& heap);

  const SearchContext& context_;
  const Segment& segment_;
  SearchScratch& scratch_;
  WalkSpace space_;
  SegmentQuery query_;
  SegmentPlan plan_;
  bool planned_ = false;
  bool exhaustive_ = false;
  std::unique_ptr<GraphWalk> walk_;
  SegmentReport report_;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_SEARCH_SEGMENT_SEARCH_H_
