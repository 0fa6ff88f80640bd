// Lines of a file or of standard input, read piece by piece.
//
// Threads:    one at a time.
// Ownership:  a view of a line is good until the next call.
// Cost:       memory for one piece, or for the longest line when that is longer.
#ifndef CLI_IMPORT_LINE_SOURCE_H_
#define CLI_IMPORT_LINE_SOURCE_H_

#include <cstdint>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/file_system.h"
#include "phenix/status.h"

namespace phenix::cli {

inline constexpr std::size_t kLineBytesMax = std::size_t{128} << 20U;

/// Where a line is.
struct LinePlace {
  std::uint64_t number = 0;  ///< from 1
  std::uint64_t offset = 0;  ///< of its first byte
};

class LineSource {
 public:
  /// Reads the file `path` from `start` on, which is the beginning of a line.
  static Result<std::unique_ptr<LineSource>> OpenFile(const std::string& path,
                                                      const LinePlace& start);
  /// Borrows `in`.
  explicit LineSource(std::istream& in) : in_(&in) {}

  /// The next line without its line break (LF or CRLF); nullopt at the end. Errors: kIoError;
  /// kResourceExhausted for a line over kLineBytesMax.
  Result<std::optional<std::string_view>> Next();
  /// Of the line that Next() returned last.
  [[nodiscard]] const LinePlace& place() const { return place_; }
  /// Where the next line begins.
  [[nodiscard]] const LinePlace& next() const { return next_; }
  /// Of the whole file; 0 for standard input.
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  LineSource() = default;
  /// Makes the buffer longer; false at the end of the input.
  Result<bool> Fill();

  std::unique_ptr<io::ReadableFile> file_;
  std::istream* in_ = nullptr;
  std::uint64_t size_bytes_ = 0;
  std::uint64_t read_to_ = 0;  // in the file
  std::string buffer_;
  std::size_t begin_ = 0;  // of the next line in the buffer
  LinePlace place_;
  LinePlace next_{.number = 1, .offset = 0};
};

}  // namespace phenix::cli

#endif  // CLI_IMPORT_LINE_SOURCE_H_
