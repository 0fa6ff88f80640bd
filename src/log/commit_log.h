// The log of one lane as the transaction room sees it: frames become durable in order, and are read
// back verified. Implemented by FileLog here, and by a log of put-if-absent objects in a cluster.
//
// Invariants: sequences grow by one; a frame is visible to ReadFrom() only after it is durable;
// what
//             ReadFrom() delivers was verified (checksum, chain, body hash, HMAC, signature).
// Threads:    PrepareBody(), ReadFrom(), DurableSequence(), FirstSequence() from any thread, also
//             beside an Append(); Append(), TrimBefore() and Close() by one caller at a time.
// Durability: Append() returns OK only when the frame is durable.
// Errors:     of Append(): kResourceExhausted (disk full; the frame is not there and the log goes
//             on), kIoError (the frame is not there), kUnknownOutcome (it may or may not be there
//             after the next opening). After the last two every Append() and TrimBefore() answers
//             kUnavailable naming the first error, until the log is opened again.
#ifndef LOG_COMMIT_LOG_H_
#define LOG_COMMIT_LOG_H_

#include <cstdint>
#include <functional>
#include <span>

#include "log/frame_body.h"
#include "log/log_record.h"
#include "phenix/status.h"

namespace phenix::log {

/// Called once per frame, in order; an error stops the reading and is handed on.
using FrameVisitor = std::function<Status(const DecodedFrame& frame)>;

class CommitLog {
 public:
  virtual ~CommitLog() = default;
  CommitLog() = default;
  CommitLog(const CommitLog&) = delete;
  CommitLog& operator=(const CommitLog&) = delete;

  /// The part of an append that costs time (copy, hash, compress, encrypt) and depends on no other
  /// frame; run it outside the lock that orders appends. `shards` empty means the one shard 0.
  virtual Result<PreparedBody> PrepareBody(std::span<const LogRecord> records,
                                           std::span<const std::uint64_t> shards) const = 0;
  /// The part that must be in order: chains, signs, writes and syncs. The body must come from
  /// PrepareBody() of this object; it is consumed also when the append fails.
  /// Cost: about 50 us of signing, one write, one sync.
  virtual Result<AppendedFrame> AppendPrepared(PreparedBody body,
                                               const FrameTimestamps& timestamps) = 0;
  /// Delivers every frame from `from` to DurableSequence() as of the call. kNotFound if `from` was
  /// trimmed away.
  virtual Status ReadFrom(LogSequence from, const FrameVisitor& visit) const = 0;
  /// The newest durable frame; it grows only after its bytes are safe.
  [[nodiscard]] virtual LogSequence DurableSequence() const = 0;
  /// The oldest frame that is still there.
  [[nodiscard]] virtual LogSequence FirstSequence() const = 0;
  /// Lets go of frames below `watermark`, as far as that is cheap: a durable TRIM record first,
  /// then the removal. Frames at and above the watermark stay. OK if there is nothing to remove.
  virtual Status TrimBefore(LogSequence watermark) = 0;
  /// Ends the use in good order; later appends and trims answer kUnavailable.
  virtual Status Close() = 0;

  /// PrepareBody() and AppendPrepared() in one.
  Result<AppendedFrame> Append(const FrameContent& content);
};

}  // namespace phenix::log

#endif  // LOG_COMMIT_LOG_H_
