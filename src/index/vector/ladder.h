// The VectorIndex: a manifest of parts that is exchanged as a whole.
//
// Locks:      build_mutex_ (which unit is whose) before commit_mutex_ (rows, ends, exchanges of the
//             manifest) before manifest_mutex_, which is held for a pointer copy only.
// Threads:    as vector_index.h says.
// Ownership:  owns its parts together with the searches that pinned a manifest.
#ifndef INDEX_VECTOR_LADDER_H_
#define INDEX_VECTOR_LADDER_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/thread_annotations.h"
#include "index/vector/build_job.h"
#include "index/vector/manifest.h"
#include "index/vector/search/scratch_pool.h"
#include "index/vector/vector_index.h"

namespace phenix::index::vector {

class SegmentStore;
struct StoredIndex;

class Ladder final : public VectorIndex {
 public:
  /// `store` may be null (memory only); `stored` is what it had.
  Ladder(const VectorIndexOptions& options, std::unique_ptr<SegmentStore> store,
         StoredIndex stored);
  ~Ladder() override;

  Status Append(const RowBatch& batch, CommitTimestamp commit) override;
  Status Erase(std::span<const std::uint64_t> ids, CommitTimestamp commit) override;
  Result<SearchAnswer> Search(const SearchRequest& request) const override;
  Result<std::vector<SearchAnswer>> SearchBatch(
      std::span<const SearchRequest> requests) const override;
  Result<std::unique_ptr<VectorCursor>> OpenCursor(const SearchRequest& request) const override;
  [[nodiscard]] FilterEstimate Estimate(const RowFilter& filter) const override;
  [[nodiscard]] std::optional<MaintenanceTask> NextTask() const override;
  Result<bool> RunOne(CommitTimestamp oldest_snapshot) override;
  Status Checkpoint() override;
  [[nodiscard]] VectorIndexStats Stats() const override;
  Result<double> RecallEstimate(std::size_t samples, std::size_t limit) const override;

 private:
  /// What the commit path knows.
  struct CommitState {
    std::uint64_t applied_through = 0;
    std::uint64_t newest_id = 0;
    bool any_row = false;
    std::uint64_t next_number = 1;
    std::vector<float> center;  // of the codes of later tails
  };

  [[nodiscard]] std::shared_ptr<const Manifest> Pin() const;
  void Exchange(Manifest next) PHENIX_REQUIRES(commit_mutex_);
  /// The tail that takes the next row; seals a full one.
  std::shared_ptr<Tail> OpenTail() PHENIX_REQUIRES(commit_mutex_);
  void EndLive(std::uint64_t id, std::uint64_t commit) PHENIX_REQUIRES(commit_mutex_);
  Status CheckCommit(CommitTimestamp commit) const PHENIX_REQUIRES(commit_mutex_);
  bool SealIdleTail();
  [[nodiscard]] bool TailIsWorthSealing(const Manifest& manifest) const;
  std::shared_ptr<BuildJob> StartJob(std::uint64_t oldest_snapshot) PHENIX_REQUIRES(build_mutex_);
  void Publish(BuildJob& job);

  const VectorIndexOptions options_;
  const distance::Kernels& kernels_;
  std::unique_ptr<SegmentStore> store_;
  mutable base::Mutex commit_mutex_;
  CommitState state_ PHENIX_GUARDED_BY(commit_mutex_);
  mutable base::Mutex manifest_mutex_;
  std::shared_ptr<const Manifest> manifest_ PHENIX_GUARDED_BY(manifest_mutex_);
  mutable base::Mutex build_mutex_;
  std::shared_ptr<BuildJob> job_ PHENIX_GUARDED_BY(build_mutex_);
  mutable ScratchPool scratches_;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_LADDER_H_
