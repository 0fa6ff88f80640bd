// The directory of an index: a manifest and the files of its parts.
//
// Invariants: the manifest is replaced atomically and names only files that are complete; files it
// does
//             not name are garbage and removed by the next Write().
// Threads:    one at a time.
// Ownership:  borrows the file system.
#ifndef INDEX_VECTOR_STORE_SEGMENT_STORE_H_
#define INDEX_VECTOR_STORE_SEGMENT_STORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "index/vector/manifest.h"
#include "index/vector/vector_index.h"
#include "io/file_system.h"
#include "phenix/status.h"

namespace phenix::index::vector {

/// An index as it is stored.
struct StoredIndex {
  Manifest manifest;
  std::uint64_t applied_through = 0;
  std::uint64_t newest_id = 0;
  bool any_row = false;
  std::uint64_t next_number = 1;
};

class SegmentStore {
 public:
  SegmentStore(io::FileSystem& file_system, std::string directory,
               const VectorIndexOptions& options);

  /// What the directory holds; an empty index when there is no manifest. Parts whose derived
  /// sections are damaged come back as tails.
  Result<StoredIndex> Read();
  /// Makes `index` durable. Rows and ends after applied_through are left out. Numbers from
  /// next_number on, one per tail, are used.
  Status Write(const StoredIndex& index);

 private:
  struct TailFile {
    std::shared_ptr<Tail> tail;
    std::uint64_t number = 0;
    std::size_t rows = 0;
  };

  [[nodiscard]] std::string PathOf(std::uint64_t number) const;
  Status ReadPartFile(std::uint64_t number, const std::map<std::uint64_t, std::uint64_t>& ends,
                      StoredIndex* index);
  Status RemoveOthers(const std::set<std::uint64_t>& numbers);
  Status WriteParts(const StoredIndex& index, std::map<const Tail*, TailFile>* tails);

  io::FileSystem& file_system_;
  std::string directory_;
  VectorIndexOptions options_;
  std::set<std::uint64_t> written_;        // numbers of segment files
  std::map<const Tail*, TailFile> tails_;  // files of tails that may still be good
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_STORE_SEGMENT_STORE_H_
