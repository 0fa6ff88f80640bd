// One request over all parts of a manifest.
//
// Parts are searched largest first, so that the bound they set spares work in the others. When
// fewer rows than wanted came back though more may match, every part is scanned: limits are kept.
// Threads:   one at a time per search.
// Ownership: shares the manifest; borrows request and kernels for its life; a cursor's walks live
// in
//            scratches of its own.
#ifndef INDEX_VECTOR_SEARCH_INDEX_SEARCH_H_
#define INDEX_VECTOR_SEARCH_INDEX_SEARCH_H_

#include <memory>
#include <vector>

#include "index/vector/manifest.h"
#include "index/vector/search/hit_heap.h"
#include "index/vector/search/search_context.h"
#include "index/vector/search/segment_search.h"
#include "index/vector/search_types.h"
#include "index/vector/vector_index.h"
#include "phenix/status.h"

namespace phenix::index::vector {

/// OK when `request` fits the index; kInvalidArgument otherwise.
Status CheckRequest(const VectorIndexOptions& options, const SearchRequest& request);

class IndexSearch {
 public:
  /// `request` passed CheckRequest(). `pool` scratches are used one after another.
  IndexSearch(const distance::Kernels& kernels, const VectorIndexOptions& options,
              std::shared_ptr<const Manifest> manifest, const SearchRequest& request);

  /// The nearest `limit` rows. One-shot: walks are not kept.
  SearchAnswer Run(std::size_t limit, SearchScratch& scratch);
  /// As Run(), but continues the walks of earlier calls; `limit` grows from call to call.
  std::vector<Hit> Continue(std::size_t limit);

 private:
  [[nodiscard]] float ScoreMax() const;
  void SearchTails(SearchScratch& scratch, HitHeap& heap, std::vector<SegmentReport>* reports);
  void SearchPrivateRows(HitHeap& heap);
  /// Every visible row of every part.
  std::vector<Hit> ScanAll(std::size_t limit, SearchScratch& scratch);
  [[nodiscard]] std::vector<Hit> Report(HitHeap& heap) const;

  struct KeptSearch {
    std::unique_ptr<SearchScratch> scratch;
    std::unique_ptr<SegmentSearch> search;
  };

  const distance::Kernels& kernels_;
  const SearchRequest& request_;
  std::shared_ptr<const Manifest> manifest_;
  std::vector<float> prepared_;
  SearchContext context_;
  std::vector<KeptSearch> kept_;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_SEARCH_INDEX_SEARCH_H_
