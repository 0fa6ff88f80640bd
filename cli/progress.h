// How far a long command is, on standard error: a bar that is redrawn on a terminal, else a line
// every few seconds; nothing when quiet.
//
// Threads:    one at a time.
// Ownership:  borrows the output.
#ifndef CLI_PROGRESS_H_
#define CLI_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "cli/output.h"

namespace phenix::cli {

struct ProgressCount {
  std::uint64_t entities = 0;
  std::uint64_t bytes = 0;  ///< of the input
};

class Progress {
 public:
  /// `verb` as in "imported 1,000 entities"; `bytes_total` is 0 when unknown.
  Progress(Output& out, std::string verb, std::uint64_t bytes_total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Remembers `count` and draws it when it is time to.
  void Update(const ProgressCount& count);
  /// Draws the last count with the time it took.
  void Finish();

 private:
  [[nodiscard]] std::string Text(std::chrono::nanoseconds taken) const;
  void Draw(std::chrono::nanoseconds now);

  Output& out_;
  const std::string verb_;
  const std::uint64_t bytes_total_;
  const bool terminal_;
  const std::chrono::nanoseconds started_;
  std::chrono::nanoseconds drawn_;
  ProgressCount count_;
  bool line_open_ = false;  // the terminal's cursor stands behind a bar
};

/// 1234567 as "1,234,567".
std::string Grouped(std::uint64_t number);

}  // namespace phenix::cli

#endif  // CLI_PROGRESS_H_
