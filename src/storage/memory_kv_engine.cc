#include "storage/memory_kv_engine.h"

#include <utility>

#include "base/assert.h"
#include "storage/memory_content.h"
#include "storage/versioned_key.h"

namespace phenix::storage {
namespace {

constexpr char kImageFileName[] = "image";
constexpr std::uint64_t kImageBytesMax = 1ULL << 34U;

using Direction = MemoryContent::Direction;

class MemoryIterator final : public KvIterator {
 public:
  MemoryIterator(std::shared_ptr<MemoryContent> content, Family family,
                 const IterateOptions& options)
      : content_(std::move(content)),
        family_(family),
        lower_(options.lower_bound),
        upper_(options.upper_bound),
        at_(content_->Pin()) {}
  ~MemoryIterator() override { content_->Unpin(at_); }

  void Seek(ByteView target) override {
    Move(Direction::kForward, std::string(target < lower_ ? lower_ : target), true);
  }
  void SeekForPrev(ByteView target) override {
    if (!upper_.empty() && target >= upper_) {
      SeekToLast();
    } else {
      Move(Direction::kBackward, std::string(target), true);
    }
  }
  void SeekToFirst() override { Seek(lower_); }
  void SeekToLast() override {
    if (upper_.empty()) {
      Move(Direction::kBackward, std::nullopt, true);
    } else {
      Move(Direction::kBackward, std::string(upper_), false);
    }
  }
  void Next() override { Move(Direction::kForward, std::move(Current().key), false); }
  void Prev() override { Move(Direction::kBackward, std::move(Current().key), false); }
  [[nodiscard]] bool Valid() const override { return entry_.has_value(); }
  [[nodiscard]] ByteView key() const override {
    PHENIX_ASSERT(Valid());
    return entry_->key;
  }
  [[nodiscard]] ByteView value() const override {
    PHENIX_ASSERT(Valid());
    return entry_->value;
  }
  [[nodiscard]] Status status() const override { return Status::Ok(); }

 private:
  MemoryContent::Entry& Current() {
    PHENIX_ASSERT(Valid());
    return *entry_;
  }
  void Move(Direction direction, std::optional<std::string> from, bool inclusive) {
    entry_ = content_->Find({family_, direction, std::move(from), inclusive, at_});
    if (!entry_.has_value()) return;
    const ByteView key = entry_->key;
    if (key < lower_ || (!upper_.empty() && key >= upper_)) entry_.reset();
  }

  const std::shared_ptr<MemoryContent> content_;
  const Family family_;
  const ByteView lower_;
  const ByteView upper_;
  const WriteNumber at_;
  std::optional<MemoryContent::Entry> entry_;
};

}  // namespace

MemoryKvEngine::MemoryKvEngine(const MemoryKvEngineOptions& options)
    : options_(options), content_(std::make_shared<MemoryContent>()) {}

MemoryKvEngine::~MemoryKvEngine() = default;

Result<std::unique_ptr<MemoryKvEngine>> MemoryKvEngine::Open(const MemoryKvEngineOptions& options) {
  if (options.file_system != nullptr) {
    PHENIX_RETURN_IF_ERROR(options.file_system->CreateDirectories(options.directory));
    PHENIX_RETURN_IF_ERROR(options.file_system->SyncDirectory(io::ParentPath(options.directory)));
  }
  std::unique_ptr<MemoryKvEngine> engine(new MemoryKvEngine(options));
  PHENIX_RETURN_IF_ERROR(engine->LoadImage(*engine->Current()));
  return engine;
}

Status MemoryKvEngine::Write(const KvBatch& batch) {
  Current()->Apply(batch);
  return Status::Ok();
}

Result<std::optional<std::string>> MemoryKvEngine::Get(Family family, ByteView key) {
  return Current()->Get(family, key);
}

Result<std::optional<VersionedValue>> MemoryKvEngine::GetVersion(Family family, ByteView user_key,
                                                                 CommitTimestamp at) {
  PHENIX_ASSERT(IsVersioned(family));
  std::optional<MemoryContent::Entry> entry =
      Current()->FindLatest({family, Direction::kForward, VersionedKey(user_key, at), true, 0});
  if (!entry.has_value() || entry->key.size() < kVersionSuffixBytes ||
      UserKeyOf(entry->key) != user_key) {
    return std::optional<VersionedValue>();
  }
  return std::optional<VersionedValue>({VersionOf(entry->key), std::move(entry->value)});
}

std::unique_ptr<KvIterator> MemoryKvEngine::NewIterator(Family family,
                                                        const IterateOptions& options) {
  return std::make_unique<MemoryIterator>(Current(), family, options);
}

Status MemoryKvEngine::Flush() {
  const base::MutexLock lock(mutex_);
  std::string image = content_->EncodeImage();
  if (options_.file_system == nullptr) {
    image_ = std::move(image);
    return Status::Ok();
  }
  return io::WriteFileAtomically(*options_.file_system,
                                 io::JoinPath(options_.directory, kImageFileName), image);
}

Status MemoryKvEngine::CheckpointTo(const std::string& directory) {
  io::FileSystem& files =
      options_.file_system != nullptr ? *options_.file_system : io::PosixFileSystem();
  PHENIX_ASSIGN_OR_RETURN(const bool exists, files.Exists(directory));
  if (exists) {
    return {StatusCode::kAlreadyExists, "checkpoint directory '" + directory + "' exists"};
  }
  PHENIX_RETURN_IF_ERROR(files.CreateDirectories(directory));
  PHENIX_RETURN_IF_ERROR(io::WriteFileAtomically(files, io::JoinPath(directory, kImageFileName),
                                                 Current()->EncodeImage()));
  return files.SyncDirectory(io::ParentPath(directory));
}

Status MemoryKvEngine::CompactRange(Family /*family*/, ByteView /*begin*/, ByteView /*end*/) {
  return Status::Ok();
}

KvStats MemoryKvEngine::Stats() { return Current()->Stats(); }

Status MemoryKvEngine::SimulateCrash() {
  auto restored = std::make_shared<MemoryContent>();
  PHENIX_RETURN_IF_ERROR(LoadImage(*restored));
  const base::MutexLock lock(mutex_);
  content_ = std::move(restored);
  return Status::Ok();
}

std::shared_ptr<MemoryContent> MemoryKvEngine::Current() const {
  const base::MutexLock lock(mutex_);
  return content_;
}

Status MemoryKvEngine::LoadImage(MemoryContent& into) {
  if (options_.file_system == nullptr) {
    const base::MutexLock lock(mutex_);
    return image_.empty() ? Status::Ok() : into.DecodeImage(image_);
  }
  const Result<std::string> image = io::ReadFile(
      *options_.file_system, io::JoinPath(options_.directory, kImageFileName), kImageBytesMax);
  if (image.ok()) return into.DecodeImage(*image);
  return image.status().code() == StatusCode::kNotFound ? Status::Ok() : image.status();
}

}  // namespace phenix::storage
