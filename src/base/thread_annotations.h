// A mutex that clang's thread safety analysis understands. Empty annotations with other compilers.
#ifndef BASE_THREAD_ANNOTATIONS_H_
#define BASE_THREAD_ANNOTATIONS_H_

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define PHENIX_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define PHENIX_THREAD_ATTRIBUTE(x)
#endif

#define PHENIX_CAPABILITY(x) PHENIX_THREAD_ATTRIBUTE(capability(x))
#define PHENIX_SCOPED_CAPABILITY PHENIX_THREAD_ATTRIBUTE(scoped_lockable)
#define PHENIX_GUARDED_BY(x) PHENIX_THREAD_ATTRIBUTE(guarded_by(x))
#define PHENIX_PT_GUARDED_BY(x) PHENIX_THREAD_ATTRIBUTE(pt_guarded_by(x))
#define PHENIX_REQUIRES(...) PHENIX_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define PHENIX_EXCLUDES(...) PHENIX_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define PHENIX_ACQUIRE(...) PHENIX_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define PHENIX_RELEASE(...) PHENIX_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define PHENIX_NO_THREAD_SAFETY_ANALYSIS PHENIX_THREAD_ATTRIBUTE(no_thread_safety_analysis)

namespace phenix::base {

/// std::mutex with annotations.
class PHENIX_CAPABILITY("mutex") Mutex {
 public:
  void Lock() PHENIX_ACQUIRE() { mutex_.lock(); }
  void Unlock() PHENIX_RELEASE() { mutex_.unlock(); }
  std::mutex& native() { return mutex_; }

 private:
  std::mutex mutex_;
};

/// Holds a Mutex for a scope.
class PHENIX_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) PHENIX_ACQUIRE(mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~MutexLock() PHENIX_RELEASE() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// A condition variable used with Mutex; the caller re-checks its condition in a loop.
class ConditionVariable {
 public:
  /// Releases `mutex`, waits for a notification (or wakes spuriously), and locks it again.
  void Wait(Mutex& mutex) PHENIX_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.native(), std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  /// As Wait(), but returns after `timeout` at the latest. True when notified.
  bool WaitFor(Mutex& mutex, std::chrono::nanoseconds timeout) PHENIX_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.native(), std::adopt_lock);
    const bool notified = condition_.wait_for(lock, timeout) == std::cv_status::no_timeout;
    lock.release();
    return notified;
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace phenix::base

#endif  // BASE_THREAD_ANNOTATIONS_H_
