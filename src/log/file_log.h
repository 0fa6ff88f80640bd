// A commit log in one directory: segments of frames, `<first sequence, 16 hex digits>.phl`.
//
// Invariants: frames lie back to back; only the newest frame can be torn, since the next is written
//             after it was synced; the chain runs on from segment to segment and epoch to epoch.
// Files:      LOCK, CHECKPOINT (where a trimmed log starts), ANCHOR (how far it surely goes),
//             segments. Formats: docs/formats/log-frame.md. Steps: docs/protocols/group-commit.md.
// Threads, errors: log/commit_log.h.
// Ownership:  borrows everything in LogEnvironment and FileLogOptions::keys; they outlive the log.
#ifndef LOG_FILE_LOG_H_
#define LOG_FILE_LOG_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "io/clock.h"
#include "io/file_system.h"
#include "io/random.h"
#include "log/commit_log.h"
#include "log/limits.h"
#include "log/log_record.h"
#include "phenix/status.h"
#include "security/key_ring.h"
#include "security/signature.h"

namespace phenix::log {

/// What a log needs from the machine.
struct LogEnvironment {
  io::FileSystem& file_system;
  io::Clock& clock;
  io::RandomSource& random;
};

struct FileLogOptions {
  std::string directory;
  LaneId lane;
  const security::KeyRing* keys = nullptr;
  security::SigningMode signing = security::SigningMode::kBoth;
  bool encrypt = false;  ///< Needs a DEK in `keys`.
  bool compress = true;
  std::uint64_t segment_size_bytes = kSegmentBytesDefault;  ///< A segment is closed beyond it.
  bool read_only = false;  ///< Takes no lock, changes nothing, refuses to append.
  /// A frame known from elsewhere: if the log does not reach it, it was rolled back.
  std::optional<LogHead> expected_head;
};

/// What opening found and did.
struct OpenReport {
  std::uint64_t frames = 0;           ///< Valid frames found, the new fence not counted.
  std::uint64_t replayed_frames = 0;  ///< Of these, handed to the replay visitor.
  LogSequence first_sequence, last_sequence;
  LogEpoch epoch;                ///< The epoch that this opening writes in.
  std::uint64_t torn_bytes = 0;  ///< Cut off behind the last valid frame.
  std::string torn_file;         ///< Where; empty if nothing was cut.
  std::uint64_t torn_offset = 0;
  std::uint64_t segments_removed = 0;  ///< Left over from an interrupted trim.
};

class FileLog final : public CommitLog {
 public:
  /// Opens the log in `options.directory`, created if absent: takes the lock, verifies every frame
  /// (bodies and signatures of those after `replay_after`), hands those to `replay` in order, cuts
  /// a torn tail, and appends the FENCE frame of the next epoch (not handed to `replay`). Errors:
  /// kUnavailable (locked), kCorruption naming file, offset and sequence (a bad frame, a log that
  /// was rolled back, or one that ends before or starts after `replay_after`), kInvalidArgument,
  /// whatever `replay` answered, and those of the file system. Cost: reads every header, and every
  /// body after `replay_after`.
  static Result<std::unique_ptr<FileLog>> Open(const LogEnvironment& environment,
                                               const FileLogOptions& options,
                                               LogSequence replay_after,
                                               const FrameVisitor& replay);
  ~FileLog() override;

  Result<PreparedBody> PrepareBody(std::span<const LogRecord> records,
                                   std::span<const std::uint64_t> shards) const override;
  Result<AppendedFrame> AppendPrepared(PreparedBody body,
                                       const FrameTimestamps& timestamps) override;
  Status ReadFrom(LogSequence from, const FrameVisitor& visit) const override;
  [[nodiscard]] LogSequence DurableSequence() const override;
  [[nodiscard]] LogSequence FirstSequence() const override;
  /// Removes whole segments whose frames are all below `watermark`; never the newest segment.
  Status TrimBefore(LogSequence watermark) override;
  /// Writes the anchor, closes the files and lets go of the lock. The destructor only does the
  /// latter two.
  Status Close() override;

  /// The newest durable frame with its chain head, for an anchor outside of this machine.
  [[nodiscard]] LogHead Head() const;
  [[nodiscard]] const OpenReport& open_report() const;

 private:
  struct State;
  explicit FileLog(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace phenix::log

#endif  // LOG_FILE_LOG_H_
