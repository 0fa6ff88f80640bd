// Search buffers, one per search at a time, kept for the next one.
// Threads: any.
#ifndef INDEX_VECTOR_SEARCH_SCRATCH_POOL_H_
#define INDEX_VECTOR_SEARCH_SCRATCH_POOL_H_

#include <memory>
#include <utility>
#include <vector>

#include "base/thread_annotations.h"
#include "index/vector/search/search_context.h"

namespace phenix::index::vector {

class ScratchPool {
 public:
  /// A scratch for as long as the lease lives.
  class Lease {
   public:
    Lease(ScratchPool& pool, std::unique_ptr<SearchScratch> scratch)
        : pool_(pool), scratch_(std::move(scratch)) {}
    ~Lease() { pool_.Return(std::move(scratch_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    SearchScratch& operator*() { return *scratch_; }

   private:
    ScratchPool& pool_;
    std::unique_ptr<SearchScratch> scratch_;
  };

  Lease Take() {
    const base::MutexLock lock(mutex_);
    if (free_.empty()) return {*this, std::make_unique<SearchScratch>()};
    std::unique_ptr<SearchScratch> scratch = std::move(free_.back());
    free_.pop_back();
    return {*this, std::move(scratch)};
  }

 private:
  void Return(std::unique_ptr<SearchScratch> scratch) {
    const base::MutexLock lock(mutex_);
    free_.push_back(std::move(scratch));
  }

  base::Mutex mutex_;
  std::vector<std::unique_ptr<SearchScratch>> free_ PHENIX_GUARDED_BY(mutex_);
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_SEARCH_SCRATCH_POOL_H_
