#include "index/vector/search/tail_search.h"

#include <algorithm>
#include <array>

namespace phenix::index::vector {
namespace {

using distance::kCodeBlockRows;

// With fewer rows the codes cost more than they save.
constexpr std::size_t kCodedRowsMin = 512;
// Below this share of passing rows they are picked out before anything is measured.
constexpr double kPickShareMax = 0.1;

class TailScan {
 public:
  TailScan(const SearchContext& context, const Tail& tail, SearchScratch& scratch, HitHeap& heap)
      : context_(context), tail_(tail), scratch_(scratch), heap_(heap) {
    scratch_.scores.resize(std::max(scratch_.scores.size(), tail.chunk_rows()));
    report_.strategy = Strategy::kScan;
  }

  // Measures rows [first, end), which lie in one chunk, or those of them in `places`.
  void Measure(std::size_t first, const std::uint32_t* places, std::size_t count) {
    if (count == 0) return;
    float* scores = scratch_.scores.data();
    ScoreRows(context_.kernels, {context_.metric, distance::ElementType::kF32},
              context_.prepared.data(), tail_.View(first, places, count), scores);
    report_.distances += count;
    for (std::size_t i = 0; i < count; ++i) {
      if (!(scores[i] <= heap_.bound())) continue;
      const std::size_t row = first + (places == nullptr ? i : places[i]);
      if (!Shows(row)) continue;
      ++report_.matches_seen;
      heap_.Offer(scores[i], tail_.RowAt(row).id);
    }
  }

  void ScanVectors(std::size_t first, std::size_t end) {
    while (first < end) {
      const std::size_t chunk_end = (first / tail_.chunk_rows() + 1) * tail_.chunk_rows();
      const std::size_t count = std::min(end, chunk_end) - first;
      Measure(first, nullptr, count);
      first += count;
    }
  }

  // Rows that pass first, then their vectors.
  void ScanPicked(std::size_t rows) {
    std::vector<std::uint32_t>& places = scratch_.positions;
    for (std::size_t first = 0; first < rows; first += tail_.chunk_rows()) {
      const std::size_t count = std::min(tail_.chunk_rows(), rows - first);
      places.clear();
      for (std::size_t i = 0; i < count; ++i) {
        if (Shows(first + i)) places.push_back(static_cast<std::uint32_t>(i));
      }
      Measure(first, places.data(), places.size());
    }
    report_.strategy = Strategy::kGather;
  }

  // Rows [0, coded) by codes; those that may enter the heap by vectors.
  void ScanCodes(std::size_t coded) {
    const distance::BitCoder& coder = tail_.coder();
    coder.EncodeQuery(context_.prepared, &scratch_.tables);
    const distance::BitQuery& query = scratch_.tables.view();
    alignas(64) std::array<float, kCodeBlockRows> lower;
    alignas(64) std::array<float, kCodeBlockRows> estimate;
    std::array<std::uint32_t, kCodeBlockRows> places;
    for (std::size_t first = 0; first < coded; first += kCodeBlockRows) {
      context_.kernels.scan_bits(query, coder.View(tail_.block(first)), lower.data(),
                                 estimate.data());
      const std::size_t count = std::min(kCodeBlockRows, coded - first);
      const float bound = heap_.bound();
      std::size_t near = 0;
      for (std::size_t i = 0; i < count; ++i) {
        places[near] = static_cast<std::uint32_t>(i);
        near += ScoreBound(lower[i], first + i) <= bound ? 1 : 0;
      }
      Measure(first, places.data(), near);
    }
  }

  SegmentReport& report() { return report_; }

 private:
  [[nodiscard]] bool Shows(std::size_t row) const {
    const TailRow found = tail_.RowAt(row);
    return found.end > context_.snapshot && context_.Accepts(found.id);
  }

  // The score that belongs to a squared distance: for unlike lengths |x - q|^2 = |x|^2 + |q|^2 -
  // 2xq.
  [[nodiscard]] float ScoreBound(float squared, std::size_t row) const {
    if (context_.metric == distance::Metric::kL2) return squared;
    const float base = context_.metric == distance::Metric::kCosine ? 1.0F : 0.0F;
    return base + (squared - tail_.RowAt(row).squared_length - context_.prepared_squares) * 0.5F;
  }

  const SearchContext& context_;
  const Tail& tail_;
  SearchScratch& scratch_;
  HitHeap& heap_;
  SegmentReport report_;
};

// Share of the tail's rows that pass, as far as the filter tells.
double PassingShare(const RowFilter& filter, std::size_t rows) {
  if (filter.kind() == RowFilter::Kind::kPredicate) return filter.hint().selectivity;
  return static_cast<double>(filter.match_count()) / static_cast<double>(rows);
}

}  // namespace

SegmentReport SearchTail(const SearchContext& context, const Tail& tail, SearchScratch& scratch,
                         HitHeap& heap) {
  const std::size_t rows = tail.RowsAt(context.snapshot);
  TailScan scan(context, tail, scratch, heap);
  scan.report().rows = rows;
  scan.report().matches_estimated = rows;
  if (rows == 0 || heap.limit() == 0) return scan.report();
  if (context.filter != nullptr && PassingShare(*context.filter, rows) <= kPickShareMax) {
    scan.ScanPicked(rows);
    return scan.report();
  }
  const std::size_t coded = std::min(rows, tail.coded_rows());
  if (context.exact || coded < kCodedRowsMin) {
    scan.ScanVectors(0, rows);
    return scan.report();
  }
  // The newest rows first: they have no codes, and they set the first bound.
  scan.ScanVectors(coded, rows);
  scan.ScanCodes(coded);
  return scan.report();
}

}  // namespace phenix::index::vector
