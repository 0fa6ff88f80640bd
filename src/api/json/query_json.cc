#include "api/json/query_json.h"

#include <algorithm>
#include <utility>

#include "api/call.h"
#include "api/json/graph_constraint.h"
#include "api/limits.h"
#include "model/json_writer.h"

namespace phenix::api {
namespace {

using model::ValueType;
using model::ValueView;

NearnessPart ReadNearness(ValueView value, const QueryLimits& limits, Faults& faults) {
  ObjectFields fields(value, "vector_similarity", faults);
  NearnessPart nearness;
  fields.Require("vector");
  nearness.vector = fields.Floats("vector").value_or(std::vector<float>());
  nearness.k =
      static_cast<std::uint32_t>(fields.Uint("k", {.min = 1, .max = limits.results_max})
                                     .value_or(std::min(kQueryLimitDefault, limits.results_max)));
  nearness.field = fields.String("field").value_or("");
  nearness.radius = fields.Number("radius");
  const std::optional<double> recall = fields.Number("recall");
  if (recall.has_value() && (*recall <= 0 || *recall > 1)) {
    fields.Refuse("recall", "a number above 0, up to 1", std::to_string(*recall));
  }
  fields.Bool("exact");  // the search is exact in either case
  fields.RefuseOthers();
  return nearness;
}

EntityShape ReadIncluded(ObjectFields& fields) {
  EntityShape shape;
  const ValueView parts = fields.Container("include", ValueType::kArray);
  if (!parts) return shape;
  shape.metadata = false;
  std::size_t position = 0;
  for (const ValueView part : parts.Elements()) {
    const std::string_view name =
        part.type() == ValueType::kString ? part.AsString() : std::string_view();
    shape.metadata = shape.metadata || name == "metadata";
    shape.vectors = shape.vectors || name == "vectors";
    shape.edges = shape.edges || name == "edges";
    if (name != "metadata" && name != "vectors" && name != "edges") {
      fields.Refuse(ElementPath("include", position), NamesText({"metadata", "vectors", "edges"}),
                    GotText(part));
    }
    ++position;
  }
  return shape;
}

Filter ReadConstraint(ObjectFields& fields, unsigned hops_max) {
  const std::optional<std::string> text = fields.String("graph_constraint");
  if (!text.has_value()) return {};
  const Result<GraphConstraint> constraint = ParseGraphConstraint(*text, hops_max);
  Result<Filter> filter =
      constraint.ok() ? FilterOf(*constraint) : Result<Filter>(constraint.status());
  if (filter.ok()) return *std::move(filter);
  fields.Refuse("graph_constraint", std::string(filter.status().message()),
                model::QuotedForMessage(*text));
  return {};
}

}  // namespace

bool IsStagedQuery(ValueView root) { return static_cast<bool>(root.Find("stages")); }

SimpleQuery ReadSimpleQuery(ValueView root, const QueryLimits& limits, Faults& faults) {
  ObjectFields fields(root, "", faults);
  SimpleQuery query;
  query.collection = ReadCollection(fields);
  const ValueView nearness = fields.Container("vector_similarity", ValueType::kObject);
  if (nearness) query.nearness = ReadNearness(nearness, limits, faults);
  const Filter metadata = ReadFilter(fields, "metadata_filter");
  const Filter constraint = ReadConstraint(fields, limits.hops_max);
  Result<Filter> both = Filter::AllOf({metadata, constraint});
  if (both.ok()) {
    query.filter = *std::move(both);
  } else {
    fields.Refuse("metadata_filter", "a filter within the limits",
                  std::string(both.status().message()));
  }
  const std::uint32_t otherwise = query.nearness.has_value()
                                      ? query.nearness->k
                                      : std::min(kQueryLimitDefault, limits.results_max);
  query.limit = static_cast<std::uint32_t>(
      fields.Uint("limit", {.min = 1, .max = limits.results_max}).value_or(otherwise));
  query.shape = ReadIncluded(fields);
  query.as_of = fields.Timestamp("as_of");
  query.cursor = fields.String("cursor").value_or("");
  query.explain = fields.Bool("explain").value_or(false);
  query.profile = fields.Bool("profile").value_or(false);
  fields.RefuseOthers();
  return query;
}

}  // namespace phenix::api
