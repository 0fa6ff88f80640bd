// Evaluates a filter for one entity at a reader's snapshot: the document through model/, and what
// only the state knows (vectors present, edges, linked entities) through the reader.
//
// Threads: as the reader.
// Cost:    the conditions on the document are pure; each $edge condition walks the entity's edges
// and
//          looks the other ends up, breadth first, at most kFilterEdgesMax edges a filter and
//          entity.
#ifndef TRANSACTION_FILTER_EVALUATION_H_
#define TRANSACTION_FILTER_EVALUATION_H_

#include <memory>
#include <string_view>

#include "model/filter_evaluate.h"
#include "phenix/filter.h"
#include "transaction/state_reader.h"

namespace phenix::transaction {

inline constexpr std::size_t kFilterEdgesMax = 1'000'000;

/// The entity under test.
struct FilterSubject {
  std::shared_ptr<const CollectionRecord> collection;
  std::string_view id;
  const FoundEntity& found;
};

/// Errors: kResourceExhausted when an $edge condition walks too far; those of reading.
Result<bool> MatchesFilter(const Filter& filter, const StateReader& reader,
                           const FilterSubject& subject, model::FilterWarnings& warnings);

}  // namespace phenix::transaction

#endif  // TRANSACTION_FILTER_EVALUATION_H_
