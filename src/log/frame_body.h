// The body of a frame: record hashes and shards in front, records behind; compressed if that pays,
// then sealed in chunks if the log is encrypted. Format: docs/formats/log-frame.md.
//
// Threads:   functions from any thread.
// Ownership: a PreparedBody and a DecodedFrame own their bytes.
#ifndef LOG_FRAME_BODY_H_
#define LOG_FRAME_BODY_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "io/random.h"
#include "log/frame_header.h"
#include "log/log_record.h"
#include "phenix/status.h"
#include "security/key_ring.h"
#include "security/signature.h"

namespace phenix::log {

/// A run of bytes whose beginning is not set to zero first.
class FrameBuffer {
 public:
  FrameBuffer() = default;
  explicit FrameBuffer(std::size_t size_bytes)
      : bytes_(std::make_unique_for_overwrite<char[]>(size_bytes)), size_bytes_(size_bytes) {}
  [[nodiscard]] char* data() { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const { return size_bytes_; }
  [[nodiscard]] ByteView view() const { return {bytes_.get(), size_bytes_}; }
  /// Forgets the bytes from `size_bytes` on.
  void Shorten(std::size_t size_bytes) { size_bytes_ = size_bytes; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_bytes_ = 0;
};

/// A frame that lacks only what depends on the frames before it. `bytes` has room for the header in
/// front of the finished body; `header` has all fields that are known by now.
struct PreparedBody {
  FrameHeader header;
  FrameBuffer bytes;
};

/// How bodies are made.
struct FrameBodyOptions {
  const security::KeyRing* keys = nullptr;
  io::RandomSource* random = nullptr;  ///< For the frame's uuid and salt.
  LaneId lane;
  LogEpoch epoch;
  std::uint64_t incarnation = 0;
  security::SigningMode signing = security::SigningMode::kBoth;  ///< Who will seal the header.
  bool encrypt = false;
  bool compress = false;
};

/// Builds the body: copies every payload once. Errors: kInvalidArgument for an empty frame, a shard
/// position outside the list, or an unknown record type; kResourceExhausted beyond the limits of
/// log/limits.h.
Result<PreparedBody> BuildFrameBody(const FrameBodyOptions& options,
                                    std::span<const LogRecord> records,
                                    std::span<const std::uint64_t> shards);

/// A frame that was read and verified. `records` point into `plain`.
struct DecodedFrame {
  FrameHeader header;
  Sha256Digest chain_head{};
  std::vector<LogRecord> records;
  std::vector<std::uint64_t> shards;
  FrameBuffer plain;
};

/// True when `stored` hashes to the header's body hash. Needs no key.
bool FrameBodyHashMatches(const FrameHeader& header, ByteView stored);
/// Opens a body whose hash was already checked: unseals, unpacks, checks every record hash. The
/// frame's chain head is left to the caller. Errors: kCorruption; kPermissionDenied without the
/// DEK.
Result<DecodedFrame> OpenFrameBody(const security::KeyRing& keys, const FrameHeader& header,
                                   FrameBuffer stored);

}  // namespace phenix::log

#endif  // LOG_FRAME_BODY_H_
