// RocksDB's file layer over io::FileSystem, so that the fault file system and the encrypting one
// reach every byte that RocksDB writes.
//
// Durability: RocksDB's Sync, Fsync and directory Fsync become Sync() and SyncDirectory(); its
//             preallocation and range-sync hints are dropped.
// Threads:    as io::FileSystem.
// Ownership:  borrows the io::FileSystem, which must outlive the adapter and all its files.
#ifndef STORAGE_ROCKS_FILE_SYSTEM_H_
#define STORAGE_ROCKS_FILE_SYSTEM_H_

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <memory>

#include "io/file_system.h"

namespace phenix::storage {

std::shared_ptr<rocksdb::FileSystem> MakeRocksFileSystem(io::FileSystem& file_system);
/// RocksDB's default environment (threads, time) over `file_system`. Its long sleeps are cut short:
/// after a failed flush RocksDB would sleep for a second, and closing would wait for it.
std::unique_ptr<rocksdb::Env> MakeRocksEnvironment(io::FileSystem& file_system);
/// Swallows RocksDB's text log; what matters reaches callers as Status.
std::shared_ptr<rocksdb::Logger> MakeSilentLogger();

}  // namespace phenix::storage

#endif  // STORAGE_ROCKS_FILE_SYSTEM_H_
