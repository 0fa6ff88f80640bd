// A file system that encrypts and authenticates the content of every file on another one.
//
// Appends are gathered and sealed as extents of up to 1 MiB, at the latest by Sync() and Close().
// Nothing that was sealed is ever sealed again, so no key and nonce meet twice, whatever a crash
// leaves behind. Sizes are those of the content. Names, sizes and the order of writes stay visible.
//
// Durability: as the file system below; unsynced bytes may be lost by a crash or by destroying a
//             file that was not closed. What a crash leaves of the last extent is cut off.
// Errors:     kCorruption for anything that does not open; kPermissionDenied for a missing key;
//             Truncate() to other than nothing or everything is kUnimplemented.
// Not caught: the removal of whole extents at the end of a file, or of whole files, and old files
//             put back: who needs that keeps sizes (RocksDB does, of its tables) or a position.
// Threads:    as io::FileSystem.
// Ownership:  borrows the file system, the keys and the randomness; they must outlive it.
#ifndef STORAGE_ENCRYPTED_FILE_SYSTEM_H_
#define STORAGE_ENCRYPTED_FILE_SYSTEM_H_

#include <memory>
#include <string>
#include <vector>

#include "io/file_system.h"
#include "io/random.h"
#include "security/key_ring.h"

namespace phenix::storage {

class EncryptedFileSystem final : public io::FileSystem {
 public:
  struct Parts {
    io::FileSystem& file_system;
    const security::KeyRing& keys;
    io::RandomSource& random;
  };
  /// `parts.keys` must encrypt.
  explicit EncryptedFileSystem(const Parts& parts) : parts_(parts) {}

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
  const Parts parts_;
};

}  // namespace phenix::storage

#endif  // STORAGE_ENCRYPTED_FILE_SYSTEM_H_
