#include "storage/version_collector.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/assert.h"
#include "storage/versioned_key.h"

namespace phenix::storage {
namespace {

constexpr std::size_t kGarbageKeyBytes = sizeof(std::uint64_t) + sizeof(std::uint32_t);
constexpr char kTombstoneMark = 0;

bool IsTombstone(ByteView value) { return value.empty() || value.front() == kTombstoneMark; }

Status BadRow(const char* what) {
  return {StatusCode::kCorruption, std::string("garbage row: ") + what};
}

}  // namespace

std::string GarbageKey(CommitTimestamp timestamp, std::uint32_t sequence) {
  std::string key;
  base::PutBig64(key, timestamp.value());
  base::PutBig32(key, sequence);
  return key;
}

void AppendGarbageEntry(std::string& row, Family family, ByteView user_key) {
  row.push_back(static_cast<char>(family));
  base::PutLengthPrefixed(row, user_key);
}

/// The work of one call.
struct VersionCollector::Round {
  CommitTimestamp safepoint;
  std::uint64_t budget;
  Collected collected;
  KvBatch batch;
  std::set<std::pair<Family, std::string>> finished;  // keys need one look a round
  std::array<std::unique_ptr<KvIterator>, kFamilyCount> iterators;
  bool row_left = false;  // the last row has a rest

  [[nodiscard]] std::uint64_t Left() const {
    const std::uint64_t used = collected.keys + collected.versions;
    return used < budget ? budget - used : 0;
  }
};

Result<VersionCollector::Collected> VersionCollector::CollectOnce(CommitTimestamp safepoint,
                                                                  std::uint64_t budget_keys) {
  Round round{.safepoint = safepoint,
              .budget = std::max<std::uint64_t>(budget_keys, 1),
              .collected = {},
              .batch = {},
              .finished = {},
              .iterators = {},
              .row_left = false};
  const auto rows = engine_.NewIterator(Family::kGarbage, {});
  rows->Seek(resume_at_);
  for (; rows->Valid() && round.Left() > 0; rows->Next()) {
    if (rows->key().size() != kGarbageKeyBytes) return BadRow("key has another size");
    if (base::LoadBig64(rows->key().data()) > safepoint.value()) break;
    PHENIX_RETURN_IF_ERROR(CollectRow(round, rows->key(), rows->value()));
  }
  PHENIX_RETURN_IF_ERROR(rows->status());
  const bool more = rows->Valid() && base::LoadBig64(rows->key().data()) <= safepoint.value();
  round.collected.done = !more && !round.row_left;
  if (!round.batch.empty()) PHENIX_RETURN_IF_ERROR(engine_.Write(round.batch));
  if (!round.row_left) {
    resume_at_ =
        more ? std::string(rows->key()) : GarbageKey(CommitTimestamp(safepoint.value() + 1), 0);
  }
  return round.collected;
}

Status VersionCollector::CollectRow(Round& round, ByteView row_key, ByteView row) {
  base::ByteReader reader(row);
  while (!reader.AtEnd() && round.Left() > 0) {
    const ByteView rest = reader.rest();
    const auto number = reader.ReadLittle<std::uint8_t>();
    const ByteView user_key = reader.ReadLengthPrefixed();
    if (!reader.ok()) return BadRow("entries do not fill it");
    if (number >= kFamilyCount || !IsVersioned(static_cast<Family>(number))) {
      return BadRow("family is unknown or has no versions");
    }
    PHENIX_ASSIGN_OR_RETURN(const bool finished,
                            CollectKey(round, static_cast<Family>(number), user_key));
    if (!finished) {
      round.batch.Put(Family::kGarbage, row_key, rest);
      round.row_left = true;
      return Status::Ok();
    }
  }
  if (!reader.AtEnd()) {
    round.batch.Put(Family::kGarbage, row_key, reader.rest());
    round.row_left = true;
    return Status::Ok();
  }
  round.batch.Delete(Family::kGarbage, row_key);
  ++round.collected.rows;
  return Status::Ok();
}

Result<bool> VersionCollector::CollectKey(Round& round, Family family, ByteView user_key) {
  std::pair<Family, std::string> identity(family, user_key);
  if (round.finished.count(identity) > 0) return true;
  ++round.collected.keys;
  auto& versions = round.iterators[static_cast<std::size_t>(family)];
  if (versions == nullptr) {
    versions =
        engine_.NewIterator(family, {.lower_bound = {}, .upper_bound = {}, .fill_cache = false});
  }
  const auto at_key = [&] {
    return versions->Valid() && versions->key().size() == user_key.size() + kVersionSuffixBytes &&
           UserKeyOf(versions->key()) == user_key;
  };
  versions->Seek(VersionedKey(user_key, round.safepoint));
  std::string tombstone;
  if (at_key()) {
    if (IsTombstone(versions->value())) tombstone = std::string(versions->key());
    versions->Next();
  }
  for (; at_key(); versions->Next()) {
    // At least one a round, so that any budget makes progress.
    if (round.Left() == 0 && round.collected.versions > 0) return false;
    round.batch.Delete(family, versions->key());
    ++round.collected.versions;
  }
  PHENIX_RETURN_IF_ERROR(versions->status());
  if (!tombstone.empty()) {
    round.batch.Delete(family, tombstone);
    ++round.collected.versions;
  }
  round.finished.insert(std::move(identity));
  return true;
}

}  // namespace phenix::storage
