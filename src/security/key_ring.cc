#include "security/key_ring.h"

#include <utility>

#include "security/hex.h"
#include "security/key_file.h"

namespace phenix::security {
namespace {

constexpr ByteView kKeyFilePurpose = "phenix key file v1";
constexpr std::size_t kLogKeyBytes = 32;

std::string_view KindName(KeyKind kind) {
  switch (kind) {
    case KeyKind::kData:
      return "data";
    case KeyKind::kLog:
      return "log";
    case KeyKind::kNode:
      return "node";
  }
  return "unknown";
}

KeyContext ContextOf(const DatabaseId& database_id, KeyKind kind, std::uint32_t version) {
  return {{"database", HexOf({database_id.data(), database_id.size()})},
          {"purpose", std::string(KindName(kind))},
          {"version", std::to_string(version)}};
}

SecretBytes RandomKey(io::RandomSource& random, std::size_t size_bytes) {
  SecretBytes key(size_bytes);
  random.Fill(key.data(), key.size());
  return key;
}

Result<KeyFileEntry> EntryOf(KeyProvider* provider, KeyFileEntry entry, ByteView plain,
                             const DatabaseId& database_id) {
  if (provider == nullptr) {
    entry.key.ciphertext.assign(plain);
    return entry;
  }
  PHENIX_ASSIGN_OR_RETURN(
      entry.key, provider->WrapKey(plain, ContextOf(database_id, entry.kind, entry.version)));
  return entry;
}

Result<SecretBytes> PlainOf(KeyProvider* provider, const KeyFile& file, const KeyFileEntry& entry) {
  if (!file.wrapped) return SecretBytes(ByteView(entry.key.ciphertext));
  return provider->UnwrapKey(entry.key, ContextOf(file.database_id, entry.kind, entry.version));
}

void WipeEntries(KeyFile& file) {
  for (KeyFileEntry& entry : file.entries) {
    WipeMemory(entry.key.ciphertext.data(), entry.key.ciphertext.size());
  }
}

}  // namespace

Result<KeyRing> KeyRing::Create(io::FileSystem& file_system, io::RandomSource& random,
                                const KeyRingOptions& options) {
  if (options.encrypt && options.provider == nullptr) {
    return Status(StatusCode::kInvalidArgument,
                  "encryption needs a key provider: a data key stored unwrapped protects nothing");
  }
  const std::string path = io::JoinPath(options.directory, kKeyFileName);
  PHENIX_ASSIGN_OR_RETURN(const bool exists, file_system.Exists(path));
  if (exists) return Status(StatusCode::kAlreadyExists, "key file '" + path + "' exists");
  KeyRing ring;
  ring.directory_ = options.directory;
  ring.wrapped_ = options.provider != nullptr;
  random.Fill(ring.database_id_.data(), ring.database_id_.size());
  if (options.encrypt) ring.data_keys_.emplace(1, RandomKey(random, kDataKeyBytes));
  ring.log_key_ = RandomKey(random, kLogKeyBytes);
  ring.node_seed_ = RandomKey(random, kEd25519KeyBytes);
  PHENIX_ASSIGN_OR_RETURN(ring.node_key_, Ed25519PrivateKey::FromSeed(ring.node_seed_.view()));
  // The key file comes last: a directory with one has everything.
  PHENIX_ASSIGN_OR_RETURN(const Ed25519PublicKey public_key,
                          Ed25519PublicKey::FromRaw(ring.node_key_->public_raw()));
  PHENIX_RETURN_IF_ERROR(io::WriteFileAtomically(
      file_system, io::JoinPath(options.directory, kPublicKeyFileName), public_key.Pem()));
  PHENIX_RETURN_IF_ERROR(ring.Store(file_system, options.provider));
  return ring;
}

Result<KeyRing> KeyRing::Open(io::FileSystem& file_system, const std::string& directory,
                              KeyProvider* provider) {
  const std::string path = io::JoinPath(directory, kKeyFileName);
  PHENIX_ASSIGN_OR_RETURN(std::string bytes, io::ReadFile(file_system, path, kKeyFileBytesMax));
  KeyRing ring;
  ring.directory_ = directory;
  const Status loaded = ring.Load(bytes, provider);
  WipeMemory(bytes.data(), bytes.size());
  if (!loaded.ok()) return Status(loaded.code(), std::string(loaded.message()) + ": file=" + path);
  return ring;
}

Status KeyRing::Load(ByteView bytes, KeyProvider* provider) {
  PHENIX_ASSIGN_OR_RETURN(DecodedKeyFile decoded, DecodeKeyFile(bytes));
  KeyFile& file = decoded.file;
  if (file.wrapped && provider == nullptr) {
    return {StatusCode::kPermissionDenied, "keys are wrapped and no key provider is configured"};
  }
  database_id_ = file.database_id;
  wrapped_ = file.wrapped;
  for (const KeyFileEntry& entry : file.entries) {
    PHENIX_ASSIGN_OR_RETURN(SecretBytes plain, PlainOf(provider, file, entry));
    if (plain.size() != kDataKeyBytes) return {StatusCode::kCorruption, "a key has a wrong size"};
    switch (entry.kind) {
      case KeyKind::kData:
        data_keys_.insert_or_assign(entry.version, std::move(plain));
        break;
      case KeyKind::kLog:
        log_key_ = std::move(plain);
        break;
      case KeyKind::kNode:
        node_seed_ = std::move(plain);
        break;
    }
  }
  if (!file.wrapped) WipeEntries(file);
  if (log_key_.empty() || node_seed_.empty()) {
    return {StatusCode::kCorruption, "key file lacks the log key or the node key"};
  }
  const SecretBytes mac_key = FileHmacKey(kKeyFilePurpose);
  if (!EqualInConstantTime(AsView(HmacSha256(mac_key.view(), decoded.covered)),
                           AsView(decoded.mac))) {
    return {StatusCode::kCorruption, "key file was altered: its MAC differs"};
  }
  PHENIX_ASSIGN_OR_RETURN(node_key_, Ed25519PrivateKey::FromSeed(node_seed_.view()));
  return Status::Ok();
}

Status KeyRing::Store(io::FileSystem& file_system, KeyProvider* provider) const {
  KeyFile file{.wrapped = provider != nullptr, .database_id = database_id_, .entries = {}};
  const auto add = [&](KeyKind kind, std::uint32_t version, ByteView plain) -> Status {
    PHENIX_ASSIGN_OR_RETURN(
        KeyFileEntry entry,
        EntryOf(provider, {.kind = kind, .version = version, .key = {}}, plain, database_id_));
    file.entries.push_back(std::move(entry));
    return Status::Ok();
  };
  for (const auto& [version, key] : data_keys_) {
    PHENIX_RETURN_IF_ERROR(add(KeyKind::kData, version, key.view()));
  }
  PHENIX_RETURN_IF_ERROR(add(KeyKind::kLog, 1, log_key_.view()));
  PHENIX_RETURN_IF_ERROR(add(KeyKind::kNode, 1, node_seed_.view()));
  std::string bytes = EncodeKeyFile(file);
  if (!file.wrapped) WipeEntries(file);
  const SecretBytes mac_key = FileHmacKey(kKeyFilePurpose);
  FinishKeyFile(bytes, HmacSha256(mac_key.view(), bytes));
  const Status written =
      io::WriteFileAtomically(file_system, io::JoinPath(directory_, kKeyFileName), bytes);
  WipeMemory(bytes.data(), bytes.size());
  return written;
}

std::uint32_t KeyRing::data_key_version() const {
  return data_keys_.empty() ? 0 : data_keys_.rbegin()->first;
}

Result<ByteView> KeyRing::DataKey(std::uint32_t version) const {
  const auto found = data_keys_.find(version);
  if (found != data_keys_.end()) return found->second.view();
  return Status(StatusCode::kPermissionDenied,
                "the key ring holds no data key version " + std::to_string(version));
}

SecretBytes KeyRing::LogHmacKey(std::uint64_t lane, std::uint64_t epoch) const {
  std::string context = "phenix log frame hmac v1";
  base::PutLittle(context, lane);
  base::PutLittle(context, epoch);
  return HkdfSha256(log_key_.view(), {database_id_.data(), database_id_.size()}, context,
                    kSha256Bytes);
}

SecretBytes KeyRing::FileHmacKey(ByteView purpose) const {
  std::string context = "phenix file hmac v1";
  base::PutLengthPrefixed(context, purpose);
  return HkdfSha256(log_key_.view(), {database_id_.data(), database_id_.size()}, context,
                    kSha256Bytes);
}

Status KeyRing::RotateDataKey(io::FileSystem& file_system, io::RandomSource& random,
                              KeyProvider& provider) {
  if (!encrypts()) return {StatusCode::kInvalidArgument, "this database is not encrypted"};
  const std::uint32_t next = data_key_version() + 1;
  data_keys_.emplace(next, RandomKey(random, kDataKeyBytes));
  const Status stored = Store(file_system, &provider);
  if (!stored.ok()) data_keys_.erase(next);
  return stored;
}

Status KeyRing::RewrapKeys(io::FileSystem& file_system, KeyProvider& provider) {
  PHENIX_RETURN_IF_ERROR(Store(file_system, &provider));
  wrapped_ = true;
  return Status::Ok();
}

}  // namespace phenix::security
