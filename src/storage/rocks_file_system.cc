#include "storage/rocks_file_system.h"

#include <rocksdb/system_clock.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "storage/rocks_status.h"

namespace phenix::storage {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr int kSleepMicrosecondsMax = 20'000;

class ShortSleepClock final : public rocksdb::SystemClockWrapper {
 public:
  using rocksdb::SystemClockWrapper::SystemClockWrapper;
  const char* Name() const override { return "PhenixShortSleepClock"; }
  void SleepForMicroseconds(int duration) override {
    target_->SleepForMicroseconds(std::min(duration, kSleepMicrosecondsMax));
  }
};

class Environment final : public rocksdb::EnvWrapper {
 public:
  explicit Environment(io::FileSystem& file_system)
      : rocksdb::EnvWrapper(rocksdb::NewCompositeEnv(MakeRocksFileSystem(file_system))) {
    system_clock_ = std::make_shared<ShortSleepClock>(system_clock_);
  }
};

class SilentLogger final : public rocksdb::Logger {
 public:
  SilentLogger() : rocksdb::Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

IOStatus ReadInto(const io::ReadableFile& file, std::uint64_t offset, std::size_t size_bytes,
                  std::pair<char*, Slice*> into) {
  const Result<std::size_t> got = file.ReadAt(offset, size_bytes, into.first);
  if (!got.ok()) return ToRocks(got.status());
  *into.second = Slice(into.first, *got);
  return IOStatus::OK();
}

class SequentialFile final : public rocksdb::FSSequentialFile {
 public:
  explicit SequentialFile(std::unique_ptr<io::ReadableFile> file) : file_(std::move(file)) {}
  IOStatus Read(std::size_t size_bytes, const IOOptions& /*options*/, Slice* result, char* scratch,
                IODebugContext* /*debug*/) override {
    const IOStatus status = ReadInto(*file_, position_, size_bytes, {scratch, result});
    if (status.ok()) position_ += result->size();
    return status;
  }
  IOStatus Skip(std::uint64_t size_bytes) override {
    position_ += size_bytes;
    return IOStatus::OK();
  }

 private:
  const std::unique_ptr<io::ReadableFile> file_;
  std::uint64_t position_ = 0;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomAccessFile(std::unique_ptr<io::ReadableFile> file) : file_(std::move(file)) {}
  IOStatus Read(std::uint64_t offset, std::size_t size_bytes, const IOOptions& /*options*/,
                Slice* result, char* scratch, IODebugContext* /*debug*/) const override {
    return ReadInto(*file_, offset, size_bytes, {scratch, result});
  }

 private:
  const std::unique_ptr<io::ReadableFile> file_;
};

class WritableFile final : public rocksdb::FSWritableFile {
 public:
  explicit WritableFile(std::unique_ptr<io::WritableFile> file) : file_(std::move(file)) {}
  using rocksdb::FSWritableFile::Append;
  IOStatus Append(const Slice& bytes, const IOOptions& /*options*/,
                  IODebugContext* /*debug*/) override {
    return ToRocks(file_->Append({bytes.data(), bytes.size()}));
  }
  IOStatus Truncate(std::uint64_t size_bytes, const IOOptions& /*options*/,
                    IODebugContext* /*debug*/) override {
    return size_bytes < file_->Size() ? ToRocks(file_->Truncate(size_bytes)) : IOStatus::OK();
  }
  IOStatus Close(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return ToRocks(file_->Close());
  }
  IOStatus Flush(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return IOStatus::OK();
  }
  IOStatus Sync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return ToRocks(file_->Sync());
  }
  std::uint64_t GetFileSize(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return file_->Size();
  }

 private:
  const std::unique_ptr<io::WritableFile> file_;
};

class Directory final : public rocksdb::FSDirectory {
 public:
  Directory(io::FileSystem& file_system, std::string path)
      : file_system_(file_system), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return ToRocks(file_system_.SyncDirectory(path_));
  }
  IOStatus Close(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return IOStatus::OK();
  }

 private:
  io::FileSystem& file_system_;
  const std::string path_;
};

class HeldLock final : public rocksdb::FileLock {
 public:
  explicit HeldLock(std::unique_ptr<io::FileLock> lock) : lock_(std::move(lock)) {}

 private:
  const std::unique_ptr<io::FileLock> lock_;
};

class RocksFileSystem final : public rocksdb::FileSystem {
 public:
  explicit RocksFileSystem(io::FileSystem& file_system) : file_system_(file_system) {}
  const char* Name() const override { return "PhenixFileSystem"; }

  IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& /*options*/,
                             std::unique_ptr<rocksdb::FSSequentialFile>* file,
                             IODebugContext* /*debug*/) override {
    Result<std::unique_ptr<io::ReadableFile>> opened = file_system_.OpenReadable(path);
    if (!opened.ok()) return ToRocks(opened.status());
    *file = std::make_unique<SequentialFile>(*std::move(opened));
    return IOStatus::OK();
  }
  IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& /*options*/,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                               IODebugContext* /*debug*/) override {
    Result<std::unique_ptr<io::ReadableFile>> opened = file_system_.OpenReadable(path);
    if (!opened.ok()) return ToRocks(opened.status());
    *file = std::make_unique<RandomAccessFile>(*std::move(opened));
    return IOStatus::OK();
  }
  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& /*options*/,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* /*debug*/) override {
    return OpenWritable(path, io::OpenMode::kCreateOrTruncate, file);
  }
  IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& /*options*/,
                              std::unique_ptr<rocksdb::FSWritableFile>* file,
                              IODebugContext* /*debug*/) override {
    return OpenWritable(path, io::OpenMode::kAppend, file);
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions& /*options*/,
                        std::unique_ptr<rocksdb::FSDirectory>* directory,
                        IODebugContext* /*debug*/) override {
    *directory = std::make_unique<Directory>(file_system_, path);
    return IOStatus::OK();
  }
  IOStatus FileExists(const std::string& path, const IOOptions& /*options*/,
                      IODebugContext* /*debug*/) override {
    const Result<bool> exists = file_system_.Exists(path);
    if (!exists.ok()) return ToRocks(exists.status());
    return *exists ? IOStatus::OK() : IOStatus::NotFound(path);
  }
  IOStatus GetChildren(const std::string& path, const IOOptions& /*options*/,
                       std::vector<std::string>* names, IODebugContext* /*debug*/) override {
    Result<std::vector<io::DirectoryEntry>> entries = file_system_.List(path);
    if (!entries.ok()) {
      const bool absent = entries.status().code() == StatusCode::kNotFound;
      return absent ? IOStatus::NotFound(path) : ToRocks(entries.status());
    }
    names->clear();
    for (io::DirectoryEntry& entry : *entries) names->push_back(std::move(entry.name));
    return IOStatus::OK();
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions& /*options*/,
                      IODebugContext* /*debug*/) override {
    return ToRocks(file_system_.RemoveFile(path));
  }
  IOStatus CreateDir(const std::string& path, const IOOptions& /*options*/,
                     IODebugContext* /*debug*/) override {
    const Result<bool> exists = file_system_.Exists(path);
    if (!exists.ok()) return ToRocks(exists.status());
    if (*exists) return IOStatus::IOError("mkdir '" + path + "': exists");
    return ToRocks(file_system_.CreateDirectories(path));
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions& /*options*/,
                              IODebugContext* /*debug*/) override {
    return ToRocks(file_system_.CreateDirectories(path));
  }
  IOStatus DeleteDir(const std::string& path, const IOOptions& /*options*/,
                     IODebugContext* /*debug*/) override {
    return ToRocks(file_system_.RemoveDirectory(path));
  }
  IOStatus GetFileSize(const std::string& path, const IOOptions& /*options*/,
                       std::uint64_t* size_bytes, IODebugContext* /*debug*/) override {
    const Result<std::uint64_t> size = file_system_.FileSize(path);
    if (!size.ok()) return ToRocks(size.status());
    *size_bytes = *size;
    return IOStatus::OK();
  }
  IOStatus GetFileModificationTime(const std::string& /*path*/, const IOOptions& /*options*/,
                                   std::uint64_t* /*seconds*/, IODebugContext* /*debug*/) override {
    return IOStatus::NotSupported("modification time");
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& /*options*/,
                      IODebugContext* /*debug*/) override {
    return ToRocks(file_system_.Rename(from, to));
  }
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions& /*options*/,
                    IODebugContext* /*debug*/) override {
    return ToRocks(file_system_.Link(from, to));
  }
  IOStatus LockFile(const std::string& path, const IOOptions& /*options*/, rocksdb::FileLock** lock,
                    IODebugContext* /*debug*/) override {
    Result<std::unique_ptr<io::FileLock>> taken = file_system_.Lock(path);
    if (!taken.ok()) return ToRocks(taken.status());
    *lock = new HeldLock(*std::move(taken));
    return IOStatus::OK();
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions& /*options*/,
                      IODebugContext* /*debug*/) override {
    delete static_cast<HeldLock*>(lock);
    return IOStatus::OK();
  }
  IOStatus GetTestDirectory(const IOOptions& /*options*/, std::string* /*path*/,
                            IODebugContext* /*debug*/) override {
    return IOStatus::NotSupported("test directory");
  }
  IOStatus NewLogger(const std::string& /*path*/, const IOOptions& /*options*/,
                     std::shared_ptr<rocksdb::Logger>* logger, IODebugContext* /*debug*/) override {
    *logger = MakeSilentLogger();
    return IOStatus::OK();
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions& /*options*/,
                           std::string* absolute, IODebugContext* /*debug*/) override {
    *absolute = path;
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions& /*options*/, bool* is_directory,
                       IODebugContext* /*debug*/) override {
    *is_directory = file_system_.List(path).ok();
    return IOStatus::OK();
  }

 private:
  IOStatus OpenWritable(const std::string& path, io::OpenMode mode,
                        std::unique_ptr<rocksdb::FSWritableFile>* file) {
    Result<std::unique_ptr<io::WritableFile>> opened = file_system_.OpenWritable(path, mode);
    if (!opened.ok()) return ToRocks(opened.status());
    *file = std::make_unique<WritableFile>(*std::move(opened));
    return IOStatus::OK();
  }

  io::FileSystem& file_system_;
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> MakeRocksFileSystem(io::FileSystem& file_system) {
  return std::make_shared<RocksFileSystem>(file_system);
}

std::unique_ptr<rocksdb::Env> MakeRocksEnvironment(io::FileSystem& file_system) {
  return std::make_unique<Environment>(file_system);
}

std::shared_ptr<rocksdb::Logger> MakeSilentLogger() { return std::make_shared<SilentLogger>(); }

}  // namespace phenix::storage
