// Where a command writes: data to standard output, everything else to standard error.
//
// A reader that went away (`phenix export | head -1`) is no error: WriteData() then answers
// kUnavailable once, and is_reader_gone() tells the caller to end quietly.
// Threads:    one at a time.
// Ownership:  borrows the streams.
#ifndef CLI_OUTPUT_H_
#define CLI_OUTPUT_H_

#include <ostream>
#include <string>
#include <string_view>

#include "phenix/status.h"

namespace phenix::cli {

class Output {
 public:
  Output(std::ostream& data, std::ostream& notes) : data_(data), notes_(notes) {}

  /// Errors: kIoError, or kUnavailable when the reader went away.
  Status WriteData(std::string_view bytes);
  /// As WriteData(), with a line break behind `text`, which keeps its place in the order.
  Status WriteLine(std::string_view text);
  /// Hands everything to the system.
  Status Flush();
  [[nodiscard]] bool is_reader_gone() const { return is_reader_gone_; }

  /// One line for the person who watches; dropped when quiet.
  void Note(std::string_view text);
  void SetQuiet() { quiet_ = true; }
  [[nodiscard]] bool is_quiet() const { return quiet_; }
  [[nodiscard]] std::ostream& notes() { return notes_; }

 private:
  Status Check();

  std::ostream& data_;
  std::ostream& notes_;
  bool quiet_ = false;
  bool is_reader_gone_ = false;
};

}  // namespace phenix::cli

#endif  // CLI_OUTPUT_H_
