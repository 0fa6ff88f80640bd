// A small signed file that names one frame of a log: CHECKPOINT (the frame before the first that is
// left after a trim) and ANCHOR (a frame that the log surely contains).
//
// Format: docs/formats/log-frame.md, "Mark". Written atomically; a mark names only durable frames.
#ifndef LOG_LOG_MARK_H_
#define LOG_LOG_MARK_H_

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "io/file_system.h"
#include "log/frame_seal.h"
#include "log/log_record.h"
#include "phenix/status.h"
#include "security/key_ring.h"
#include "security/signature.h"

namespace phenix::log {

inline constexpr const char* kCheckpointFileName = "CHECKPOINT";
inline constexpr const char* kAnchorFileName = "ANCHOR";

/// The numbers are on disk: never change or reuse one.
enum class MarkKind : std::uint8_t { kCheckpoint = 1, kAnchor = 2 };

struct LogMark {
  MarkKind kind = MarkKind::kAnchor;
  LaneId lane;
  LogEpoch epoch;                        ///< Of the frame named.
  LogSequence sequence;                  ///< Of the frame named.
  std::uint64_t next_record_number = 0;  ///< Records of the lane up to and with that frame.
  std::uint64_t wall_milliseconds = 0;   ///< When the mark was made; nothing depends on it.
  Sha256Digest chain_head{};             ///< After that frame.
};

inline constexpr std::size_t kLogMarkBytes = 208;

/// The file's bytes, sealed as `signing` says.
std::string EncodeLogMark(const LogMark& mark, const security::KeyRing& keys,
                          security::SigningMode signing);
/// kCorruption naming the rule that does not hold, authenticity included.
Result<LogMark> DecodeLogMark(ByteView bytes, const FrameChecker& checker);

/// Replaces the mark's file in `directory`.
Status StoreLogMark(io::FileSystem& file_system, const std::string& directory, ByteView encoded,
                    MarkKind kind);
/// The mark of that kind, or nothing if there is no file. kCorruption names the file.
Result<std::optional<LogMark>> LoadLogMark(io::FileSystem& file_system,
                                           const std::string& directory, MarkKind kind,
                                           const FrameChecker& checker);

}  // namespace phenix::log

#endif  // LOG_LOG_MARK_H_
