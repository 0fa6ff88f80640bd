// Values of the state, a codec a family (docs/formats/state.md). The first byte of every versioned
// value tells live (nonzero) from tombstone (zero).
//
// Ownership: Decode* return views into the bytes they were given.
// Errors:    kCorruption for bytes that no Encode* wrote.
#ifndef TRANSACTION_STATE_ROWS_H_
#define TRANSACTION_STATE_ROWS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/strong_id.h"
#include "phenix/status.h"
#include "transaction/state_keys.h"

namespace phenix::transaction {

/// The value that says deleted.
std::string TombstoneRow();
inline bool IsTombstone(base::ByteView row) { return row.empty() || row.front() == '\0'; }

/// One incarnation of an entity.
struct EntityRow {
  EntityOrdinal ordinal;
  std::uint64_t expires_at_ms = 0;  ///< milliseconds since 1970; 0 = never
  std::vector<FieldId> vectors;     ///< fields that hold a vector, ascending
  base::ByteView document;          ///< model's binary form
};
std::string EncodeEntityRow(const EntityRow& row);
Result<EntityRow> DecodeEntityRow(base::ByteView bytes);

struct VectorRow {
  std::uint64_t expires_at_ms = 0;
  base::ByteView elements;  ///< little-endian f32, unaligned
};
std::string EncodeVectorRow(std::uint64_t expires_at_ms, std::span<const float> elements);
Result<VectorRow> DecodeVectorRow(base::ByteView bytes);
std::vector<float> VectorElements(const VectorRow& row);

struct EdgeRow {
  double weight = 1.0;
  base::ByteView properties;  ///< model's binary form; empty in Family::kEdgeIn
};
std::string EncodeEdgeRow(double weight, base::ByteView properties);
Result<EdgeRow> DecodeEdgeRow(base::ByteView bytes);

/// Family::kUnique: who owns the value.
struct UniqueRow {
  EntityOrdinal ordinal;
  base::ByteView id;
};
std::string EncodeUniqueRow(EntityOrdinal ordinal, std::string_view id);
Result<UniqueRow> DecodeUniqueRow(base::ByteView bytes);

/// Family::kOrdinal: entities named by consecutive ordinals from the key's number on. Also the
/// value of Family::kExpiry, with exactly one member.
struct OrdinalMember {
  std::uint32_t offset = 0;
  CollectionId collection;
  std::string id;
};
std::string EncodeOrdinalRow(std::span<const OrdinalMember> members);
Result<std::vector<OrdinalMember>> DecodeOrdinalRow(base::ByteView bytes);

}  // namespace phenix::transaction

#endif  // TRANSACTION_STATE_ROWS_H_
