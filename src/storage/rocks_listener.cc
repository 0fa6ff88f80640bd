#include "storage/rocks_listener.h"

#include <chrono>

#include "storage/rocks_status.h"

namespace phenix::storage {
namespace {

constexpr std::chrono::milliseconds kWaitStep{2};
constexpr int kWaitStepsMax = 500;

bool EndsTheEngine(const rocksdb::Status& error) {
  return error.severity() >= rocksdb::Status::Severity::kHardError;
}

}  // namespace

Status RocksListener::Failure() {
  if (!failed_.load(std::memory_order_acquire)) return Status::Ok();
  const base::MutexLock lock(mutex_);
  return failure_;
}

Status RocksListener::AwaitRoom(const rocksdb::WriteBufferManager& write_buffers) {
  if (write_buffers.memory_usage() < write_buffers.buffer_size()) return Failure();
  const base::MutexLock lock(mutex_);
  for (int step = 0; step < kWaitStepsMax && failure_.ok(); ++step) {
    if (write_buffers.memory_usage() < write_buffers.buffer_size()) break;
    changed_.WaitFor(mutex_, kWaitStep);
  }
  return failure_;
}

void RocksListener::OnFlushCompleted(rocksdb::DB* /*database*/,
                                     const rocksdb::FlushJobInfo& /*job*/) {
  versions_->Forget();
  changed_.NotifyAll();
}

void RocksListener::OnCompactionCompleted(rocksdb::DB* /*database*/,
                                          const rocksdb::CompactionJobInfo& /*job*/) {
  versions_->Forget();
}

void RocksListener::OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                                      rocksdb::Status* error) {
  if (!EndsTheEngine(*error)) return;
  const base::MutexLock lock(mutex_);
  if (!failure_.ok()) return;
  failure_ = FromRocks(*error, "background write");
  failed_.store(true, std::memory_order_release);
  changed_.NotifyAll();
}

void RocksListener::OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/,
                                         rocksdb::Status error, bool* recovers_by_itself) {
  // Writes whose flush failed stay failed until the log is replayed into a reopened engine.
  *recovers_by_itself = !EndsTheEngine(error);
}

}  // namespace phenix::storage
