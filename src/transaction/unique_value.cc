#include "transaction/unique_value.h"

#include "model/ordered_value.h"
#include "model/path.h"
#include "model/value_view.h"

namespace phenix::transaction {

Result<std::optional<std::string>> UniqueValue(const Document* document, std::string_view path) {
  if (document == nullptr) return std::optional<std::string>();
  PHENIX_ASSIGN_OR_RETURN(const model::Path parsed, model::Path::Parse(path));
  const model::ValueView value = model::FindValue(model::RootOf(*document), parsed);
  const model::ValueType type = value.type();
  if (type == model::ValueType::kMissing || type == model::ValueType::kNull) {
    return std::optional<std::string>();
  }
  if (type == model::ValueType::kArray || type == model::ValueType::kObject) {
    return Status(StatusCode::kInvalidArgument,
                  "unique path '" + std::string(path) +
                      "': expected a string, number or boolean, got " +
                      std::string(model::ValueTypeName(type)));
  }
  std::string key = model::EncodeOrdered(value);
  if (key.size() > kUniqueValueBytesMax) {
    return Status(StatusCode::kInvalidArgument,
                  "unique path '" + std::string(path) + "': the value takes " +
                      std::to_string(key.size()) + " bytes, at most " +
                      std::to_string(kUniqueValueBytesMax) + " are allowed");
  }
  return std::optional(std::move(key));
}

}  // namespace phenix::transaction
