// SHA-256, HMAC-SHA256, HKDF-SHA256 and a comparison that takes the same time for any input.
//
// Source:    FIPS 180-4, RFC 2104, RFC 5869; done by OpenSSL 3 through algorithms fetched once and
//            contexts kept per thread.
// Threads:   functions from any thread; a Sha256 object by one thread at a time.
// Errors:    none; a library that cannot hash ends the process.
// Cost:      SHA-256 about 1.4 GB/s with SHA extensions, under 0.3 us for a short input.
#ifndef SECURITY_DIGEST_H_
#define SECURITY_DIGEST_H_

#include <array>
#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "security/secret_bytes.h"

namespace phenix::security {

inline constexpr std::size_t kSha256Bytes = 32;
using Sha256Digest = std::array<char, kSha256Bytes>;

inline ByteView AsView(const Sha256Digest& digest) { return {digest.data(), digest.size()}; }

/// Hashes a message that arrives in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Update(ByteView bytes);
  /// The digest of all that was given; the object then starts a new message.
  Sha256Digest Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The digest of `bytes` at once.
Sha256Digest Sha256Of(ByteView bytes);
Sha256Digest HmacSha256(ByteView key, ByteView bytes);

/// Extract and expand: `size_bytes` (1-8160) of key from `key`, `salt` and `context`.
SecretBytes HkdfSha256(ByteView key, ByteView salt, ByteView context, std::size_t size_bytes);

/// Compares in time that depends on the sizes only.
bool EqualInConstantTime(ByteView a, ByteView b);

}  // namespace phenix::security

#endif  // SECURITY_DIGEST_H_
