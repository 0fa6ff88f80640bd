// The vectors of one field of one collection, searchable by nearness at any snapshot.
//
// A ladder of parts: a tail of appended rows (visible at commit), runs sealed from it, blocks
// merged from runs. Everything here is derived from the log and the state and can be rebuilt from
// them.
//
// Invariants: a search at snapshot S sees exactly the rows appended at or before S and not erased
// or
//             replaced at or before S; `limit` rows come back whenever that many visible rows
//             match. A sealed part never changes; parts are exchanged by replacing the manifest.
// Threads:    Append(), Erase() and Checkpoint() by one thread at a time (the commit path), with
//             commit timestamps that never fall; everything else from any thread at any time.
//             RunOne() may run in several threads, each working on another task.
// Ownership:  borrows the file system, which must outlive the index; copies every vector.
// Not here:   documents, transactions, threads: background work is done by whoever calls RunOne().
#ifndef INDEX_VECTOR_VECTOR_INDEX_H_
#define INDEX_VECTOR_VECTOR_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/strong_id.h"
#include "distance/metric.h"
#include "distance/simd_level.h"
#include "index/vector/row_filter.h"
#include "index/vector/search_types.h"
#include "phenix/status.h"

namespace phenix::io {
class FileSystem;
}  // namespace phenix::io

namespace phenix::index::vector {

/// How the rows of sealed parts are kept for the walk; full vectors are kept besides where it loses
/// anything.
enum class RowCodec : std::uint8_t {
  kAutomatic = 0,         ///< 8-bit rows: exact when every value is an integer in 0..255
  kProductQuantized = 1,  ///< PQ with an optimised rotation: smallest, slowest to train
};

struct VectorIndexOptions {
  std::uint32_t dimension = 0;
  distance::Metric metric = distance::Metric::kCosine;
  double recall_target = 0.95;
  distance::SimdLevel simd_level = distance::SimdLevel::kScalar;  ///< ChooseSimdLevel()
  RowCodec codec = RowCodec::kAutomatic;
  std::uint32_t run_rows = 32768;        ///< rows of a tail that are sealed into a run
  std::uint32_t block_rows = 1U << 20U;  ///< rows at which a part is no longer merged
  std::uint32_t merge_fanout = 2;        ///< parts of about one size merged into one
  std::uint64_t seed = 1;                ///< of every sample and rotation; builds are repeatable
};

/// A piece of background work, largest benefit first.
struct MaintenanceTask {
  enum class Kind : std::uint8_t { kSealTail, kBuildGraph, kMerge, kRepair, kRewrite };
  Kind kind = Kind::kSealTail;
  std::uint64_t rows = 0;
};

struct VectorIndexStats {
  std::uint64_t rows_live = 0;
  std::uint64_t rows_erased = 0;  ///< still held for old snapshots or until a merge
  std::uint64_t rows_in_tail = 0;
  std::uint64_t rows_without_graph = 0;
  std::uint64_t segments = 0;
  std::uint64_t memory_bytes = 0;
  double recall_estimate = 0.0;  ///< weighted by rows, from the last samples; 1 when all is exact
  CommitTimestamp applied_through{0};
  /// 0 = none .. 1 = commits should wait: how far graph building is behind.
  double back_pressure = 0.0;
};

/// Nearest-first hits of one request, in pieces. Pins the snapshot's parts. One thread at a time.
class VectorCursor {
 public:
  virtual ~VectorCursor() = default;
  VectorCursor() = default;
  VectorCursor(const VectorCursor&) = delete;
  VectorCursor& operator=(const VectorCursor&) = delete;

  /// The next `count` hits; fewer only when no visible matching row is left. Continues the walks
  /// that the earlier calls began.
  virtual Result<std::vector<Hit>> Next(std::size_t count) = 0;
};

class VectorIndex {
 public:
  virtual ~VectorIndex() = default;
  VectorIndex() = default;
  VectorIndex(const VectorIndex&) = delete;
  VectorIndex& operator=(const VectorIndex&) = delete;

  /// Adds rows that become visible at `commit`; a row with an id that is live replaces it from then
  /// on. All or none. Errors: kInvalidArgument for a wrong size, NaN or infinity (nothing is
  /// added). Cost: one copy and one 1-bit code per row.
  virtual Status Append(const RowBatch& batch, CommitTimestamp commit) = 0;
  /// Ends the rows of `ids` at `commit`; unknown ids are ignored.
  virtual Status Erase(std::span<const std::uint64_t> ids, CommitTimestamp commit) = 0;
  virtual Result<SearchAnswer> Search(const SearchRequest& request) const = 0;
  /// Answers in the order of the requests; shares work between them where it can.
  virtual Result<std::vector<SearchAnswer>> SearchBatch(
      std::span<const SearchRequest> requests) const = 0;
  virtual Result<std::unique_ptr<VectorCursor>> OpenCursor(const SearchRequest& request) const = 0;
  [[nodiscard]] virtual FilterEstimate Estimate(const RowFilter& filter) const = 0;

  /// What RunOne() would do now; nothing when the index is at rest.
  [[nodiscard]] virtual std::optional<MaintenanceTask> NextTask() const = 0;
  /// Does one unit of work, at most a few seconds. Rows that ended at or before `oldest_snapshot`
  /// may be dropped. False when there was nothing to do. Errors leave the index as it was.
  virtual Result<bool> RunOne(CommitTimestamp oldest_snapshot) = 0;
  /// Makes what was applied so far durable in the index's directory; kUnimplemented when in memory.
  virtual Status Checkpoint() = 0;

  [[nodiscard]] virtual VectorIndexStats Stats() const = 0;
  /// Measures recall now, with `samples` rows of each part as queries.
  virtual Result<double> RecallEstimate(std::size_t samples, std::size_t limit) const = 0;
};

/// An index that lives in memory only. Errors: kInvalidArgument for options out of range.
Result<std::unique_ptr<VectorIndex>> CreateVectorIndex(const VectorIndexOptions& options);

/// The index whose last Checkpoint() is in `directory` (created if absent). The caller then repeats
/// every Append() and Erase() after Stats().applied_through. Damaged derived sections are rebuilt
/// by later tasks while scans serve. Errors: kCorruption when full vectors or the manifest are
/// damaged (the caller rebuilds from the state); kInvalidArgument when the directory has another
/// dimension or metric.
Result<std::unique_ptr<VectorIndex>> OpenVectorIndex(io::FileSystem& file_system,
                                                     const std::string& directory,
                                                     const VectorIndexOptions& options);

/// OK when Append() would take `vector`; otherwise what it would answer. Cost: one pass.
Status CheckVector(const VectorIndexOptions& options, std::span<const float> vector);

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_VECTOR_INDEX_H_
