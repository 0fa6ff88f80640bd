#include "io/clock.h"

#include <ctime>

namespace phenix::io {
namespace {

constexpr std::uint64_t kMillisecondsPerSecond = 1000;
constexpr std::uint64_t kNanosecondsPerMillisecond = 1000 * 1000;
constexpr std::uint64_t kNanosecondsPerSecond = 1000 * kNanosecondsPerMillisecond;

class LinuxClock final : public Clock {
 public:
  [[nodiscard]] std::uint64_t WallMilliseconds() const override {
    return Read(CLOCK_REALTIME) / kNanosecondsPerMillisecond;
  }
  [[nodiscard]] std::chrono::nanoseconds Monotonic() const override {
    return std::chrono::nanoseconds(Read(CLOCK_BOOTTIME));
  }
  void SleepFor(std::chrono::nanoseconds duration) override {
    timespec left{.tv_sec = static_cast<time_t>(static_cast<std::uint64_t>(duration.count()) /
                                                kNanosecondsPerSecond),
                  .tv_nsec = static_cast<long>(static_cast<std::uint64_t>(duration.count()) %
                                               kNanosecondsPerSecond)};
    while (nanosleep(&left, &left) != 0) {
    }
  }

 private:
  static std::uint64_t Read(clockid_t id) {
    timespec now{};
    clock_gettime(id, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * kNanosecondsPerSecond +
           static_cast<std::uint64_t>(now.tv_nsec);
  }
};

}  // namespace

Clock& SystemClock() {
  static LinuxClock* const clock = new LinuxClock();
  return *clock;
}

std::uint64_t ManualClock::WallMilliseconds() const {
  return __atomic_load_n(&wall_milliseconds_, __ATOMIC_RELAXED);
}

std::chrono::nanoseconds ManualClock::Monotonic() const {
  return std::chrono::milliseconds(WallMilliseconds());
}

void ManualClock::SleepFor(std::chrono::nanoseconds duration) {
  Advance(std::chrono::duration_cast<std::chrono::milliseconds>(duration));
}

void ManualClock::Advance(std::chrono::milliseconds duration) {
  __atomic_fetch_add(&wall_milliseconds_, static_cast<std::uint64_t>(duration.count()),
                     __ATOMIC_RELAXED);
}

static_assert(kMillisecondsPerSecond * kNanosecondsPerMillisecond == kNanosecondsPerSecond);

}  // namespace phenix::io
