// Which read timestamps are in use, and so below which one old versions may go.
// Threads: any.
#ifndef TRANSACTION_COMMIT_SNAPSHOT_REGISTRY_H_
#define TRANSACTION_COMMIT_SNAPSHOT_REGISTRY_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "base/strong_id.h"
#include "base/thread_annotations.h"
#include "io/clock.h"
#include "phenix/status.h"

namespace phenix::transaction {

class SnapshotRegistry {
  using Pins = std::multimap<CommitTimestamp, std::uint64_t>;  // timestamp to time of pinning

 public:
  /// Pins older than `age_ms_max` hold nothing back any more.
  SnapshotRegistry(io::Clock& clock, std::uint64_t age_ms_max)
      : clock_(clock), age_ms_max_(age_ms_max) {}

  /// A pinned timestamp; releases itself.
  class Pin {
   public:
    Pin() = default;
    Pin(Pin&& other) noexcept
        : registry_(std::exchange(other.registry_, nullptr)), place_(other.place_) {}
    Pin& operator=(Pin&& other) noexcept {
      if (this != &other) {
        Release();
        registry_ = std::exchange(other.registry_, nullptr);
        place_ = other.place_;
      }
      return *this;
    }
    ~Pin() { Release(); }
    [[nodiscard]] CommitTimestamp at() const { return place_->first; }
    /// kDeadlineExceeded once the pin is too old to be relied on.
    [[nodiscard]] Status Check() const { return registry_->CheckAge(place_->second); }
    void Release() {
      if (registry_ != nullptr) std::exchange(registry_, nullptr)->Unpin(place_);
    }

   private:
    friend class SnapshotRegistry;
    Pin(SnapshotRegistry* registry, Pins::iterator place) : registry_(registry), place_(place) {}

    SnapshotRegistry* registry_ = nullptr;
    Pins::iterator place_;
  };

  /// Pins what `visible` holds at this moment.
  Pin PinVisible(const std::atomic<std::uint64_t>& visible) {
    const base::MutexLock lock(mutex_);
    return Insert(CommitTimestamp(visible.load(std::memory_order_acquire)));
  }
  /// Pins an earlier timestamp, unless it lies below what was already given up.
  bool PinAt(CommitTimestamp at, Pin* pin) {
    const base::MutexLock lock(mutex_);
    if (at < safepoint_) return false;
    *pin = Insert(at);
    return true;
  }
  /// Gives up everything below the smaller of `wanted` and the oldest pin; never goes back.
  /// Returns what is given up now: versions superseded at or below it may go.
  CommitTimestamp AdvanceSafepoint(CommitTimestamp wanted) {
    const base::MutexLock lock(mutex_);
    const std::uint64_t now_ms = clock_.WallMilliseconds();
    for (const auto& [at, pinned_ms] : pins_) {
      // Reads that began in time may still run for a while.
      if (now_ms < pinned_ms + age_ms_max_ + kGraceMilliseconds) {
        wanted = std::min(wanted, at);
        break;
      }
    }
    safepoint_ = std::max(safepoint_, wanted);
    return safepoint_;
  }
  [[nodiscard]] std::uint64_t count() const {
    const base::MutexLock lock(mutex_);
    return pins_.size();
  }

 private:
  static constexpr std::uint64_t kGraceMilliseconds = 60'000;

  Pin Insert(CommitTimestamp at) PHENIX_REQUIRES(mutex_) {
    return {this, pins_.emplace(at, clock_.WallMilliseconds())};
  }
  void Unpin(Pins::iterator place) {
    const base::MutexLock lock(mutex_);
    pins_.erase(place);
  }
  [[nodiscard]] Status CheckAge(std::uint64_t pinned_ms) const {
    const std::uint64_t now_ms = clock_.WallMilliseconds();
    if (now_ms <= pinned_ms + age_ms_max_) return Status::Ok();
    return {StatusCode::kDeadlineExceeded, "the snapshot is " + std::to_string(now_ms - pinned_ms) +
                                               " ms old, at most " + std::to_string(age_ms_max_) +
                                               " are allowed"};
  }

  io::Clock& clock_;
  const std::uint64_t age_ms_max_;
  mutable base::Mutex mutex_;
  Pins pins_ PHENIX_GUARDED_BY(mutex_);
  CommitTimestamp safepoint_ PHENIX_GUARDED_BY(mutex_);
};

}  // namespace phenix::transaction

#endif  // TRANSACTION_COMMIT_SNAPSHOT_REGISTRY_H_
