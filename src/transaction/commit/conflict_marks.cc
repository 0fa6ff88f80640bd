#include "transaction/commit/conflict_marks.h"

#include <algorithm>

#include "base/checksum.h"
#include "transaction/state_keys.h"

namespace phenix::transaction {
namespace {

enum class MarkKind : std::uint64_t { kWritten = 1, kDeleted = 2, kEdges = 3, kCollection = 4 };

std::uint64_t Mark(MarkKind kind, std::uint64_t detail, base::ByteView key) {
  constexpr std::uint64_t kMultiplier = 0xD6E8FEB86659FD93ULL;
  std::uint64_t mark = base::HashBytes(key) ^ (detail * kMultiplier);
  mark = (mark ^ static_cast<std::uint64_t>(kind)) * kMultiplier;
  constexpr unsigned kFold = 32;
  return mark ^ (mark >> kFold);
}

}  // namespace

std::uint64_t WrittenMark(Family family, base::ByteView user_key) {
  return Mark(MarkKind::kWritten, static_cast<std::uint64_t>(family), user_key);
}
std::uint64_t EntityDeletedMark(EntityOrdinal ordinal) {
  return Mark(MarkKind::kDeleted, ordinal.value(), {});
}
std::uint64_t EdgesTouchedMark(EntityOrdinal ordinal) {
  return Mark(MarkKind::kEdges, ordinal.value(), {});
}
std::uint64_t CollectionTouchedMark(CollectionId collection) {
  return Mark(MarkKind::kCollection, collection.value(), {});
}

void ConflictMarks::AddCheck(ConflictCheck check) {
  if (!check.key.empty()) check.key = keys_.emplace_back(check.key);
  checks_.push_back(check);
}

void ConflictMarks::TouchCollection(CollectionId collection) {
  if (std::find(collections_.begin(), collections_.end(), collection) != collections_.end()) return;
  collections_.push_back(collection);
  marks_.push_back(CollectionTouchedMark(collection));
  const std::string key = CollectionKey(collection);
  ConflictCheck check;
  check.family = Family::kSchema;
  check.mark = WrittenMark(Family::kSchema, key);
  check.key = key;
  AddCheck(check);
}

void ConflictMarks::GoBackTo(const Savepoint& savepoint) {
  checks_.resize(savepoint.checks);
  marks_.resize(savepoint.marks);
  collections_.resize(savepoint.collections);
}

}  // namespace phenix::transaction
