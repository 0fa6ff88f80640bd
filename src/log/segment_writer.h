// Writes frames to the newest segment, makes each durable, and starts the next segment in time.
//
// Invariants: a segment gets its name only when the one before it is closed and synced; after a
//             failure that leaves the tail in doubt nothing is written any more.
// Threads:    one at a time. Ownership: borrows the file system.
#ifndef LOG_SEGMENT_WRITER_H_
#define LOG_SEGMENT_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "io/file_system.h"
#include "log/log_record.h"
#include "phenix/status.h"

namespace phenix::log {

class SegmentWriter {
 public:
  struct Options {
    std::string directory;
    std::uint64_t segment_size_bytes = 0;
  };
  SegmentWriter(io::FileSystem& file_system, Options options)
      : file_system_(file_system), options_(std::move(options)) {}

  /// Goes on in the segment that starts with `first`, whose valid bytes end at `size_bytes`; what
  /// lies behind is cut off. Syncs, since what was read may not have been durable yet.
  Status Continue(LogSequence first, std::uint64_t size_bytes);
  /// Writes `frame` as frame `sequence`, in a new segment if the current one is full, and syncs.
  /// Errors: kResourceExhausted and kIoError (the frame is not there), kUnknownOutcome. After the
  /// last two failure() says why nothing more is written.
  Status Append(ByteView frame, LogSequence sequence);
  /// First sequence of the segment written to; 0 before there is one.
  [[nodiscard]] LogSequence segment() const { return segment_; }
  /// OK, or the first error that ended the writing.
  [[nodiscard]] const Status& failure() const { return failure_; }
  Status Close();

 private:
  Status Roll(LogSequence first);
  void ReserveSpace();
  Status Write(ByteView frame);
  Status Undo(std::uint64_t size_bytes, const Status& cause);
  Status Fail(StatusCode code, const Status& cause);

  io::FileSystem& file_system_;
  const Options options_;
  std::unique_ptr<io::WritableFile> file_;
  LogSequence segment_;
  Status failure_;
};

}  // namespace phenix::log

#endif  // LOG_SEGMENT_WRITER_H_
