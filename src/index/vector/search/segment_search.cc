#include "index/vector/search/segment_search.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "index/vector/search/two_hop_walk.h"

namespace phenix::index::vector {
namespace {

// Lossy distances may be off by so much of themselves.
constexpr float kLossySlack = 1.05F;
// Passing rows cluster unevenly: a filtered walk keeps so much more than an unfiltered one.
constexpr double kTraverseWidthFactorMax = 100.0;
constexpr double kTraversePassing = 0.75;
constexpr std::size_t kTwoHopWidthFactor = 2;
constexpr std::size_t kTwoHopSeeds = 24;
constexpr std::size_t kTwoHopSeedTests = 600;
constexpr std::size_t kScanRows = 4096;
constexpr std::size_t kRangeStartRows = 10;
// Lists are probed until so many times the wanted rows were measured, whatever the tuning says.
constexpr double kListRowsPerWanted = 4.0;
// Where so small a part of the rows expected near the query passes, the filter keeps away from it.
constexpr double kAwayShare = 0.7;
constexpr std::size_t kAwayTests = 64;

}  // namespace

SegmentSearch::SegmentSearch(const SearchContext& context, const Segment& segment,
                             SearchScratch& scratch)
    : context_(context),
      segment_(segment),
      scratch_(scratch),
      space_(segment.Walkable(context.kernels)) {
  segment_.EncodeQuery(context.prepared, &scratch_.encoded);
  query_ = {context.prepared.data(), &scratch_.encoded};
  report_.rows = segment.rows();
}

bool SegmentSearch::Shows(std::uint32_t position) const {
  return segment_.lives.VisibleAt(position, context_.snapshot) &&
         context_.Accepts(segment_.ids[position]);
}

bool SegmentSearch::ShowsEverything() const {
  return context_.filter == nullptr && context_.hidden_ids.empty() &&
         segment_.lives.ended_rows() == 0 && segment_.lives.newest_begin() <= context_.snapshot;
}

float SegmentSearch::SpaceBound(float score) const {
  switch (context_.metric) {
    case distance::Metric::kL2:
      return score;
    case distance::Metric::kCosine:
      return 2.0F * score;
    case distance::Metric::kDot:
      break;
  }
  return context_.prepared_squares + segment_.largest_squared + 2.0F * score;
}

void SegmentSearch::Plan(const HitHeap& heap) {
  const std::size_t limit =
      context_.ranged ? std::min(heap.limit(), kRangeStartRows) : heap.limit();
  plan_ = PlanSegment(context_, segment_, limit);
  planned_ = true;
  report_.strategy = plan_.strategy;
  report_.matches_estimated = static_cast<std::uint64_t>(plan_.matches);
  report_.cost_estimated_nanoseconds = plan_.cost_nanoseconds;
}

void SegmentSearch::Run(HitHeap& heap) {
  if (segment_.rows() == 0 || heap.limit() == 0) {
    exhaustive_ = true;
    return;
  }
  if (!planned_) Plan(heap);
  report_.matches_seen = 0;
  RunStrategy(heap);
}

void SegmentSearch::RunStrategy(HitHeap& heap) {
  switch (plan_.strategy) {
    case Strategy::kGraph:
    case Strategy::kTraverse:
      return RunWalk(heap);
    case Strategy::kTwoHop:
      if (RunTwoHop(heap)) return;
      report_.fell_back = true;
      plan_.strategy = Strategy::kPostingLists;
      return RunLists(heap);
    case Strategy::kPostingLists:
      return RunLists(heap);
    case Strategy::kGather:
      return RunGather(heap);
    case Strategy::kScan:
      return RunExhaustively(heap);
  }
}

std::size_t SegmentSearch::CollectBeam(std::size_t limit, float bound) {
  scratch_.found.clear();
  const bool scored = BytesGiveScores(segment_, scratch_.encoded);
  const bool shows_everything = ShowsEverything();
  const std::size_t wanted = scored ? limit : RerankCount(limit);
  std::vector<std::uint32_t>& positions = scratch_.positions;
  positions.clear();
  for (const NeighborKey key : walk_->beam()) {
    if (positions.size() == wanted || DistanceOf(key) > bound) break;
    if (!shows_everything && !Shows(RowOf(key))) continue;
    positions.push_back(RowOf(key));
    if (scored) scratch_.found.push_back({DistanceOf(key), RowOf(key)});
  }
  return positions.size();
}

void SegmentSearch::RunWalk(HitHeap& heap) {
  if (!walk_) walk_ = std::make_unique<GraphWalk>(space_, scratch_.encoded, scratch_.walk);
  const bool scored = BytesGiveScores(segment_, scratch_.encoded);
  const float slack = scored ? 1.0F : kLossySlack;
  const float bound = SpaceBound(heap.bound()) * slack;
  const std::size_t planned_limit =
      context_.ranged ? std::min(heap.limit(), kRangeStartRows) : heap.limit();
  std::size_t width = context_.beam_width != 0
                          ? std::max<std::size_t>(context_.beam_width, planned_limit)
                          : segment_.tuning.WidthFor(planned_limit, context_.recall);
  const std::size_t unfiltered_width = width;
  if (plan_.strategy == Strategy::kTraverse) {
    const double factor = std::min(1.0 / plan_.selectivity, kTraverseWidthFactorMax);
    width = static_cast<std::size_t>(static_cast<double>(width) * factor);
  }
  // Of a filtered beam about as many rows should pass as an unfiltered one holds.
  const std::size_t wanted =
      plan_.strategy == Strategy::kTraverse
          ? std::max(heap.limit(), static_cast<std::size_t>(kTraversePassing *
                                                            static_cast<double>(unfiltered_width)))
          : heap.limit();
  std::size_t passing = 0;
  while (true) {
    walk_->Run(width);
    passing = CollectBeam(wanted, bound);
    const bool beyond = !walk_->beam().empty() && DistanceOf(walk_->beam().back()) > bound;
    if (passing >= wanted || beyond || walk_->exhausted()) break;
    width *= 2;
  }
  exhaustive_ = walk_->exhausted() && walk_->beam().size() == segment_.rows();
  report_.distances = walk_->distances();
  report_.matches_seen = passing;
  if (!scored) return OfferPositions(heap);
  for (const ScoredRow& row : scratch_.found) heap.Offer(row.score, segment_.ids[row.position]);
}

void SegmentSearch::OfferPositions(HitHeap& heap) {
  const std::vector<std::uint32_t>& positions = scratch_.positions;
  scratch_.scores.resize(std::max(scratch_.scores.size(), positions.size()));
  ScorePositions(context_.kernels, segment_, query_, positions, scratch_.scores.data());
  for (std::size_t i = 0; i < positions.size(); ++i) {
    heap.Offer(scratch_.scores[i], segment_.ids[positions[i]]);
  }
}

void SegmentSearch::RunGather(HitHeap& heap) {
  const RowFilter& filter = *context_.filter;
  std::vector<std::uint32_t>& positions = scratch_.positions;
  positions.clear();
  const auto take = [&](std::uint64_t id) {
    segment_.positions.ForEach(id, [&](std::uint32_t position) {
      if (!segment_.lives.VisibleAt(position, context_.snapshot)) return true;
      if (context_.hidden_ids.empty() || context_.Accepts(id)) positions.push_back(position);
      return true;
    });
  };
  const std::uint64_t first_id = segment_.positions.first_id();
  const std::uint64_t last_id = segment_.positions.last_id();
  if (filter.kind() == RowFilter::Kind::kSortedIds) {
    const auto ids = filter.words();
    auto id = std::lower_bound(ids.begin(), ids.end(), first_id);
    for (; id != ids.end() && *id <= last_id; ++id) take(*id);
  } else {
    const std::uint64_t from = std::max(first_id, filter.first_id()) - filter.first_id();
    for (std::uint64_t word = from / 64; word < filter.words().size(); ++word) {
      if (filter.first_id() + word * 64 > last_id) break;
      for (std::uint64_t bits = filter.words()[word]; bits != 0; bits &= bits - 1) {
        const auto bit = static_cast<std::uint64_t>(__builtin_ctzll(bits));
        take(filter.first_id() + word * 64 + bit);
      }
    }
  }
  report_.distances = positions.size();
  report_.matches_seen = positions.size();
  exhaustive_ = true;
  OfferPositions(heap);
}

void SegmentSearch::RunLists(HitHeap& heap) {
  const std::size_t lists = segment_.lists();
  std::vector<float> squared(lists);
  segment_.bytes.codec.Scan(context_.kernels, scratch_.encoded,
                            segment_.centroids.View(nullptr, lists), squared.data());
  std::vector<std::uint32_t> order(lists);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return squared[a] < squared[b]; });
  const double rank = static_cast<double>(heap.limit()) / plan_.selectivity;
  const std::size_t tuned = segment_.tuning.ProbesFor(rank, ListRecall(context_.recall));
  const auto wanted =
      static_cast<std::size_t>(kListRowsPerWanted * static_cast<double>(heap.limit()));
  std::vector<std::uint32_t> near;
  std::size_t tested = 0;
  std::size_t probe = 0;
  for (; probe < lists && (probe < tuned || near.size() < wanted); ++probe) {
    const std::uint32_t start = segment_.list_starts[order[probe]];
    const std::uint32_t end = segment_.list_starts[order[probe] + 1];
    tested += end - start;
    for (std::uint32_t row = start; row < end; ++row) {
      if (Shows(row)) near.push_back(row);
    }
  }
  if (FilterKeepsAway(near.size(), tested) && probe < lists) {
    report_.fell_back = true;
    return context_.filter->kind() == RowFilter::Kind::kPredicate ? RunExhaustively(heap)
                                                                  : RunGather(heap);
  }
  const std::uint64_t seen = near.size();
  scratch_.positions.swap(near);
  OfferPositions(heap);
  report_.matches_seen = seen;
  report_.distances = seen + lists;
  exhaustive_ = probe == lists;
}

bool SegmentSearch::FilterKeepsAway(std::size_t passed, std::size_t tested) const {
  return tested >= kAwayTests &&
         static_cast<double>(passed) < kAwayShare * plan_.selectivity * static_cast<double>(tested);
}

bool SegmentSearch::RunTwoHop(HitHeap& heap) {
  const std::size_t width =
      kTwoHopWidthFactor *
      std::max<std::size_t>(segment_.tuning.WidthFor(heap.limit(), context_.recall),
                            std::max<std::size_t>(context_.beam_width, heap.limit()));
  // Seeds: the first passing rows of the nearest list, and the nearest entry rows.
  const std::size_t entries = segment_.entry_positions.size();
  const std::size_t lists = segment_.lists();
  std::vector<float> squared(std::max(entries, lists));
  segment_.bytes.codec.Scan(context_.kernels, scratch_.encoded,
                            segment_.centroids.View(nullptr, lists), squared.data());
  const auto list = static_cast<std::size_t>(
      std::min_element(squared.begin(), squared.begin() + static_cast<std::ptrdiff_t>(lists)) -
      squared.begin());
  std::vector<std::uint32_t> seeds;
  const std::uint32_t end = segment_.list_starts[list + 1];
  std::size_t tests = 0;
  for (std::uint32_t row = segment_.list_starts[list];
       row < end && seeds.size() < kTwoHopSeeds && tests < kTwoHopSeedTests; ++row, ++tests) {
    if (Shows(row)) seeds.push_back(row);
  }
  if (FilterKeepsAway(seeds.size(), tests)) return false;
  segment_.bytes.codec.Scan(context_.kernels, scratch_.encoded,
                            segment_.entry_rows.View(nullptr, entries), squared.data());
  const auto entry = static_cast<std::size_t>(
      std::min_element(squared.begin(), squared.begin() + static_cast<std::ptrdiff_t>(entries)) -
      squared.begin());
  seeds.push_back(segment_.entry_positions[entry]);
  TwoHopWalk walk(space_, scratch_.encoded, scratch_.walk,
                  [this](std::uint32_t row) { return Shows(row); });
  walk.Run(seeds, width);
  report_.distances = walk.distances() + entries + lists;
  report_.matches_seen = walk.beam().size();
  const bool complete = static_cast<double>(walk.beam().size()) >= 0.9 * plan_.matches;
  if ((walk.stalled() || walk.beam().size() < width) && !complete) return false;
  scratch_.positions.clear();
  const std::size_t count = std::min(walk.beam().size(), RerankCount(heap.limit()));
  for (const NeighborKey key : walk.beam().first(count)) scratch_.positions.push_back(RowOf(key));
  exhaustive_ = false;
  OfferPositions(heap);
  return true;
}

void SegmentSearch::RunExhaustively(HitHeap& heap) {
  const bool listed =
      context_.filter != nullptr && context_.filter->kind() != RowFilter::Kind::kPredicate;
  if (listed && plan_.strategy == Strategy::kGather) return RunGather(heap);
  std::vector<float>& scores = scratch_.scores;
  scores.resize(std::max(scores.size(), kScanRows));
  std::vector<std::uint32_t>& positions = scratch_.positions;
  const bool shows_everything = ShowsEverything();
  std::uint64_t seen = 0;
  for (std::size_t first = 0; first < segment_.rows(); first += kScanRows) {
    const std::size_t count = std::min(kScanRows, segment_.rows() - first);
    positions.resize(count);
    std::iota(positions.begin(), positions.end(), static_cast<std::uint32_t>(first));
    ScorePositions(context_.kernels, segment_, query_, positions, scores.data());
    for (std::size_t i = 0; i < count; ++i) {
      if (!(scores[i] <= heap.bound())) continue;
      if (!shows_everything && !Shows(positions[i])) continue;
      heap.Offer(scores[i], segment_.ids[positions[i]]);
      ++seen;
    }
  }
  report_.matches_seen = seen;
  report_.distances = segment_.rows();
  exhaustive_ = true;
}

}  // namespace phenix::index::vector
