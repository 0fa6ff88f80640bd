// The words of the filter language, and which of them is near to a misspelt one.
#ifndef MODEL_FILTER_OPERATOR_NAMES_H_
#define MODEL_FILTER_OPERATOR_NAMES_H_

#include <optional>
#include <string>
#include <string_view>

#include "model/filter_tree.h"

namespace phenix::model {

/// Where an operator may stand.
enum class OperatorPlace : std::uint8_t {
  kLogic,   ///< beside fields: $and, $or, $nor
  kBoth,    ///< beside fields and below one: $not
  kField,   ///< below a field: $gt, ...
  kEntity,  ///< beside fields, about the entity: $id, ...
};

struct OperatorName {
  std::string_view name;
  FilterKind kind;
  OperatorPlace place;
};

/// The operator of that name, null if there is none.
const OperatorName* FindOperator(std::string_view name);
/// "unknown operator $gtt, known operators close to it: $gt, $gte". `below_field` tells the place.
std::string UnknownOperator(std::string_view name, bool below_field);

}  // namespace phenix::model

#endif  // MODEL_FILTER_OPERATOR_NAMES_H_
