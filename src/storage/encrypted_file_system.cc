#include "storage/encrypted_file_system.h"

#include <algorithm>
#include <utility>

#include "base/thread_annotations.h"
#include "storage/encrypted_extent.h"

namespace phenix::storage {
namespace {

using Parts = EncryptedFileSystem::Parts;

/// Where the next extent goes.
struct Continuation {
  EncryptedFileId file_id{};
  std::uint32_t next_number = 0;
  std::uint64_t sealed_content_bytes = 0;
};

EncryptedFileId MakeFileId(io::RandomSource& random) {
  EncryptedFileId file_id{};
  random.Fill(file_id.data(), file_id.size());
  return file_id;
}

class EncryptedWriter final : public io::WritableFile {
 public:
  EncryptedWriter(const Parts& parts, std::unique_ptr<io::WritableFile> file,
                  const Continuation& continuation)
      : parts_(parts), file_(std::move(file)), continuation_(continuation) {}

  Status Append(ByteView bytes) override {
    PHENIX_RETURN_IF_ERROR(failure_);
    while (!bytes.empty()) {
      const std::size_t taken = std::min(bytes.size(), kExtentContentBytesMax - unsealed_.size());
      unsealed_.append(bytes.substr(0, taken));
      bytes.remove_prefix(taken);
      if (unsealed_.size() == kExtentContentBytesMax) PHENIX_RETURN_IF_ERROR(Seal());
    }
    return Status::Ok();
  }
  Status Sync() override {
    PHENIX_RETURN_IF_ERROR(failure_);
    PHENIX_RETURN_IF_ERROR(Seal());
    return file_->Sync();
  }
  Status Truncate(std::uint64_t size_bytes) override {
    PHENIX_RETURN_IF_ERROR(failure_);
    if (size_bytes == Size()) return Status::Ok();
    if (size_bytes > 0) {
      return {StatusCode::kUnimplemented, "encrypted files are cut to nothing or not at all"};
    }
    PHENIX_RETURN_IF_ERROR(file_->Truncate(0));
    unsealed_.clear();
    continuation_ = {
        .file_id = MakeFileId(parts_.random), .next_number = 0, .sealed_content_bytes = 0};
    return Status::Ok();
  }
  Status Preallocate(std::uint64_t /*size_bytes*/) override { return failure_; }
  [[nodiscard]] std::uint64_t Size() const override {
    return continuation_.sealed_content_bytes + unsealed_.size();
  }
  Status Close() override {
    const Status sealed = failure_.ok() ? Seal() : failure_;
    if (failure_.ok()) failure_ = Status(StatusCode::kUnavailable, "encrypted file is closed");
    const Status closed = file_->Close();
    return sealed.ok() ? closed : sealed;
  }

 private:
  /// After an error part of an extent may be in the file, so nothing may follow it.
  Status Seal() {
    if (unsealed_.empty()) return Status::Ok();
    const Extent extent{.file_offset = 0,
                        .content_offset = continuation_.sealed_content_bytes,
                        .number = continuation_.next_number,
                        .content_bytes = 0};
    const Result<std::string> sealed =
        SealExtent(parts_.keys, parts_.random, continuation_.file_id, extent, unsealed_);
    failure_ = sealed.ok() ? file_->Append(*sealed) : sealed.status();
    if (!failure_.ok()) return failure_;
    continuation_.sealed_content_bytes += unsealed_.size();
    ++continuation_.next_number;
    unsealed_.clear();
    return Status::Ok();
  }

  const Parts parts_;
  const std::unique_ptr<io::WritableFile> file_;
  Continuation continuation_;
  std::string unsealed_;
  Status failure_;
};

class EncryptedReader final : public io::ReadableFile {
 public:
  EncryptedReader(const Parts& parts, std::unique_ptr<io::ReadableFile> file, ExtentList list)
      : parts_(parts),
        file_(std::move(file)),
        list_(std::move(list)),
        readers_(list_.extents.size()) {}

  Result<std::size_t> ReadAt(std::uint64_t offset, std::size_t size_bytes,
                             char* into) const override {
    std::size_t done = 0;
    while (done < size_bytes && offset + done < list_.content_bytes()) {
      const std::size_t position = PositionOf(offset + done);
      const Extent& extent = list_.extents[position];
      const std::uint64_t inside = offset + done - extent.content_offset;
      const auto part = static_cast<std::size_t>(
          std::min<std::uint64_t>(size_bytes - done, extent.content_bytes - inside));
      PHENIX_ASSIGN_OR_RETURN(const ExtentReader* reader, ReaderOf(position));
      PHENIX_RETURN_IF_ERROR(reader->Read(*file_, inside, part, into + done));
      done += part;
    }
    return done;
  }
  Result<std::uint64_t> Size() const override { return list_.content_bytes(); }

 private:
  [[nodiscard]] std::size_t PositionOf(std::uint64_t offset) const {
    const auto after = std::upper_bound(
        list_.extents.begin(), list_.extents.end(), offset,
        [](std::uint64_t at, const Extent& extent) { return at < extent.content_offset; });
    return static_cast<std::size_t>(after - list_.extents.begin()) - 1;
  }
  /// The reader of an extent, which belongs to the same file as the first one.
  Result<const ExtentReader*> ReaderOf(std::size_t position) const PHENIX_EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    for (const std::size_t needed : {std::size_t{0}, position}) {
      std::unique_ptr<ExtentReader>& reader = readers_[needed];
      if (reader != nullptr) continue;
      PHENIX_ASSIGN_OR_RETURN(ExtentReader opened,
                              ExtentReader::Open(parts_.keys, *file_, list_.extents[needed]));
      if (needed > 0 && opened.file_id() != readers_[0]->file_id()) {
        return Status(StatusCode::kCorruption, "encrypted extent belongs to another file");
      }
      reader = std::make_unique<ExtentReader>(std::move(opened));
    }
    return readers_[position].get();
  }

  const Parts parts_;
  const std::unique_ptr<io::ReadableFile> file_;
  const ExtentList list_;
  mutable base::Mutex mutex_;
  // Made at first use, never moved or replaced.
  mutable std::vector<std::unique_ptr<ExtentReader>> readers_ PHENIX_GUARDED_BY(mutex_);
};

Status AtPath(const std::string& path, const Status& status) {
  if (status.ok()) return status;
  return {status.code(), "'" + path + "': " + std::string(status.message())};
}

/// Finds the end of what is whole in an existing file.
Result<Continuation> Continue(const Parts& parts, const std::string& path, ExtentList& list) {
  PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<io::ReadableFile> file,
                          parts.file_system.OpenReadable(path));
  PHENIX_ASSIGN_OR_RETURN(list, ExtentList::Find(parts.keys, *file));
  if (list.extents.empty()) return Continuation{.file_id = MakeFileId(parts.random)};
  PHENIX_ASSIGN_OR_RETURN(const ExtentReader first,
                          ExtentReader::Open(parts.keys, *file, list.extents.front()));
  return Continuation{.file_id = first.file_id(),
                      .next_number = static_cast<std::uint32_t>(list.extents.size()),
                      .sealed_content_bytes = list.content_bytes()};
}

}  // namespace

Result<std::unique_ptr<io::WritableFile>> EncryptedFileSystem::OpenWritable(const std::string& path,
                                                                            io::OpenMode mode) {
  PHENIX_ASSIGN_OR_RETURN(std::unique_ptr<io::WritableFile> file,
                          parts_.file_system.OpenWritable(path, mode));
  Continuation continuation{.file_id = MakeFileId(parts_.random)};
  if (file->Size() > 0) {
    ExtentList list;
    Result<Continuation> found = Continue(parts_, path, list);
    if (!found.ok()) return AtPath(path, found.status());
    continuation = *found;
    if (list.torn_bytes > 0) PHENIX_RETURN_IF_ERROR(file->Truncate(list.file_bytes()));
  }
  return std::unique_ptr<io::WritableFile>(
      std::make_unique<EncryptedWriter>(parts_, std::move(file), continuation));
}

Result<std::unique_ptr<io::ReadableFile>> EncryptedFileSystem::OpenReadable(
    const std::string& path) {
  PHENIX_ASSIGN_OR_RETURN(std::unique_ptr<io::ReadableFile> file,
                          parts_.file_system.OpenReadable(path));
  Result<ExtentList> list = ExtentList::Find(parts_.keys, *file);
  if (!list.ok()) return AtPath(path, list.status());
  return std::unique_ptr<io::ReadableFile>(
      std::make_unique<EncryptedReader>(parts_, std::move(file), *std::move(list)));
}

Result<std::vector<io::DirectoryEntry>> EncryptedFileSystem::List(const std::string& directory) {
  return parts_.file_system.List(directory);
}

Result<bool> EncryptedFileSystem::Exists(const std::string& path) {
  return parts_.file_system.Exists(path);
}

Result<std::uint64_t> EncryptedFileSystem::FileSize(const std::string& path) {
  PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<io::ReadableFile> file, OpenReadable(path));
  return file->Size();
}

Status EncryptedFileSystem::CreateDirectories(const std::string& path) {
  return parts_.file_system.CreateDirectories(path);
}

Status EncryptedFileSystem::RemoveFile(const std::string& path) {
  return parts_.file_system.RemoveFile(path);
}

Status EncryptedFileSystem::RemoveDirectory(const std::string& path) {
  return parts_.file_system.RemoveDirectory(path);
}

Status EncryptedFileSystem::Rename(const std::string& from, const std::string& to) {
  return parts_.file_system.Rename(from, to);
}

Status EncryptedFileSystem::Link(const std::string& from, const std::string& to) {
  return parts_.file_system.Link(from, to);
}

Status EncryptedFileSystem::SyncDirectory(const std::string& directory) {
  return parts_.file_system.SyncDirectory(directory);
}

Result<std::unique_ptr<io::FileLock>> EncryptedFileSystem::Lock(const std::string& path) {
  return parts_.file_system.Lock(path);
}

}  // namespace phenix::storage
