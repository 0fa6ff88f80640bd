// Which names and vectors are accepted; the rules are in include/phenix/schema.h.
//
// Errors:     kInvalidArgument that quotes the name and says what is expected.
#ifndef MODEL_NAMES_H_
#define MODEL_NAMES_H_

#include <span>
#include <string_view>

#include "phenix/schema.h"
#include "phenix/status.h"

namespace phenix::model {

Status ValidateCollectionName(std::string_view name);
/// As a collection name, or empty for the unnamed field.
Status ValidateVectorFieldName(std::string_view name);
Status ValidateEdgeLabel(std::string_view label);
Status ValidateEntityId(std::string_view id);
/// Finite.
Status ValidateEdgeWeight(double weight);
/// The dimension of the field, finite numbers. A vector of zeros is accepted: its cosine distance
/// to every vector is 1.
Status ValidateVector(std::span<const float> vector, const VectorField& field);

}  // namespace phenix::model

#endif  // MODEL_NAMES_H_
