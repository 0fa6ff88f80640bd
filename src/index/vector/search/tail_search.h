// One search in a tail: codes first where there are any, full vectors for what may be near enough.
// Threads:   one at a time per search; the tail may grow meanwhile (the snapshot does not see it).
// Ownership: borrows everything.
#ifndef INDEX_VECTOR_SEARCH_TAIL_SEARCH_H_
#define INDEX_VECTOR_SEARCH_TAIL_SEARCH_H_

#include "index/vector/search/hit_heap.h"
#include "index/vector/search/search_context.h"
#include "index/vector/search_types.h"
#include "index/vector/tail.h"

namespace phenix::index::vector {

/// Offers the rows of `tail` that the context shows. With codes and not `exact`, a row whose error
/// bound does not hold may be missed (about one of a thousand near ones).
SegmentReport SearchTail(const SearchContext& context, const Tail& tail, SearchScratch& scratch,
                         HitHeap& heap);

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_SEARCH_TAIL_SEARCH_H_
