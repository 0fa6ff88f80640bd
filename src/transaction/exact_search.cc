#include "transaction/exact_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "model/names.h"
#include "transaction/filter_evaluation.h"
#include "transaction/request_reader.h"

namespace phenix::transaction {
namespace {

// Independent sums, so that the additions need not wait for each other.
constexpr std::size_t kLanes = 8;

struct Sums {
  double product = 0;
  double square_a = 0;
  double square_b = 0;
  double square_difference = 0;
};

template <bool kDifferenceOnly>
Sums Accumulate(std::span<const float> a, base::ByteView b) {
  std::array<double, kLanes> product{}, square_a{}, square_b{}, difference{};
  std::size_t position = 0;
  const auto add = [&](std::size_t lane, std::size_t element) {
    float raw = 0;
    std::memcpy(&raw, b.data() + element * sizeof(float), sizeof(float));
    const double x = a[element];
    const double y = raw;
    if constexpr (kDifferenceOnly) {
      difference[lane] += (x - y) * (x - y);
    } else {
      product[lane] += x * y;
      square_a[lane] += x * x;
      square_b[lane] += y * y;
    }
  };
  for (; position + kLanes <= a.size(); position += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) add(lane, position + lane);
  }
  for (; position < a.size(); ++position) add(0, position);
  Sums sums;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    sums.product += product[lane];
    sums.square_a += square_a[lane];
    sums.square_b += square_b[lane];
    sums.square_difference += difference[lane];
  }
  return sums;
}

struct Candidate {
  double distance = 0;
  EntityOrdinal ordinal;
};

bool FartherThan(const Candidate& a, const Candidate& b) {
  return a.distance != b.distance ? a.distance > b.distance : a.ordinal > b.ordinal;
}

Result<std::vector<Candidate>> CollectCandidates(const StateReader& reader,
                                                 const CollectionRecord& record, FieldId field,
                                                 const NearestRequest& request) {
  const VectorField& spec = record.schema.vectors.at(request.field);
  const std::string prefix = VectorPrefix(record.id, field);
  std::vector<Candidate> candidates;
  VisibleWalk walk =
      reader.Walk({.family = Family::kVector, .begin = prefix, .end = PrefixEnd(prefix)});
  for (; walk.Valid(); walk.Next()) {
    PHENIX_ASSIGN_OR_RETURN(const auto row, reader.AdoptVector(walk.value()));
    if (!row.has_value()) continue;
    if (row->elements.size() != request.vector.size() * sizeof(float)) {
      return Status(StatusCode::kCorruption, "stored vector has another dimension than its field");
    }
    const double distance = ExactDistance(spec.metric, request.vector, row->elements);
    candidates.push_back({distance, OrdinalOfVectorKey(walk.key())});
  }
  PHENIX_RETURN_IF_ERROR(walk.status());
  return candidates;
}

bool CloserFirst(const Neighbor& a, const Neighbor& b) {
  return a.distance != b.distance ? a.distance < b.distance : a.entity.id < b.entity.id;
}

}  // namespace

double ExactDistance(Metric metric, std::span<const float> a, base::ByteView b) {
  switch (metric) {
    case Metric::kL2:
      return std::sqrt(Accumulate<true>(a, b).square_difference);
    case Metric::kDot:
      return -Accumulate<false>(a, b).product;
    case Metric::kCosine: {
      const Sums sums = Accumulate<false>(a, b);
      const double norms = std::sqrt(sums.square_a) * std::sqrt(sums.square_b);
      return norms == 0 ? 1.0 : 1.0 - sums.product / norms;
    }
  }
  return 0;
}

double ScoreOf(Metric metric, double distance) {
  switch (metric) {
    case Metric::kL2:
      return 1.0 / (1.0 + distance);
    case Metric::kCosine:
      return 1.0 - distance;
    case Metric::kDot:
      return -distance;
  }
  return 0;
}

Result<NearestPage> SearchExactly(const StateReader& reader, const NearestRequest& request) {
  if (request.k < 1 || request.k > kNearestMax) {
    return Status(StatusCode::kInvalidArgument, "k: expected 1 to " + std::to_string(kNearestMax) +
                                                    ", got " + std::to_string(request.k));
  }
  PHENIX_ASSIGN_OR_RETURN(const auto record, reader.FindCollection(request.collection));
  const auto field = record->fields.find(request.field);
  if (field == record->fields.end()) {
    return Status(StatusCode::kNotFound, "collection '" + request.collection +
                                             "' has no vector field '" + request.field + "'");
  }
  const VectorField& spec = record->schema.vectors.at(request.field);
  PHENIX_RETURN_IF_ERROR(model::ValidateVector(request.vector, spec));
  PHENIX_ASSIGN_OR_RETURN(std::vector<Candidate> heap,
                          CollectCandidates(reader, *record, field->second, request));
  NearestPage page;
  page.distances_computed = heap.size();
  std::make_heap(heap.begin(), heap.end(), FartherThan);
  const RequestReader requests(reader);
  model::FilterWarnings warnings;
  while (!heap.empty()) {
    const Candidate nearest = heap.front();
    if (request.radius.has_value() && nearest.distance > *request.radius) break;
    // Rows as far as the k-th may still come before it by id.
    if (page.neighbors.size() >= request.k &&
        nearest.distance > page.neighbors[request.k - 1].distance) {
      break;
    }
    std::pop_heap(heap.begin(), heap.end(), FartherThan);
    heap.pop_back();
    PHENIX_ASSIGN_OR_RETURN(const auto live, reader.FindOrdinal(nearest.ordinal));
    if (!live.has_value()) continue;
    if (!request.filter.IsEmpty()) {
      PHENIX_ASSIGN_OR_RETURN(
          const bool matches,
          MatchesFilter(request.filter, reader,
                        {.collection = record, .id = live->id, .found = live->found}, warnings));
      if (!matches) continue;
    }
    Neighbor neighbor;
    neighbor.distance = nearest.distance;
    neighbor.score = ScoreOf(spec.metric, nearest.distance);
    PHENIX_ASSIGN_OR_RETURN(neighbor.entity,
                            requests.Build(*record, live->id, live->found, request.include));
    page.neighbors.push_back(std::move(neighbor));
  }
  std::sort(page.neighbors.begin(), page.neighbors.end(), CloserFirst);
  if (page.neighbors.size() > request.k) page.neighbors.resize(request.k);
  page.warnings = warnings.messages();
  return page;
}

}  // namespace phenix::transaction
