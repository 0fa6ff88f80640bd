// Translates between RocksDB's outcomes and ours, in both directions.
#ifndef STORAGE_ROCKS_STATUS_H_
#define STORAGE_ROCKS_STATUS_H_

#include <rocksdb/io_status.h>
#include <rocksdb/status.h>

#include "phenix/status.h"

namespace phenix::storage {

/// `call` is named in the message, e.g. "write".
Status FromRocks(const rocksdb::Status& status, const char* call);
/// Keeps the kinds that RocksDB reacts to: absent path, full disk, corruption, held lock.
rocksdb::IOStatus ToRocks(const Status& status);

}  // namespace phenix::storage

#endif  // STORAGE_ROCKS_STATUS_H_
