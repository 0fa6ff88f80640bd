// A file system in memory: fast, empty at the start, gone at the end. Everything counts as durable.
//
// Threads:    any; one mutex.
// Errors:     as io::FileSystem, without those that only a disk has.
#ifndef SIM_MEMORY_FILE_SYSTEM_H_
#define SIM_MEMORY_FILE_SYSTEM_H_

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/thread_annotations.h"
#include "io/file_system.h"
#include "sim/file_tree.h"

namespace phenix::sim {

class MemoryFileSystem final : public io::FileSystem {
 public:
  MemoryFileSystem();
  ~MemoryFileSystem() override;

  Result<std::unique_ptr<io::WritableFile>> OpenWritable(const std::string& path,
                                                         io::OpenMode mode) override;
  Result<std::unique_ptr<io::ReadableFile>> OpenReadable(const std::string& path) override;
  Result<std::vector<io::DirectoryEntry>> List(const std::string& directory) override;
  Result<bool> Exists(const std::string& path) override;
  Result<std::uint64_t> FileSize(const std::string& path) override;
  Status CreateDirectories(const std::string& path) override;
  Status RemoveFile(const std::string& path) override;
  Status RemoveDirectory(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Link(const std::string& from, const std::string& to) override;
  Status SyncDirectory(const std::string& directory) override;
  Result<std::unique_ptr<io::FileLock>> Lock(const std::string& path) override;

 private:
  struct Node;
  struct Shared;
  class Writer;
  class Reader;
  class HeldLock;

  // Shared with open files, which may outlive a call but not the file system's users.
  const std::shared_ptr<Shared> shared_;
};

}  // namespace phenix::sim

#endif  // SIM_MEMORY_FILE_SYSTEM_H_
