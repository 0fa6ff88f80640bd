#include "log/frame_compression.h"

#include <zstd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/assert.h"

namespace phenix::log {
namespace {

constexpr int kLevel = 1;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

/// The packed size, or 0 if it does not fit into `room_bytes`.
std::size_t PackInto(ByteView plain, char* into, std::size_t room_bytes) {
  static thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  PHENIX_ASSERT(context != nullptr);
  const std::size_t packed_bytes =
      ZSTD_compressCCtx(context.get(), into, room_bytes, plain.data(), plain.size(), kLevel);
  return ZSTD_isError(packed_bytes) != 0 ? 0 : packed_bytes;
}

std::size_t RoomFor(std::size_t plain_bytes) {
  return plain_bytes - std::max<std::size_t>(plain_bytes / kCompressionGainDivisor, 1);
}

}  // namespace

std::optional<FrameBuffer> CompressIfSmaller(ByteView plain, std::size_t sample_offset) {
  if (plain.empty()) return std::nullopt;
  const std::size_t room_bytes = RoomFor(plain.size());
  FrameBuffer packed(room_bytes);
  if (plain.size() > 2 * kCompressionSampleBytes) {
    sample_offset = std::min(sample_offset, plain.size() - kCompressionSampleBytes);
    const ByteView sample = plain.substr(sample_offset, kCompressionSampleBytes);
    if (PackInto(sample, packed.data(), RoomFor(sample.size())) == 0) return std::nullopt;
  }
  const std::size_t packed_bytes = PackInto(plain, packed.data(), room_bytes);
  if (packed_bytes == 0) return std::nullopt;
  packed.Shorten(packed_bytes);
  return packed;
}

Result<FrameBuffer> Decompress(ByteView packed, std::size_t plain_bytes) {
  static thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  PHENIX_ASSERT(context != nullptr);
  if (ZSTD_getFrameContentSize(packed.data(), packed.size()) != plain_bytes) {
    return Status(StatusCode::kCorruption, "frame body: packed bytes have another size inside");
  }
  FrameBuffer plain(plain_bytes);
  const std::size_t unpacked_bytes =
      ZSTD_decompressDCtx(context.get(), plain.data(), plain_bytes, packed.data(), packed.size());
  if (ZSTD_isError(unpacked_bytes) != 0 || unpacked_bytes != plain_bytes) {
    return Status(StatusCode::kCorruption, "frame body: packed bytes do not unpack");
  }
  return plain;
}

}  // namespace phenix::log
