#include "index/vector/ladder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "distance/row_memory.h"
#include "index/vector/full_rows.h"
#include "index/vector/search/filter_planner.h"
#include "index/vector/search/index_search.h"
#include "index/vector/search/recall_sample.h"
#include "index/vector/store/segment_store.h"

namespace phenix::index::vector {
namespace {

// A tail that nothing else waits for is sealed from so many rows on.
constexpr std::uint32_t kIdleSealDivisor = 8;
constexpr std::uint32_t kIdleSealRowsMin = 1024;
// Rows without a graph at which commits should wait.
constexpr double kUngraphedRowsMax = 4.0 * 1024 * 1024;

class PinnedCursor final : public VectorCursor {
 public:
  PinnedCursor(const distance::Kernels& kernels, const VectorIndexOptions& options,
               std::shared_ptr<const Manifest> manifest, const SearchRequest& request)
      : request_(request), search_(kernels, options, std::move(manifest), request_) {}

  Result<std::vector<Hit>> Next(std::size_t count) override {
    std::vector<Hit> fresh;
    if (count == 0) return fresh;
    wanted_ += count;
    for (const Hit& hit : search_.Continue(wanted_)) {
      const auto place = std::lower_bound(returned_.begin(), returned_.end(), hit.vector_id);
      if (place != returned_.end() && *place == hit.vector_id) continue;
      if (fresh.size() == count) break;
      returned_.insert(place, hit.vector_id);
      fresh.push_back(hit);
    }
    return fresh;
  }

 private:
  SearchRequest request_;
  IndexSearch search_;
  std::size_t wanted_ = 0;
  std::vector<std::uint64_t> returned_;  // ascending
};

}  // namespace

Ladder::Ladder(const VectorIndexOptions& options, std::unique_ptr<SegmentStore> store,
               StoredIndex stored)
    : options_(options),
      kernels_(distance::KernelsFor(options.simd_level)),
      store_(std::move(store)) {
  const base::MutexLock lock(commit_mutex_);
  state_.applied_through = stored.applied_through;
  state_.newest_id = stored.newest_id;
  state_.any_row = stored.any_row;
  state_.next_number = stored.next_number;
  Exchange(std::move(stored.manifest));
}

Ladder::~Ladder() = default;

std::shared_ptr<const Manifest> Ladder::Pin() const {
  const base::MutexLock lock(manifest_mutex_);
  return manifest_;
}

void Ladder::Exchange(Manifest next) {
  std::sort(next.segments.begin(), next.segments.end(),
            [](const auto& a, const auto& b) { return a->rows() > b->rows(); });
  auto shared = std::make_shared<const Manifest>(std::move(next));
  const base::MutexLock lock(manifest_mutex_);
  manifest_.swap(shared);
}

Status Ladder::CheckCommit(CommitTimestamp commit) const {
  if (commit.value() >= state_.applied_through) return Status::Ok();
  return {StatusCode::kInvalidArgument,
          "commit timestamp falls: given=" + std::to_string(commit.value()) +
              " applied=" + std::to_string(state_.applied_through)};
}

std::shared_ptr<Tail> Ladder::OpenTail() {
  const std::shared_ptr<const Manifest> manifest = Pin();
  if (!manifest->tails.empty()) {
    const std::shared_ptr<Tail>& last = manifest->tails.back();
    if (!last->full()) return last;
    if (last->coded_rows() != 0) state_.center = last->coder().center();
  }
  Manifest next = *manifest;
  next.tails.push_back(
      std::make_shared<Tail>(TailOptions{kernels_, options_.metric, options_.dimension,
                                         options_.run_rows, options_.seed, state_.center}));
  std::shared_ptr<Tail> tail = next.tails.back();
  Exchange(std::move(next));
  return tail;
}

void Ladder::EndLive(std::uint64_t id, std::uint64_t commit) {
  const std::shared_ptr<const Manifest> manifest = Pin();
  for (auto tail = manifest->tails.rbegin(); tail != manifest->tails.rend(); ++tail) {
    if ((*tail)->End(id, commit)) return;
  }
  for (const std::shared_ptr<Segment>& segment : manifest->segments) {
    const std::uint32_t row = segment->FindLive(id);
    if (row == kNoRow) continue;
    segment->lives.End(row, commit);
    return;
  }
}

Status Ladder::Append(const RowBatch& batch, CommitTimestamp commit) {
  const std::size_t dimension = options_.dimension;
  if (batch.values.size() != batch.ids.size() * dimension) {
    return {StatusCode::kInvalidArgument, "batch does not have the index's dimension"};
  }
  for (std::size_t i = 0; i < batch.ids.size(); ++i) {
    PHENIX_RETURN_IF_ERROR(CheckVector(options_, batch.values.subspan(i * dimension, dimension)));
  }
  const base::MutexLock lock(commit_mutex_);
  PHENIX_RETURN_IF_ERROR(CheckCommit(commit));
  std::vector<float> prepared(dimension);
  for (std::size_t i = 0; i < batch.ids.size(); ++i) {
    const std::uint64_t id = batch.ids[i];
    if (state_.any_row && id <= state_.newest_id) EndLive(id, commit.value());
    state_.newest_id = state_.any_row ? std::max(state_.newest_id, id) : id;
    state_.any_row = true;
    PrepareVector(options_.metric, batch.values.subspan(i * dimension, dimension), prepared);
    OpenTail()->Append(id, prepared, commit.value());
  }
  state_.applied_through = commit.value();
  return Status::Ok();
}

Status Ladder::Erase(std::span<const std::uint64_t> ids, CommitTimestamp commit) {
  const base::MutexLock lock(commit_mutex_);
  PHENIX_RETURN_IF_ERROR(CheckCommit(commit));
  for (const std::uint64_t id : ids) EndLive(id, commit.value());
  state_.applied_through = commit.value();
  return Status::Ok();
}

Result<SearchAnswer> Ladder::Search(const SearchRequest& request) const {
  PHENIX_RETURN_IF_ERROR(CheckRequest(options_, request));
  ScratchPool::Lease scratch = scratches_.Take();
  return IndexSearch(kernels_, options_, Pin(), request).Run(request.limit, *scratch);
}

Result<std::vector<SearchAnswer>> Ladder::SearchBatch(
    std::span<const SearchRequest> requests) const {
  for (const SearchRequest& request : requests) {
    PHENIX_RETURN_IF_ERROR(CheckRequest(options_, request));
  }
  const std::shared_ptr<const Manifest> manifest = Pin();
  ScratchPool::Lease scratch = scratches_.Take();
  std::vector<SearchAnswer> answers;
  answers.reserve(requests.size());
  for (const SearchRequest& request : requests) {
    answers.push_back(
        IndexSearch(kernels_, options_, manifest, request).Run(request.limit, *scratch));
  }
  return answers;
}

Result<std::unique_ptr<VectorCursor>> Ladder::OpenCursor(const SearchRequest& request) const {
  PHENIX_RETURN_IF_ERROR(CheckRequest(options_, request));
  return std::unique_ptr<VectorCursor>(
      std::make_unique<PinnedCursor>(kernels_, options_, Pin(), request));
}

FilterEstimate Ladder::Estimate(const RowFilter& filter) const {
  FilterEstimate estimate;
  const std::shared_ptr<const Manifest> manifest = Pin();
  double matches = 0.0;
  for (const std::shared_ptr<Segment>& segment : manifest->segments) {
    estimate.rows += segment->rows();
    matches += EstimateMatches(*segment, filter);
  }
  for (const std::shared_ptr<Tail>& tail : manifest->tails) {
    const std::size_t rows = tail->rows();
    const double share =
        filter.kind() == RowFilter::Kind::kPredicate ? filter.hint().selectivity : 1.0;
    estimate.rows += rows;
    matches +=
        std::min(share * static_cast<double>(rows), static_cast<double>(filter.match_count()));
  }
  estimate.matches = static_cast<std::uint64_t>(matches);
  estimate.cost_nanoseconds =
      filter.kind() == RowFilter::Kind::kPredicate
          ? filter.hint().cost_nanoseconds * static_cast<double>(estimate.rows)
          : matches;
  return estimate;
}

bool Ladder::TailIsWorthSealing(const Manifest& manifest) const {
  if (manifest.tails.empty()) return false;
  return manifest.tails.back()->rows() >=
         std::max(options_.run_rows / kIdleSealDivisor, kIdleSealRowsMin);
}

std::optional<MaintenanceTask> Ladder::NextTask() const {
  {
    const base::MutexLock lock(build_mutex_);
    if (job_) return MaintenanceTask{job_->plan().kind, job_->plan().rows()};
  }
  const std::shared_ptr<const Manifest> manifest = Pin();
  // A tail that is worth it is sealed first, so that one build takes all that waits.
  if (TailIsWorthSealing(*manifest)) {
    return MaintenanceTask{MaintenanceTask::Kind::kSealTail, manifest->tails.back()->rows()};
  }
  const std::optional<BuildPlan> plan = PlanBuild(*manifest, options_);
  if (!plan) return std::nullopt;
  return MaintenanceTask{plan->kind, plan->rows()};
}

bool Ladder::SealIdleTail() {
  const base::MutexLock lock(commit_mutex_);
  const std::shared_ptr<const Manifest> manifest = Pin();
  if (!TailIsWorthSealing(*manifest)) return false;
  if (manifest->tails.back()->coded_rows() != 0) {
    state_.center = manifest->tails.back()->coder().center();
  }
  Manifest next = *manifest;
  next.tails.push_back(
      std::make_shared<Tail>(TailOptions{kernels_, options_.metric, options_.dimension,
                                         options_.run_rows, options_.seed, state_.center}));
  Exchange(std::move(next));
  return true;
}

std::shared_ptr<BuildJob> Ladder::StartJob(std::uint64_t oldest_snapshot) {
  std::optional<BuildPlan> plan = PlanBuild(*Pin(), options_);
  if (!plan) return nullptr;
  if (plan->kind == MaintenanceTask::Kind::kRewrite) {
    const Segment& segment = *plan->segments.front();
    std::size_t droppable = 0;
    for (std::size_t row = 0; row < segment.rows(); ++row) {
      droppable += segment.lives.end(row) <= oldest_snapshot ? 1 : 0;
    }
    // Old snapshots still need most of what ended.
    if (droppable * 2 < segment.lives.ended_rows()) return nullptr;
  }
  SegmentOptions options;
  options.space = {options_.metric, options_.dimension};
  options.recall_target = options_.recall_target;
  options.seed = options_.seed;
  options.oldest_snapshot = oldest_snapshot;
  return std::make_shared<BuildJob>(kernels_, *std::move(plan), options);
}

Result<bool> Ladder::RunOne(CommitTimestamp oldest_snapshot) {
  std::shared_ptr<BuildJob> job;
  std::optional<std::size_t> unit;
  {
    const base::MutexLock lock(build_mutex_);
    if (!job_ && SealIdleTail()) return true;
    if (!job_) job_ = StartJob(oldest_snapshot.value());
    job = job_;
    if (job) unit = job->TakeUnit();
  }
  if (!job) return false;
  if (!unit) return false;
  job->RunUnit(*unit);
  const base::MutexLock lock(build_mutex_);
  if (!job->FinishUnit()) return true;
  Publish(*job);
  job_.reset();
  return true;
}

void Ladder::Publish(BuildJob& job) {
  job.CopyEnds();
  const base::MutexLock lock(commit_mutex_);
  job.CopyEnds();
  Manifest next = *Pin();
  const BuildPlan& plan = job.plan();
  std::erase_if(next.segments, [&](const auto& segment) {
    return std::find(plan.segments.begin(), plan.segments.end(), segment) != plan.segments.end();
  });
  std::erase_if(next.tails, [&](const auto& tail) {
    return std::find(plan.tails.begin(), plan.tails.end(), tail) != plan.tails.end();
  });
  std::shared_ptr<Segment> segment = job.Take();
  segment->number = state_.next_number++;
  if (segment->rows() != 0) next.segments.push_back(std::move(segment));
  Exchange(std::move(next));
}

Status Ladder::Checkpoint() {
  if (!store_) return {StatusCode::kUnimplemented, "this vector index lives in memory only"};
  StoredIndex stored;
  {
    const base::MutexLock lock(commit_mutex_);
    stored.applied_through = state_.applied_through;
    stored.newest_id = state_.newest_id;
    stored.any_row = state_.any_row;
    stored.manifest = *Pin();
    stored.next_number = state_.next_number;
    state_.next_number += stored.manifest.tails.size();
  }
  return store_->Write(stored);
}

VectorIndexStats Ladder::Stats() const {
  VectorIndexStats stats;
  {
    const base::MutexLock lock(commit_mutex_);
    stats.applied_through = CommitTimestamp(state_.applied_through);
  }
  const std::shared_ptr<const Manifest> manifest = Pin();
  double recall = 0.0;
  std::uint64_t rows = 0;
  for (const std::shared_ptr<Segment>& segment : manifest->segments) {
    rows += segment->rows();
    recall += static_cast<double>(segment->rows()) * segment->tuning.recall_measured;
    stats.rows_erased += segment->lives.ended_rows();
    stats.memory_bytes += segment->memory_bytes();
    ++stats.segments;
  }
  for (const std::shared_ptr<Tail>& tail : manifest->tails) {
    const std::size_t tail_rows = tail->rows();
    rows += tail_rows;
    recall += static_cast<double>(tail_rows);
    stats.rows_in_tail = tail_rows;
    stats.rows_without_graph += tail_rows;
    const TailCounts counts = tail->counts();
    stats.rows_erased += counts.ended_rows;
    stats.memory_bytes += counts.memory_bytes;
  }
  stats.rows_live = rows - std::min(rows, stats.rows_erased);
  stats.recall_estimate = rows == 0 ? 1.0 : recall / static_cast<double>(rows);
  stats.back_pressure =
      std::min(1.0, static_cast<double>(stats.rows_without_graph) / kUngraphedRowsMax);
  return stats;
}

Result<double> Ladder::RecallEstimate(std::size_t samples, std::size_t limit) const {
  if (samples == 0 || limit == 0) {
    return Status(StatusCode::kInvalidArgument, "samples and limit must be positive");
  }
  const std::shared_ptr<const Manifest> manifest = Pin();
  double recall = 0.0;
  double rows = 0.0;
  for (const std::shared_ptr<Segment>& segment : manifest->segments) {
    const auto weight = static_cast<double>(segment->rows());
    const std::size_t width = segment->tuning.WidthFor(limit, options_.recall_target);
    rows += weight;
    recall += weight *
              (segment->has_graph()
                   ? MeasureRecall(kernels_, *segment, {samples, limit, width, options_.seed + 2})
                   : 1.0);
  }
  for (const std::shared_ptr<Tail>& tail : manifest->tails) {
    rows += static_cast<double>(tail->rows());
    recall += static_cast<double>(tail->rows());
  }
  return rows == 0.0 ? 1.0 : recall / rows;
}

}  // namespace phenix::index::vector
