#include "index/vector/search/index_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "index/vector/full_rows.h"
#include "index/vector/search/tail_search.h"

namespace phenix::index::vector {
namespace {

std::vector<float> Prepared(distance::Metric metric, std::span<const float> query) {
  std::vector<float> prepared(query.size());
  PrepareVector(metric, query, prepared);
  return prepared;
}

SearchContext ContextOf(const distance::Kernels& kernels, const VectorIndexOptions& options,
                        const SearchRequest& request, const std::vector<float>& prepared) {
  SearchContext context = {kernels, options.metric, prepared};
  context.prepared_squares = static_cast<float>(SquaredLength(prepared));
  // Live rows end at the largest timestamp, which no snapshot reaches.
  context.snapshot = std::min(request.snapshot.value(), kNoEnd - 1);
  const bool filtered =
      request.filter != nullptr && request.filter->kind() != RowFilter::Kind::kNone;
  context.filter = filtered ? request.filter : nullptr;
  if (request.private_rows != nullptr) context.hidden_ids = request.private_rows->hidden_ids;
  context.recall = request.recall_target > 0.0 ? request.recall_target : options.recall_target;
  context.beam_width = request.beam_width;
  context.exact = request.exact;
  context.strategy = request.strategy;
  context.ranged = request.radius.has_value();
  return context;
}

}  // namespace

Status CheckRequest(const VectorIndexOptions& options, const SearchRequest& request) {
  PHENIX_RETURN_IF_ERROR(CheckVector(options, request.query));
  if (request.recall_target < 0.0 || request.recall_target > 1.0) {
    return {StatusCode::kInvalidArgument, "recall target must be in 0..1"};
  }
  if (request.radius.has_value() && !std::isfinite(*request.radius)) {
    return {StatusCode::kInvalidArgument, "radius must be finite"};
  }
  const PrivateRows* own = request.private_rows;
  if (own != nullptr && own->rows.values.size() != own->rows.ids.size() * options.dimension) {
    return {StatusCode::kInvalidArgument, "private rows do not have the index's dimension"};
  }
  return Status::Ok();
}

IndexSearch::IndexSearch(const distance::Kernels& kernels, const VectorIndexOptions& options,
                         std::shared_ptr<const Manifest> manifest, const SearchRequest& request)
    : kernels_(kernels),
      request_(request),
      manifest_(std::move(manifest)),
      prepared_(Prepared(options.metric, request.query)),
      context_(ContextOf(kernels, options, request, prepared_)) {}

float IndexSearch::ScoreMax() const {
  return request_.radius.has_value() ? ScoreOfDistance(context_.metric, *request_.radius)
                                     : std::numeric_limits<float>::infinity();
}

void IndexSearch::SearchTails(SearchScratch& scratch, HitHeap& heap,
                              std::vector<SegmentReport>* reports) {
  for (const std::shared_ptr<Tail>& tail : manifest_->tails) {
    const SegmentReport report = SearchTail(context_, *tail, scratch, heap);
    if (report.rows != 0) reports->push_back(report);
  }
}

void IndexSearch::SearchPrivateRows(HitHeap& heap) {
  if (request_.private_rows == nullptr) return;
  const RowBatch& rows = request_.private_rows->rows;
  const std::size_t dimension = prepared_.size();
  distance::RowMemory row(distance::RoundUp(dimension * sizeof(float), distance::kRowAlignment));
  for (std::size_t i = 0; i < rows.ids.size(); ++i) {
    if (context_.filter != nullptr && !context_.filter->Passes(rows.ids[i])) continue;
    PrepareVector(context_.metric, rows.values.subspan(i * dimension, dimension),
                  {reinterpret_cast<float*>(row.data()), dimension});
    float score = 0.0F;
    ScoreRows(kernels_, {context_.metric, distance::ElementType::kF32}, prepared_.data(),
              {row.data(), row.size_bytes(), static_cast<std::uint32_t>(dimension), nullptr, 1},
              &score);
    heap.Offer(score, rows.ids[i]);
  }
}

std::vector<Hit> IndexSearch::Report(HitHeap& heap) const {
  std::vector<Hit> hits;
  for (const ScoredId& scored : heap.TakeSorted()) {
    hits.push_back({scored.id, ReportedDistance(context_.metric, scored.score)});
  }
  return hits;
}

std::vector<Hit> IndexSearch::ScanAll(std::size_t limit, SearchScratch& scratch) {
  HitHeap heap(limit, ScoreMax());
  const bool exact = context_.exact;
  context_.exact = true;
  SearchPrivateRows(heap);
  for (const std::shared_ptr<Segment>& segment : manifest_->segments) {
    SegmentSearch(context_, *segment, scratch).RunExhaustively(heap);
  }
  std::vector<SegmentReport> ignored;
  SearchTails(scratch, heap, &ignored);
  context_.exact = exact;
  return Report(heap);
}

SearchAnswer IndexSearch::Run(std::size_t limit, SearchScratch& scratch) {
  SearchAnswer answer;
  HitHeap heap(limit, ScoreMax());
  SearchPrivateRows(heap);
  bool exhaustive = true;
  for (const std::shared_ptr<Segment>& segment : manifest_->segments) {
    SegmentSearch search(context_, *segment, scratch);
    search.Run(heap);
    exhaustive = exhaustive && search.exhaustive();
    answer.segments.push_back(search.report());
  }
  SearchTails(scratch, heap, &answer.segments);
  if (heap.full() || exhaustive || request_.radius.has_value()) {
    answer.hits = Report(heap);
    return answer;
  }
  answer.hits = ScanAll(limit, scratch);
  for (SegmentReport& report : answer.segments) report.fell_back = true;
  return answer;
}

std::vector<Hit> IndexSearch::Continue(std::size_t limit) {
  if (kept_.empty()) {
    for (const std::shared_ptr<Segment>& segment : manifest_->segments) {
      KeptSearch kept;
      kept.scratch = std::make_unique<SearchScratch>();
      kept.search = std::make_unique<SegmentSearch>(context_, *segment, *kept.scratch);
      kept_.push_back(std::move(kept));
    }
  }
  HitHeap heap(limit, ScoreMax());
  SearchPrivateRows(heap);
  bool exhaustive = true;
  for (KeptSearch& kept : kept_) {
    kept.search->Run(heap);
    exhaustive = exhaustive && kept.search->exhaustive();
  }
  SearchScratch scratch;
  std::vector<SegmentReport> ignored;
  SearchTails(scratch, heap, &ignored);
  if (heap.full() || exhaustive || request_.radius.has_value()) return Report(heap);
  return ScanAll(limit, scratch);
}

}  // namespace phenix::index::vector
