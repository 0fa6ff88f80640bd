// Does one value satisfy one condition? The leaves of filter evaluation.
#ifndef MODEL_FILTER_CONDITION_MATCH_H_
#define MODEL_FILTER_CONDITION_MATCH_H_

#include "model/filter_evaluate.h"

namespace phenix::model {

enum class Match : std::uint8_t { kNo, kYes, kWrongType };

/// Tests `value`, which a path reached, with the positive form of the condition `node` (kNotEqual
/// as kEqual, kNotIn as kIn, kNone as kAny; kExists as true). `node` has a path; kElement only
/// answers for values that are no array. `context` gives the time.
Match TestCondition(const FilterNode& node, ValueView value, EvaluationContext& context);

}  // namespace phenix::model

#endif  // MODEL_FILTER_CONDITION_MATCH_H_
