// Any bytes as a stored document: refused, or a document that can be read whole and that has only
// this one stored form.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "model/ordered_value.h"
#include "model/path.h"
#include "model/value_view.h"
#include "phenix/document.h"

using phenix::Document;
using phenix::Result;
using phenix::model::ForEachPath;
using phenix::model::Path;
using phenix::model::RootOf;
using phenix::model::ValueView;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const Result<Document> document = Document::FromBinary(bytes);
  if (!document.ok()) {
    PHENIX_ASSERT(document.status().code() == phenix::StatusCode::kCorruption);
    return 0;
  }
  const Result<Document> again = Document::FromJson(document->ToJson());
  PHENIX_ASSERT(again.ok() && again->binary() == bytes);
  ForEachPath(*document, [&document](std::string_view text, ValueView value) {
    PHENIX_ASSERT(!phenix::model::EncodeOrdered(value).empty());
    const Result<Path> path = Path::Parse(text);
    if (path.ok()) PHENIX_ASSERT(FindValue(RootOf(*document), *path) || path->HasEachElement());
  });
  const Result<Document> merged = document->MergedWith(*document);
  PHENIX_ASSERT(merged.ok() || merged.status().code() == phenix::StatusCode::kResourceExhausted);
  return 0;
}
