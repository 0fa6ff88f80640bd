#include "model/names.h"

#include <cmath>
#include <string>

#include "model/document_format.h"
#include "model/json_writer.h"

namespace phenix::model {
namespace {

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

bool IsName(std::string_view name, std::size_t size_max) {
  if (name.empty() || name.size() > size_max || name.front() == '.') return false;
  for (const char c : name) {
    if (!IsNameByte(c)) return false;
  }
  return true;
}

/// U+0000 to U+001F, U+007F to U+009F (the latter are C2 80 to C2 9F in UTF-8).
bool HasControlCharacter(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<std::uint8_t>(text[at]);
    if (byte < 0x20U || byte == 0x7FU) return true;
    if (byte == 0xC2U && at + 1 < text.size() && static_cast<std::uint8_t>(text[at + 1]) < 0xA0U) {
      return true;
    }
  }
  return false;
}

Status BadName(std::string_view kind, std::string_view name, std::string_view expected) {
  return {StatusCode::kInvalidArgument,
          std::string(kind) + ' ' + QuotedForMessage(name) + ": expected " + std::string(expected)};
}

Status ValidateText(std::string_view kind, std::string_view text, std::size_t size_max) {
  const bool good =
      !text.empty() && text.size() <= size_max && IsValidUtf8(text) && !HasControlCharacter(text);
  if (good) return Status::Ok();
  return BadName(kind, text,
                 "1 to " + std::to_string(size_max) + " bytes of UTF-8 without control characters");
}

}  // namespace

Status ValidateCollectionName(std::string_view name) {
  if (IsName(name, kCollectionNameBytesMax)) return Status::Ok();
  return BadName("collection name", name, "1 to 255 of A-Z a-z 0-9 _ . - with no '.' at the start");
}

Status ValidateVectorFieldName(std::string_view name) {
  if (name.empty() || IsName(name, kVectorFieldNameBytesMax)) return Status::Ok();
  return BadName("vector field name", name,
                 "at most 255 of A-Z a-z 0-9 _ . - with no '.' at the start");
}

Status ValidateEdgeLabel(std::string_view label) {
  return ValidateText("edge label", label, kEdgeLabelBytesMax);
}

Status ValidateEntityId(std::string_view id) {
  return ValidateText("entity id", id, kEntityIdBytesMax);
}

Status ValidateEdgeWeight(double weight) {
  if (std::isfinite(weight)) return Status::Ok();
  return {StatusCode::kInvalidArgument, "edge weight: expected a finite number"};
}

Status ValidateVector(std::span<const float> vector, const VectorField& field) {
  if (vector.size() != field.dimension) {
    return {StatusCode::kInvalidArgument,
            "vector: expected dimension=" + std::to_string(field.dimension) +
                " got=" + std::to_string(vector.size())};
  }
  // A sum that stays finite in double proves every float finite, without a branch per float.
  double sum = 0;
  for (const float component : vector) sum += static_cast<double>(component);
  if (std::isfinite(sum)) return Status::Ok();
  for (std::size_t position = 0; position < vector.size(); ++position) {
    if (!std::isfinite(vector[position])) {
      return {StatusCode::kInvalidArgument,
              "vector: expected finite numbers, got NaN or infinity at "
              "position=" +
                  std::to_string(position)};
    }
  }
  return Status::Ok();
}

}  // namespace phenix::model
