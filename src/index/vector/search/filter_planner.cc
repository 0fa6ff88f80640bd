#include "index/vector/search/filter_planner.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace phenix::index::vector {
namespace {

constexpr std::size_t kPredicateSamples = 48;
// Nanoseconds, measured: rows that are read one after another by position, rows met on a walk
// (whose addresses are known late), and one visibility and filter test.
constexpr double kGatherNanoseconds = 18.0;
constexpr double kGatherNanosecondsPerByte = 0.02;
constexpr double kWalkNanoseconds = 30.0;
constexpr double kWalkNanosecondsPerByte = 0.05;
constexpr double kTestNanoseconds = 6.0;
constexpr double kGatherFixedNanoseconds = 2000.0;
constexpr double kTwoHopSelectivityMin = 0.05;  // below, passing rows no longer hang together
constexpr double kTraverseSelectivityMin = 0.01;
// A walk measures so many rows before the beam fills, and per beam place afterwards.
constexpr double kWalkRowsFixed = 250.0;
constexpr double kWalkRowsPerPlace = 14.0;
constexpr double kTwoHopRowsPerPlace = 24.0;
constexpr double kTwoHopWidthFactor = 2.0;

double CountBits(std::span<const std::uint64_t> words, std::uint64_t first, std::uint64_t end) {
  std::uint64_t count = 0;
  for (std::uint64_t word = first / 64; word <= (end - 1) / 64; ++word) {
    std::uint64_t bits = words[word];
    if (word == first / 64) bits &= ~0ULL << (first % 64);
    if (word == (end - 1) / 64 && end % 64 != 0) bits &= (1ULL << (end % 64)) - 1ULL;
    count += static_cast<std::uint64_t>(std::popcount(bits));
  }
  return static_cast<double>(count);
}

double MatchesOfBitmap(const Segment& segment, const RowFilter& filter) {
  const std::uint64_t first = std::max(segment.positions.first_id(), filter.first_id());
  const std::uint64_t end =
      std::min(segment.positions.last_id() + 1, filter.first_id() + filter.words().size() * 64);
  if (first >= end) return 0.0;
  const double bits = CountBits(filter.words(), first - filter.first_id(), end - filter.first_id());
  const auto range =
      static_cast<double>(segment.positions.last_id() - segment.positions.first_id() + 1);
  return bits * std::min(1.0, static_cast<double>(segment.rows()) / range);
}

double MatchesOfIds(const Segment& segment, std::span<const std::uint64_t> ids) {
  const auto first = std::lower_bound(ids.begin(), ids.end(), segment.positions.first_id());
  const auto end = std::upper_bound(first, ids.end(), segment.positions.last_id());
  return static_cast<double>(end - first);
}

double MatchesOfPredicate(const Segment& segment, const RowFilter& filter) {
  const std::size_t samples = std::min(kPredicateSamples, segment.rows());
  if (samples == 0) return 0.0;
  std::size_t passed = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    passed += filter.Passes(segment.ids[i * segment.rows() / samples]) ? 1 : 0;
  }
  // The hint counts like a few samples, so that a rare match is not taken for none.
  const double hinted = filter.hint().selectivity * 2.0;
  return (static_cast<double>(passed) + hinted) / (static_cast<double>(samples) + 2.0) *
         static_cast<double>(segment.rows());
}

struct Costs {
  double gather;  // one row
  double walk;    // one row
  double test;
  double width;
};

Costs CostsOf(const SearchContext& context, const Segment& segment, std::size_t limit) {
  const auto stride = static_cast<double>(segment.bytes.codec.stride());
  const bool predicate =
      context.filter != nullptr && context.filter->kind() == RowFilter::Kind::kPredicate;
  const std::size_t width = context.beam_width != 0
                                ? std::max<std::size_t>(context.beam_width, limit)
                                : segment.tuning.WidthFor(limit, context.recall);
  return {kGatherNanoseconds + kGatherNanosecondsPerByte * stride,
          kWalkNanoseconds + kWalkNanosecondsPerByte * stride,
          kTestNanoseconds + (predicate ? context.filter->hint().cost_nanoseconds : 0.0),
          static_cast<double>(width)};
}

double WalkCost(const Costs& costs, double width) {
  return (kWalkRowsFixed + kWalkRowsPerPlace * width) * costs.walk;
}

double TwoHopCost(const Costs& costs, double selectivity) {
  constexpr double kBehindOneRow = double{kGraphDegree} * kGraphDegree;
  const double width = kTwoHopWidthFactor * costs.width;
  return (kWalkRowsFixed + kTwoHopRowsPerPlace * costs.width) * costs.walk +
         width * kBehindOneRow * (1.0 - selectivity) * costs.test;
}

double ListsCost(const SearchContext& context, const Segment& segment, const Costs& costs,
                 double selectivity, std::size_t limit) {
  const double rank = static_cast<double>(limit) / std::max(selectivity, 1e-9);
  const auto lists = static_cast<double>(std::max<std::size_t>(1, segment.lists()));
  const double probes = std::min(
      lists, static_cast<double>(segment.tuning.ProbesFor(rank, ListRecall(context.recall))));
  const double rows = static_cast<double>(segment.rows()) / lists * probes;
  return lists * costs.gather * 0.5 + rows * (costs.test + selectivity * costs.gather);
}

void Consider(Strategy strategy, double cost, SegmentPlan* plan) {
  if (plan->cost_nanoseconds != 0.0 && cost >= plan->cost_nanoseconds) return;
  plan->strategy = strategy;
  plan->cost_nanoseconds = cost;
}

}  // namespace

double EstimateMatches(const Segment& segment, const RowFilter& filter) {
  const auto rows = static_cast<double>(segment.rows());
  switch (filter.kind()) {
    case RowFilter::Kind::kNone:
      return rows;
    case RowFilter::Kind::kBitmap:
      return std::min(rows, MatchesOfBitmap(segment, filter));
    case RowFilter::Kind::kSortedIds:
      return std::min(rows, MatchesOfIds(segment, filter.words()));
    case RowFilter::Kind::kPredicate:
      break;
  }
  return MatchesOfPredicate(segment, filter);
}

namespace {

SegmentPlan CheapestPlan(const SearchContext& context, const Segment& segment, std::size_t limit) {
  const auto rows = static_cast<double>(std::max<std::size_t>(1, segment.rows()));
  SegmentPlan plan;
  plan.matches = context.filter == nullptr ? rows : EstimateMatches(segment, *context.filter);
  plan.selectivity = std::max(plan.matches, 0.5) / rows;
  const bool listed =
      context.filter != nullptr && context.filter->kind() != RowFilter::Kind::kPredicate;
  const bool scanned = context.exact || !segment.has_graph();
  const Costs costs = CostsOf(context, segment, limit);
  if (scanned) Consider(Strategy::kScan, rows * costs.gather, &plan);
  if (listed) {
    Consider(Strategy::kGather, kGatherFixedNanoseconds + plan.matches * costs.gather, &plan);
  }
  if (scanned) return plan;
  if (context.filter == nullptr) {
    Consider(Strategy::kGraph, WalkCost(costs, costs.width), &plan);
    return plan;
  }
  Consider(Strategy::kPostingLists, ListsCost(context, segment, costs, plan.selectivity, limit),
           &plan);
  if (plan.selectivity >= kTraverseSelectivityMin) {
    const double width = costs.width / plan.selectivity;
    Consider(Strategy::kTraverse, WalkCost(costs, width) + width * costs.test, &plan);
  }
  if (plan.selectivity >= kTwoHopSelectivityMin) {
    Consider(Strategy::kTwoHop, TwoHopCost(costs, plan.selectivity), &plan);
  }
  return plan;
}

}  // namespace

SegmentPlan PlanSegment(const SearchContext& context, const Segment& segment, std::size_t limit) {
  SegmentPlan plan = CheapestPlan(context, segment, limit);
  const bool possible = segment.has_graph() && context.filter != nullptr && context.strategy &&
                        (*context.strategy != Strategy::kGather ||
                         context.filter->kind() != RowFilter::Kind::kPredicate);
  if (possible) plan.strategy = *context.strategy;
  return plan;
}

}  // namespace phenix::index::vector
