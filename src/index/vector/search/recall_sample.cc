#include "index/vector/search/recall_sample.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "index/vector/graph/centroids.h"
#include "index/vector/graph/pair_scan.h"
#include "index/vector/search/beam_rerank.h"

namespace phenix::index::vector {
namespace {

constexpr std::array<std::size_t, 24> kWidths = {10,  12,  14,  16,  18,  20,  24,  28,
                                                 32,  40,  48,  56,  64,  80,  96,  128,
                                                 160, 192, 256, 320, 384, 512, 768, 1024};
constexpr std::size_t kRightRows = 8192;
// Equal but for rounding.
constexpr float kTie = 1.00001F;

struct SampledQuery {
  std::uint32_t row = 0;
  std::vector<float> prepared;
  std::vector<ScoredRow> truth;  // nearest first, without the row itself
};

// The nearest rows of the sample by byte rows.
std::vector<std::vector<NeighborKey>> NearestByBytes(const distance::Kernels& kernels,
                                                     const Segment& segment,
                                                     std::span<const std::uint32_t> sample,
                                                     std::size_t keep) {
  std::vector<std::vector<NeighborKey>> lists(sample.size());
  std::vector<float> bounds(sample.size(), std::numeric_limits<float>::infinity());
  ByteRows left = AllocateByteRows(segment.bytes.codec, sample.size());
  for (std::size_t q = 0; q < sample.size(); ++q) {
    std::copy_n(segment.bytes.row(sample[q]), left.codec.stride(), left.row(q));
  }
  PairScan scan(kernels, segment.bytes.codec);
  for (std::size_t first = 0; first < segment.rows(); first += kRightRows) {
    const std::size_t count = std::min(kRightRows, segment.rows() - first);
    distance::RowSet right = segment.bytes.View(nullptr, count);
    right.rows = segment.bytes.row(first);
    scan.SetRight(right);
    scan.Run(
        left.View(nullptr, sample.size()), [&](std::size_t q) { return bounds[q]; },
        [&](std::size_t q, const std::uint32_t* places, const float* squared, std::size_t found) {
          std::vector<NeighborKey>& list = lists[q];
          for (std::size_t i = 0; i < found; ++i) {
            const auto row = static_cast<std::uint32_t>(first + places[i]);
            if (row != sample[q]) list.push_back(MakeKey(squared[i], row));
          }
          if (list.size() < 2 * keep) return;
          const auto last = list.begin() + static_cast<std::ptrdiff_t>(keep) - 1;
          std::nth_element(list.begin(), last, list.end());
          bounds[q] = DistanceOf(*last);
          list.resize(keep);
        });
  }
  for (std::vector<NeighborKey>& list : lists) {
    std::sort(list.begin(), list.end());
    list.resize(std::min(list.size(), keep));
  }
  return lists;
}

// Sampled rows with their true neighbors; the first `exact` of them by full vectors.
std::vector<SampledQuery> SampleQueries(const distance::Kernels& kernels, const Segment& segment,
                                        std::size_t queries, std::size_t ranks,
                                        std::uint64_t seed) {
  constexpr std::size_t kRescored = 256;
  std::vector<std::uint32_t> all(segment.rows());
  std::iota(all.begin(), all.end(), 0U);
  const std::vector<std::uint32_t> sample = SampleOf(all, queries, seed ^ 0x5EEDU);
  const auto lists = NearestByBytes(kernels, segment, sample, ranks);
  std::vector<SampledQuery> sampled(sample.size());
  distance::EncodedQuery encoded;
  for (std::size_t q = 0; q < sample.size(); ++q) {
    SampledQuery& query = sampled[q];
    query.row = sample[q];
    query.prepared.resize(segment.space.dimension);
    segment.Read(query.row, query.prepared);
    segment.EncodeQuery(query.prepared, &encoded);
    ScoreKeys(kernels, segment, {query.prepared.data(), &encoded}, lists[q], &query.truth);
    const std::size_t count = std::min(kRescored, query.truth.size());
    std::array<std::uint32_t, kRescored> positions;
    std::array<float, kRescored> scores;
    for (std::size_t i = 0; i < count; ++i) positions[i] = query.truth[i].position;
    ScorePositions(kernels, segment, {query.prepared.data(), &encoded},
                   std::span(positions).first(count), scores.data());
    for (std::size_t i = 0; i < count; ++i) query.truth[i].score = scores[i];
    std::sort(query.truth.begin(), query.truth.begin() + static_cast<std::ptrdiff_t>(count),
              [](const ScoredRow& a, const ScoredRow& b) { return a.score < b.score; });
  }
  return sampled;
}

// Share of `found` that is as near as the limit-th true neighbor.
double RecallOf(const SampledQuery& query, std::vector<ScoredRow>& found, std::size_t limit) {
  const std::size_t wanted = std::min(limit, query.truth.size());
  if (wanted == 0) return 1.0;
  const float worst = query.truth[wanted - 1].score;
  const float bound = worst > 0.0F ? worst * kTie : worst / kTie;
  const auto hits = static_cast<std::size_t>(std::count_if(
      found.begin(), found.end(), [&](const ScoredRow& row) { return row.score <= bound; }));
  return static_cast<double>(std::min(hits, wanted)) / static_cast<double>(wanted);
}

class WidthTuning {
 public:
  WidthTuning(const distance::Kernels& kernels, const Segment& segment)
      : kernels_(kernels), segment_(segment), space_(segment.Walkable(kernels)) {}

  // Adds this query's recall at every width.
  void Measure(const SampledQuery& query, std::size_t limit_place) {
    const std::size_t limit = kTunedLimits[limit_place];
    segment_.EncodeQuery(query.prepared, &encoded_);
    GraphWalk walk(space_, encoded_, scratch_);
    walk.Exclude(query.row);
    for (std::size_t w = 0; w < kWidths.size(); ++w) {
      if (kWidths[w] < limit) continue;
      sums_[w] += WalkRecall(walk, query, kWidths[w], limit);
    }
    ++queries_;
  }
  double WalkRecall(GraphWalk& walk, const SampledQuery& query, std::size_t width,
                    std::size_t limit) {
    walk.Run(width);
    const std::size_t count = std::min(RerankCount(limit), walk.beam().size());
    ScoreKeys(kernels_, segment_, {query.prepared.data(), &encoded_}, walk.beam().first(count),
              &found_);
    return RecallOf(query, found_, limit);
  }
  [[nodiscard]] std::uint32_t WidthFor(std::size_t limit, double recall) const {
    for (std::size_t w = 0; w < kWidths.size(); ++w) {
      if (kWidths[w] >= limit && sums_[w] >= recall * static_cast<double>(queries_)) {
        return static_cast<std::uint32_t>(kWidths[w]);
      }
    }
    return static_cast<std::uint32_t>(kWidths.back());
  }
  distance::EncodedQuery& encoded() { return encoded_; }
  WalkScratch& scratch() { return scratch_; }
  [[nodiscard]] const WalkSpace& space() const { return space_; }

 private:
  const distance::Kernels& kernels_;
  const Segment& segment_;
  WalkSpace space_;
  WalkScratch scratch_;
  distance::EncodedQuery encoded_;
  std::vector<ScoredRow> found_;
  std::array<double, kWidths.size()> sums_ = {};
  std::size_t queries_ = 0;
};

// In how many of the nearest lists the neighbors of each query lie: counts by probe number.
class ProbeTuning {
 public:
  ProbeTuning(const distance::Kernels& kernels, const Segment& segment)
      : kernels_(kernels), segment_(segment) {
    for (std::vector<std::uint64_t>& counts : counts_) counts.resize(segment.lists() + 1, 0);
  }

  void Measure(const SampledQuery& query) {
    const std::size_t lists = segment_.lists();
    std::vector<float> squared(lists);
    segment_.EncodeQuery(query.prepared, &encoded_);
    segment_.bytes.codec.Scan(kernels_, encoded_, segment_.centroids.View(nullptr, lists),
                              squared.data());
    std::vector<std::uint32_t> order(lists);
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return squared[a] < squared[b]; });
    std::vector<std::uint32_t> probe_of(lists);
    for (std::uint32_t probe = 0; probe < lists; ++probe) probe_of[order[probe]] = probe + 1;
    const auto& starts = segment_.list_starts;
    for (std::size_t i = 0; i < query.truth.size(); ++i) {
      const auto list = std::upper_bound(starts.begin(), starts.end(), query.truth[i].position) -
                        starts.begin() - 1;
      for (std::size_t r = 0; r < kTunedRanks.size(); ++r) {
        if (i < kTunedRanks[r]) ++counts_[r][probe_of[static_cast<std::size_t>(list)]];
      }
    }
  }
  [[nodiscard]] std::uint32_t ProbesFor(std::size_t rank_place, double recall) const {
    const std::vector<std::uint64_t>& counts = counts_[rank_place];
    const auto total = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    std::uint64_t covered = 0;
    for (std::size_t probe = 0; probe < counts.size(); ++probe) {
      covered += counts[probe];
      if (static_cast<double>(covered) >= recall * static_cast<double>(total)) {
        return static_cast<std::uint32_t>(std::max<std::size_t>(1, probe));
      }
    }
    return static_cast<std::uint32_t>(counts.size() - 1);
  }

 private:
  const distance::Kernels& kernels_;
  const Segment& segment_;
  distance::EncodedQuery encoded_;
  std::array<std::vector<std::uint64_t>, kTunedRanks.size()> counts_;
};

}  // namespace

SearchTuning TuneSegment(const distance::Kernels& kernels, const Segment& segment,
                         double recall_target, std::size_t queries, std::uint64_t seed) {
  SearchTuning tuning;
  const std::vector<SampledQuery> sampled =
      SampleQueries(kernels, segment, queries, kTunedRanks.back(), seed);
  for (std::size_t l = 0; l < kTunedLimits.size(); ++l) {
    if (segment.rows() < 4 * kTunedLimits[l]) continue;
    WidthTuning widths(kernels, segment);
    for (const SampledQuery& query : sampled) widths.Measure(query, l);
    for (std::size_t r = 0; r < kTunedRecalls.size(); ++r) {
      tuning.widths[l][r] = widths.WidthFor(kTunedLimits[l], kTunedRecalls[r]);
    }
  }
  ProbeTuning probes(kernels, segment);
  for (const SampledQuery& query : sampled) probes.Measure(query);
  for (std::size_t p = 0; p < kTunedRanks.size(); ++p) {
    for (std::size_t r = 0; r < kTunedRecalls.size(); ++r) {
      tuning.probes[p][r] = probes.ProbesFor(p, kTunedRecalls[r]);
    }
  }
  constexpr std::size_t kLimit = kTunedLimits[0];
  tuning.recall_measured = MeasureRecall(
      kernels, segment, {queries, kLimit, tuning.WidthFor(kLimit, recall_target), seed + 1});
  return tuning;
}

double MeasureRecall(const distance::Kernels& kernels, const Segment& segment,
                     const RecallSample& sample) {
  const std::vector<SampledQuery> sampled = SampleQueries(
      kernels, segment, sample.queries, std::max<std::size_t>(2 * sample.limit, 64), sample.seed);
  if (sampled.empty()) return 1.0;
  WidthTuning walker(kernels, segment);
  double sum = 0.0;
  for (const SampledQuery& query : sampled) {
    segment.EncodeQuery(query.prepared, &walker.encoded());
    GraphWalk walk(walker.space(), walker.encoded(), walker.scratch());
    walk.Exclude(query.row);
    sum += walker.WalkRecall(walk, query, sample.width, sample.limit);
  }
  return sum / static_cast<double>(sampled.size());
}

}  // namespace phenix::index::vector
