// What RocksDB's background work tells the engine: failures that end it, memory that came free.
//
// RocksDB can wait for the shared write buffers itself, but then waits for ever when the flush it
// waits for has failed; so the engine waits here, where a failure wakes it.
//
// Threads:    any.
// Ownership:  shared with RocksDB, which may call it until the database is closed.
#ifndef STORAGE_ROCKS_LISTENER_H_
#define STORAGE_ROCKS_LISTENER_H_

#include <rocksdb/listener.h>
#include <rocksdb/write_buffer_manager.h>

#include <atomic>
#include <memory>
#include <utility>

#include "base/thread_annotations.h"
#include "phenix/status.h"
#include "storage/rocks_version_reader.h"

namespace phenix::storage {

class RocksListener final : public rocksdb::EventListener {
 public:
  explicit RocksListener(std::shared_ptr<RocksVersionReader> versions)
      : versions_(std::move(versions)) {}

  /// The first failure of background work that may have lost writes; the engine refuses to go on.
  [[nodiscard]] Status Failure() PHENIX_EXCLUDES(mutex_);
  /// Waits until the write buffers are below their budget, a failure happened, or a second went by:
  /// then the write goes on, so that buffers held by an idle engine cannot stop a busy one.
  Status AwaitRoom(const rocksdb::WriteBufferManager& write_buffers) PHENIX_EXCLUDES(mutex_);

  void OnFlushCompleted(rocksdb::DB* database, const rocksdb::FlushJobInfo& job) override;
  void OnCompactionCompleted(rocksdb::DB* database, const rocksdb::CompactionJobInfo& job) override;
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override;
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason reason, rocksdb::Status error,
                            bool* recovers_by_itself) override;

 private:
  const std::shared_ptr<RocksVersionReader> versions_;  // this may outlive the engine
  std::atomic<bool> failed_{false};
  base::Mutex mutex_;
  base::ConditionVariable changed_;
  Status failure_ PHENIX_GUARDED_BY(mutex_);
};

}  // namespace phenix::storage

#endif  // STORAGE_ROCKS_LISTENER_H_
