// Exact k-nearest search by scanning every visible vector of a field: the reference that the vector
// index is measured against, and the answer when exactness is asked for.
//
// Precision: distances are accumulated in double from the stored f32.
// Threads:   as its StateReader.
// Cost:      one pass over the field's vectors, a heap of their distances (16 bytes each), and one
//            entity look-up for each row that reaches the result or fails the filter before it.
#ifndef TRANSACTION_EXACT_SEARCH_H_
#define TRANSACTION_EXACT_SEARCH_H_

#include <span>

#include "phenix/reader.h"
#include "phenix/schema.h"
#include "transaction/state_reader.h"

namespace phenix::transaction {

/// The distance of phenix/reader.h between `a` and `b` (of the same length; `b` unaligned).
double ExactDistance(Metric metric, std::span<const float> a, base::ByteView b);
/// Higher is better.
double ScoreOf(Metric metric, double distance);

Result<NearestPage> SearchExactly(const StateReader& reader, const NearestRequest& request);

}  // namespace phenix::transaction

#endif  // TRANSACTION_EXACT_SEARCH_H_
