// One sealed part, or the rows of a tail, as a file: docs/formats/vector-segment.md.
//
// Invariants: primary sections (ids, begins, full vectors) are all that is needed; derived ones
//             (byte rows beside full vectors, links, entries, centroids, tuning) can be made again.
// Threads:    functions without state.
// Errors:     kCorruption when header, table or a primary section is damaged. Damaged derived
// sections
//             are left out and reported.
#ifndef INDEX_VECTOR_STORE_SEGMENT_FILE_H_
#define INDEX_VECTOR_STORE_SEGMENT_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "index/vector/segment.h"
#include "index/vector/tail.h"
#include "io/file_system.h"
#include "phenix/status.h"

namespace phenix::index::vector {

inline constexpr std::uint32_t kSegmentFileVersion = 1;

/// Writes a segment with all of its sections, durably but for the directory entry.
Status WriteSegmentFile(io::FileSystem& file_system, const std::string& path,
                        const Segment& segment);
/// Writes the first `rows` rows of a tail: primary sections only.
Status WriteTailFile(io::FileSystem& file_system, const std::string& path, const Tail& tail,
                     VectorSpace space, std::size_t rows);

/// What a file held.
struct ReadPart {
  /// With every section whole; null when derived ones are missing or damaged.
  std::shared_ptr<Segment> segment;
  /// Otherwise the primary sections.
  std::vector<std::uint64_t> ids;
  std::vector<std::uint64_t> begins;
  FullRows full;
  /// A derived section was there and damaged.
  bool damaged = false;
};

/// Reads and checks a file that must belong to `space`.
Result<ReadPart> ReadSegmentFile(const io::ReadableFile& file, VectorSpace space);

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_STORE_SEGMENT_FILE_H_
