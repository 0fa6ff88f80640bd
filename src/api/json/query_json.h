// The simple form of a query: nearness, filter and graph constraint, joined by AND.
#ifndef API_JSON_QUERY_JSON_H_
#define API_JSON_QUERY_JSON_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/json/entity_json.h"
#include "api/json/object_fields.h"
#include "model/value_view.h"
#include "phenix/filter.h"

namespace phenix::api {

struct NearnessPart {
  std::string field;
  std::vector<float> vector;
  std::uint32_t k = 10;
  std::optional<double> radius;
};

struct SimpleQuery {
  std::string collection;
  std::optional<NearnessPart> nearness;
  Filter filter;  ///< metadata_filter AND graph_constraint
  std::uint32_t limit = 10;
  EntityShape shape;
  std::optional<std::uint64_t> as_of;
  std::string cursor;
  bool explain = false;
  bool profile = false;
};

/// What a query may ask for at most.
struct QueryLimits {
  std::uint32_t results_max = 0;
  std::uint32_t hops_max = 0;
};

/// Faults are added to `faults`.
SimpleQuery ReadSimpleQuery(model::ValueView root, const QueryLimits& limits, Faults& faults);
/// True for the staged form, which this build does not run.
bool IsStagedQuery(model::ValueView root);

}  // namespace phenix::api

#endif  // API_JSON_QUERY_JSON_H_
