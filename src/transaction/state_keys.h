// Keys of the state, a function a family (docs/formats/state.md). User keys only: the storage
// layer's version suffix is added when a write set is applied.
//
// Order: numbers are big-endian; an entity id is escaped (00 -> 00 FF) and ends in 00 01, so that
// ids
//        sort by their bytes and no key is a prefix of another.
#ifndef TRANSACTION_STATE_KEYS_H_
#define TRANSACTION_STATE_KEYS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/strong_id.h"

namespace phenix::transaction {

using FieldId = base::StrongId<struct FieldIdTag, std::uint16_t>;

/// Family::kEntity.
std::string EntityKey(CollectionId collection, std::string_view id);
std::string EntityPrefix(CollectionId collection);
struct ParsedEntityKey {
  CollectionId collection;
  std::string id;
};
std::optional<ParsedEntityKey> ParseEntityKey(base::ByteView user_key);

/// Family::kVector.
std::string VectorKey(CollectionId collection, FieldId field, EntityOrdinal ordinal);
std::string VectorPrefix(CollectionId collection, FieldId field);
inline constexpr std::size_t kVectorKeyBytes = 4 + 2 + 8;
EntityOrdinal OrdinalOfVectorKey(base::ByteView user_key);

/// Family::kEdgeOut (near = source) and Family::kEdgeIn (near = target).
std::string EdgeKey(EntityOrdinal near, LabelId label, EntityOrdinal far);
std::string EdgePrefix(EntityOrdinal near);
std::string EdgePrefix(EntityOrdinal near, LabelId label);
inline constexpr std::size_t kEdgeKeyBytes = 8 + 4 + 8;
struct ParsedEdgeKey {
  EntityOrdinal near;
  LabelId label;
  EntityOrdinal far;
};
ParsedEdgeKey ParseEdgeKey(base::ByteView user_key);

/// Family::kUnique. `ordered_value` comes from model/ordered_value.h.
std::string UniqueKey(CollectionId collection, std::uint16_t path, std::string_view ordered_value);
std::string UniquePrefix(CollectionId collection);

/// Family::kOrdinal, kFeed: one big-endian number. Family::kExpiry: two.
std::string NumberKey(std::uint64_t number);
std::string NumberPairKey(std::uint64_t first, std::uint64_t second);

/// Family::kSchema.
std::string CollectionKey(CollectionId collection);
std::string LabelKey(LabelId label);

/// The smallest key behind every key that starts with `prefix`; empty when there is none.
std::string PrefixEnd(std::string_view prefix);

}  // namespace phenix::transaction

#endif  // TRANSACTION_STATE_KEYS_H_
