// The door for bytes that are known to be a good document: written by DocumentWriter in this
// process, or checked once and kept under a checksum since. Everything else goes through
// Document::FromBinary().
#ifndef MODEL_DOCUMENT_ACCESS_H_
#define MODEL_DOCUMENT_ACCESS_H_

#include <string>
#include <utility>

#include "base/assert.h"
#include "model/document_format.h"
#include "model/value_view.h"
#include "phenix/document.h"

namespace phenix::model {

class DocumentAccess {
 public:
  /// The document of trusted bytes, checked in debug builds only.
  static Document Adopt(std::string binary) {
    PHENIX_DEBUG_ASSERT(ValidateDocumentBinary(binary).ok());
    return Document(std::move(binary));
  }
  /// A copy of `object`, a value inside a trusted document, as a document of its own.
  static Document FromObject(ValueView object) {
    PHENIX_ASSERT(object.type() == ValueType::kObject);
    std::string binary(1, static_cast<char>(kDocumentVersion));
    binary += object.encoded();
    return Document(std::move(binary));
  }
};

}  // namespace phenix::model

#endif  // MODEL_DOCUMENT_ACCESS_H_
