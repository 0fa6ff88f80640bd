// JSON text in, stored form out, in one pass over simdjson's tree (DOM: its lazy parser accepts
// broken JSON in what it does not visit).
#ifndef MODEL_JSON_READER_H_
#define MODEL_JSON_READER_H_

#include <string>
#include <string_view>

#include "phenix/status.h"

namespace phenix::model {

/// The stored form of `json`, whose top level is an object. Errors: kInvalidArgument with place,
/// offset and what was expected; kResourceExhausted when a document limit is passed.
/// Threads: any; each keeps a parser of at most kKeepParserBytes of input for the next call.
Result<std::string> ReadJson(std::string_view json);

inline constexpr std::size_t kKeepParserBytes = std::size_t{256} << 10U;

}  // namespace phenix::model

#endif  // MODEL_JSON_READER_H_
