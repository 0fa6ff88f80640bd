// All keys of one database: data encryption keys (DEK) by version, the log key, the node's signing
// key; loaded once from the key file in the database directory.
//
// Invariants: a DEK version, once written, keeps its key for as long as the file holds it; the
//             newest version encrypts, every version decrypts.
// Threads:    const calls from any thread; RotateDataKey() and RewrapKeys() by one thread while no
//             other call runs.
// Ownership:  owns the unwrapped keys and wipes them; the provider is used during calls only.
// Honesty:    without a provider the keys lie unwrapped in the key file: signatures then prove that
//             nobody without read access to that file has changed the log, and nothing more.
// Format:     docs/formats/key-file.md.
#ifndef SECURITY_KEY_RING_H_
#define SECURITY_KEY_RING_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "io/file_system.h"
#include "io/random.h"
#include "phenix/status.h"
#include "security/digest.h"
#include "security/key_provider.h"
#include "security/secret_bytes.h"
#include "security/signature.h"

namespace phenix::security {

inline constexpr std::size_t kDatabaseIdBytes = 16;
using DatabaseId = std::array<char, kDatabaseIdBytes>;
inline constexpr std::size_t kDataKeyBytes = 32;
inline constexpr const char* kKeyFileName = "KEYS";
inline constexpr const char* kPublicKeyFileName = "public-key.pem";

/// What a new key ring is made of.
struct KeyRingOptions {
  std::string directory;            ///< Where kKeyFileName and kPublicKeyFileName go.
  KeyProvider* provider = nullptr;  ///< Wraps the keys; null stores them unwrapped.
  bool encrypt = false;             ///< Makes a DEK; needs a provider.
};

class KeyRing {
 public:
  /// Makes the keys and writes both files; kAlreadyExists if a key file is there.
  static Result<KeyRing> Create(io::FileSystem& file_system, io::RandomSource& random,
                                const KeyRingOptions& options);
  /// kNotFound without a key file; kPermissionDenied if the keys are wrapped and there is no
  /// `provider`; kCorruption if the file or a wrapped key was altered.
  static Result<KeyRing> Open(io::FileSystem& file_system, const std::string& directory,
                              KeyProvider* provider);

  [[nodiscard]] const DatabaseId& database_id() const { return database_id_; }
  /// True when there is a DEK, so that files and frames are to be encrypted.
  [[nodiscard]] bool encrypts() const { return !data_keys_.empty(); }
  /// True when the key file holds the keys wrapped by a provider.
  [[nodiscard]] bool wrapped() const { return wrapped_; }
  /// The version that encrypts now; 0 when nothing is encrypted.
  [[nodiscard]] std::uint32_t data_key_version() const;
  /// The DEK of that version (a view that lives as long as the ring); kPermissionDenied when the
  /// ring does not hold it.
  [[nodiscard]] Result<ByteView> DataKey(std::uint32_t version) const;
  /// HKDF-SHA256(log key, lane, epoch): authenticates frames of one lane and epoch.
  [[nodiscard]] SecretBytes LogHmacKey(std::uint64_t lane, std::uint64_t epoch) const;
  /// HKDF-SHA256(log key, `purpose`): authenticates small files, by purpose.
  [[nodiscard]] SecretBytes FileHmacKey(ByteView purpose) const;
  [[nodiscard]] const Ed25519PrivateKey& node_key() const { return *node_key_; }

  /// Adds a DEK version; it encrypts from now on. The file is replaced atomically.
  Status RotateDataKey(io::FileSystem& file_system, io::RandomSource& random,
                       KeyProvider& provider);
  /// Wraps every key again under the provider's newest CMK version; no data is rewritten.
  Status RewrapKeys(io::FileSystem& file_system, KeyProvider& provider);

 private:
  KeyRing() = default;
  Status Store(io::FileSystem& file_system, KeyProvider* provider) const;
  Status Load(ByteView bytes, KeyProvider* provider);

  DatabaseId database_id_{};
  bool wrapped_ = false;
  std::string directory_;
  std::map<std::uint32_t, SecretBytes> data_keys_;
  SecretBytes log_key_;
  SecretBytes node_seed_;
  std::optional<Ed25519PrivateKey> node_key_;
};

}  // namespace phenix::security

#endif  // SECURITY_KEY_RING_H_
