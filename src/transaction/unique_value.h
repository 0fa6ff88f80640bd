// The value of a unique path in a document, as the key of Family::kUnique spells it.
#ifndef TRANSACTION_UNIQUE_VALUE_H_
#define TRANSACTION_UNIQUE_VALUE_H_

#include <optional>
#include <string>
#include <string_view>

#include "phenix/document.h"
#include "phenix/status.h"

namespace phenix::transaction {

/// Nullopt when `document` is null or has no value, or null, at `path`: such entities share
/// nothing. Errors: kInvalidArgument when the value is an array or object, or longer than
/// kUniqueValueBytesMax.
Result<std::optional<std::string>> UniqueValue(const Document* document, std::string_view path);

inline constexpr std::size_t kUniqueValueBytesMax = 1024;

}  // namespace phenix::transaction

#endif  // TRANSACTION_UNIQUE_VALUE_H_
