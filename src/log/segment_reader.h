// One segment file, read from front to back through a window, so that many small frames cost few
// reads; and the names of segments.
//
// Threads: one at a time per object.
#ifndef LOG_SEGMENT_READER_H_
#define LOG_SEGMENT_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "io/file_system.h"
#include "log/log_record.h"
#include "phenix/status.h"

namespace phenix::log {

/// "00000000000000ff.phl" for 255.
std::string SegmentFileName(LogSequence first);
/// The sequence in a segment's file name, or nothing for any other name.
std::optional<LogSequence> SequenceOfFileName(std::string_view name);
/// The first sequences of all segments in `directory`, ascending; empty if there is no directory.
Result<std::vector<LogSequence>> ListSegments(io::FileSystem& file_system,
                                              const std::string& directory);

class SegmentReader {
 public:
  static Result<SegmentReader> Open(io::FileSystem& file_system, const std::string& directory,
                                    LogSequence first);

  [[nodiscard]] const std::string& name() const { return name_; }
  /// The file's size when it was opened, or where it was since found to end.
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  /// Up to `size_bytes` bytes from `offset`, fewer at the end of the file; `size_bytes` is at most
  /// kWindowBytes. The view lasts until the next call.
  Result<ByteView> Peek(std::uint64_t offset, std::size_t size_bytes);
  /// Exactly `size_bytes` bytes; kIoError if the file became shorter.
  Status Read(std::uint64_t offset, std::size_t size_bytes, char* into) const;
  /// True if every byte of [begin, end) is zero.
  Result<bool> IsZero(std::uint64_t begin, std::uint64_t end);

  static constexpr std::size_t kWindowBytes = std::size_t{64} * 1024;

 private:
  SegmentReader(std::string name, std::unique_ptr<io::ReadableFile> file, std::uint64_t size_bytes);

  std::string name_;
  std::unique_ptr<io::ReadableFile> file_;
  std::uint64_t size_bytes_;
  std::unique_ptr<char[]> window_;
  std::uint64_t window_offset_ = 0;
  std::size_t window_bytes_ = 0;
};

}  // namespace phenix::log

#endif  // LOG_SEGMENT_READER_H_
