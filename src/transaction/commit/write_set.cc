#include "transaction/commit/write_set.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "base/assert.h"
#include "base/checksum.h"
#include "storage/versioned_key.h"
#include "transaction/limits.h"

namespace phenix::transaction {
namespace {

constexpr std::uint8_t kPayloadVersion = 1;
constexpr std::size_t kTimestampOffset = 1;

// Rows of Family::kOrdinal: members that were assigned close together share a row.
void EncodeOrdinalRows(const std::vector<std::pair<EntityOrdinal, OrdinalMember>>& ordinals,
                       const std::function<void(std::string, std::string)>& emit) {
  std::size_t begin = 0;
  while (begin < ordinals.size()) {
    const std::uint64_t first = ordinals[begin].first.value();
    std::vector<OrdinalMember> members;
    std::size_t end = begin;
    while (end < ordinals.size() && ordinals[end].first.value() >= first &&
           ordinals[end].first.value() - first < kOrdinalsPerRow) {
      OrdinalMember member = ordinals[end].second;
      member.offset = static_cast<std::uint32_t>(ordinals[end].first.value() - first);
      members.push_back(std::move(member));
      ++end;
    }
    emit(NumberKey(first), EncodeOrdinalRow(members));
    begin = end;
  }
}

// Batches mostly come in key order, so most keys go to the end.
bool IsBehind(const StagedRows& rows, base::ByteView key) {
  return rows.empty() || base::ByteView(rows.rbegin()->first) < key;
}

void PutOperation(std::string& bytes, StateOperation operation, Family family, base::ByteView key,
                  base::ByteView value) {
  bytes.push_back(static_cast<char>(operation));
  bytes.push_back(static_cast<char>(family));
  base::PutLengthPrefixed(bytes, key);
  base::PutLengthPrefixed(bytes, value);
}

}  // namespace

void WriteSet::BeginStatement() {
  undo_.clear();
  savepoint_ = {conflicts_.Save(), feed_.size(), ordinals_.size(), operation_count_, size_bytes_};
}

void WriteSet::RollbackStatement() {
  for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) {
    StagedRows& rows = rows_[static_cast<std::size_t>(undo->family)];
    if (undo->before.has_value()) {
      rows.insert_or_assign(undo->key, std::move(*undo->before));
    } else {
      rows.erase(undo->key);
    }
  }
  undo_.clear();
  conflicts_.GoBackTo(savepoint_.conflicts);
  feed_.resize(savepoint_.feed);
  ordinals_.resize(savepoint_.ordinals);
  operation_count_ = savepoint_.operations;
  size_bytes_ = savepoint_.bytes;
}

void WriteSet::Stage(Family family, std::string key, StagedRow row) {
  ++operation_count_;
  size_bytes_ += key.size() + row.value.size();
  StagedRows& rows = rows_[static_cast<std::size_t>(family)];
  const auto place = IsBehind(rows, key) ? rows.end() : rows.lower_bound(key);
  if (place != rows.end() && place->first == key) {
    row.supersedes = row.supersedes || place->second.supersedes;
    undo_.push_back({family, std::move(key), std::move(place->second)});
    place->second = std::move(row);
    return;
  }
  undo_.push_back({family, key, std::nullopt});
  rows.emplace_hint(place, std::move(key), std::move(row));
}

const StagedRow* WriteSet::Find(Family family, base::ByteView key) const {
  const StagedRows& staged = rows(family);
  if (IsBehind(staged, key)) return nullptr;
  const auto found = staged.find(key);
  return found == staged.end() ? nullptr : &found->second;
}

void WriteSet::AddOrdinal(EntityOrdinal ordinal, CollectionId collection, std::string_view id) {
  OrdinalMember member;
  member.collection = collection;
  member.id = std::string(id);
  ordinals_.emplace_back(ordinal, std::move(member));
}

const OrdinalMember* WriteSet::FindOrdinal(EntityOrdinal ordinal) const {
  // Ordinals are handed out in growing order within one transaction.
  const auto found =
      std::lower_bound(ordinals_.begin(), ordinals_.end(), ordinal,
                       [](const auto& entry, EntityOrdinal value) { return entry.first < value; });
  return found != ordinals_.end() && found->first == ordinal ? &found->second : nullptr;
}

std::string WriteSet::EncodePayload() const {
  std::string bytes;
  constexpr std::size_t kOverheadPerOperation = 16;
  bytes.reserve(size_bytes_ + operation_count_ * kOverheadPerOperation + feed_.size());
  bytes.push_back(static_cast<char>(kPayloadVersion));
  base::PutLittle<std::uint64_t>(bytes, 0);
  base::PutLengthPrefixed(bytes, feed_);
  std::string garbage;
  for (std::size_t family = 0; family < rows_.size(); ++family) {
    for (const auto& [key, row] : rows_[family]) {
      if (!row.supersedes) continue;
      garbage.push_back(static_cast<char>(family));
      base::PutLengthPrefixed(garbage, key);
    }
  }
  base::PutLengthPrefixed(bytes, garbage);
  EncodeOrdinalRows(ordinals_, [&bytes](const std::string& key, const std::string& value) {
    PutOperation(bytes, StateOperation::kPut, Family::kOrdinal, key, value);
  });
  for (std::size_t family = 0; family < rows_.size(); ++family) {
    for (const auto& [key, row] : rows_[family]) {
      PutOperation(bytes, row.operation, static_cast<Family>(family), key, row.value);
    }
  }
  return bytes;
}

void StampPayload(std::string& payload, CommitTimestamp timestamp) {
  PHENIX_ASSERT(payload.size() >= kTimestampOffset + sizeof(std::uint64_t));
  const std::uint64_t value = timestamp.value();
  std::memcpy(payload.data() + kTimestampOffset, &value, sizeof(value));
}

Result<DecodedPayload> DecodePayload(base::ByteView payload) {
  base::ByteReader reader(payload);
  DecodedPayload decoded;
  const auto version = reader.ReadLittle<std::uint8_t>();
  decoded.timestamp = CommitTimestamp(reader.ReadLittle<std::uint64_t>());
  decoded.feed = reader.ReadLengthPrefixed();
  decoded.garbage = reader.ReadLengthPrefixed();
  while (reader.ok() && !reader.AtEnd()) {
    PayloadOperation operation;
    const auto kind = reader.ReadLittle<std::uint8_t>();
    const auto family = reader.ReadLittle<std::uint8_t>();
    operation.key = reader.ReadLengthPrefixed();
    operation.value = reader.ReadLengthPrefixed();
    if (kind > static_cast<std::uint8_t>(StateOperation::kStamp) ||
        family >= storage::kFamilyCount) {
      return Status(StatusCode::kCorruption, "transaction record has an unknown operation");
    }
    operation.operation = static_cast<StateOperation>(kind);
    operation.family = static_cast<Family>(family);
    decoded.operations.push_back(operation);
  }
  if (!reader.ok() || version != kPayloadVersion) {
    return Status(StatusCode::kCorruption, "malformed transaction record of " +
                                               std::to_string(payload.size()) + " bytes, version " +
                                               std::to_string(version));
  }
  return decoded;
}

void AppendToBatch(const DecodedPayload& payload, storage::KvBatch& batch) {
  std::string scratch;
  for (const PayloadOperation& operation : payload.operations) {
    if (storage::IsVersioned(operation.family)) {
      scratch.assign(operation.key);
      storage::AppendVersion(scratch, payload.timestamp);
      batch.Put(operation.family, scratch, operation.value);
      continue;
    }
    switch (operation.operation) {
      case StateOperation::kPut:
        batch.Put(operation.family, operation.key, operation.value);
        break;
      case StateOperation::kDelete:
        batch.Delete(operation.family, operation.key);
        break;
      case StateOperation::kStamp:
        scratch.clear();
        base::PutLittle(scratch, payload.timestamp.value());
        scratch.append(operation.value);
        batch.Put(operation.family, operation.key, scratch);
        break;
    }
  }
  if (!payload.feed.empty()) {
    batch.Put(Family::kFeed, NumberKey(payload.timestamp.value()), payload.feed);
  }
  if (!payload.garbage.empty()) {
    scratch = NumberKey(payload.timestamp.value());
    base::PutBig32(scratch, 0);
    batch.Put(Family::kGarbage, scratch, payload.garbage);
  }
}

}  // namespace phenix::transaction
