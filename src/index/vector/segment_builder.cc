#include "index/vector/segment_builder.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/assert.h"
#include "index/vector/graph/centroids.h"
#include "index/vector/search/recall_sample.h"

namespace phenix::index::vector {
namespace {

constexpr std::size_t kRowsPerList = 512;
constexpr std::size_t kListsMax = 2048;
constexpr std::size_t kEncodeUnitRows = 65536;
constexpr std::size_t kAssignRows = 4096;
constexpr std::size_t kEntriesMin = 192;
constexpr std::size_t kEntriesMax = 512;
constexpr std::size_t kTuningQueries = 200;

std::size_t EncodeUnits(std::size_t rows) { return (rows + kEncodeUnitRows - 1) / kEncodeUnitRows; }

}  // namespace

struct SegmentBuilder::Findings {
  NarrowestType narrowest;
  std::vector<float> mean;  // in the search space
  float largest_squared = 0.0F;
  distance::ByteRowCodec codec;
  ByteRows centroids;
  std::vector<std::uint32_t> list_starts;
};

SegmentBuilder::SegmentBuilder(const distance::Kernels& kernels, std::vector<RowSource> sources,
                               const SegmentOptions& options)
    : kernels_(kernels),
      sources_(std::move(sources)),
      options_(options),
      findings_(std::make_unique<Findings>()) {
  Enter(Phase::kSurvey);
}

SegmentBuilder::~SegmentBuilder() = default;

void SegmentBuilder::Enter(Phase phase) {
  phase_ = phase;
  switch (phase) {
    case Phase::kSurvey:
    case Phase::kLists:
      units_ = 1;
      break;
    case Phase::kEncode:
      StartEncoding();
      units_ = EncodeUnits(origins_.size());
      break;
    case Phase::kGraph:
      if (origins_.size() >= options_.graph_rows_min) {
        GraphOptions graph;
        graph.seed = options_.seed;
        graph_ = std::make_unique<GraphBuilder>(kernels_, segment_->bytes, graph);
        units_ = graph_->units();
      }
      break;
    case Phase::kTune:
      if (graph_) segment_->graph = graph_->Take();
      graph_.reset();
      units_ = 1;
      break;
    case Phase::kDone:
      units_ = 0;
      return;
  }
  const bool skipped = phase == Phase::kGraph && !graph_;
  if (units_ == 0 || skipped) Enter(static_cast<Phase>(static_cast<int>(phase) + 1));
}

void SegmentBuilder::NextPhase() {
  PHENIX_ASSERT(phase_ != Phase::kDone);
  if (phase_ == Phase::kGraph && graph_->units() != 0) {
    graph_->NextPhase();
    units_ = graph_->units();
    if (units_ != 0) return;
  }
  Enter(static_cast<Phase>(static_cast<int>(phase_) + 1));
}

void SegmentBuilder::RunUnit(std::size_t unit) {
  PHENIX_ASSERT(unit < units_);
  switch (phase_) {
    case Phase::kSurvey:
      return Survey();
    case Phase::kLists:
      return OrderByLists();
    case Phase::kEncode:
      return EncodeRows(unit);
    case Phase::kGraph:
      return graph_->RunUnit(unit);
    case Phase::kTune:
      ChooseEntries();
      if (segment_->has_graph()) {
        segment_->tuning =
            TuneSegment(kernels_, *segment_, options_.recall_target, kTuningQueries, options_.seed);
      }
      return;
    case Phase::kDone:
      break;
  }
}

// Adds the last component of the kDot search space to a prepared vector.
void SegmentBuilder::Lift(std::span<float> search_vector) const {
  if (options_.space.metric != distance::Metric::kDot) return;
  float squares = 0.0F;
  for (std::size_t i = 0; i + 1 < search_vector.size(); ++i) {
    squares += search_vector[i] * search_vector[i];
  }
  search_vector.back() = std::sqrt(std::max(0.0F, findings_->largest_squared - squares));
}

void SegmentBuilder::ReadSearchVector(const RowOrigin& origin, std::vector<float>* values) const {
  values->resize(options_.space.search_dimension());
  sources_[origin.source].Read(origin.row, std::span(*values).first(options_.space.dimension));
  Lift(*values);
}

void SegmentBuilder::Survey() {
  Findings& found = *findings_;
  const std::size_t dimension = options_.space.dimension;
  std::vector<double> sums(options_.space.search_dimension(), 0.0);
  std::vector<float> values(dimension);
  for (std::uint32_t source = 0; source < sources_.size(); ++source) {
    for (std::uint32_t row = 0; row < sources_[source].rows(); ++row) {
      if (sources_[source].end(row) <= options_.oldest_snapshot) continue;
      origins_.push_back({source, row});
      sources_[source].Read(row, values);
      found.narrowest.Show(values);
      float squares = 0.0F;
      for (std::size_t i = 0; i < dimension; ++i) {
        sums[i] += static_cast<double>(values[i]);
        squares += values[i] * values[i];
      }
      found.largest_squared = std::max(found.largest_squared, squares);
    }
  }
  const bool exact = options_.space.metric == distance::Metric::kL2 &&
                     found.narrowest.type() == distance::ElementType::kU8 &&
                     dimension <= distance::kExactDimensionMax;
  if (exact) {
    found.codec = distance::ByteRowCodec::Exact(options_.space.dimension);
    return;
  }
  found.mean.resize(sums.size());
  const double count = std::max<double>(1.0, static_cast<double>(origins_.size()));
  for (std::size_t i = 0; i < sums.size(); ++i) found.mean[i] = static_cast<float>(sums[i] / count);
  // The lifted component is centred on its largest value's half, which needs no second pass.
  if (sums.size() > dimension) found.mean.back() = std::sqrt(found.largest_squared) * 0.5F;
  found.codec = distance::ByteRowCodec::Scaled(found.mean);
}

void SegmentBuilder::OrderByLists() {
  const std::size_t rows = origins_.size();
  const std::size_t lists = std::clamp<std::size_t>(rows / kRowsPerList, 1, kListsMax);
  CentroidOptions training;
  training.count = lists;
  training.seed = options_.seed;
  std::vector<std::uint32_t> all(rows);
  std::iota(all.begin(), all.end(), 0U);
  const std::vector<std::uint32_t> chosen =
      SampleOf(all, lists * training.sample_per_centroid, options_.seed);
  ByteRows block = AllocateByteRows(findings_->codec, std::max(kAssignRows, chosen.size()));
  std::vector<float> values;
  const auto encode = [&](std::size_t place, std::size_t row) {
    ReadSearchVector(origins_[row], &values);
    std::fill_n(block.row(place), block.codec.stride(), std::uint8_t{0});
    block.codec.EncodeRow(values, block.row(place));
  };
  for (std::size_t i = 0; i < chosen.size(); ++i) encode(i, chosen[i]);
  findings_->centroids =
      TrainCentroids(kernels_, block, std::span(all).first(chosen.size()), training);
  std::vector<std::uint32_t> list_of(rows, 0);
  for (std::size_t first = 0; first < rows && lists > 1; first += kAssignRows) {
    const std::size_t count = std::min(kAssignRows, rows - first);
    for (std::size_t i = 0; i < count; ++i) encode(i, first + i);
    const std::vector<std::uint32_t> nearest =
        NearestCentroids(kernels_, block, std::span(all).first(count), findings_->centroids, 1);
    std::copy(nearest.begin(), nearest.end(), list_of.begin() + static_cast<std::ptrdiff_t>(first));
  }
  std::vector<std::uint32_t> starts(findings_->centroids.count + 1, 0);
  for (const std::uint32_t list : list_of) ++starts[list + 1];
  std::partial_sum(starts.begin(), starts.end(), starts.begin());
  std::vector<RowOrigin> ordered(rows);
  findings_->list_starts = starts;
  for (std::size_t row = 0; row < rows; ++row) ordered[starts[list_of[row]]++] = origins_[row];
  origins_ = std::move(ordered);
}

void SegmentBuilder::StartEncoding() {
  std::vector<std::uint64_t> ids(origins_.size());
  std::vector<std::uint64_t> begins(origins_.size());
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    const RowSource& source = sources_[origins_[i].source];
    ids[i] = source.id(origins_[i].row);
    begins[i] = source.begin(origins_[i].row);
  }
  segment_ = std::make_shared<Segment>(options_.space, std::move(ids), std::move(begins));
  segment_->bytes = AllocateByteRows(findings_->codec, origins_.size());
  segment_->largest_squared = findings_->largest_squared;
  segment_->centroids = std::move(findings_->centroids);
  segment_->list_starts = std::move(findings_->list_starts);
  if (findings_->codec.kind() == distance::ByteRowKind::kScaled) {
    segment_->full =
        FullRows(findings_->narrowest.type(), options_.space.dimension, origins_.size());
  }
}

void SegmentBuilder::EncodeRows(std::size_t unit) {
  std::vector<float> values;
  const std::size_t end = std::min(origins_.size(), (unit + 1) * kEncodeUnitRows);
  for (std::size_t i = unit * kEncodeUnitRows; i < end; ++i) {
    ReadSearchVector(origins_[i], &values);
    segment_->bytes.codec.EncodeRow(values, segment_->bytes.row(i));
    if (!segment_->bytes_are_full()) {
      segment_->full.Write(i, std::span(values).first(options_.space.dimension));
    }
  }
}

// Rows spread over all lists: the first ones of a walk.
void SegmentBuilder::ChooseEntries() {
  Segment& segment = *segment_;
  const std::size_t count = std::clamp(segment.rows() / 2048, kEntriesMin, kEntriesMax);
  std::vector<std::uint32_t> all(segment.rows());
  std::iota(all.begin(), all.end(), 0U);
  segment.entry_positions = SampleOf(all, count, options_.seed);
  segment.entry_rows = AllocateByteRows(segment.bytes.codec, segment.entry_positions.size());
  for (std::size_t i = 0; i < segment.entry_positions.size(); ++i) {
    std::copy_n(segment.bytes.row(segment.entry_positions[i]), segment.bytes.codec.stride(),
                segment.entry_rows.row(i));
  }
}

std::shared_ptr<Segment> SegmentBuilder::Take() {
  PHENIX_ASSERT(phase_ == Phase::kDone);
  return std::move(segment_);
}

std::shared_ptr<Segment> BuildSegment(const distance::Kernels& kernels,
                                      std::vector<RowSource> sources,
                                      const SegmentOptions& options) {
  SegmentBuilder builder(kernels, std::move(sources), options);
  while (builder.units() != 0) {
    for (std::size_t unit = 0; unit < builder.units(); ++unit) builder.RunUnit(unit);
    builder.NextPhase();
  }
  return builder.Take();
}

}  // namespace phenix::index::vector
