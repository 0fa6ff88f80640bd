// KvIterator over a RocksDB iterator.
#ifndef STORAGE_ROCKS_ITERATOR_H_
#define STORAGE_ROCKS_ITERATOR_H_

#include <rocksdb/db.h>

#include <memory>

#include "storage/kv_engine.h"

namespace phenix::storage {

/// Walks all keys of `family` in order, whatever its filters cover.
std::unique_ptr<KvIterator> MakeRocksIterator(rocksdb::DB& database,
                                              rocksdb::ColumnFamilyHandle* family,
                                              const IterateOptions& options);

}  // namespace phenix::storage

#endif  // STORAGE_ROCKS_ITERATOR_H_
