#include "security/key_file.h"

#include <cstring>
#include <string>
#include <utility>

#include "base/checksum.h"

namespace phenix::security {
namespace {

constexpr ByteView kMagic = "PHXR";
constexpr std::uint16_t kVersion = 1;
constexpr std::uint16_t kFlagWrapped = 1;
constexpr std::size_t kTrailerBytes = kSha256Bytes + sizeof(std::uint32_t);

Status Damaged(const char* rule) {
  return {StatusCode::kCorruption, std::string("key file is damaged: ") + rule};
}

Result<KeyFileEntry> DecodeEntry(base::ByteReader& reader, bool wrapped) {
  KeyFileEntry entry;
  const auto kind = reader.ReadLittle<std::uint8_t>();
  entry.version = reader.ReadLittle<std::uint32_t>();
  entry.key.master_key_id = std::string(reader.ReadLengthPrefixed());
  entry.key.master_key_version = reader.ReadLittle<std::uint32_t>();
  entry.key.ciphertext = std::string(reader.ReadLengthPrefixed());
  if (!reader.ok()) return Damaged("an entry is cut");
  if (kind < static_cast<std::uint8_t>(KeyKind::kData) ||
      kind > static_cast<std::uint8_t>(KeyKind::kNode)) {
    return Damaged("unknown kind of key");
  }
  if (!wrapped && (!entry.key.master_key_id.empty() || entry.key.master_key_version != 0)) {
    return Damaged("an unwrapped key names a master key");
  }
  entry.kind = static_cast<KeyKind>(kind);
  return entry;
}

}  // namespace

std::string EncodeKeyFile(const KeyFile& file) {
  std::string bytes;
  // Room for everything, so that no copy of an unwrapped key is left behind by growing.
  bytes.reserve(kKeyFileBytesMax);
  bytes.append(kMagic);
  base::PutLittle(bytes, kVersion);
  base::PutLittle(bytes, file.wrapped ? kFlagWrapped : std::uint16_t{0});
  bytes.append(file.database_id.data(), file.database_id.size());
  base::PutLittle(bytes, static_cast<std::uint32_t>(file.entries.size()));
  for (const KeyFileEntry& entry : file.entries) {
    base::PutLittle(bytes, static_cast<std::uint8_t>(entry.kind));
    base::PutLittle(bytes, entry.version);
    base::PutLengthPrefixed(bytes, entry.key.master_key_id);
    base::PutLittle(bytes, entry.key.master_key_version);
    base::PutLengthPrefixed(bytes, entry.key.ciphertext);
  }
  return bytes;
}

void FinishKeyFile(std::string& encoded, const Sha256Digest& mac) {
  encoded.append(AsView(mac));
  base::PutLittle(encoded, base::Crc32c(encoded));
}

Result<DecodedKeyFile> DecodeKeyFile(ByteView bytes) {
  if (bytes.size() < kTrailerBytes) return Damaged("too short");
  const ByteView checked = bytes.substr(0, bytes.size() - sizeof(std::uint32_t));
  if (base::Crc32c(checked) != base::LoadLittle<std::uint32_t>(bytes.data() + checked.size())) {
    return Damaged("checksum differs");
  }
  DecodedKeyFile decoded;
  decoded.covered = bytes.substr(0, bytes.size() - kTrailerBytes);
  std::memcpy(decoded.mac.data(), decoded.covered.data() + decoded.covered.size(),
              decoded.mac.size());
  base::ByteReader reader(decoded.covered);
  if (reader.ReadBytes(kMagic.size()) != kMagic) return Damaged("wrong magic");
  if (reader.ReadLittle<std::uint16_t>() != kVersion) return Damaged("unknown version");
  const auto flags = reader.ReadLittle<std::uint16_t>();
  if ((flags & ~kFlagWrapped) != 0) return Damaged("unknown flags");
  decoded.file.wrapped = flags != 0;
  const ByteView id = reader.ReadBytes(kDatabaseIdBytes);
  if (!reader.ok()) return Damaged("too short");
  std::memcpy(decoded.file.database_id.data(), id.data(), id.size());
  const auto count = reader.ReadLittle<std::uint32_t>();
  if (!reader.ok() || count > kKeyFileEntryCountMax) return Damaged("too many entries");
  for (std::uint32_t position = 0; position < count; ++position) {
    PHENIX_ASSIGN_OR_RETURN(KeyFileEntry entry, DecodeEntry(reader, decoded.file.wrapped));
    decoded.file.entries.push_back(std::move(entry));
  }
  if (!reader.AtEnd()) return Damaged("bytes behind the last entry");
  return decoded;
}

}  // namespace phenix::security
