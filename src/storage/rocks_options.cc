#include "storage/rocks_options.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/statistics.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>

#include "storage/rocks_file_system.h"
#include "storage/versioned_key.h"

namespace phenix::storage {
namespace {

constexpr std::uint64_t kKibibyte = 1024;
constexpr std::uint64_t kMebibyte = 1024 * kKibibyte;

constexpr double kFilterBitsPerKey = 10.0;
constexpr double kMemtableFilterShare = 1.0 / 64;  // of one memtable; allocated when it is made
constexpr std::uint64_t kBlockBytes = 8 * kKibibyte;
constexpr std::uint64_t kTableFileBytes = 64 * kMebibyte;
constexpr std::uint64_t kBlobFileBytes = 256 * kMebibyte;
constexpr std::uint64_t kFirstLevelBytes = 256 * kMebibyte;
constexpr std::uint64_t kCompactionReadaheadBytes = 2 * kMebibyte;
constexpr std::uint64_t kArenaBlockBytes = 256 * kKibibyte;
constexpr std::uint64_t kDelayedWriteBytesPerSecond = 64 * kMebibyte;
constexpr int kFirstLevelFilesToCompact = 4;
constexpr int kFirstLevelFilesToSlowDown = 24;
constexpr int kFirstLevelFilesToStop = 48;
constexpr int kMemtablesPerFamilyMax = 4;  // slowed at 3, stopped at 4
constexpr std::uint64_t kFlushRoundsPerBudget = 6;
// Blob files whose oldest half holds mostly garbage are rewritten by compaction.
constexpr double kBlobGarbageAgeCutoff = 0.5;
constexpr double kBlobGarbageShareToForce = 0.5;

// A table with this many removals in so many neighboring keys is compacted soon: walks over removed
// versions and garbage rows would pay for each of them.
constexpr std::size_t kRemovalWindowKeys = 16'384;
constexpr std::size_t kRemovalsInWindowToCompact = 4'096;

/// The user key: everything before the version suffix.
class UserKeyTransform final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "phenix.UserKey.1"; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return {key.data(), key.size() - kVersionSuffixBytes};
  }
  bool InDomain(const rocksdb::Slice& key) const override {
    return key.size() >= kVersionSuffixBytes;
  }
};

std::shared_ptr<rocksdb::TableFactory> MakeTableFactory(Family family,
                                                        std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  table.block_size = kBlockBytes;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey));
  table.whole_key_filtering = !IsVersioned(family);
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.metadata_cache_options.top_level_index_pinning = rocksdb::PinningTier::kAll;
  table.metadata_cache_options.unpartitioned_pinning = rocksdb::PinningTier::kAll;
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

void SetCompression(Family family, rocksdb::ColumnFamilyOptions& options) {
  if (family == Family::kVector) {
    options.compression = rocksdb::kNoCompression;
    return;
  }
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kLZ4Compression;
}

}  // namespace

std::string RocksFamilyName(Family family) {
  if (family == Family::kSystem) return rocksdb::kDefaultColumnFamilyName;
  return std::string(FamilyName(family));
}

rocksdb::DBOptions MakeDatabaseOptions(const RocksKvEngineOptions& options,
                                       const RocksResources& resources) {
  rocksdb::DBOptions database;
  database.create_if_missing = true;
  database.create_missing_column_families = true;
  database.atomic_flush = true;
  database.max_background_jobs = static_cast<int>(options.background_thread_count);
  database.max_open_files = static_cast<int>(options.open_files_max);
  database.write_buffer_manager = resources.parts().write_buffers;
  database.allow_concurrent_memtable_write = false;
  database.delayed_write_rate = kDelayedWriteBytesPerSecond;
  database.compaction_readahead_size = kCompactionReadaheadBytes;
  database.skip_stats_update_on_db_open = true;
  database.avoid_unnecessary_blocking_io = true;
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  database.max_bgerror_resume_count = 0;
  database.info_log = MakeSilentLogger();
  database.statistics = rocksdb::CreateDBStatistics();
  database.statistics->set_stats_level(rocksdb::StatsLevel::kExceptHistogramOrTimers);
  return database;
}

rocksdb::ColumnFamilyOptions MakeFamilyOptions(Family family, const RocksKvEngineOptions& options,
                                               const RocksResources& resources) {
  rocksdb::ColumnFamilyOptions settings;
  settings.table_factory = MakeTableFactory(family, resources.parts().cache);
  // The fullest family decides when all are flushed. Small enough that several rounds fit into the
  // shared budget: writes are then slowed by a round in waiting before the budget stops them.
  settings.write_buffer_size = options.write_buffer_bytes / kFlushRoundsPerBudget;
  settings.max_write_buffer_number = kMemtablesPerFamilyMax;
  settings.arena_block_size = kArenaBlockBytes;
  if (IsVersioned(family)) {
    settings.prefix_extractor = std::make_shared<UserKeyTransform>();
    settings.memtable_prefix_bloom_size_ratio = kMemtableFilterShare;
  }
  settings.table_properties_collector_factories.push_back(
      rocksdb::NewCompactOnDeletionCollectorFactory(kRemovalWindowKeys,
                                                    kRemovalsInWindowToCompact));
  settings.level_compaction_dynamic_level_bytes = true;
  settings.level0_file_num_compaction_trigger = kFirstLevelFilesToCompact;
  settings.level0_slowdown_writes_trigger = kFirstLevelFilesToSlowDown;
  settings.level0_stop_writes_trigger = kFirstLevelFilesToStop;
  settings.target_file_size_base = kTableFileBytes;
  settings.max_bytes_for_level_base = kFirstLevelBytes;
  SetCompression(family, settings);
  if (family == Family::kVector) {
    settings.enable_blob_files = true;
    settings.min_blob_size = options.blob_bytes_min;
    settings.blob_file_size = kBlobFileBytes;
    settings.blob_cache = resources.parts().cache;
    settings.enable_blob_garbage_collection = true;
    settings.blob_garbage_collection_age_cutoff = kBlobGarbageAgeCutoff;
    settings.blob_garbage_collection_force_threshold = kBlobGarbageShareToForce;
  }
  return settings;
}

RocksResources::RocksResources(std::uint64_t memory_bytes, std::uint64_t write_buffer_bytes)
    : parts_(std::make_unique<Parts>()) {
  parts_->cache = rocksdb::NewLRUCache(static_cast<std::size_t>(memory_bytes));
  parts_->write_buffers = std::make_shared<rocksdb::WriteBufferManager>(
      static_cast<std::size_t>(write_buffer_bytes), parts_->cache, /*allow_stall=*/false);
}

RocksResources::~RocksResources() = default;

}  // namespace phenix::storage
