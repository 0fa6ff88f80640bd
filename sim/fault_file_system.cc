#include "sim/fault_file_system.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "sim/fault_disk.h"

namespace phenix::sim {

class FaultDisk::Writer final : public io::WritableFile {
 public:
  struct Opened {
    std::string path;
    NodePointer node;
    std::uint64_t generation;
  };
  Writer(std::shared_ptr<Disk> disk, Opened opened)
      : disk_(std::move(disk)), opened_(std::move(opened)) {}

  Status Append(ByteView bytes) override {
    const base::MutexLock lock(disk_->mutex());
    PHENIX_RETURN_IF_ERROR(CheckUsable());
    return disk_->Append(*opened_.node, opened_.path, bytes);
  }
  Status Sync() override {
    const base::MutexLock lock(disk_->mutex());
    PHENIX_RETURN_IF_ERROR(CheckUsable());
    if (disk_->Takes(FaultKind::kSyncLie, opened_.path)) return Status::Ok();
    Status status = disk_->Change(FaultKind::kSyncError, opened_.path);
    if (status.ok()) {
      opened_.node->content.MakeDurable();
    } else if (disk_->power.on) {
      opened_.node->content.DoomUnsynced();
    }
    return status;
  }
  Status Truncate(std::uint64_t size_bytes) override {
    const base::MutexLock lock(disk_->mutex());
    PHENIX_RETURN_IF_ERROR(CheckUsable());
    PHENIX_RETURN_IF_ERROR(disk_->Change(FaultKind::kWriteError, opened_.path));
    PHENIX_ASSERT(size_bytes <= opened_.node->content.visible().size());
    opened_.node->content.Truncate(static_cast<std::size_t>(size_bytes));
    return Status::Ok();
  }
  Status Preallocate(std::uint64_t /*size_bytes*/) override {
    const base::MutexLock lock(disk_->mutex());
    return CheckUsable();
  }
  [[nodiscard]] std::uint64_t Size() const override {
    const base::MutexLock lock(disk_->mutex());
    return opened_.node->content.visible().size();
  }
  Status Close() override {
    const base::MutexLock lock(disk_->mutex());
    PHENIX_RETURN_IF_ERROR(CheckUsable());
    closed_ = true;
    return Status::Ok();
  }

 private:
  [[nodiscard]] Status CheckUsable() const PHENIX_REQUIRES(disk_->mutex()) {
    if (closed_) return {StatusCode::kUnavailable, "file '" + opened_.path + "' is closed"};
    if (disk_->power.generation == opened_.generation && disk_->power.on) return Status::Ok();
    return {StatusCode::kIoError, "file '" + opened_.path + "' lost its power"};
  }
  const std::shared_ptr<Disk> disk_;
  const Opened opened_;
  bool closed_ = false;
};

class FaultDisk::Reader final : public io::ReadableFile {
 public:
  Reader(std::shared_ptr<Disk> disk, Writer::Opened opened)
      : disk_(std::move(disk)), opened_(std::move(opened)) {}

  Result<std::size_t> ReadAt(std::uint64_t offset, std::size_t size_bytes,
                             char* into) const override {
    const base::MutexLock lock(disk_->mutex());
    PHENIX_RETURN_IF_ERROR(CheckUsable());
    PHENIX_RETURN_IF_ERROR(disk_->Read(opened_.path));
    const std::string& content = opened_.node->content.visible();
    if (offset >= content.size()) return std::size_t{0};
    const auto start = static_cast<std::size_t>(offset);
    const std::size_t got = std::min(size_bytes, content.size() - start);
    std::memcpy(into, content.data() + start, got);
    return got;
  }
  Result<std::uint64_t> Size() const override {
    const base::MutexLock lock(disk_->mutex());
    PHENIX_RETURN_IF_ERROR(CheckUsable());
    return std::uint64_t{opened_.node->content.visible().size()};
  }

 private:
  [[nodiscard]] Status CheckUsable() const PHENIX_REQUIRES(disk_->mutex()) {
    if (disk_->power.generation == opened_.generation && disk_->power.on) return Status::Ok();
    return {StatusCode::kIoError, "file '" + opened_.path + "' lost its power"};
  }
  const std::shared_ptr<Disk> disk_;
  const Writer::Opened opened_;
};

class FaultDisk::HeldLock final : public io::FileLock {
 public:
  HeldLock(std::shared_ptr<Disk> disk, std::string path, std::uint64_t generation)
      : disk_(std::move(disk)), path_(std::move(path)), generation_(generation) {}
  ~HeldLock() override {
    const base::MutexLock lock(disk_->mutex());
    if (disk_->power.generation == generation_) disk_->locked.erase(path_);
  }

 private:
  const std::shared_ptr<Disk> disk_;
  const std::string path_;
  const std::uint64_t generation_;
};

class FaultDisk::Files final : public io::FileSystem {
 public:
  explicit Files(std::shared_ptr<Disk> disk) : disk_(std::move(disk)) {}

  Result<std::unique_ptr<io::WritableFile>> OpenWritable(const std::string& path,
                                                         io::OpenMode mode) override {
    const base::MutexLock lock(disk_->mutex());
    PHENIX_RETURN_IF_ERROR(disk_->Read(path));
    PHENIX_ASSIGN_OR_RETURN(const Disk::Place place, disk_->Find(path));
    NodePointer node = place.node();
    if (node != nullptr && (mode == io::OpenMode::kCreateNew || node->is_directory)) {
      return Status(StatusCode::kAlreadyExists, "open '" + path + "': exists");
    }
    if (node == nullptr) {
      PHENIX_RETURN_IF_ERROR(disk_->Change(FaultKind::kNameError, path));
      node = std::make_shared<FaultNode>();
      place.directory->names.Apply({{place.name, node}});
    } else if (mode == io::OpenMode::kCreateOrTruncate) {
      PHENIX_RETURN_IF_ERROR(disk_->Change(FaultKind::kNameError, path));
      node->content.Truncate(0);
    }
    return std::unique_ptr<io::WritableFile>(
        std::make_unique<Writer>(disk_, Writer::Opened{path, node, disk_->power.generation}));
  }
  Result<std::unique_ptr<io::ReadableFile>> OpenReadable(const std::string& path) override {
    const base::MutexLock lock(disk_->mutex());
    PHENIX_RETURN_IF_ERROR(disk_->Read(path));
    PHENIX_ASSIGN_OR_RETURN(NodePointer node, disk_->Existing(path));
    if (node->is_directory) return Status(StatusCode::kIoError, "'" + path + "' is a directory");
    return std::unique_ptr<io::ReadableFile>(
        std::make_unique<Reader>(disk_, Writer::Opened{path, node, disk_->power.generation}));
  }
  Result<std::vector<io::DirectoryEntry>> List(const std::string& directory) override {
    const base::MutexLock lock(disk_->mutex());
    PHENIX_RETURN_IF_ERROR(disk_->Read(directory));
    PHENIX_ASSIGN_OR_RETURN(const NodePointer node, disk_->Existing(directory));
    if (!node->is_directory) {
      return Status(StatusCode::kIoError, "opendir '" + directory + "': not a directory");
    }
    std::vector<io::DirectoryEntry> entries;
    for (const auto& [name, child] : node->names.visible()) {
      entries.push_back({name, child->is_directory});
    }
    return entries;
  }
  Result<bool> Exists(const std::string& path) override {
    const base::MutexLock lock(disk_->mutex());
    PHENIX_RETURN_IF_ERROR(disk_->Read(path));
    return disk_->Existing(path).ok();
  }
  Result<std::uint64_t> FileSize(const std::string& path) override {
    const base::MutexLock lock(disk_->mutex());
    PHENIX_RETURN_IF_ERROR(disk_->Read(path));
    PHENIX_ASSIGN_OR_RETURN(const NodePointer node, disk_->Existing(path));
    return std::uint64_t{node->content.visible().size()};
  }
  Status CreateDirectories(const std::string& path) override {
    const base::MutexLock lock(disk_->mutex());
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
      const std::string prefix = path.substr(0, end);
      PHENIX_RETURN_IF_ERROR(CreateDirectory(prefix));
      if (end == std::string::npos) return Status::Ok();
    }
  }
  Status RemoveFile(const std::string& path) override {
    const base::MutexLock lock(disk_->mutex());
    return Remove(path, /*directory=*/false);
  }
  Status RemoveDirectory(const std::string& path) override {
    const base::MutexLock lock(disk_->mutex());
    return Remove(path, /*directory=*/true);
  }
  Status Rename(const std::string& from, const std::string& to) override {
    const base::MutexLock lock(disk_->mutex());
    PHENIX_RETURN_IF_ERROR(disk_->Change(FaultKind::kNameError, to));
    PHENIX_ASSIGN_OR_RETURN(const NodePointer node, disk_->Existing(from));
    PHENIX_ASSIGN_OR_RETURN(const Disk::Place source, disk_->Find(from));
    PHENIX_ASSIGN_OR_RETURN(const Disk::Place target, disk_->Find(to));
    const NodePointer old = target.node();
    if (old != nullptr && old->is_directory && !old->names.visible().empty()) {
      return {StatusCode::kIoError, "rename '" + from + "' to '" + to + "': not empty"};
    }
    if (source.directory == target.directory) {
      source.directory->names.Apply({{source.name, nullptr}, {target.name, node}});
    } else {
      target.directory->names.Apply({{target.name, node}});
      source.directory->names.Apply({{source.name, nullptr}});
    }
    return Status::Ok();
  }
  Status Link(const std::string& from, const std::string& to) override {
    const base::MutexLock lock(disk_->mutex());
    PHENIX_RETURN_IF_ERROR(disk_->Change(FaultKind::kNameError, to));
    PHENIX_ASSIGN_OR_RETURN(const NodePointer node, disk_->Existing(from));
    PHENIX_ASSIGN_OR_RETURN(const Disk::Place target, disk_->Find(to));
    if (target.node() != nullptr) {
      return {StatusCode::kAlreadyExists, "link '" + from + "' to '" + to + "': exists"};
    }
    target.directory->names.Apply({{target.name, node}});
    return Status::Ok();
  }
  Status SyncDirectory(const std::string& directory) override {
    const base::MutexLock lock(disk_->mutex());
    PHENIX_ASSIGN_OR_RETURN(const NodePointer node, disk_->Existing(directory));
    if (disk_->power.on && disk_->Takes(FaultKind::kSyncLie, directory)) return Status::Ok();
    PHENIX_RETURN_IF_ERROR(disk_->Change(FaultKind::kNameError, directory));
    node->names.MakeDurable();
    return Status::Ok();
  }
  Result<std::unique_ptr<io::FileLock>> Lock(const std::string& path) override {
    PHENIX_RETURN_IF_ERROR(OpenWritable(path, io::OpenMode::kAppend).status());
    const base::MutexLock lock(disk_->mutex());
    if (!disk_->locked.insert(path).second) {
      return Status(StatusCode::kUnavailable, "lock '" + path + "' is held by someone else");
    }
    return std::unique_ptr<io::FileLock>(
        std::make_unique<HeldLock>(disk_, path, disk_->power.generation));
  }

 private:
  Status CreateDirectory(const std::string& path) PHENIX_REQUIRES(disk_->mutex()) {
    PHENIX_RETURN_IF_ERROR(disk_->Read(path));
    PHENIX_ASSIGN_OR_RETURN(const Disk::Place place, disk_->Find(path));
    const NodePointer node = place.node();
    if (node != nullptr && node->is_directory) return Status::Ok();
    if (node != nullptr) return {StatusCode::kAlreadyExists, "mkdir '" + path + "': is a file"};
    PHENIX_RETURN_IF_ERROR(disk_->Change(FaultKind::kNameError, path));
    auto created = std::make_shared<FaultNode>();
    created->is_directory = true;
    place.directory->names.Apply({{place.name, std::move(created)}});
    return Status::Ok();
  }
  Status Remove(const std::string& path, bool directory) PHENIX_REQUIRES(disk_->mutex()) {
    PHENIX_RETURN_IF_ERROR(disk_->Change(FaultKind::kNameError, path));
    PHENIX_ASSIGN_OR_RETURN(const NodePointer node, disk_->Existing(path));
    PHENIX_ASSIGN_OR_RETURN(const Disk::Place place, disk_->Find(path));
    if (node->is_directory != directory || !node->names.visible().empty()) {
      return {StatusCode::kIoError, "remove '" + path + "': wrong kind or not empty"};
    }
    place.directory->names.Apply({{place.name, nullptr}});
    return Status::Ok();
  }

  const std::shared_ptr<Disk> disk_;
};

FaultDisk::FaultDisk(std::uint64_t seed)
    : disk_(std::make_shared<Disk>(seed)), files_(std::make_unique<Files>(disk_)) {}

FaultDisk::~FaultDisk() = default;

io::FileSystem& FaultDisk::files() { return *files_; }

void FaultDisk::Inject(const FaultRule& rule) {
  const base::MutexLock lock(disk_->mutex());
  disk_->rules.push_back(rule);
}

void FaultDisk::ClearFaults() {
  const base::MutexLock lock(disk_->mutex());
  disk_->rules.clear();
}

std::uint64_t FaultDisk::FaultCount() const {
  const base::MutexLock lock(disk_->mutex());
  return disk_->fault_count;
}

void FaultDisk::LimitSpace(std::uint64_t bytes_max) {
  const base::MutexLock lock(disk_->mutex());
  disk_->space_bytes_max = bytes_max;
}

void FaultDisk::CutPower() {
  const base::MutexLock lock(disk_->mutex());
  disk_->power.on = false;
}

void FaultDisk::CutPowerAfter(std::uint64_t operations) {
  const base::MutexLock lock(disk_->mutex());
  disk_->power.cut_at_operation = disk_->operations + operations;
}

bool FaultDisk::HasPower() const {
  const base::MutexLock lock(disk_->mutex());
  return disk_->power.on;
}

void FaultDisk::RestorePower(Survival survival) {
  const base::MutexLock lock(disk_->mutex());
  disk_->LosePower(survival);
}

std::uint64_t FaultDisk::OperationCount() const {
  const base::MutexLock lock(disk_->mutex());
  return disk_->operations;
}

}  // namespace phenix::sim
