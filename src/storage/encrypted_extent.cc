#include "storage/encrypted_extent.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "base/checksum.h"

namespace phenix::storage {
namespace {

using security::ChunkPlace;
using security::CipherLayout;

constexpr ByteView kMagic = "PXE1";
// Frame: magic 0, number 4, content offset 8, content length 16, reserved 20, CRC-32C 28.
constexpr std::size_t kFrameChecksumOffset = 28;
constexpr auto kPurpose = security::FilePurpose::kTable;
constexpr auto kChunkSize = security::ChunkSize::k4Kib;
constexpr std::size_t kChunkPlainBytes = std::size_t{1} << 12U;
constexpr std::size_t kChunkSealedBytes = kChunkPlainBytes + security::kAesGcmTagBytes;
// A last extent up to this size is opened as a whole before it counts: the small ones are those
// that a crash may leave with all of its length but only some of its sectors.
constexpr std::uint64_t kProbedContentBytesMax = 64 * 1024;
static_assert((kExtentContentBytesMax + kExtentPreambleBytes) % kChunkPlainBytes == 0);

Status Damaged(const Extent& extent, const char* what) {
  return {StatusCode::kCorruption, "encrypted extent " + std::to_string(extent.number) +
                                       " at offset " + std::to_string(extent.file_offset) + ": " +
                                       what};
}

std::string EncodeFrame(const Extent& extent) {
  std::string frame(kMagic);
  base::PutLittle(frame, extent.number);
  base::PutLittle(frame, extent.content_offset);
  base::PutLittle(frame, extent.content_bytes);
  base::PutLittle(frame, std::uint64_t{0});
  base::PutLittle(frame, base::Crc32c(frame));
  return frame;
}

/// The extent that a frame describes; nullopt if it is none.
std::optional<Extent> DecodeFrame(ByteView frame) {
  if (frame.size() < kExtentFrameBytes || frame.substr(0, kMagic.size()) != kMagic) {
    return std::nullopt;
  }
  base::ByteReader reader(frame.substr(kMagic.size()));
  Extent extent;
  extent.number = reader.ReadLittle<std::uint32_t>();
  extent.content_offset = reader.ReadLittle<std::uint64_t>();
  extent.content_bytes = reader.ReadLittle<std::uint32_t>();
  const auto reserved = reader.ReadLittle<std::uint64_t>();
  const bool good =
      reader.ReadLittle<std::uint32_t>() == base::Crc32c(frame.substr(0, kFrameChecksumOffset)) &&
      reserved == 0 && extent.content_bytes > 0 && extent.content_bytes <= kExtentContentBytesMax;
  return good ? std::optional(extent) : std::nullopt;
}

std::string EncodePreamble(const EncryptedFileId& file_id, const Extent& extent) {
  std::string preamble(file_id.data(), file_id.size());
  base::PutLittle(preamble, extent.number);
  base::PutLittle(preamble, extent.content_bytes);
  base::PutLittle(preamble, extent.content_offset);
  PHENIX_ASSERT(preamble.size() == kExtentPreambleBytes);
  return preamble;
}

Result<std::string> ReadExactly(const io::ReadableFile& file, std::uint64_t offset,
                                std::size_t size_bytes) {
  std::string bytes(size_bytes, '\0');
  PHENIX_ASSIGN_OR_RETURN(const std::size_t got, file.ReadAt(offset, size_bytes, bytes.data()));
  if (got == size_bytes) return bytes;
  return Status(StatusCode::kCorruption,
                "encrypted file ends early: offset=" + std::to_string(offset));
}

/// The frame at `offset`, if it is the one that belongs behind `list`.
Result<std::optional<Extent>> NextExtent(const io::ReadableFile& file, const ExtentList& list,
                                         std::uint64_t offset) {
  PHENIX_ASSIGN_OR_RETURN(const std::string frame, ReadExactly(file, offset, kExtentFrameBytes));
  std::optional<Extent> extent = DecodeFrame(frame);
  if (!extent.has_value() || extent->number != list.extents.size() ||
      extent->content_offset != list.content_bytes()) {
    return std::optional<Extent>();
  }
  extent->file_offset = offset;
  return extent;
}

/// Tables are full extents and one last: found from the size alone and proved by the last frame.
Result<std::optional<ExtentList>> FindFullOnes(const io::ReadableFile& file,
                                               std::uint64_t file_bytes) {
  const std::uint64_t full_bytes = Extent::FileBytes(kExtentContentBytesMax);
  const std::uint64_t full_count = (file_bytes - 1) / full_bytes;
  if (full_count < 2 || file_bytes - full_count * full_bytes < kExtentFrameBytes) {
    return std::optional<ExtentList>();
  }
  ExtentList list;
  for (std::uint64_t number = 0; number < full_count; ++number) {
    list.extents.push_back({.file_offset = number * full_bytes,
                            .content_offset = number * kExtentContentBytesMax,
                            .number = static_cast<std::uint32_t>(number),
                            .content_bytes = static_cast<std::uint32_t>(kExtentContentBytesMax)});
  }
  PHENIX_ASSIGN_OR_RETURN(const std::optional<Extent> last,
                          NextExtent(file, list, list.file_bytes()));
  if (!last.has_value() || last->file_end() != file_bytes) return std::optional<ExtentList>();
  list.extents.push_back(*last);
  return std::optional<ExtentList>(std::move(list));
}

/// A damaged end is a cut append only if nothing whole follows it.
Status CheckTornTail(const io::ReadableFile& file, const ExtentList& list) {
  const Extent expected{.file_offset = list.file_bytes(),
                        .content_offset = list.content_bytes(),
                        .number = static_cast<std::uint32_t>(list.extents.size()),
                        .content_bytes = 0};
  if (list.extents.empty()) return Damaged(expected, "is not the start of an encrypted file");
  if (list.torn_bytes > Extent::FileBytes(kExtentContentBytesMax)) {
    return Damaged(expected, "is damaged");
  }
  PHENIX_ASSIGN_OR_RETURN(
      const std::string tail,
      ReadExactly(file, list.file_bytes(), static_cast<std::size_t>(list.torn_bytes)));
  for (std::size_t at = tail.find(kMagic); at != std::string::npos;
       at = tail.find(kMagic, at + 1)) {
    const std::optional<Extent> later = DecodeFrame(ByteView(tail).substr(at));
    if (later.has_value() && later->number > expected.number) {
      return Damaged(expected, "is damaged before a whole one");
    }
  }
  return Status::Ok();
}

}  // namespace

std::uint64_t Extent::FileBytes(std::uint64_t content_bytes) {
  const std::uint64_t plain_bytes = kExtentPreambleBytes + content_bytes;
  const std::uint64_t chunk_count = (plain_bytes + kChunkPlainBytes - 1) / kChunkPlainBytes;
  return kExtentFrameBytes + security::kCipherHeaderBytes + plain_bytes +
         chunk_count * security::kAesGcmTagBytes;
}

Result<std::string> SealExtent(const security::KeyRing& keys, io::RandomSource& random,
                               const EncryptedFileId& file_id, const Extent& extent,
                               ByteView content) {
  PHENIX_ASSERT(!content.empty() && content.size() <= kExtentContentBytesMax);
  Extent sealed = extent;
  sealed.content_bytes = static_cast<std::uint32_t>(content.size());
  PHENIX_ASSIGN_OR_RETURN(security::FileSealer sealer,
                          security::FileSealer::Create(keys, random, kPurpose, kChunkSize));
  std::string bytes = EncodeFrame(sealed);
  std::size_t end = bytes.size() + security::kCipherHeaderBytes;
  bytes.resize(static_cast<std::size_t>(Extent::FileBytes(content.size())));
  sealer.header().Encode(bytes.data() + kExtentFrameBytes);
  std::string plain = EncodePreamble(file_id, sealed);
  plain += content;
  for (std::size_t start = 0; start < plain.size(); start += kChunkPlainBytes) {
    const ByteView chunk = ByteView(plain).substr(start, kChunkPlainBytes);
    const bool last = start + kChunkPlainBytes >= plain.size();
    PHENIX_RETURN_IF_ERROR(
        sealer.SealNext(chunk, last ? ChunkPlace::kLast : ChunkPlace::kInner, bytes.data() + end));
    end += chunk.size() + security::kAesGcmTagBytes;
  }
  PHENIX_ASSERT(end == bytes.size());
  return bytes;
}

Result<ExtentReader> ExtentReader::Open(const security::KeyRing& keys, const io::ReadableFile& file,
                                        const Extent& extent) {
  PHENIX_ASSIGN_OR_RETURN(
      const std::string header_bytes,
      ReadExactly(file, extent.file_offset + kExtentFrameBytes, security::kCipherHeaderBytes));
  PHENIX_ASSIGN_OR_RETURN(const security::CipherHeader header,
                          security::CipherHeader::Decode(header_bytes));
  if (header.chunk_size != kChunkSize) return Damaged(extent, "has another chunk size");
  PHENIX_ASSIGN_OR_RETURN(security::FileOpener opener,
                          security::FileOpener::Create(keys, header, kPurpose));
  ExtentReader reader(extent, std::move(opener));
  const CipherLayout layout = reader.layout();
  PHENIX_ASSIGN_OR_RETURN(
      const std::string sealed,
      ReadExactly(file, extent.file_offset + kExtentFrameBytes + layout.ChunkOffset(0),
                  layout.SealedBytes(0)));
  std::string plain(sealed.size() - security::kAesGcmTagBytes, '\0');
  PHENIX_RETURN_IF_ERROR(reader.opener_.OpenChunk(0, layout.PlaceOf(0), sealed, plain.data()));
  std::memcpy(reader.file_id_.data(), plain.data(), kFileIdBytes);
  if (plain.substr(0, kExtentPreambleBytes) != EncodePreamble(reader.file_id_, extent)) {
    return Damaged(extent, "belongs to another place");
  }
  return reader;
}

CipherLayout ExtentReader::layout() const {
  const std::uint64_t plain_bytes = kExtentPreambleBytes + extent_.content_bytes;
  return {.chunk_size = kChunkSize,
          .plain_bytes = plain_bytes,
          .chunk_count = (plain_bytes + kChunkPlainBytes - 1) / kChunkPlainBytes};
}

Status ExtentReader::Read(const io::ReadableFile& file, std::uint64_t offset,
                          std::size_t size_bytes, char* into) const {
  PHENIX_ASSERT(offset + size_bytes <= extent_.content_bytes && size_bytes > 0);
  const CipherLayout layout = this->layout();
  const std::uint64_t start = kExtentPreambleBytes + offset;
  const std::uint64_t end = start + size_bytes;
  const std::uint64_t first = start / kChunkPlainBytes;
  const std::uint64_t last = (end - 1) / kChunkPlainBytes;
  const std::uint64_t sealed_start = layout.ChunkOffset(first);
  const std::uint64_t sealed_end = layout.ChunkOffset(last) + layout.SealedBytes(last);
  PHENIX_ASSIGN_OR_RETURN(const std::string sealed,
                          ReadExactly(file, extent_.file_offset + kExtentFrameBytes + sealed_start,
                                      static_cast<std::size_t>(sealed_end - sealed_start)));
  char plain[kChunkPlainBytes];
  for (std::uint64_t number = first; number <= last; ++number) {
    const ByteView chunk =
        ByteView(sealed).substr((number - first) * kChunkSealedBytes, layout.SealedBytes(number));
    PHENIX_RETURN_IF_ERROR(opener_.OpenChunk(number, layout.PlaceOf(number), chunk, plain));
    const std::uint64_t chunk_start = number * kChunkPlainBytes;
    const std::uint64_t from = std::max(start, chunk_start);
    const std::uint64_t until =
        std::min(end, chunk_start + chunk.size() - security::kAesGcmTagBytes);
    std::memcpy(into + (from - start), plain + (from - chunk_start), until - from);
  }
  return Status::Ok();
}

Result<ExtentList> ExtentList::Find(const security::KeyRing& keys, const io::ReadableFile& file) {
  PHENIX_ASSIGN_OR_RETURN(const std::uint64_t file_bytes, file.Size());
  ExtentList list;
  if (file_bytes == 0) return list;
  PHENIX_ASSIGN_OR_RETURN(std::optional<ExtentList> full, FindFullOnes(file, file_bytes));
  if (full.has_value()) {
    list = *std::move(full);
  } else {
    std::uint64_t offset = 0;
    while (offset + kExtentFrameBytes <= file_bytes) {
      PHENIX_ASSIGN_OR_RETURN(const std::optional<Extent> next, NextExtent(file, list, offset));
      if (!next.has_value() || next->file_end() > file_bytes) break;
      list.extents.push_back(*next);
      offset = next->file_end();
    }
  }
  if (list.extents.size() > 1 && list.file_bytes() == file_bytes &&
      list.extents.back().content_bytes <= kProbedContentBytesMax) {
    const Extent last = list.extents.back();
    std::string content(last.content_bytes, '\0');
    const Result<ExtentReader> reader = ExtentReader::Open(keys, file, last);
    const Status opened =
        reader.ok() ? reader->Read(file, 0, content.size(), content.data()) : reader.status();
    if (!opened.ok() && opened.code() != StatusCode::kCorruption) return opened;
    if (!opened.ok()) list.extents.pop_back();
  }
  list.torn_bytes = file_bytes - list.file_bytes();
  if (list.torn_bytes > 0) PHENIX_RETURN_IF_ERROR(CheckTornTail(file, list));
  return list;
}

}  // namespace phenix::storage
