// A key management service as the engine sees it: it wraps and unwraps small keys under a key that
// never leaves it (the customer master key, CMK).
//
// Invariants: a wrapped key opens only with exactly the context it was wrapped with.
// Threads:    any.
// Errors:     kUnavailable (the service cannot be reached; the same call may succeed later),
//             kPermissionDenied (the service refuses, or the CMK version was destroyed),
//             kCorruption (wrapped bytes or context are not what was wrapped), kInvalidArgument.
// Not here:   caching and key versions of a database (security/key_ring.h).
#ifndef SECURITY_KEY_PROVIDER_H_
#define SECURITY_KEY_PROVIDER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "phenix/status.h"
#include "security/secret_bytes.h"

namespace phenix::io {
class FileSystem;
class RandomSource;
}  // namespace phenix::io

namespace phenix::security {

/// Names and values bound to a wrapped key as authenticated data, e.g. {"database": "…",
/// "purpose": "data", "version": "3"}. Not secret.
using KeyContext = std::map<std::string, std::string>;

/// A key as it may lie on disk.
struct WrappedKey {
  std::string master_key_id;             ///< Which CMK, in the provider's own words.
  std::uint32_t master_key_version = 0;  ///< Which version of it.
  std::string ciphertext;
};

inline constexpr std::size_t kWrappablePlainBytesMax = 4096;

class KeyProvider {
 public:
  virtual ~KeyProvider() = default;
  KeyProvider() = default;
  KeyProvider(const KeyProvider&) = delete;
  KeyProvider& operator=(const KeyProvider&) = delete;

  /// Wraps 1 to kWrappablePlainBytesMax bytes under the newest version of the CMK.
  virtual Result<WrappedKey> WrapKey(ByteView plain, const KeyContext& context) = 0;
  virtual Result<SecretBytes> UnwrapKey(const WrappedKey& wrapped, const KeyContext& context) = 0;
  /// Adds a CMK version and makes it the newest; older versions still unwrap. kUnimplemented where
  /// the service rotates by itself.
  virtual Status RotateMasterKey() = 0;
  /// The CMK's name, as written into WrappedKey::master_key_id.
  [[nodiscard]] virtual std::string MasterKeyId() const = 0;
  /// The version that WrapKey() uses.
  [[nodiscard]] virtual std::uint32_t MasterKeyVersion() const = 0;
};

/// Context in the one byte order that every provider binds: sorted names, each name and value
/// length-prefixed.
std::string EncodeKeyContext(const KeyContext& context);

/// Opens the provider that `uri` names: "file:PATH". kUnimplemented for other schemes, kNotFound if
/// the file is missing.
Result<std::unique_ptr<KeyProvider>> OpenKeyProvider(io::FileSystem& file_system,
                                                     io::RandomSource& random,
                                                     std::string_view uri);

}  // namespace phenix::security

#endif  // SECURITY_KEY_PROVIDER_H_
