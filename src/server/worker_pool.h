// WorkerPool: threads that run calls, behind a bounded queue.
//
// Invariants: tasks start in the order they were given; at most kWorkerQueueMax wait.
// Threads:    TrySubmit() from any; Stop() once, by the owner.
// Ownership:  owns its threads; Stop() (or destruction) runs what waits and joins them.
#ifndef SERVER_WORKER_POOL_H_
#define SERVER_WORKER_POOL_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"

namespace phenix::server {

inline constexpr std::size_t kWorkerQueueMax = 1'024;

class WorkerPool {
 public:
  explicit WorkerPool(unsigned threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False, and nothing happens, when the queue is full or the pool has stopped.
  bool TrySubmit(std::function<void()> task);
  [[nodiscard]] std::size_t queued();
  void Stop();

 private:
  void Run();

  base::Mutex mutex_;
  base::ConditionVariable wake_;
  std::deque<std::function<void()>> tasks_ PHENIX_GUARDED_BY(mutex_);
  bool stopping_ PHENIX_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace phenix::server

#endif  // SERVER_WORKER_POOL_H_
