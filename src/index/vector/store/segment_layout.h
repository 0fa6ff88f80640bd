// The bytes of a segment file's header and section table: docs/formats/vector-segment.md.
#ifndef INDEX_VECTOR_STORE_SEGMENT_LAYOUT_H_
#define INDEX_VECTOR_STORE_SEGMENT_LAYOUT_H_

#include <cstdint>

namespace phenix::index::vector {

inline constexpr std::uint64_t kSegmentMagic = 0x31474553'56584850ULL;  // "PHXVSEG1"
inline constexpr std::uint64_t kSectionAlignment = 64;
inline constexpr std::uint32_t kSectionCountMax = 32;
inline constexpr std::uint64_t kSegmentRowsMax = 1ULL << 26U;

/// The numbers are on disk: never change or reuse one.
enum class SectionId : std::uint32_t {
  kIds = 1,         ///< u64 per row; primary
  kBegins = 2,      ///< u64 per row; primary
  kFullRows = 3,    ///< rows of element_type; primary, absent where byte rows are exact
  kCenter = 4,      ///< f32 per search dimension; derived
  kByteRows = 5,    ///< byte rows; primary where they are exact, else derived
  kLinks = 6,       ///< 32 u32 per row; derived
  kEntries = 7,     ///< u32 positions; derived
  kCentroids = 8,   ///< byte rows; derived
  kListStarts = 9,  ///< u32, one more than centroids; derived
  kTuning = 10,     ///< StoredTuning; derived
};

struct SegmentHeader {
  std::uint64_t magic = kSegmentMagic;
  std::uint32_t version = 1;
  std::uint32_t section_count = 0;
  std::uint64_t rows = 0;
  std::uint32_t dimension = 0;
  std::uint8_t metric = 0;
  std::uint8_t element_type = 0;
  std::uint8_t exact_bytes = 0;  ///< 1: byte rows are the full vectors
  std::uint8_t reserved[17] = {};
  float largest_squared = 0.0F;
  std::uint32_t table_checksum = 0;
  std::uint32_t header_checksum = 0;  ///< CRC-32C of the 56 bytes before
  std::uint32_t unused = 0;
};
static_assert(sizeof(SegmentHeader) == 64);

struct SectionEntry {
  std::uint32_t id = 0;
  std::uint32_t checksum = 0;  ///< CRC-32C of the section
  std::uint64_t offset = 0;
  std::uint64_t size_bytes = 0;
};
static_assert(sizeof(SectionEntry) == 24);

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_STORE_SEGMENT_LAYOUT_H_
