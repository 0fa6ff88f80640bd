#include "api/json/graph_constraint.h"

#include <optional>

#include "api/json/json_text.h"
#include "api/json/object_fields.h"

namespace phenix::api {
namespace {

Status Malformed(const std::string& what) {
  return {StatusCode::kInvalidArgument,
          what +
              "; a constraint is \"label:id\", \">label:id\" or "
              "\"<label:id\", with {min,max} after the label for hops"};
}

Status ReadHops(std::string_view text, unsigned hops_max, GraphConstraint& constraint) {
  const std::size_t comma = text.find(',');
  const auto low = ParseDecimal(text.substr(0, comma));
  const auto high = comma == std::string_view::npos ? low : ParseDecimal(text.substr(comma + 1));
  if (!low.has_value() || !high.has_value() || *low == 0 || *low > *high) {
    return Malformed("expected hops as {min,max} of at least 1");
  }
  if (*high > hops_max) {
    return {StatusCode::kResourceExhausted, "expected at most " + std::to_string(hops_max) +
                                                " hops (graph_traversal_depth), got " +
                                                std::to_string(*high)};
  }
  constraint.hops_min = static_cast<unsigned>(*low);
  constraint.hops_max = static_cast<unsigned>(*high);
  return Status::Ok();
}

std::string_view DirectionKey(GraphConstraint::Direction direction) {
  switch (direction) {
    case GraphConstraint::Direction::kFromId:
      return "in";
    case GraphConstraint::Direction::kToId:
      return "out";
    case GraphConstraint::Direction::kEither:
      break;
  }
  return "any";
}

}  // namespace

Result<GraphConstraint> ParseGraphConstraint(std::string_view text, unsigned hops_max) {
  GraphConstraint constraint;
  if (!text.empty() && (text.front() == '>' || text.front() == '<')) {
    constraint.direction = text.front() == '>' ? GraphConstraint::Direction::kFromId
                                               : GraphConstraint::Direction::kToId;
    text.remove_prefix(1);
  }
  const std::size_t label_end = text.find_first_of("{:");
  if (label_end == std::string_view::npos) return Malformed("expected ':' between label and id");
  if (label_end == 0) return Malformed("expected a label");
  constraint.label = text.substr(0, label_end);
  text.remove_prefix(label_end);
  if (text.front() == '{') {
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos) return Malformed("expected '}' after the hops");
    PHENIX_RETURN_IF_ERROR(ReadHops(text.substr(1, close - 1), hops_max, constraint));
    text.remove_prefix(close + 1);
  }
  if (text.empty() || text.front() != ':') return Malformed("expected ':' between label and id");
  text.remove_prefix(1);
  if (text.empty()) return Malformed("expected an id");
  constraint.id = text;
  return constraint;
}

Result<Filter> FilterOf(const GraphConstraint& constraint) {
  JsonText json;
  json.BeginObject();
  json.Key("$edge").BeginObject();
  json.Key(DirectionKey(constraint.direction)).String(constraint.label);
  json.Key("to").BeginObject();
  json.Key("$id").String(constraint.id);
  json.End();
  json.Key("hops").BeginArray();
  json.Uint(constraint.hops_min).Uint(constraint.hops_max);
  json.End();
  json.End();
  json.End();
  return Filter::Parse(json.Take());
}

}  // namespace phenix::api
