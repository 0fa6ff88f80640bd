// Files as every other room sees them. Production uses PosixFileSystem; the simulator and the fault
// tests stand in another one, so nothing outside io/ touches a file descriptor.
//
// Threads:    a FileSystem may be used by any thread; one WritableFile by one thread at a time;
//             a ReadableFile by any number of threads at once.
// Durability: bytes are durable after Sync() returned OK; a new name, rename or removal is durable
//             after SyncDirectory() of its directory returned OK. After a failed Sync() the file's
//             unsynced bytes are in an unknown state, and no later Sync() makes that right.
// Errors:     kNotFound, kAlreadyExists, kResourceExhausted (disk or quota full),
//             kPermissionDenied, kUnavailable (lock is held), else kIoError; each message names
//             the call, the path and the system's reason.
#ifndef IO_FILE_SYSTEM_H_
#define IO_FILE_SYSTEM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "phenix/status.h"

namespace phenix::io {

using base::ByteView;

/// An open file that grows at its end. Closing without Sync() promises nothing.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  WritableFile() = default;
  WritableFile(const WritableFile&) = delete;
  WritableFile& operator=(const WritableFile&) = delete;

  /// Writes all of `bytes` at the end. On an error some prefix may have been written.
  virtual Status Append(ByteView bytes) = 0;
  /// Makes all appended bytes and the size durable (fdatasync).
  virtual Status Sync() = 0;
  /// Cuts the file to `size_bytes`, which must not exceed Size().
  virtual Status Truncate(std::uint64_t size_bytes) = 0;
  /// Reserves space up to `size_bytes`, so that syncing small appends costs less. A hint: Size()
  /// does not change, and a file system that cannot do it answers OK. From then on until Close() or
  /// Truncate() the file may be longer than Size() for others, and after a crash for ever; what is
  /// beyond reads as zeros.
  virtual Status Preallocate(std::uint64_t size_bytes) = 0;
  /// Bytes appended so far plus what was there at opening.
  [[nodiscard]] virtual std::uint64_t Size() const = 0;
  /// Closes; later calls answer kUnavailable. The destructor closes too, but cannot report.
  virtual Status Close() = 0;
};

/// An open file that is read at positions.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  ReadableFile() = default;
  ReadableFile(const ReadableFile&) = delete;
  ReadableFile& operator=(const ReadableFile&) = delete;

  /// Reads up to `size_bytes` from `offset` into `into` (at least that long); fewer only at the end
  /// of the file. Returns how many.
  virtual Result<std::size_t> ReadAt(std::uint64_t offset, std::size_t size_bytes,
                                     char* into) const = 0;
  virtual Result<std::uint64_t> Size() const = 0;
};

/// Held for as long as the object lives.
class FileLock {
 public:
  virtual ~FileLock() = default;
  FileLock() = default;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
};

/// What to do with a file that exists, or does not.
enum class OpenMode : std::uint8_t {
  kCreateNew,         ///< kAlreadyExists if it exists.
  kCreateOrTruncate,  ///< Starts empty.
  kAppend,            ///< Continues at the end; creates if absent.
};

/// One entry of a directory.
struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;

  virtual Result<std::unique_ptr<WritableFile>> OpenWritable(const std::string& path,
                                                             OpenMode mode) = 0;
  virtual Result<std::unique_ptr<ReadableFile>> OpenReadable(const std::string& path) = 0;
  /// Entries without "." and "..", sorted by name.
  virtual Result<std::vector<DirectoryEntry>> List(const std::string& directory) = 0;
  /// True for a file or a directory.
  virtual Result<bool> Exists(const std::string& path) = 0;
  virtual Result<std::uint64_t> FileSize(const std::string& path) = 0;
  /// Creates the directory and its missing parents; OK if it exists.
  virtual Status CreateDirectories(const std::string& path) = 0;
  virtual Status RemoveFile(const std::string& path) = 0;
  /// Removes an empty directory.
  virtual Status RemoveDirectory(const std::string& path) = 0;
  /// Renames a file or directory, replacing a file that has the new name. Atomic.
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  /// Gives the file a second name; kAlreadyExists if taken.
  virtual Status Link(const std::string& from, const std::string& to) = 0;
  virtual Status SyncDirectory(const std::string& directory) = 0;
  /// Takes the exclusive advisory lock on `path` (created if absent); kUnavailable if another
  /// process, or another FileLock of this one, holds it.
  virtual Result<std::unique_ptr<FileLock>> Lock(const std::string& path) = 0;
};

/// The real one. Ownership: a process-wide object that is never destroyed.
FileSystem& PosixFileSystem();

/// Reads a whole file; kResourceExhausted if it is larger than `size_bytes_max`.
Result<std::string> ReadFile(FileSystem& file_system, const std::string& path,
                             std::uint64_t size_bytes_max);
/// What a file that is being written carries behind its name; a crash may leave one.
inline constexpr const char* kTemporarySuffix = ".tmp";
/// Replaces `path` so that after a crash it holds the old or the new content, never a mixture:
/// temporary file, sync, rename, sync of the directory.
Status WriteFileAtomically(FileSystem& file_system, const std::string& path, ByteView content);
/// CreateDirectories(), and makes every name on the path durable.
Status CreateDirectoriesDurably(FileSystem& file_system, const std::string& path);
/// Removes a directory with all that is in it; OK if it does not exist.
Status RemoveTree(FileSystem& file_system, const std::string& path);
/// "a/b" from "a" and "b".
std::string JoinPath(std::string_view directory, std::string_view name);
/// "a" from "a/b"; "." when there is no directory part.
std::string ParentPath(std::string_view path);

}  // namespace phenix::io

#endif  // IO_FILE_SYSTEM_H_
