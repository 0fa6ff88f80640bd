#include "storage/memory_content.h"

#include "base/checksum.h"

namespace phenix::storage {
namespace {

constexpr ByteView kImageMagic = "PXMEMKV1";
constexpr std::size_t kImageChecksumBytes = sizeof(std::uint32_t);

Status Damaged(const std::string& what) {
  return {StatusCode::kCorruption, "memory engine image: " + what};
}

}  // namespace

void MemoryContent::Apply(const KvBatch& batch) {
  const base::MutexLock lock(mutex_);
  ++last_write_;
  for (const KvBatch::Operation& operation : batch.operations()) {
    const ByteView key = batch.key(operation);
    const ByteView value = batch.value(operation);
    switch (operation.kind) {
      case KvBatch::Kind::kPut:
        Record(operation.family, key, std::string(value));
        break;
      case KvBatch::Kind::kDelete:
        Record(operation.family, key, std::nullopt);
        break;
      case KvBatch::Kind::kDeleteRange:
        RemoveRange(operation.family, key, value);
        break;
    }
  }
}

std::optional<std::string> MemoryContent::Get(Family family, ByteView key) {
  const base::MutexLock lock(mutex_);
  const FamilyMap& entries = map(family);
  const auto found = entries.find(key);
  if (found == entries.end()) return std::nullopt;
  return found->second.back().value;
}

std::optional<MemoryContent::Entry> MemoryContent::Find(const Step& step) {
  const base::MutexLock lock(mutex_);
  const FamilyMap& entries = map(step.family);
  return step.direction == Direction::kForward ? FindForward(entries, step)
                                               : FindBackward(entries, step);
}

std::optional<MemoryContent::Entry> MemoryContent::FindLatest(Step step) {
  step.at = UINT64_MAX;
  return Find(step);
}

WriteNumber MemoryContent::Pin() {
  const base::MutexLock lock(mutex_);
  pinned_.insert(last_write_);
  return last_write_;
}

void MemoryContent::Unpin(WriteNumber number) {
  const base::MutexLock lock(mutex_);
  pinned_.erase(pinned_.find(number));
  if (pinned_.empty()) DropUnseenChanges();
}

std::string MemoryContent::EncodeImage() {
  const base::MutexLock lock(mutex_);
  std::string entries;
  std::uint64_t count = 0;
  for (std::size_t number = 0; number < kFamilyCount; ++number) {
    for (const auto& [key, changes] : families_[number]) {
      const std::optional<std::string>& value = changes.back().value;
      if (!value.has_value()) continue;
      entries.push_back(static_cast<char>(number));
      base::PutLengthPrefixed(entries, key);
      base::PutLengthPrefixed(entries, *value);
      ++count;
    }
  }
  std::string image(kImageMagic);
  base::PutLittle(image, count);
  image += entries;
  base::PutLittle(image, base::Crc32c(image));
  return image;
}

Status MemoryContent::DecodeImage(ByteView image) {
  if (image.size() < kImageMagic.size() + sizeof(std::uint64_t) + kImageChecksumBytes) {
    return Damaged("too short");
  }
  const ByteView body = image.substr(0, image.size() - kImageChecksumBytes);
  if (base::Crc32c(body) != base::LoadLittle<std::uint32_t>(body.data() + body.size())) {
    return Damaged("checksum differs");
  }
  if (body.substr(0, kImageMagic.size()) != kImageMagic) return Damaged("unknown format");
  base::ByteReader reader(body.substr(kImageMagic.size()));
  KvBatch batch;
  for (auto left = reader.ReadLittle<std::uint64_t>(); left > 0 && reader.ok(); --left) {
    const auto family = reader.ReadLittle<std::uint8_t>();
    if (family >= kFamilyCount) return Damaged("unknown family");
    const ByteView key = reader.ReadLengthPrefixed();
    const ByteView value = reader.ReadLengthPrefixed();
    batch.Put(static_cast<Family>(family), key, value);
  }
  if (!reader.ok() || !reader.AtEnd()) return Damaged("entries do not fill it");
  Apply(batch);
  return Status::Ok();
}

KvStats MemoryContent::Stats() {
  const base::MutexLock lock(mutex_);
  KvStats stats;
  for (std::size_t number = 0; number < kFamilyCount; ++number) {
    stats.keys_estimated[number] = families_[number].size();
    for (const auto& [key, changes] : families_[number]) {
      stats.memtable_bytes += key.size();
      for (const Change& change : changes) {
        stats.memtable_bytes += change.value.has_value() ? change.value->size() : 0;
      }
    }
  }
  return stats;
}

const std::string* MemoryContent::ValueAt(const ChangeList& changes, WriteNumber at) {
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    if (change->number <= at) return change->value.has_value() ? &*change->value : nullptr;
  }
  return nullptr;
}

std::optional<MemoryContent::Entry> MemoryContent::FindForward(const FamilyMap& map,
                                                               const Step& step) {
  auto entry = map.begin();
  if (step.from.has_value()) {
    entry = step.inclusive ? map.lower_bound(*step.from) : map.upper_bound(*step.from);
  }
  for (; entry != map.end(); ++entry) {
    const std::string* value = ValueAt(entry->second, step.at);
    if (value != nullptr) return Entry{entry->first, *value};
  }
  return std::nullopt;
}

std::optional<MemoryContent::Entry> MemoryContent::FindBackward(const FamilyMap& map,
                                                                const Step& step) {
  auto entry = map.end();
  if (step.from.has_value()) {
    entry = step.inclusive ? map.upper_bound(*step.from) : map.lower_bound(*step.from);
  }
  while (entry != map.begin()) {
    --entry;
    const std::string* value = ValueAt(entry->second, step.at);
    if (value != nullptr) return Entry{entry->first, *value};
  }
  return std::nullopt;
}

void MemoryContent::Record(Family family, ByteView key, std::optional<std::string> value) {
  FamilyMap& entries = map(family);
  auto found = entries.find(key);
  if (!pinned_.empty()) {
    changed_while_pinned_.emplace_back(family, key);
  } else if (!value.has_value()) {
    if (found != entries.end()) entries.erase(found);
    return;
  } else if (found != entries.end()) {
    found->second.clear();
  }
  if (found == entries.end()) found = entries.emplace(std::string(key), ChangeList()).first;
  found->second.push_back({last_write_, std::move(value)});
}

void MemoryContent::RemoveRange(Family family, ByteView begin, ByteView end) {
  if (begin >= end) return;
  FamilyMap& entries = map(family);
  const auto last = entries.lower_bound(end);
  if (pinned_.empty()) {
    entries.erase(entries.lower_bound(begin), last);
    return;
  }
  for (auto entry = entries.lower_bound(begin); entry != last; ++entry) {
    entry->second.push_back({last_write_, std::nullopt});
    changed_while_pinned_.emplace_back(family, entry->first);
  }
}

void MemoryContent::DropUnseenChanges() {
  for (const auto& [family, key] : changed_while_pinned_) {
    FamilyMap& entries = map(family);
    const auto found = entries.find(key);
    if (found == entries.end()) continue;
    ChangeList& changes = found->second;
    if (!changes.back().value.has_value()) {
      entries.erase(found);
    } else {
      changes.erase(changes.begin(), changes.end() - 1);
    }
  }
  changed_while_pinned_.clear();
}

}  // namespace phenix::storage
