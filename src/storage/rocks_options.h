// How the families are laid out in RocksDB: filters, block formats, compression, memory, pacing.
//
// Measured with storage/kv_engine_benchmark.cc; a change here comes with a new run of it.
#ifndef STORAGE_ROCKS_OPTIONS_H_
#define STORAGE_ROCKS_OPTIONS_H_

#include <rocksdb/cache.h>
#include <rocksdb/options.h>
#include <rocksdb/write_buffer_manager.h>

#include <memory>

#include "storage/kv_engine.h"
#include "storage/rocks_kv_engine.h"

namespace phenix::storage {

struct RocksResources::Parts {
  std::shared_ptr<rocksdb::Cache> cache;
  std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
};

/// RocksDB's name of the family; kSystem is its "default".
std::string RocksFamilyName(Family family);
rocksdb::DBOptions MakeDatabaseOptions(const RocksKvEngineOptions& options,
                                       const RocksResources& resources);
rocksdb::ColumnFamilyOptions MakeFamilyOptions(Family family, const RocksKvEngineOptions& options,
                                               const RocksResources& resources);

}  // namespace phenix::storage

#endif  // STORAGE_ROCKS_OPTIONS_H_
