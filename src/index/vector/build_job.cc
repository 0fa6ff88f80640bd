#include "index/vector/build_job.h"

#include <algorithm>
#include <utility>

namespace phenix::index::vector {
namespace {

// More parts than this are merged even if their sizes differ.
constexpr std::size_t kSegmentsMax = 8;
// A segment is rewritten when one of so many rows has ended.
constexpr std::uint64_t kRowsPerEndedRow = 5;

std::vector<RowSource> SourcesOf(const BuildPlan& plan) {
  std::vector<RowSource> sources;
  for (const auto& segment : plan.segments) {
    sources.emplace_back(std::shared_ptr<const Segment>(segment));
  }
  for (const auto& tail : plan.tails) sources.emplace_back(std::shared_ptr<const Tail>(tail));
  return sources;
}

// Smallest first, without those that are large enough to stay.
std::vector<std::shared_ptr<Segment>> Mergeable(const Manifest& manifest,
                                                const VectorIndexOptions& options) {
  std::vector<std::shared_ptr<Segment>> segments;
  for (const auto& segment : manifest.segments) {
    if (segment->rows() < options.block_rows / 2) segments.push_back(segment);
  }
  std::sort(segments.begin(), segments.end(),
            [](const auto& a, const auto& b) { return a->rows() < b->rows(); });
  return segments;
}

std::optional<BuildPlan> PlanMerge(const Manifest& manifest, const VectorIndexOptions& options) {
  const std::vector<std::shared_ptr<Segment>> segments = Mergeable(manifest, options);
  const std::size_t fanout = std::max<std::size_t>(2, options.merge_fanout);
  for (std::size_t first = 0; first + fanout <= segments.size(); ++first) {
    const bool crowded = segments.size() > kSegmentsMax;
    const std::size_t largest = std::max<std::size_t>(segments[first]->rows(), 1) * fanout;
    std::size_t end = first;
    std::size_t rows = 0;
    while (end < segments.size() && rows + segments[end]->rows() <= options.block_rows &&
           (crowded || segments[end]->rows() < largest)) {
      rows += segments[end++]->rows();
    }
    if (end - first < fanout) continue;
    BuildPlan plan;
    plan.kind = MaintenanceTask::Kind::kMerge;
    plan.segments.assign(segments.begin() + static_cast<std::ptrdiff_t>(first),
                         segments.begin() + static_cast<std::ptrdiff_t>(end));
    return plan;
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t BuildPlan::rows() const {
  std::uint64_t rows = 0;
  for (const auto& segment : segments) rows += segment->rows();
  for (const auto& tail : tails) rows += tail->rows();
  return rows;
}

std::optional<BuildPlan> PlanBuild(const Manifest& manifest, const VectorIndexOptions& options) {
  BuildPlan plan;
  for (std::size_t t = 0; t + 1 < manifest.tails.size(); ++t) {
    if (!plan.tails.empty() && plan.rows() + manifest.tails[t]->rows() > options.block_rows) break;
    plan.tails.push_back(manifest.tails[t]);
  }
  if (!plan.tails.empty()) return plan;
  if (std::optional<BuildPlan> merge = PlanMerge(manifest, options)) return merge;
  for (const auto& segment : manifest.segments) {
    if (segment->lives.ended_rows() * kRowsPerEndedRow <= segment->rows()) continue;
    plan.kind = MaintenanceTask::Kind::kRewrite;
    plan.segments.push_back(segment);
    return plan;
  }
  return std::nullopt;
}

BuildJob::BuildJob(const distance::Kernels& kernels, BuildPlan plan, const SegmentOptions& options)
    : plan_(std::move(plan)), builder_(kernels, SourcesOf(plan_), options) {
  ended_before_.assign(builder_.sources().size(), 0);
}

std::optional<std::size_t> BuildJob::TakeUnit() {
  if (next_unit_ >= builder_.units()) return std::nullopt;
  ++running_;
  return next_unit_++;
}

bool BuildJob::FinishUnit() {
  --running_;
  if (running_ != 0 || next_unit_ != builder_.units()) return false;
  builder_.NextPhase();
  next_unit_ = 0;
  if (builder_.units() != 0) return false;
  segment_ = builder_.Take();
  return true;
}

void BuildJob::CopyEnds() {
  const std::vector<RowSource>& sources = builder_.sources();
  std::vector<bool> changed(sources.size());
  for (std::size_t s = 0; s < sources.size(); ++s) {
    const std::uint64_t ended = sources[s].tail() != nullptr
                                    ? sources[s].tail()->counts().ended_rows
                                    : sources[s].segment()->lives.ended_rows();
    changed[s] = ended != ended_before_[s];
    ended_before_[s] = ended;
  }
  const std::vector<RowOrigin>& origins = builder_.origins();
  for (std::size_t position = 0; position < origins.size(); ++position) {
    const RowOrigin origin = origins[position];
    if (!changed[origin.source]) continue;
    const std::uint64_t end = sources[origin.source].end(origin.row);
    if (end != kNoEnd) segment_->lives.End(position, end);
  }
}

}  // namespace phenix::index::vector
