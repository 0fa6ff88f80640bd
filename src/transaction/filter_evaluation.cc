#include "transaction/filter_evaluation.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace phenix::transaction {
namespace {

using model::EdgeCondition;

/// What all contexts of one evaluation share.
struct Evaluation {
  const StateReader& reader;
  model::FilterWarnings& warnings;
  std::shared_ptr<const Catalog> labels;
  std::size_t edges_walked = 0;
};

class StateContext final : public model::EvaluationContext {
 public:
  StateContext(Evaluation& evaluation, const FilterSubject& subject)
      : evaluation_(evaluation), subject_(subject) {}

  Result<model::ValueView> document() override {
    return model::RootOfTrusted(subject_.found.row.document);
  }
  std::string_view id() override { return subject_.id; }
  std::uint64_t version() override { return subject_.found.version.value(); }
  bool HasVector(std::string_view field) override {
    const auto known = subject_.collection->fields.find(field);
    if (known == subject_.collection->fields.end()) return false;
    const std::vector<FieldId>& held = subject_.found.row.vectors;
    return std::find(held.begin(), held.end(), known->second) != held.end();
  }
  std::int64_t now_ms() override {
    return static_cast<std::int64_t>(evaluation_.reader.view().now_ms);
  }
  model::FilterWarnings& warnings() override { return evaluation_.warnings; }
  Result<bool> MatchesEdge(const EdgeCondition& condition) override;

 private:
  Evaluation& evaluation_;
  const FilterSubject& subject_;
};

/// Walks the edges of one $edge condition, level by level.
class EdgeWalk {
 public:
  EdgeWalk(Evaluation& evaluation, model::EvaluationContext& context,
           const EdgeCondition& condition)
      : evaluation_(evaluation), context_(context), condition_(condition) {}

  Result<bool> Matches(EntityOrdinal start) {
    if (!ResolveLabels()) return condition_.count.Contains(0);
    const bool single_hop = condition_.hops_min == 1 && condition_.hops_max == 1;
    if (single_hop) {
      PHENIX_RETURN_IF_ERROR(Step(start, nullptr));
      return condition_.count.Contains(edges_matched_);
    }
    std::set<EntityOrdinal> level{start};
    std::set<EntityOrdinal> reached;
    for (unsigned hop = 0; hop <= condition_.hops_max && !level.empty(); ++hop) {
      if (hop >= condition_.hops_min) PHENIX_RETURN_IF_ERROR(Count(level, reached));
      if (hop == condition_.hops_max) break;
      std::set<EntityOrdinal> next;
      for (const EntityOrdinal ordinal : level) PHENIX_RETURN_IF_ERROR(Step(ordinal, &next));
      level = std::move(next);
    }
    return condition_.count.Contains(entities_matched_);
  }

 private:
  bool ResolveLabels() {
    for (const std::string& name : condition_.labels) {
      const auto label = evaluation_.labels->FindLabel(name);
      if (label.has_value()) labels_.push_back(*label);
    }
    return condition_.labels.empty() || !labels_.empty();
  }

  // Follows the edges of `from`; with `next` the other ends go there, else they are tested and
  // counted.
  Status Step(EntityOrdinal from, std::set<EntityOrdinal>* next) {
    using Direction = EdgeCondition::Direction;
    if (condition_.direction != Direction::kIn) {
      PHENIX_RETURN_IF_ERROR(FollowAll(Family::kEdgeOut, from, next));
    }
    if (condition_.direction != Direction::kOut) {
      PHENIX_RETURN_IF_ERROR(FollowAll(Family::kEdgeIn, from, next));
    }
    return Status::Ok();
  }

  Status FollowAll(Family family, EntityOrdinal from, std::set<EntityOrdinal>* next) {
    if (labels_.empty()) return Follow(family, EdgePrefix(from), next);
    for (const LabelId label : labels_) {
      PHENIX_RETURN_IF_ERROR(Follow(family, EdgePrefix(from, label), next));
    }
    return Status::Ok();
  }

  Status Follow(Family family, const std::string& prefix, std::set<EntityOrdinal>* next) {
    VisibleWalk walk =
        evaluation_.reader.Walk({.family = family, .begin = prefix, .end = PrefixEnd(prefix)});
    for (; walk.Valid(); walk.Next()) {
      if (++evaluation_.edges_walked > kFilterEdgesMax) {
        return {StatusCode::kResourceExhausted, "$edge: a filter may walk " +
                                                    std::to_string(kFilterEdgesMax) +
                                                    " edges for one entity"};
      }
      const ParsedEdgeKey key = ParseEdgeKey(walk.key());
      const bool seen_on_the_way_out = family == Family::kEdgeIn && key.near == key.far &&
                                       condition_.direction == EdgeCondition::Direction::kAny;
      if (seen_on_the_way_out) continue;
      PHENIX_ASSIGN_OR_RETURN(const bool passes, EdgePasses(family, key, walk.value()));
      if (!passes) continue;
      if (next != nullptr) {
        next->insert(key.far);
        continue;
      }
      PHENIX_ASSIGN_OR_RETURN(const bool matches, EndMatches(key.far));
      if (matches) ++edges_matched_;
    }
    return walk.status();
  }

  Result<bool> EdgePasses(Family family, const ParsedEdgeKey& key, base::ByteView row) {
    if (condition_.edge == nullptr) return true;
    std::string stored(row);
    if (family == Family::kEdgeIn) {
      PHENIX_ASSIGN_OR_RETURN(
          auto out,
          evaluation_.reader.FindRow(Family::kEdgeOut, EdgeKey(key.far, key.label, key.near)));
      if (!out.has_value()) return Status(StatusCode::kCorruption, "edge without its mirror");
      stored = std::move(out->value);
    }
    PHENIX_ASSIGN_OR_RETURN(const EdgeRow decoded, DecodeEdgeRow(stored));
    return model::EvaluateEdgeFilter(
        *condition_.edge,
        {.weight = decoded.weight, .properties = model::RootOfTrusted(decoded.properties)},
        context_);
  }

  Result<bool> EndMatches(EntityOrdinal ordinal) {
    PHENIX_ASSIGN_OR_RETURN(const auto live, evaluation_.reader.FindOrdinal(ordinal));
    if (!live.has_value()) return false;
    if (condition_.to == nullptr) return true;
    const FilterSubject subject{
        .collection = live->collection, .id = live->id, .found = live->found};
    StateContext end(evaluation_, subject);
    return model::EvaluateNode(*condition_.to, end);
  }

  Status Count(const std::set<EntityOrdinal>& level, std::set<EntityOrdinal>& reached) {
    for (const EntityOrdinal ordinal : level) {
      if (!reached.insert(ordinal).second) continue;
      PHENIX_ASSIGN_OR_RETURN(const bool matches, EndMatches(ordinal));
      if (matches) ++entities_matched_;
    }
    return Status::Ok();
  }

  Evaluation& evaluation_;
  model::EvaluationContext& context_;
  const EdgeCondition& condition_;
  std::vector<LabelId> labels_;
  std::uint64_t edges_matched_ = 0;
  std::uint64_t entities_matched_ = 0;
};

Result<bool> StateContext::MatchesEdge(const EdgeCondition& condition) {
  EdgeWalk walk(evaluation_, *this, condition);
  return walk.Matches(subject_.found.row.ordinal);
}

}  // namespace

Result<bool> MatchesFilter(const Filter& filter, const StateReader& reader,
                           const FilterSubject& subject, model::FilterWarnings& warnings) {
  if (filter.IsEmpty()) return true;
  Evaluation evaluation{.reader = reader,
                        .warnings = warnings,
                        .labels = reader.view().catalogs->Latest(),
                        .edges_walked = 0};
  StateContext context(evaluation, subject);
  return model::EvaluateFilter(filter, context);
}

}  // namespace phenix::transaction
