#include "security/file_key_provider.h"

#include <cstring>

#include "base/checksum.h"
#include "security/aes_gcm.h"
#include "security/hex.h"

namespace phenix::security {
namespace {

constexpr ByteView kMagic = "PHXC";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kMasterKeyBytes = kAesGcmKeyBytes;
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kHeaderBytes = 24;
constexpr std::size_t kEntryBytes = sizeof(std::uint32_t) + kMasterKeyBytes;
constexpr std::size_t kVersionCountMax = 1000;
constexpr std::size_t kFileBytesMax =
    kHeaderBytes + kVersionCountMax * kEntryBytes + sizeof(std::uint32_t);
constexpr ByteView kWrapPurpose = "phenix key wrap v1";

/// The file: magic, version, count, id, entries, CRC-32C. The buffer never grows, so that no copy
/// of a key is left behind.
SecretBytes EncodeFile(ByteView id, const std::map<std::uint32_t, SecretBytes>& versions) {
  std::string bytes;
  bytes.reserve(kHeaderBytes + versions.size() * kEntryBytes + sizeof(std::uint32_t));
  bytes.append(kMagic);
  base::PutLittle(bytes, kVersion);
  base::PutLittle(bytes, static_cast<std::uint16_t>(versions.size()));
  bytes.append(id);
  for (const auto& [version, key] : versions) {
    base::PutLittle(bytes, version);
    bytes.append(key.view());
  }
  base::PutLittle(bytes, base::Crc32c(bytes));
  SecretBytes encoded{ByteView(bytes)};
  WipeMemory(bytes.data(), bytes.size());
  return encoded;
}

std::string Authenticated(ByteView master_key_id, std::uint32_t version,
                          const KeyContext& context) {
  std::string bytes(kWrapPurpose);
  base::PutLengthPrefixed(bytes, master_key_id);
  base::PutLittle(bytes, version);
  bytes.append(EncodeKeyContext(context));
  return bytes;
}

Status Damaged(const char* rule) {
  return {StatusCode::kCorruption, std::string("master key file is damaged: ") + rule};
}

}  // namespace

Status FileKeyProvider::Create(io::FileSystem& file_system, io::RandomSource& random,
                               const std::string& path) {
  PHENIX_ASSIGN_OR_RETURN(const bool exists, file_system.Exists(path));
  if (exists) return {StatusCode::kAlreadyExists, "master key file '" + path + "' exists"};
  Versions versions;
  SecretBytes key(kMasterKeyBytes);
  random.Fill(key.data(), key.size());
  versions.emplace(1, std::move(key));
  const SecretBytes encoded = EncodeFile(random.Bytes(kIdBytes), versions);
  return io::WriteFileAtomically(file_system, path, encoded.view());
}

Result<std::unique_ptr<FileKeyProvider>> FileKeyProvider::Open(io::FileSystem& file_system,
                                                               io::RandomSource& random,
                                                               const std::string& path) {
  PHENIX_ASSIGN_OR_RETURN(std::string bytes, io::ReadFile(file_system, path, kFileBytesMax));
  std::unique_ptr<FileKeyProvider> provider(new FileKeyProvider(file_system, random, path));
  const base::MutexLock lock(provider->mutex_);
  const Status decoded = provider->Decode(bytes);
  WipeMemory(bytes.data(), bytes.size());
  if (!decoded.ok()) {
    return Status(decoded.code(), std::string(decoded.message()) + ": file=" + path);
  }
  return provider;
}

Status FileKeyProvider::Decode(ByteView bytes) {
  if (bytes.size() < kHeaderBytes + sizeof(std::uint32_t)) return Damaged("too short");
  const ByteView covered = bytes.substr(0, bytes.size() - sizeof(std::uint32_t));
  if (base::Crc32c(covered) != base::LoadLittle<std::uint32_t>(bytes.data() + covered.size())) {
    return Damaged("checksum differs");
  }
  base::ByteReader reader(covered);
  if (reader.ReadBytes(kMagic.size()) != kMagic) return Damaged("wrong magic");
  if (reader.ReadLittle<std::uint16_t>() != kVersion) return Damaged("unknown version");
  const auto count = reader.ReadLittle<std::uint16_t>();
  const ByteView id = reader.ReadBytes(kIdBytes);
  for (unsigned position = 0; position < count; ++position) {
    const auto version = reader.ReadLittle<std::uint32_t>();
    versions_.insert_or_assign(version, SecretBytes(reader.ReadBytes(kMasterKeyBytes)));
  }
  if (!reader.ok() || !reader.AtEnd() || versions_.empty() || versions_.size() != count) {
    return Damaged("entries do not fit");
  }
  raw_id_ = std::string(id);
  master_key_id_ = "file:" + HexOf(id);
  return Status::Ok();
}

std::uint32_t FileKeyProvider::MasterKeyVersion() const {
  const base::MutexLock lock(mutex_);
  return versions_.rbegin()->first;
}

Result<WrappedKey> FileKeyProvider::WrapKey(ByteView plain, const KeyContext& context) {
  if (plain.empty() || plain.size() > kWrappablePlainBytesMax) {
    return Status(StatusCode::kInvalidArgument,
                  "cannot wrap a key of " + std::to_string(plain.size()) + " bytes");
  }
  const base::MutexLock lock(mutex_);
  const auto& [version, key] = *versions_.rbegin();
  WrappedKey wrapped{
      .master_key_id = master_key_id_, .master_key_version = version, .ciphertext = {}};
  const std::string authenticated = Authenticated(master_key_id_, version, context);
  AesGcmBinding binding{.nonce = {}, .authenticated = authenticated};
  random_.Fill(binding.nonce.data(), binding.nonce.size());
  wrapped.ciphertext.assign(binding.nonce.data(), binding.nonce.size());
  wrapped.ciphertext.resize(kAesGcmNonceBytes + plain.size() + kAesGcmTagBytes);
  AesGcmSeal(key.view(), binding, plain, wrapped.ciphertext.data() + kAesGcmNonceBytes);
  return wrapped;
}

Result<SecretBytes> FileKeyProvider::UnwrapKey(const WrappedKey& wrapped,
                                               const KeyContext& context) {
  const base::MutexLock lock(mutex_);
  if (wrapped.master_key_id != master_key_id_) {
    return Status(StatusCode::kPermissionDenied,
                  "key was wrapped by another master key: wanted=" + wrapped.master_key_id +
                      " held=" + master_key_id_);
  }
  const auto found = versions_.find(wrapped.master_key_version);
  if (found == versions_.end()) {
    return Status(StatusCode::kPermissionDenied,
                  "master key file holds no version " + std::to_string(wrapped.master_key_version));
  }
  if (wrapped.ciphertext.size() <= kAesGcmNonceBytes + kAesGcmTagBytes) {
    return Status(StatusCode::kCorruption, "wrapped key is too short");
  }
  const std::string authenticated = Authenticated(master_key_id_, found->first, context);
  AesGcmBinding binding{.nonce = {}, .authenticated = authenticated};
  std::memcpy(binding.nonce.data(), wrapped.ciphertext.data(), binding.nonce.size());
  const ByteView sealed = ByteView(wrapped.ciphertext).substr(kAesGcmNonceBytes);
  SecretBytes plain(sealed.size() - kAesGcmTagBytes);
  PHENIX_RETURN_IF_ERROR(AesGcmOpen(found->second.view(), binding, sealed, plain.data()));
  return plain;
}

Status FileKeyProvider::RotateMasterKey() {
  const base::MutexLock lock(mutex_);
  if (versions_.size() >= kVersionCountMax) {
    return {StatusCode::kResourceExhausted, "master key file holds the most versions it can"};
  }
  const std::uint32_t next = versions_.rbegin()->first + 1;
  SecretBytes key(kMasterKeyBytes);
  random_.Fill(key.data(), key.size());
  versions_.emplace(next, std::move(key));
  const SecretBytes encoded = EncodeFile(raw_id_, versions_);
  const Status written = io::WriteFileAtomically(file_system_, path_, encoded.view());
  if (!written.ok()) versions_.erase(next);
  return written;
}

}  // namespace phenix::security
