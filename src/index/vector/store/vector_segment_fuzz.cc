// Segment files and manifests from arbitrary bytes. Checksums are recomputed first, so that the
// checks behind them are reached.
#include <cstddef>
#include <cstring>
#include <string>

#include "base/checksum.h"
#include "index/vector/store/manifest_file.h"
#include "index/vector/store/segment_file.h"
#include "index/vector/store/segment_layout.h"

namespace {

using phenix::Result;
using phenix::index::vector::GraphWalk;
using phenix::index::vector::kSectionCountMax;
using phenix::index::vector::kSegmentFileVersion;
using phenix::index::vector::kSegmentMagic;
using phenix::index::vector::ManifestRecord;
using phenix::index::vector::ReadPart;
using phenix::index::vector::SectionEntry;
using phenix::index::vector::Segment;
using phenix::index::vector::SegmentHeader;
using phenix::index::vector::WalkScratch;
using phenix::index::vector::WalkSpace;

class FuzzedFile final : public phenix::io::ReadableFile {
 public:
  explicit FuzzedFile(const std::string& bytes) : bytes_(bytes) {}
  Result<std::size_t> ReadAt(std::uint64_t offset, std::size_t size_bytes,
                             char* into) const override {
    if (offset >= bytes_.size()) return std::size_t{0};
    return bytes_.copy(into, size_bytes, offset);
  }
  Result<std::uint64_t> Size() const override { return std::uint64_t{bytes_.size()}; }

 private:
  const std::string& bytes_;
};

void Repair(std::string* bytes) {
  SegmentHeader header;
  if (bytes->size() < sizeof(header)) return;
  std::memcpy(&header, bytes->data(), sizeof(header));
  header.magic = kSegmentMagic;
  header.version = kSegmentFileVersion;
  header.dimension = 5;
  header.metric = 0;
  const std::size_t table_bytes = header.section_count * sizeof(SectionEntry);
  if (header.section_count > kSectionCountMax || table_bytes > bytes->size() - sizeof(header)) {
    return;
  }
  for (std::size_t i = 0; i < header.section_count; ++i) {
    SectionEntry entry;
    char* place = bytes->data() + sizeof(header) + i * sizeof(entry);
    std::memcpy(&entry, place, sizeof(entry));
    if (entry.offset > bytes->size() || entry.size_bytes > bytes->size() - entry.offset) continue;
    entry.checksum = phenix::base::Crc32c(
        {bytes->data() + entry.offset, static_cast<std::size_t>(entry.size_bytes)});
    std::memcpy(place, &entry, sizeof(entry));
  }
  header.table_checksum = phenix::base::Crc32c({bytes->data() + sizeof(header), table_bytes});
  std::memcpy(bytes->data(), &header, sizeof(header));
  header.header_checksum =
      phenix::base::Crc32c({bytes->data(), offsetof(SegmentHeader, header_checksum)});
  std::memcpy(bytes->data(), &header, sizeof(header));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  const Result<ManifestRecord> manifest = phenix::index::vector::DecodeManifest(bytes);
  if (manifest.ok() && phenix::index::vector::EncodeManifest(*manifest).empty()) __builtin_trap();
  if (!bytes.empty() && bytes[bytes.size() - 1] != 0) Repair(&bytes);
  const FuzzedFile file(bytes);
  const Result<ReadPart> part =
      phenix::index::vector::ReadSegmentFile(file, {phenix::distance::Metric::kL2, 5});
  if (!part.ok()) return 0;
  if (part->ids.size() != part->begins.size()) __builtin_trap();
  if (!part->segment || part->segment->rows() == 0) return 0;
  // What was accepted can be walked.
  const Segment& segment = *part->segment;
  const auto& kernels = phenix::distance::KernelsFor(phenix::distance::SimdLevel::kScalar);
  phenix::distance::EncodedQuery query;
  const float values[5] = {1, 2, 3, 4, 5};
  segment.EncodeQuery(values, &query);
  if (!segment.has_graph()) return 0;
  WalkScratch scratch;
  const WalkSpace space = segment.Walkable(kernels);
  GraphWalk walk(space, query, scratch);
  walk.Run(20);
  return 0;
}
