#include "transaction/state_rows.h"

#include <bit>
#include <cstring>

namespace phenix::transaction {
namespace {

constexpr char kLive = '\x01';

Status Malformed(const char* what, base::ByteView bytes) {
  return {StatusCode::kCorruption,
          std::string("malformed ") + what + " row of " + std::to_string(bytes.size()) + " bytes"};
}

}  // namespace

std::string TombstoneRow() { return std::string(1, '\0'); }

std::string EncodeEntityRow(const EntityRow& row) {
  std::string bytes(1, kLive);
  constexpr std::size_t kHeaderBytesTypical = 24;
  bytes.reserve(row.document.size() + kHeaderBytesTypical);
  base::PutVarint(bytes, row.ordinal.value());
  base::PutVarint(bytes, row.expires_at_ms);
  base::PutVarint(bytes, row.vectors.size());
  for (const FieldId field : row.vectors) base::PutVarint(bytes, field.value());
  bytes.append(row.document);
  return bytes;
}

Result<EntityRow> DecodeEntityRow(base::ByteView bytes) {
  base::ByteReader reader(bytes);
  EntityRow row;
  if (reader.ReadLittle<char>() != kLive) return Malformed("entity", bytes);
  row.ordinal = EntityOrdinal(reader.ReadVarint());
  row.expires_at_ms = reader.ReadVarint();
  const std::uint64_t vector_count = reader.ReadVarint();
  if (!reader.ok() || vector_count > reader.rest().size()) return Malformed("entity", bytes);
  row.vectors.reserve(vector_count);
  for (std::uint64_t position = 0; position < vector_count; ++position) {
    const std::uint64_t field = reader.ReadVarint();
    if (field > UINT16_MAX) return Malformed("entity", bytes);
    row.vectors.emplace_back(static_cast<std::uint16_t>(field));
  }
  if (!reader.ok()) return Malformed("entity", bytes);
  row.document = reader.rest();
  return row;
}

std::string EncodeVectorRow(std::uint64_t expires_at_ms, std::span<const float> elements) {
  std::string bytes(1, kLive);
  bytes.reserve(elements.size_bytes() + sizeof(std::uint64_t) + 2);
  base::PutVarint(bytes, expires_at_ms);
  bytes.append(reinterpret_cast<const char*>(elements.data()), elements.size_bytes());
  return bytes;
}

Result<VectorRow> DecodeVectorRow(base::ByteView bytes) {
  base::ByteReader reader(bytes);
  VectorRow row;
  const bool live = reader.ReadLittle<char>() == kLive;
  row.expires_at_ms = reader.ReadVarint();
  row.elements = reader.rest();
  if (!live || !reader.ok() || row.elements.size() % sizeof(float) != 0) {
    return Malformed("vector", bytes);
  }
  return row;
}

std::vector<float> VectorElements(const VectorRow& row) {
  std::vector<float> elements(row.elements.size() / sizeof(float));
  std::memcpy(elements.data(), row.elements.data(), row.elements.size());
  return elements;
}

std::string EncodeEdgeRow(double weight, base::ByteView properties) {
  std::string bytes(1, kLive);
  base::PutLittle(bytes, std::bit_cast<std::uint64_t>(weight));
  bytes.append(properties);
  return bytes;
}

Result<EdgeRow> DecodeEdgeRow(base::ByteView bytes) {
  base::ByteReader reader(bytes);
  EdgeRow row;
  const bool live = reader.ReadLittle<char>() == kLive;
  row.weight = std::bit_cast<double>(reader.ReadLittle<std::uint64_t>());
  if (!live || !reader.ok()) return Malformed("edge", bytes);
  row.properties = reader.rest();
  return row;
}

std::string EncodeUniqueRow(EntityOrdinal ordinal, std::string_view id) {
  std::string bytes(1, kLive);
  base::PutVarint(bytes, ordinal.value());
  bytes.append(id);
  return bytes;
}

Result<UniqueRow> DecodeUniqueRow(base::ByteView bytes) {
  base::ByteReader reader(bytes);
  UniqueRow row;
  const bool live = reader.ReadLittle<char>() == kLive;
  row.ordinal = EntityOrdinal(reader.ReadVarint());
  if (!live || !reader.ok()) return Malformed("unique value", bytes);
  row.id = reader.rest();
  return row;
}

std::string EncodeOrdinalRow(std::span<const OrdinalMember> members) {
  std::string bytes;
  base::PutVarint(bytes, members.size());
  for (const OrdinalMember& member : members) {
    base::PutVarint(bytes, member.offset);
    base::PutVarint(bytes, member.collection.value());
    base::PutLengthPrefixed(bytes, member.id);
  }
  return bytes;
}

Result<std::vector<OrdinalMember>> DecodeOrdinalRow(base::ByteView bytes) {
  base::ByteReader reader(bytes);
  const std::uint64_t count = reader.ReadVarint();
  if (!reader.ok() || count > bytes.size()) return Malformed("ordinal", bytes);
  std::vector<OrdinalMember> members;
  members.reserve(count);
  for (std::uint64_t position = 0; position < count; ++position) {
    OrdinalMember member;
    member.offset = static_cast<std::uint32_t>(reader.ReadVarint());
    member.collection = CollectionId(static_cast<std::uint32_t>(reader.ReadVarint()));
    member.id = std::string(reader.ReadLengthPrefixed());
    members.push_back(std::move(member));
  }
  if (!reader.ok() || !reader.AtEnd()) return Malformed("ordinal", bytes);
  return members;
}

}  // namespace phenix::transaction
