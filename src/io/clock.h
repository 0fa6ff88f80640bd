// Time as every other room sees it, so that the simulator can own it.
// Threads: any.
#ifndef IO_CLOCK_H_
#define IO_CLOCK_H_

#include <chrono>
#include <cstdint>

namespace phenix::io {

class Clock {
 public:
  virtual ~Clock() = default;
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  /// Milliseconds since 1970-01-01T00:00Z by the wall clock; may jump.
  [[nodiscard]] virtual std::uint64_t WallMilliseconds() const = 0;
  /// Never goes back; counts through suspend. Only differences mean anything.
  [[nodiscard]] virtual std::chrono::nanoseconds Monotonic() const = 0;
  /// Blocks the calling thread.
  virtual void SleepFor(std::chrono::nanoseconds duration) = 0;
};

/// The machine's clock. Ownership: a process-wide object that is never destroyed.
Clock& SystemClock();

/// A clock that moves only when told to; for tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::uint64_t wall_milliseconds) : wall_milliseconds_(wall_milliseconds) {}
  [[nodiscard]] std::uint64_t WallMilliseconds() const override;
  [[nodiscard]] std::chrono::nanoseconds Monotonic() const override;
  void SleepFor(std::chrono::nanoseconds duration) override;
  void Advance(std::chrono::milliseconds duration);

 private:
  // Atomic through the compiler's builtins, so that the header needs no <atomic> in its face.
  mutable std::uint64_t wall_milliseconds_;
};

}  // namespace phenix::io

#endif  // IO_CLOCK_H_
