#include "transaction/state_keys.h"

#include "base/assert.h"

namespace phenix::transaction {
namespace {

constexpr char kEscape = '\0';
constexpr char kEscapedZero = '\xff';
constexpr char kTerminator = '\x01';
constexpr char kCollectionTag = 'c';
constexpr char kLabelTag = 'l';

}  // namespace

std::string EntityPrefix(CollectionId collection) {
  std::string key;
  base::PutBig32(key, collection.value());
  return key;
}

std::string EntityKey(CollectionId collection, std::string_view id) {
  std::string key;
  key.reserve(sizeof(std::uint32_t) + id.size() + 2);
  base::PutBig32(key, collection.value());
  for (const char c : id) {
    key.push_back(c);
    if (c == kEscape) key.push_back(kEscapedZero);
  }
  key.push_back(kEscape);
  key.push_back(kTerminator);
  return key;
}

std::optional<ParsedEntityKey> ParseEntityKey(base::ByteView user_key) {
  if (user_key.size() < sizeof(std::uint32_t) + 2) return std::nullopt;
  ParsedEntityKey parsed;
  parsed.collection = CollectionId(base::LoadBig32(user_key.data()));
  user_key.remove_prefix(sizeof(std::uint32_t));
  parsed.id.reserve(user_key.size());
  for (std::size_t position = 0; position < user_key.size(); ++position) {
    if (user_key[position] != kEscape) {
      parsed.id.push_back(user_key[position]);
      continue;
    }
    if (++position == user_key.size()) return std::nullopt;
    if (user_key[position] == kTerminator) {
      return position + 1 == user_key.size() ? std::optional(std::move(parsed)) : std::nullopt;
    }
    if (user_key[position] != kEscapedZero) return std::nullopt;
    parsed.id.push_back('\0');
  }
  return std::nullopt;
}

std::string VectorPrefix(CollectionId collection, FieldId field) {
  std::string key;
  key.reserve(kVectorKeyBytes);
  base::PutBig32(key, collection.value());
  base::PutBig16(key, field.value());
  return key;
}

std::string VectorKey(CollectionId collection, FieldId field, EntityOrdinal ordinal) {
  std::string key = VectorPrefix(collection, field);
  base::PutBig64(key, ordinal.value());
  return key;
}

EntityOrdinal OrdinalOfVectorKey(base::ByteView user_key) {
  PHENIX_ASSERT(user_key.size() >= kVectorKeyBytes);
  return EntityOrdinal(
      base::LoadBig64(user_key.data() + sizeof(std::uint32_t) + sizeof(std::uint16_t)));
}

std::string EdgePrefix(EntityOrdinal near) {
  std::string key;
  key.reserve(kEdgeKeyBytes);
  base::PutBig64(key, near.value());
  return key;
}

std::string EdgePrefix(EntityOrdinal near, LabelId label) {
  std::string key = EdgePrefix(near);
  base::PutBig32(key, label.value());
  return key;
}

std::string EdgeKey(EntityOrdinal near, LabelId label, EntityOrdinal far) {
  std::string key = EdgePrefix(near, label);
  base::PutBig64(key, far.value());
  return key;
}

ParsedEdgeKey ParseEdgeKey(base::ByteView user_key) {
  PHENIX_ASSERT(user_key.size() >= kEdgeKeyBytes);
  constexpr std::size_t kLabelOffset = sizeof(std::uint64_t);
  constexpr std::size_t kFarOffset = kLabelOffset + sizeof(std::uint32_t);
  return {.near = EntityOrdinal(base::LoadBig64(user_key.data())),
          .label = LabelId(base::LoadBig32(user_key.data() + kLabelOffset)),
          .far = EntityOrdinal(base::LoadBig64(user_key.data() + kFarOffset))};
}

std::string UniquePrefix(CollectionId collection) { return EntityPrefix(collection); }

std::string UniqueKey(CollectionId collection, std::uint16_t path, std::string_view ordered_value) {
  std::string key = UniquePrefix(collection);
  base::PutBig16(key, path);
  key.append(ordered_value);
  return key;
}

std::string NumberKey(std::uint64_t number) {
  std::string key;
  base::PutBig64(key, number);
  return key;
}

std::string NumberPairKey(std::uint64_t first, std::uint64_t second) {
  std::string key = NumberKey(first);
  base::PutBig64(key, second);
  return key;
}

std::string CollectionKey(CollectionId collection) {
  std::string key(1, kCollectionTag);
  base::PutBig32(key, collection.value());
  return key;
}

std::string LabelKey(LabelId label) {
  std::string key(1, kLabelTag);
  base::PutBig32(key, label.value());
  return key;
}

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty()) {
    if (static_cast<std::uint8_t>(end.back()) != UINT8_MAX) {
      end.back() = static_cast<char>(static_cast<std::uint8_t>(end.back()) + 1);
      return end;
    }
    end.pop_back();
  }
  return end;
}

}  // namespace phenix::transaction
