#include "sim/fault_node.h"

#include <algorithm>

namespace phenix::sim {
namespace {

constexpr std::size_t kSectorBytes = 512;

/// A number in [0, bound).
std::size_t Below(io::RandomSource& random, std::size_t bound) {
  return static_cast<std::size_t>(random.Next64() % bound);
}

}  // namespace

void FaultContent::Append(ByteView bytes) {
  unsynced_.push_back({visible_.size(), std::string(bytes)});
  visible_.append(bytes);
}

void FaultContent::Truncate(std::size_t size_bytes) {
  unsynced_.push_back({size_bytes, std::nullopt});
  visible_.resize(size_bytes);
}

void FaultContent::MakeDurable() {
  for (const Change& change : unsynced_) ApplyTo(durable_, change);
  unsynced_.clear();
}

void FaultContent::LosePower(Survival survival, io::RandomSource& random) {
  enum { kNothing, kPrefix, kSectors, kEverything, kChoices };
  std::size_t choice = Below(random, kChoices);
  if (survival == Survival::kNothing) choice = kNothing;
  if (survival == Survival::kEverything) choice = kEverything;
  if (choice == kPrefix) KeepPrefix(durable_, unsynced_, random);
  if (choice == kSectors) KeepSectors(durable_, unsynced_, random);
  if (choice == kEverything) MakeDurable();
  unsynced_.clear();
  visible_ = durable_;
}

void FaultContent::ApplyTo(std::string& content, const Change& change) {
  if (!change.bytes.has_value()) {
    content.resize(std::min(content.size(), change.offset));
    return;
  }
  const std::size_t end = change.offset + change.bytes->size();
  if (content.size() < end) content.resize(end, '\0');
  content.replace(change.offset, change.bytes->size(), *change.bytes);
}

void FaultContent::KeepPrefix(std::string& content, const std::vector<Change>& changes,
                              io::RandomSource& random) {
  const std::size_t whole = Below(random, changes.size() + 1);
  for (std::size_t position = 0; position < whole; ++position) {
    ApplyTo(content, changes[position]);
  }
  if (whole == changes.size() || !changes[whole].bytes.has_value()) return;
  Change cut = changes[whole];
  cut.bytes->resize(Below(random, cut.bytes->size() + 1));
  if (!cut.bytes->empty()) ApplyTo(content, cut);
}

void FaultContent::KeepSectors(std::string& content, const std::vector<Change>& changes,
                               io::RandomSource& random) {
  for (const Change& change : changes) {
    if (!change.bytes.has_value()) {
      if (Below(random, 2) == 0) ApplyTo(content, change);
      continue;
    }
    std::size_t start = 0;
    while (start < change.bytes->size()) {
      const std::size_t sector_left = kSectorBytes - (change.offset + start) % kSectorBytes;
      const std::size_t size = std::min(sector_left, change.bytes->size() - start);
      if (Below(random, 2) == 0) {
        ApplyTo(content, {change.offset + start, change.bytes->substr(start, size)});
      }
      start += size;
    }
  }
}

void FaultNames::Apply(std::vector<Change> changes) {
  ApplyTo(visible_, changes);
  unsynced_.push_back(std::move(changes));
}

void FaultNames::MakeDurable() {
  durable_ = visible_;
  unsynced_.clear();
}

void FaultNames::LosePower(Survival survival, io::RandomSource& random) {
  std::size_t kept = Below(random, unsynced_.size() + 1);
  if (survival == Survival::kNothing) kept = 0;
  if (survival == Survival::kEverything) kept = unsynced_.size();
  for (std::size_t position = 0; position < kept; ++position) {
    ApplyTo(durable_, unsynced_[position]);
  }
  unsynced_.clear();
  visible_ = durable_;
}

void FaultNames::ApplyTo(std::map<std::string, NodePointer>& names,
                         const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    if (change.node == nullptr) {
      names.erase(change.name);
    } else {
      names[change.name] = change.node;
    }
  }
}

}  // namespace phenix::sim
