#include "storage/rocks_kv_engine.h"

#include <rocksdb/db.h>
#include <rocksdb/statistics.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include "base/assert.h"
#include "storage/rocks_file_system.h"
#include "storage/rocks_iterator.h"
#include "storage/rocks_listener.h"
#include "storage/rocks_options.h"
#include "storage/rocks_status.h"
#include "storage/rocks_version_reader.h"

namespace phenix::storage {
namespace {

constexpr char kLockFileName[] = "ENGINE.lock";

rocksdb::Slice ToSlice(ByteView bytes) { return {bytes.data(), bytes.size()}; }

/// True when the batch removes a range.
bool CopyBatch(const KvBatch& batch, const std::vector<rocksdb::ColumnFamilyHandle*>& handles,
               rocksdb::WriteBatch& into) {
  bool removes_range = false;
  for (const KvBatch::Operation& operation : batch.operations()) {
    rocksdb::ColumnFamilyHandle* handle = handles[static_cast<std::size_t>(operation.family)];
    const rocksdb::Slice key = ToSlice(batch.key(operation));
    const rocksdb::Slice value = ToSlice(batch.value(operation));
    rocksdb::Status status;
    switch (operation.kind) {
      case KvBatch::Kind::kPut:
        status = into.Put(handle, key, value);
        break;
      case KvBatch::Kind::kDelete:
        status = into.Delete(handle, key);
        break;
      case KvBatch::Kind::kDeleteRange:
        removes_range = true;
        if (key.compare(value) < 0) status = into.DeleteRange(handle, key, value);
        break;
    }
    PHENIX_ASSERT(status.ok());
  }
  return removes_range;
}

std::uint64_t IntProperty(rocksdb::DB& database, rocksdb::ColumnFamilyHandle* family,
                          const std::string& name) {
  std::uint64_t value = 0;
  return database.GetIntProperty(family, name, &value) ? value : 0;
}

}  // namespace

struct RocksKvEngine::Instance {
  explicit Instance(const RocksKvEngineOptions& from)
      : options(from),
        file_system(from.file_system != nullptr ? *from.file_system : io::PosixFileSystem()) {}
  ~Instance() {
    if (database == nullptr) return;
    versions->Forget();
    for (rocksdb::ColumnFamilyHandle* handle : handles) {
      static_cast<void>(database->DestroyColumnFamilyHandle(handle));
    }
    static_cast<void>(database->Close());
  }

  const RocksKvEngineOptions options;
  io::FileSystem& file_system;
  std::unique_ptr<io::FileLock> lock;
  std::shared_ptr<RocksResources> resources;
  std::shared_ptr<RocksVersionReader> versions = std::make_shared<RocksVersionReader>();
  std::shared_ptr<RocksListener> listener = std::make_shared<RocksListener>(versions);
  std::shared_ptr<rocksdb::Statistics> statistics;
  std::unique_ptr<rocksdb::Env> environment;
  std::unique_ptr<rocksdb::DB> database;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;  // by family number; freed in ~Instance

  [[nodiscard]] rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles[static_cast<std::size_t>(family)];
  }
  Status OpenDatabase();
};

Status RocksKvEngine::Instance::OpenDatabase() {
  rocksdb::DBOptions database_options = MakeDatabaseOptions(options, *resources);
  environment = MakeRocksEnvironment(file_system);
  database_options.env = environment.get();
  database_options.listeners.push_back(listener);
  statistics = database_options.statistics;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t number = 0; number < kFamilyCount; ++number) {
    const auto family = static_cast<Family>(number);
    families.emplace_back(RocksFamilyName(family), MakeFamilyOptions(family, options, *resources));
  }
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(database_options, options.directory, families, &handles, &opened);
  database.reset(opened);
  PHENIX_RETURN_IF_ERROR(FromRocks(status, "open"));
  if (!database->GetDBOptions().atomic_flush) {
    return {StatusCode::kInternal, "engine open: atomic_flush is off"};
  }
  return Status::Ok();
}

Result<std::unique_ptr<RocksKvEngine>> RocksKvEngine::Open(const RocksKvEngineOptions& options) {
  auto instance = std::make_unique<Instance>(options);
  io::FileSystem& files = instance->file_system;
  PHENIX_RETURN_IF_ERROR(files.CreateDirectories(options.directory));
  PHENIX_RETURN_IF_ERROR(files.SyncDirectory(io::ParentPath(options.directory)));
  PHENIX_ASSIGN_OR_RETURN(instance->lock,
                          files.Lock(io::JoinPath(options.directory, kLockFileName)));
  instance->resources =
      options.resources != nullptr
          ? options.resources
          : std::make_shared<RocksResources>(options.memory_bytes, options.write_buffer_bytes);
  PHENIX_RETURN_IF_ERROR(instance->OpenDatabase());
  return std::unique_ptr<RocksKvEngine>(new RocksKvEngine(std::move(instance)));
}

RocksKvEngine::RocksKvEngine(std::unique_ptr<Instance> instance) : instance_(std::move(instance)) {}

RocksKvEngine::~RocksKvEngine() = default;

Status RocksKvEngine::Write(const KvBatch& batch) {
  PHENIX_RETURN_IF_ERROR(
      instance_->listener->AwaitRoom(*instance_->resources->parts().write_buffers));
  rocksdb::WriteBatch copy(batch.size_bytes() + batch.operations().size() * 16);
  const bool removes_range = CopyBatch(batch, instance_->handles, copy);
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  const rocksdb::Status status = instance_->database->Write(options, &copy);
  // Refresh() of this RocksDB may miss range deletions in the memtable.
  if (removes_range) instance_->versions->Forget();
  return FromRocks(status, "write");
}

Result<std::optional<std::string>> RocksKvEngine::Get(Family family, ByteView key) {
  std::string value;
  const rocksdb::Status status = instance_->database->Get(
      rocksdb::ReadOptions(), instance_->handle(family), ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return FromRocks(status, "get");
  return std::optional<std::string>(std::move(value));
}

Result<std::optional<VersionedValue>> RocksKvEngine::GetVersion(Family family, ByteView user_key,
                                                                CommitTimestamp at) {
  PHENIX_ASSERT(IsVersioned(family));
  return instance_->versions->Find(*instance_->database, instance_->handle(family), user_key, at);
}

std::unique_ptr<KvIterator> RocksKvEngine::NewIterator(Family family,
                                                       const IterateOptions& options) {
  return MakeRocksIterator(*instance_->database, instance_->handle(family), options);
}

Status RocksKvEngine::Flush() {
  PHENIX_RETURN_IF_ERROR(instance_->listener->Failure());
  rocksdb::FlushOptions options;
  options.wait = true;
  options.allow_write_stall = true;
  return FromRocks(instance_->database->Flush(options, instance_->handles), "flush");
}

Status RocksKvEngine::CheckpointTo(const std::string& directory) {
  PHENIX_RETURN_IF_ERROR(instance_->listener->Failure());
  rocksdb::Checkpoint* created = nullptr;
  PHENIX_RETURN_IF_ERROR(
      FromRocks(rocksdb::Checkpoint::Create(instance_->database.get(), &created), "checkpoint"));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(created);
  PHENIX_ASSIGN_OR_RETURN(const bool exists, instance_->file_system.Exists(directory));
  if (exists) {
    return {StatusCode::kAlreadyExists, "checkpoint directory '" + directory + "' exists"};
  }
  PHENIX_RETURN_IF_ERROR(FromRocks(checkpoint->CreateCheckpoint(directory), "checkpoint"));
  return instance_->file_system.SyncDirectory(io::ParentPath(directory));
}

Status RocksKvEngine::CompactRange(Family family, ByteView begin, ByteView end) {
  PHENIX_RETURN_IF_ERROR(instance_->listener->Failure());
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  if (family == Family::kVector) {
    options.blob_garbage_collection_policy = rocksdb::BlobGarbageCollectionPolicy::kForce;
    options.blob_garbage_collection_age_cutoff = 1.0;
  }
  const rocksdb::Slice first = ToSlice(begin);
  const rocksdb::Slice last = ToSlice(end);
  return FromRocks(instance_->database->CompactRange(options, instance_->handle(family),
                                                     begin.empty() ? nullptr : &first,
                                                     end.empty() ? nullptr : &last),
                   "compact");
}

KvStats RocksKvEngine::Stats() {
  KvStats stats;
  const RocksResources::Parts& shared = instance_->resources->parts();
  stats.memtable_bytes = shared.write_buffers->memory_usage();
  stats.cache_bytes = shared.cache->GetUsage();
  stats.cache_hits = instance_->statistics->getTickerCount(rocksdb::BLOCK_CACHE_HIT);
  stats.cache_misses = instance_->statistics->getTickerCount(rocksdb::BLOCK_CACHE_MISS);
  rocksdb::DB& database = *instance_->database;
  for (std::size_t number = 0; number < kFamilyCount; ++number) {
    rocksdb::ColumnFamilyHandle* handle = instance_->handles[number];
    stats.disk_bytes += IntProperty(database, handle, rocksdb::DB::Properties::kTotalSstFilesSize);
    stats.disk_bytes += IntProperty(database, handle, rocksdb::DB::Properties::kTotalBlobFileSize);
    stats.keys_estimated[number] =
        IntProperty(database, handle, rocksdb::DB::Properties::kEstimateNumKeys);
  }
  return stats;
}

}  // namespace phenix::storage
