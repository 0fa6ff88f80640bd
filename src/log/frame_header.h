// The 320 bytes in front of every frame. Format: docs/formats/log-frame.md.
//
// Invariants: DecodeFrameHeader() accepts exactly the bytes that EncodeFrameHeader() can make; any
//             changed bit is an error, by CRC-32C or by the rule for the reserved bytes.
// Not here:   who signs and who checks (log/frame_seal.h).
#ifndef LOG_FRAME_HEADER_H_
#define LOG_FRAME_HEADER_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/strong_id.h"
#include "log/log_record.h"
#include "phenix/status.h"
#include "security/digest.h"
#include "security/signature.h"

namespace phenix::log {

inline constexpr std::size_t kFrameHeaderBytes = 320;
inline constexpr ByteView kFrameMagic = "PHXL";
inline constexpr std::uint16_t kFrameVersion = 1;

inline constexpr std::uint16_t kFrameFlagEncrypted = 1U << 0U;
inline constexpr std::uint16_t kFrameFlagCompressed = 1U << 1U;
inline constexpr std::uint16_t kFrameFlagFence = 1U << 2U;
inline constexpr std::uint16_t kFrameFlagSigned = 1U << 3U;  ///< Ed25519 is filled in.
inline constexpr std::uint16_t kFrameFlagHmac = 1U << 4U;    ///< HMAC is filled in.
inline constexpr std::uint16_t kFrameFlagsKnown = (1U << 5U) - 1U;

/// Byte positions of the fields.
namespace frame_offset {
inline constexpr std::size_t kMagic = 0;
inline constexpr std::size_t kVersion = 4;
inline constexpr std::size_t kFlags = 6;
inline constexpr std::size_t kLane = 8;
inline constexpr std::size_t kEpoch = 16;
inline constexpr std::size_t kSequence = 24;
inline constexpr std::size_t kFrameUuid = 32;
inline constexpr std::size_t kIncarnation = 48;
inline constexpr std::size_t kFirstRecordNumber = 56;
inline constexpr std::size_t kRecordCount = 64;
inline constexpr std::size_t kDataKeyVersion = 68;
inline constexpr std::size_t kTimestampMin = 72;
inline constexpr std::size_t kTimestampMax = 80;
inline constexpr std::size_t kClosed = 88;
inline constexpr std::size_t kPreviousHash = 96;
inline constexpr std::size_t kSalt = 128;
inline constexpr std::size_t kPlainBytes = 160;
inline constexpr std::size_t kBodyBytes = 168;
inline constexpr std::size_t kBodyHash = 176;
inline constexpr std::size_t kHmac = 208;
inline constexpr std::size_t kSignature = 240;
inline constexpr std::size_t kChecksum = 304;
inline constexpr std::size_t kReserved = 308;
static_assert(kBodyHash - kBodyBytes == sizeof(std::uint64_t));
static_assert(kHmac - kBodyHash == security::kSha256Bytes);
static_assert(kSignature - kHmac == security::kSha256Bytes);
static_assert(kChecksum - kSignature == security::kEd25519SignatureBytes);
static_assert(kReserved - kChecksum == sizeof(std::uint32_t));
static_assert(kReserved + 12 == kFrameHeaderBytes);
}  // namespace frame_offset

using FrameUuid = std::array<char, 16>;
using FrameSalt = std::array<char, 32>;

/// The header in memory.
struct FrameHeader {
  std::uint16_t flags = 0;
  LaneId lane;
  LogEpoch epoch;
  LogSequence sequence;
  FrameUuid frame_uuid{};
  std::uint64_t incarnation = 0;          ///< Random per opening of the writer.
  std::uint64_t first_record_number = 0;  ///< Records of the lane before this frame.
  std::uint32_t record_count = 0;
  std::uint32_t data_key_version = 0;  ///< 0 when not encrypted.
  FrameTimestamps timestamps;
  Sha256Digest previous_hash{};
  FrameSalt salt{};
  std::uint64_t plain_bytes = 0;  ///< Body before compression and encryption.
  std::uint64_t body_bytes = 0;   ///< Body as stored.
  Sha256Digest body_hash{};       ///< Of the body as stored.
  Sha256Digest hmac{};
  security::Ed25519Signature signature{};

  [[nodiscard]] bool Has(std::uint16_t flag) const { return (flags & flag) != 0; }
  /// Header and body.
  [[nodiscard]] std::uint64_t FrameBytes() const { return kFrameHeaderBytes + body_bytes; }
};

/// Writes kFrameHeaderBytes to `into`, checksum included.
void EncodeFrameHeader(const FrameHeader& header, char* into);
/// Reads a header from the first kFrameHeaderBytes of `bytes`. Errors: kCorruption naming the first
/// rule that does not hold. Proves nothing about who wrote it.
Result<FrameHeader> DecodeFrameHeader(ByteView bytes);
/// The chain head after the frame whose encoded header starts at `encoded`.
Sha256Digest FrameChainHead(const char* encoded);

}  // namespace phenix::log

#endif  // LOG_FRAME_HEADER_H_
