// Packs frame bodies with zstd (RFC 8878), when that pays.
//
// Threads: any; each thread keeps its own zstd contexts.
// Cost:    about 400 MB/s where it packs; bodies of vectors are given up after a 64 KiB sample.
#ifndef LOG_FRAME_COMPRESSION_H_
#define LOG_FRAME_COMPRESSION_H_

#include <cstddef>
#include <optional>

#include "base/bytes.h"
#include "log/frame_body.h"
#include "phenix/status.h"

namespace phenix::log {

/// Packed bytes are kept only if they are smaller by this part of the plain ones.
inline constexpr std::size_t kCompressionGainDivisor = 16;
/// Looked at before the whole is packed.
inline constexpr std::size_t kCompressionSampleBytes = std::size_t{64} * 1024;

/// The packed `plain`, or nothing if that does not pay. `sample_offset`: where the sample is taken.
std::optional<FrameBuffer> CompressIfSmaller(ByteView plain, std::size_t sample_offset);
/// kCorruption unless `packed` unpacks to exactly `plain_bytes` bytes.
Result<FrameBuffer> Decompress(ByteView packed, std::size_t plain_bytes);

}  // namespace phenix::log

#endif  // LOG_FRAME_COMPRESSION_H_
