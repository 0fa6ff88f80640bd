// KvEngine over ordered maps, for tests and the simulator: small, obvious, deterministic.
//
// Each key keeps its values by write number for as long as an iterator may still see them. Flush()
// makes an image of everything; Open() and SimulateCrash() start from the last image.
//
// Image:      one file named "image" in `directory`, replaced atomically; bytes in
// memory_content.h. Threads:    any. Ownership:  borrows `file_system`; it must outlive the engine.
// Iterators keep the content alive. Cost:       Flush() and CheckpointTo() write everything,
// whatever changed.
#ifndef STORAGE_MEMORY_KV_ENGINE_H_
#define STORAGE_MEMORY_KV_ENGINE_H_

#include <memory>
#include <string>

#include "base/thread_annotations.h"
#include "io/file_system.h"
#include "storage/kv_engine.h"

namespace phenix::storage {

struct MemoryKvEngineOptions {
  /// nullptr: images stay in memory, and CheckpointTo() writes through the real file system.
  io::FileSystem* file_system = nullptr;
  /// Where the image is, with a file system; created if absent.
  std::string directory;
};

class MemoryContent;

class MemoryKvEngine final : public KvEngine {
 public:
  static Result<std::unique_ptr<MemoryKvEngine>> Open(const MemoryKvEngineOptions& options);
  ~MemoryKvEngine() override;

  Status Write(const KvBatch& batch) override;
  Result<std::optional<std::string>> Get(Family family, ByteView key) override;
  Result<std::optional<VersionedValue>> GetVersion(Family family, ByteView user_key,
                                                   CommitTimestamp at) override;
  std::unique_ptr<KvIterator> NewIterator(Family family, const IterateOptions& options) override;
  Status Flush() override;
  Status CheckpointTo(const std::string& directory) override;
  Status CompactRange(Family family, ByteView begin, ByteView end) override;
  KvStats Stats() override;

  /// Loses every write since the last Flush(), as a crash would. Open iterators keep what they see.
  Status SimulateCrash();

 private:
  explicit MemoryKvEngine(const MemoryKvEngineOptions& options);

  [[nodiscard]] std::shared_ptr<MemoryContent> Current() const PHENIX_EXCLUDES(mutex_);
  Status LoadImage(MemoryContent& into) PHENIX_EXCLUDES(mutex_);

  const MemoryKvEngineOptions options_;
  mutable base::Mutex mutex_;
  // Shared with iterators, which outlive SimulateCrash().
  std::shared_ptr<MemoryContent> content_ PHENIX_GUARDED_BY(mutex_);
  std::string image_ PHENIX_GUARDED_BY(mutex_);  // without a file system
};

}  // namespace phenix::storage

#endif  // STORAGE_MEMORY_KV_ENGINE_H_
