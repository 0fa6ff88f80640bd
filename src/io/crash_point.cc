#include "io/crash_point.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "base/thread_annotations.h"

namespace phenix::io {
namespace {

struct Registry {
  std::atomic<bool> active{false};
  base::Mutex mutex;
  bool recording PHENIX_GUARDED_BY(mutex) = false;
  std::string armed PHENIX_GUARDED_BY(mutex);
  unsigned visits_left PHENIX_GUARDED_BY(mutex) = 0;
  std::vector<std::string> visited PHENIX_GUARDED_BY(mutex);
};

Registry& TheRegistry() {
  static Registry* const registry = new Registry();
  return *registry;
}

}  // namespace

void CrashPoint(const char* name) {
  Registry& registry = TheRegistry();
  if (!registry.active.load(std::memory_order_relaxed)) return;
  const base::MutexLock lock(registry.mutex);
  if (registry.recording &&
      std::find(registry.visited.begin(), registry.visited.end(), name) == registry.visited.end()) {
    registry.visited.emplace_back(name);
  }
  if (registry.armed == name && --registry.visits_left == 0) _exit(kCrashPointExitCode);
}

void ArmCrashPoint(const std::string& name, unsigned visit) {
  Registry& registry = TheRegistry();
  const base::MutexLock lock(registry.mutex);
  registry.armed = name;
  registry.visits_left = visit;
  registry.active.store(true);
}

void RecordCrashPoints(bool on) {
  Registry& registry = TheRegistry();
  const base::MutexLock lock(registry.mutex);
  registry.recording = on;
  registry.active.store(on || !registry.armed.empty());
}

std::vector<std::string> RecordedCrashPoints() {
  Registry& registry = TheRegistry();
  const base::MutexLock lock(registry.mutex);
  return registry.visited;
}

}  // namespace phenix::io
