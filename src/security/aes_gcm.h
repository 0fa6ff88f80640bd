// AES-256 in Galois/Counter Mode: encrypts and authenticates. Source: NIST SP 800-38D.
//
// Invariants: the caller never seals two messages with one key and nonce.
// Threads:    any; each thread keeps its own OpenSSL contexts.
// Errors:     a library that cannot encrypt ends the process; what does not open is a Status.
// Cost:       about 4.7 GB/s for 64 KiB, 0.4 us for 1 KiB.
#ifndef SECURITY_AES_GCM_H_
#define SECURITY_AES_GCM_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "phenix/status.h"

namespace phenix::security {

using base::ByteView;

inline constexpr std::size_t kAesGcmKeyBytes = 32;
inline constexpr std::size_t kAesGcmNonceBytes = 12;
inline constexpr std::size_t kAesGcmTagBytes = 16;
/// Largest message of one call.
inline constexpr std::size_t kAesGcmMessageBytesMax = std::size_t{1} << 30U;

using AesGcmNonce = std::array<char, kAesGcmNonceBytes>;

/// What belongs to a message beside its bytes.
struct AesGcmBinding {
  AesGcmNonce nonce{};
  ByteView authenticated;  ///< Not encrypted, but bound to the message (AAD).
};

/// A nonce that counts: 4 zero bytes, then `number` big-endian.
AesGcmNonce NonceOfNumber(std::uint64_t number);

/// Writes plain.size() + kAesGcmTagBytes bytes to `into`, which must not overlap `plain`.
void AesGcmSeal(ByteView key, const AesGcmBinding& binding, ByteView plain, char* into);
/// Writes sealed.size() - kAesGcmTagBytes bytes to `into`, which must not overlap `sealed`.
/// kCorruption if key, binding or bytes differ from what was sealed; `into` then holds zeros.
Status AesGcmOpen(ByteView key, const AesGcmBinding& binding, ByteView sealed, char* into);

}  // namespace phenix::security

#endif  // SECURITY_AES_GCM_H_
