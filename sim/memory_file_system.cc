#include "sim/memory_file_system.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace phenix::sim {

using base::ByteView;

struct MemoryFileSystem::Node {
  std::string content;
};

struct MemoryFileSystem::Shared {
  base::Mutex mutex;
  FileTree<Node> tree PHENIX_GUARDED_BY(mutex);
  std::set<std::string> locked PHENIX_GUARDED_BY(mutex);
};

class MemoryFileSystem::Writer final : public io::WritableFile {
 public:
  Writer(std::shared_ptr<Shared> shared, std::shared_ptr<Node> node)
      : shared_(std::move(shared)), node_(std::move(node)) {}
  Status Append(ByteView bytes) override {
    const base::MutexLock lock(shared_->mutex);
    PHENIX_RETURN_IF_ERROR(CheckOpen());
    node_->content.append(bytes);
    return Status::Ok();
  }
  Status Sync() override { return CheckOpen(); }
  Status Truncate(std::uint64_t size_bytes) override {
    const base::MutexLock lock(shared_->mutex);
    PHENIX_RETURN_IF_ERROR(CheckOpen());
    PHENIX_ASSERT(size_bytes <= node_->content.size());
    node_->content.resize(static_cast<std::size_t>(size_bytes));
    return Status::Ok();
  }
  Status Preallocate(std::uint64_t /*size_bytes*/) override { return CheckOpen(); }
  [[nodiscard]] std::uint64_t Size() const override {
    const base::MutexLock lock(shared_->mutex);
    return node_->content.size();
  }
  Status Close() override {
    PHENIX_RETURN_IF_ERROR(CheckOpen());
    closed_ = true;
    return Status::Ok();
  }

 private:
  [[nodiscard]] Status CheckOpen() const {
    return closed_ ? Status(StatusCode::kUnavailable, "file is closed") : Status::Ok();
  }
  const std::shared_ptr<Shared> shared_;
  const std::shared_ptr<Node> node_;
  bool closed_ = false;
};

class MemoryFileSystem::Reader final : public io::ReadableFile {
 public:
  Reader(std::shared_ptr<Shared> shared, std::shared_ptr<Node> node)
      : shared_(std::move(shared)), node_(std::move(node)) {}
  Result<std::size_t> ReadAt(std::uint64_t offset, std::size_t size_bytes,
                             char* into) const override {
    const base::MutexLock lock(shared_->mutex);
    if (offset >= node_->content.size()) return std::size_t{0};
    const auto start = static_cast<std::size_t>(offset);
    const std::size_t got = std::min(size_bytes, node_->content.size() - start);
    std::memcpy(into, node_->content.data() + start, got);
    return got;
  }
  Result<std::uint64_t> Size() const override {
    const base::MutexLock lock(shared_->mutex);
    return std::uint64_t{node_->content.size()};
  }

 private:
  const std::shared_ptr<Shared> shared_;
  const std::shared_ptr<Node> node_;
};

class MemoryFileSystem::HeldLock final : public io::FileLock {
 public:
  HeldLock(std::shared_ptr<Shared> shared, std::string path)
      : shared_(std::move(shared)), path_(std::move(path)) {}
  ~HeldLock() override {
    const base::MutexLock lock(shared_->mutex);
    shared_->locked.erase(path_);
  }

 private:
  const std::shared_ptr<Shared> shared_;
  const std::string path_;
};

MemoryFileSystem::MemoryFileSystem() : shared_(std::make_shared<Shared>()) {}
MemoryFileSystem::~MemoryFileSystem() = default;

Result<std::unique_ptr<io::WritableFile>> MemoryFileSystem::OpenWritable(const std::string& path,
                                                                         io::OpenMode mode) {
  const std::string normal = FileTree<Node>::Normal(path);
  const base::MutexLock lock(shared_->mutex);
  if (!shared_->tree.Exists(normal) || mode == io::OpenMode::kCreateNew) {
    PHENIX_RETURN_IF_ERROR(shared_->tree.AddFile(normal, std::make_shared<Node>()));
  }
  PHENIX_ASSIGN_OR_RETURN(std::shared_ptr<Node> node, shared_->tree.File(normal));
  if (mode == io::OpenMode::kCreateOrTruncate) node->content.clear();
  return std::unique_ptr<io::WritableFile>(std::make_unique<Writer>(shared_, std::move(node)));
}

Result<std::unique_ptr<io::ReadableFile>> MemoryFileSystem::OpenReadable(const std::string& path) {
  const base::MutexLock lock(shared_->mutex);
  PHENIX_ASSIGN_OR_RETURN(std::shared_ptr<Node> node,
                          shared_->tree.File(FileTree<Node>::Normal(path)));
  return std::unique_ptr<io::ReadableFile>(std::make_unique<Reader>(shared_, std::move(node)));
}

Result<std::vector<io::DirectoryEntry>> MemoryFileSystem::List(const std::string& directory) {
  const std::string normal = FileTree<Node>::Normal(directory);
  const base::MutexLock lock(shared_->mutex);
  if (!shared_->tree.IsDirectory(normal)) {
    return Status(StatusCode::kNotFound, "opendir '" + directory + "': no such directory");
  }
  return shared_->tree.List(normal);
}

Result<bool> MemoryFileSystem::Exists(const std::string& path) {
  const base::MutexLock lock(shared_->mutex);
  return shared_->tree.Exists(FileTree<Node>::Normal(path));
}

Result<std::uint64_t> MemoryFileSystem::FileSize(const std::string& path) {
  const base::MutexLock lock(shared_->mutex);
  PHENIX_ASSIGN_OR_RETURN(const std::shared_ptr<Node> node,
                          shared_->tree.File(FileTree<Node>::Normal(path)));
  return std::uint64_t{node->content.size()};
}

Status MemoryFileSystem::CreateDirectories(const std::string& path) {
  const std::string normal = FileTree<Node>::Normal(path);
  const base::MutexLock lock(shared_->mutex);
  for (std::size_t end = normal.find('/', 1);; end = normal.find('/', end + 1)) {
    PHENIX_RETURN_IF_ERROR(shared_->tree.AddDirectory(normal.substr(0, end)));
    if (end == std::string::npos) return Status::Ok();
  }
}

Status MemoryFileSystem::RemoveFile(const std::string& path) {
  const base::MutexLock lock(shared_->mutex);
  return shared_->tree.RemoveFile(FileTree<Node>::Normal(path));
}

Status MemoryFileSystem::RemoveDirectory(const std::string& path) {
  const base::MutexLock lock(shared_->mutex);
  return shared_->tree.RemoveDirectory(FileTree<Node>::Normal(path));
}

Status MemoryFileSystem::Rename(const std::string& from, const std::string& to) {
  const base::MutexLock lock(shared_->mutex);
  return shared_->tree.Rename(FileTree<Node>::Normal(from), FileTree<Node>::Normal(to));
}

Status MemoryFileSystem::Link(const std::string& from, const std::string& to) {
  const base::MutexLock lock(shared_->mutex);
  PHENIX_ASSIGN_OR_RETURN(std::shared_ptr<Node> node,
                          shared_->tree.File(FileTree<Node>::Normal(from)));
  return shared_->tree.AddFile(FileTree<Node>::Normal(to), std::move(node));
}

Status MemoryFileSystem::SyncDirectory(const std::string& directory) {
  return List(directory).status();
}

Result<std::unique_ptr<io::FileLock>> MemoryFileSystem::Lock(const std::string& path) {
  PHENIX_RETURN_IF_ERROR(OpenWritable(path, io::OpenMode::kAppend).status());
  const std::string normal = FileTree<Node>::Normal(path);
  const base::MutexLock lock(shared_->mutex);
  if (!shared_->locked.insert(normal).second) {
    return Status(StatusCode::kUnavailable, "lock '" + path + "' is held by someone else");
  }
  return std::unique_ptr<io::FileLock>(std::make_unique<HeldLock>(shared_, normal));
}

}  // namespace phenix::sim
