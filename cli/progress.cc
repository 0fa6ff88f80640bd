#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "io/clock.h"

namespace phenix::cli {
namespace {

constexpr std::chrono::milliseconds kRedrawPeriod{200};
constexpr std::chrono::seconds kLinePeriod{5};
constexpr std::size_t kBarCells = 24;
constexpr std::uint64_t kPercent = 100;

double Seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string OneDecimal(double number) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.1f", number);
  return {text.data(), static_cast<std::size_t>(std::max(size, 0))};
}

}  // namespace

std::string Grouped(std::uint64_t number) {
  constexpr std::size_t kGroup = 3;
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > kGroup; at -= kGroup) text.insert(at - kGroup, ",");
  return text;
}

Progress::Progress(Output& out, std::string verb, std::uint64_t bytes_total)
    : out_(out),
      verb_(std::move(verb)),
      bytes_total_(bytes_total),
      terminal_(isatty(STDERR_FILENO) == 1),
      started_(io::SystemClock().Monotonic()),
      drawn_(started_) {}

Progress::~Progress() {
  // An error message that follows begins on a line of its own.
  if (line_open_) out_.notes() << '\n' << std::flush;
}

std::string Progress::Text(std::chrono::nanoseconds taken) const {
  std::string text = verb_ + " " + Grouped(count_.entities) + " entities";
  const double seconds = Seconds(taken);
  if (seconds > 0) {
    text += ", " +
            Grouped(static_cast<std::uint64_t>(static_cast<double>(count_.entities) / seconds)) +
            "/s";
  }
  return text;
}

void Progress::Draw(std::chrono::nanoseconds now) {
  std::string text = Text(now - started_);
  if (bytes_total_ > 0) {
    const std::uint64_t bytes = std::min(count_.bytes, bytes_total_);
    std::string head;
    if (terminal_) {
      const std::size_t filled = static_cast<std::size_t>(bytes * kBarCells / bytes_total_);
      head = "[" + std::string(filled, '#') + std::string(kBarCells - filled, '.') + "] ";
    }
    text.insert(0, head + std::to_string(bytes * kPercent / bytes_total_) + " %  ");
  }
  if (terminal_) {
    out_.notes() << '\r' << text << "\x1b[K" << std::flush;
    line_open_ = true;
  } else {
    out_.Note(text);
  }
  drawn_ = now;
}

void Progress::Update(const ProgressCount& count) {
  count_ = count;
  if (out_.is_quiet()) return;
  const std::chrono::nanoseconds now = io::SystemClock().Monotonic();
  const std::chrono::nanoseconds period =
      terminal_ ? std::chrono::nanoseconds(kRedrawPeriod) : std::chrono::nanoseconds(kLinePeriod);
  if (now - drawn_ >= period) Draw(now);
}

void Progress::Finish() {
  if (out_.is_quiet()) return;
  const std::chrono::nanoseconds taken = io::SystemClock().Monotonic() - started_;
  if (line_open_) out_.notes() << "\r\x1b[K";
  line_open_ = false;
  out_.Note(Text(taken) + ", " + OneDecimal(Seconds(taken)) + " s");
}

}  // namespace phenix::cli
