#include "security/file_cipher.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/checksum.h"
#include "security/digest.h"

namespace phenix::security {
namespace {

constexpr ByteView kMagic = "PHXE";
constexpr std::uint16_t kVersion = 1;
// Byte positions: magic 0, version 4, purpose 6, chunk size 7, DEK version 8, reserved 12, salt 16,
// key commitment 32, reserved 64, CRC-32C 76.
constexpr std::size_t kSaltOffset = 16;
constexpr std::size_t kCommitmentOffset = 32;
constexpr std::size_t kReservedOffset = 64;
constexpr std::size_t kChecksumOffset = 76;
static_assert(kSaltOffset + kCipherSaltBytes == kCommitmentOffset);
static_assert(kChecksumOffset + sizeof(std::uint32_t) == kCipherHeaderBytes);

/// Key and commitment of a file, derived together.
struct FileKey {
  SecretBytes key;
  std::array<char, 32> commitment;
};

Result<FileKey> DeriveFileKey(const KeyRing& keys, const CipherHeader& header) {
  PHENIX_ASSIGN_OR_RETURN(const ByteView data_key, keys.DataKey(header.data_key_version));
  std::string context = "phenix file cipher v1";
  base::PutLittle(context, static_cast<std::uint8_t>(header.purpose));
  context.append(keys.database_id().data(), keys.database_id().size());
  FileKey derived;
  const SecretBytes both = HkdfSha256(data_key, {header.salt.data(), header.salt.size()}, context,
                                      kAesGcmKeyBytes + derived.commitment.size());
  derived.key = SecretBytes(both.view().substr(0, kAesGcmKeyBytes));
  std::memcpy(derived.commitment.data(), both.view().data() + kAesGcmKeyBytes,
              derived.commitment.size());
  return derived;
}

/// What every chunk is bound to besides its key: the file's kind, its place, and whether it ends
/// it.
struct ChunkBinding {
  ChunkBinding(const CipherHeader& header, std::uint64_t number, ChunkPlace place) {
    bytes[0] = static_cast<char>(header.purpose);
    bytes[1] = static_cast<char>(header.chunk_size);
    bytes[2] = static_cast<char>(place);
    std::memcpy(bytes.data() + 3, &number, sizeof(number));
  }
  std::array<char, 3 + sizeof(std::uint64_t)> bytes;
};

}  // namespace

void CipherHeader::Encode(char* into) const {
  std::string bytes(kMagic);
  base::PutLittle(bytes, kVersion);
  base::PutLittle(bytes, static_cast<std::uint8_t>(purpose));
  base::PutLittle(bytes, static_cast<std::uint8_t>(chunk_size));
  base::PutLittle(bytes, data_key_version);
  bytes.resize(kSaltOffset, '\0');
  bytes.append(salt.data(), salt.size());
  bytes.append(key_commitment.data(), key_commitment.size());
  bytes.resize(kChecksumOffset, '\0');
  base::PutLittle(bytes, base::Crc32c(bytes));
  std::memcpy(into, bytes.data(), kCipherHeaderBytes);
}

Result<CipherHeader> CipherHeader::Decode(ByteView bytes) {
  const auto damaged = [](const char* rule) {
    return Status(StatusCode::kCorruption, std::string("encrypted file header: ") + rule);
  };
  if (bytes.size() < kCipherHeaderBytes) return damaged("too short");
  base::ByteReader reader(bytes.substr(0, kCipherHeaderBytes));
  if (reader.ReadBytes(kMagic.size()) != kMagic) return damaged("wrong magic");
  if (reader.ReadLittle<std::uint16_t>() != kVersion) return damaged("unknown version");
  if (base::Crc32c(bytes.substr(0, kChecksumOffset)) !=
      base::LoadLittle<std::uint32_t>(bytes.data() + kChecksumOffset)) {
    return damaged("checksum differs");
  }
  CipherHeader header;
  const auto purpose = reader.ReadLittle<std::uint8_t>();
  const auto chunk_size = reader.ReadLittle<std::uint8_t>();
  header.data_key_version = reader.ReadLittle<std::uint32_t>();
  if (purpose < static_cast<std::uint8_t>(FilePurpose::kTable) ||
      purpose > static_cast<std::uint8_t>(FilePurpose::kCache)) {
    return damaged("unknown purpose");
  }
  if (chunk_size != static_cast<std::uint8_t>(ChunkSize::k4Kib) &&
      chunk_size != static_cast<std::uint8_t>(ChunkSize::k64Kib)) {
    return damaged("unknown chunk size");
  }
  const ByteView reserved = bytes.substr(kReservedOffset, kChecksumOffset - kReservedOffset);
  if (reader.ReadLittle<std::uint32_t>() != 0 ||
      reserved.find_first_not_of('\0') != ByteView::npos) {
    return damaged("reserved bytes are not zero");
  }
  header.purpose = static_cast<FilePurpose>(purpose);
  header.chunk_size = static_cast<ChunkSize>(chunk_size);
  std::memcpy(header.salt.data(), bytes.data() + kSaltOffset, header.salt.size());
  std::memcpy(header.key_commitment.data(), bytes.data() + kCommitmentOffset,
              header.key_commitment.size());
  return header;
}

Result<CipherLayout> CipherLayout::OfFile(ChunkSize chunk_size, std::uint64_t file_bytes) {
  const std::uint64_t sealed_bytes = ChunkBytes(chunk_size) + kAesGcmTagBytes;
  if (file_bytes < kCipherHeaderBytes + kAesGcmTagBytes) {
    return Status(StatusCode::kCorruption,
                  "encrypted file is cut: size_bytes=" + std::to_string(file_bytes));
  }
  const std::uint64_t body_bytes = file_bytes - kCipherHeaderBytes;
  const std::uint64_t chunk_count = (body_bytes + sealed_bytes - 1) / sealed_bytes;
  const std::uint64_t last_bytes = body_bytes - (chunk_count - 1) * sealed_bytes;
  if (last_bytes < kAesGcmTagBytes || chunk_count > kChunkCountMax) {
    return Status(StatusCode::kCorruption,
                  "encrypted file has no possible size: size_bytes=" + std::to_string(file_bytes));
  }
  return CipherLayout{.chunk_size = chunk_size,
                      .plain_bytes = body_bytes - chunk_count * kAesGcmTagBytes,
                      .chunk_count = chunk_count};
}

std::uint64_t CipherLayout::ChunkOffset(std::uint64_t number) const {
  return kCipherHeaderBytes + number * (ChunkBytes(chunk_size) + kAesGcmTagBytes);
}

std::size_t CipherLayout::SealedBytes(std::uint64_t number) const {
  const std::size_t full = ChunkBytes(chunk_size);
  if (PlaceOf(number) == ChunkPlace::kInner) return full + kAesGcmTagBytes;
  return static_cast<std::size_t>(plain_bytes - number * full) + kAesGcmTagBytes;
}

Result<FileSealer> FileSealer::Create(const KeyRing& keys, io::RandomSource& random,
                                      FilePurpose purpose, ChunkSize chunk_size,
                                      std::uint64_t chunk_count_max) {
  CipherHeader header{.purpose = purpose,
                      .chunk_size = chunk_size,
                      .data_key_version = keys.data_key_version(),
                      .salt = {},
                      .key_commitment = {}};
  random.Fill(header.salt.data(), header.salt.size());
  PHENIX_ASSIGN_OR_RETURN(FileKey derived, DeriveFileKey(keys, header));
  header.key_commitment = derived.commitment;
  return FileSealer(header, std::move(derived.key), std::min(chunk_count_max, kChunkCountMax));
}

Status FileSealer::SealNext(ByteView plain, ChunkPlace place, char* into) {
  const std::size_t full = ChunkBytes(header_.chunk_size);
  const bool inner = place == ChunkPlace::kInner;
  if (finished_ || plain.size() > full || (inner && plain.size() != full)) {
    return {StatusCode::kInvalidArgument,
            "chunk does not fit its file: number=" + std::to_string(next_number_) +
                " size_bytes=" + std::to_string(plain.size())};
  }
  if (next_number_ >= chunk_count_max_) {
    return {StatusCode::kResourceExhausted, "encrypted file has the most chunks it can"};
  }
  const ChunkBinding bound(header_, next_number_, place);
  AesGcmSeal(key_.view(),
             {.nonce = NonceOfNumber(next_number_),
              .authenticated = {bound.bytes.data(), bound.bytes.size()}},
             plain, into);
  ++next_number_;
  finished_ = !inner;
  return Status::Ok();
}

Result<FileOpener> FileOpener::Create(const KeyRing& keys, const CipherHeader& header,
                                      FilePurpose purpose) {
  if (header.purpose != purpose) {
    return Status(StatusCode::kCorruption, "encrypted file has another purpose than expected");
  }
  PHENIX_ASSIGN_OR_RETURN(FileKey derived, DeriveFileKey(keys, header));
  if (!EqualInConstantTime({derived.commitment.data(), derived.commitment.size()},
                           {header.key_commitment.data(), header.key_commitment.size()})) {
    return Status(StatusCode::kCorruption, "encrypted file was sealed under another key");
  }
  return FileOpener(header, std::move(derived.key));
}

Status FileOpener::OpenChunk(std::uint64_t number, ChunkPlace place, ByteView sealed,
                             char* into) const {
  const ChunkBinding bound(header_, number, place);
  if (sealed.size() > ChunkBytes(header_.chunk_size) + kAesGcmTagBytes) {
    return {StatusCode::kCorruption, "chunk is longer than the file's chunk size"};
  }
  return AesGcmOpen(
      key_.view(),
      {.nonce = NonceOfNumber(number), .authenticated = {bound.bytes.data(), bound.bytes.size()}},
      sealed, into);
}

}  // namespace phenix::security
