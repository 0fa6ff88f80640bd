// The bounds of the log, and how they relate.
#ifndef LOG_LIMITS_H_
#define LOG_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace phenix::log {

inline constexpr std::uint64_t kKibibyte = 1024;
inline constexpr std::uint64_t kMebibyte = 1024 * kKibibyte;

/// Largest body of a frame before compression and encryption.
inline constexpr std::uint64_t kFramePlainBytesMax = 256 * kMebibyte;
/// Most records in one frame.
inline constexpr std::uint32_t kFrameRecordCountMax = 1U << 20U;
/// Most shards named by one frame.
inline constexpr std::uint32_t kFrameShardCountMax = 1U << 16U;
/// Each chunk of an encrypted body is sealed on its own.
inline constexpr std::uint64_t kFrameChunkBytes = 64 * kKibibyte;
/// Largest body as stored: every chunk adds a tag of 16 bytes.
inline constexpr std::uint64_t kFrameBodyBytesMax =
    kFramePlainBytesMax + (kFramePlainBytesMax / kFrameChunkBytes + 1) * 16;

inline constexpr std::uint64_t kSegmentBytesDefault = 64 * kMebibyte;
inline constexpr std::uint64_t kSegmentBytesMin = 4 * kKibibyte;
inline constexpr std::uint64_t kSegmentBytesMax = 4 * kKibibyte * kMebibyte;

static_assert(kFramePlainBytesMax % kFrameChunkBytes == 0);
static_assert(kSegmentBytesMin <= kSegmentBytesDefault && kSegmentBytesDefault <= kSegmentBytesMax);

}  // namespace phenix::log

#endif  // LOG_LIMITS_H_
