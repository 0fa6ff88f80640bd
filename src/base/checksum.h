// CRC-32C (Castagnoli), the checksum of every file format here that is not signed or encrypted.
// Source: RFC 3720, appendix B.4 (test vectors). Cost: 8 bytes a cycle-pair with SSE4.2, found at
// run time.
#ifndef BASE_CHECKSUM_H_
#define BASE_CHECKSUM_H_

#include <cstdint>

#include "base/bytes.h"

namespace phenix::base {

/// CRC-32C of `bytes`, continuing from `seed` (the value of an earlier call, 0 to start).
std::uint32_t Crc32c(ByteView bytes, std::uint32_t seed = 0);

/// A 64-bit mixing hash (not cryptographic, stable only within one process run of one version).
std::uint64_t HashBytes(ByteView bytes);

}  // namespace phenix::base

#endif  // BASE_CHECKSUM_H_
