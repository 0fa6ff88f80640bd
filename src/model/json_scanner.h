// Finds the first fault of a JSON text, for the message. The parser that stores documents only says
// that there is one; this slow and strict walk (RFC 8259) says where and what was expected.
//
// Agrees with ReadJson() on what is JSON; also refuses nesting over kDocumentDepthMax and lone
// surrogates in \u escapes, which no UTF-8 string can hold.
#ifndef MODEL_JSON_SCANNER_H_
#define MODEL_JSON_SCANNER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace phenix::model {

struct JsonFault {
  std::size_t offset = 0;  ///< bytes from the start of the text
  std::string place;       ///< "a.b[3]", empty at the top level
  std::string expected;
  bool limit = false;  ///< a documented limit was passed; the text may be good JSON

  /// "expected a value at offset=7 (a.b[3])".
  [[nodiscard]] std::string ToString() const;
};

/// The first fault of `json`, or nullopt for a good text of any top-level type.
std::optional<JsonFault> FindJsonFault(std::string_view json);

}  // namespace phenix::model

#endif  // MODEL_JSON_SCANNER_H_
