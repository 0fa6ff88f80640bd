// Any text as JSON: refused with a reason that the strict scanner confirms, or a document whose
// JSON gives the same document again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "model/json_scanner.h"
#include "phenix/document.h"

using phenix::Document;
using phenix::Result;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Document> document = Document::FromJson(text);
  const bool faulty = phenix::model::FindJsonFault(text).has_value();
  if (!document.ok()) {
    const std::string_view message = document.status().message();
    const bool beyond_json = document.status().code() == phenix::StatusCode::kResourceExhausted ||
                             message.find("each key once") != std::string_view::npos ||
                             message.find("an object at the top level") != std::string_view::npos;
    PHENIX_ASSERT(faulty || beyond_json);
    return 0;
  }
  PHENIX_ASSERT(!faulty);
  const Result<Document> again = Document::FromJson(document->ToJson());
  PHENIX_ASSERT(again.ok() && *again == *document);
  PHENIX_ASSERT(Document::FromBinary(std::string(document->binary())).ok());
  return 0;
}
