#include "index/vector/store/manifest_file.h"

#include "base/checksum.h"

namespace phenix::index::vector {
namespace {

constexpr std::uint64_t kManifestMagic = 0x314E414D'56584850ULL;  // "PHXVMAN1"
constexpr std::uint32_t kManifestVersion = 1;
constexpr std::uint8_t kMetricMax = static_cast<std::uint8_t>(distance::Metric::kDot);

Status Damaged(const char* what) {
  return {StatusCode::kCorruption, std::string("vector manifest: ") + what};
}

}  // namespace

std::string EncodeManifest(const ManifestRecord& record) {
  std::string bytes;
  base::PutLittle(bytes, kManifestMagic);
  base::PutLittle(bytes, kManifestVersion);
  base::PutLittle(bytes, record.dimension);
  base::PutLittle(bytes, static_cast<std::uint8_t>(record.metric));
  base::PutLittle(bytes, static_cast<std::uint8_t>(record.any_row ? 1 : 0));
  base::PutLittle(bytes, record.applied_through);
  base::PutLittle(bytes, record.newest_id);
  base::PutLittle(bytes, record.next_number);
  base::PutVarint(bytes, record.parts.size());
  for (const PartRecord& part : record.parts) {
    base::PutVarint(bytes, part.number);
    base::PutVarint(bytes, part.ends.size());
    std::uint64_t next_row = 0;
    for (const auto& [row, end] : part.ends) {
      base::PutVarint(bytes, row - next_row);
      base::PutVarint(bytes, end);
      next_row = row + 1;
    }
  }
  base::PutLittle(bytes, base::Crc32c(bytes));
  return bytes;
}

Result<ManifestRecord> DecodeManifest(base::ByteView bytes) {
  constexpr std::size_t kChecksumBytes = 4;
  if (bytes.size() < kChecksumBytes) return Damaged("too short");
  const base::ByteView body = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (base::Crc32c(body) != base::LoadLittle<std::uint32_t>(bytes.data() + body.size())) {
    return Damaged("differs from its checksum");
  }
  base::ByteReader reader(body);
  ManifestRecord record;
  const auto magic = reader.ReadLittle<std::uint64_t>();
  const auto version = reader.ReadLittle<std::uint32_t>();
  record.dimension = reader.ReadLittle<std::uint32_t>();
  const auto metric = reader.ReadLittle<std::uint8_t>();
  record.any_row = reader.ReadLittle<std::uint8_t>() != 0;
  record.applied_through = reader.ReadLittle<std::uint64_t>();
  record.newest_id = reader.ReadLittle<std::uint64_t>();
  record.next_number = reader.ReadLittle<std::uint64_t>();
  if (magic != kManifestMagic || version != kManifestVersion || metric > kMetricMax) {
    return Damaged("not a manifest of this version");
  }
  record.metric = static_cast<distance::Metric>(metric);
  const std::uint64_t parts = reader.ReadVarint();
  for (std::uint64_t p = 0; p < parts && reader.ok(); ++p) {
    PartRecord part;
    part.number = reader.ReadVarint();
    const std::uint64_t ends = reader.ReadVarint();
    std::uint64_t next_row = 0;
    for (std::uint64_t e = 0; e < ends && reader.ok(); ++e) {
      const std::uint64_t row = next_row + reader.ReadVarint();
      part.ends[row] = reader.ReadVarint();
      next_row = row + 1;
    }
    record.parts.push_back(std::move(part));
  }
  if (!reader.ok() || !reader.AtEnd()) return Damaged("ends early or late");
  return record;
}

}  // namespace phenix::index::vector
