#include "phenix/document.h"

#include "model/document_access.h"
#include "model/document_format.h"
#include "model/document_writer.h"
#include "model/json_reader.h"
#include "model/json_writer.h"
#include "model/path.h"
#include "model/value_view.h"

namespace phenix {
namespace {

using model::DocumentWriter;
using model::Member;
using model::ValueType;
using model::ValueView;

/// The stored form of {}.
constexpr std::string_view kEmptyDocument{"\x01\x0C\x01\x00\x00\x00\x00", 7};

/// Writes `target` changed by `patch` (RFC 7396, section 2); `target` may be missing.
void WriteMerged(DocumentWriter& writer, ValueView target, ValueView patch) {
  if (patch.type() != ValueType::kObject) {
    writer.Copy(patch);
    return;
  }
  writer.Begin(model::kTagObject);
  for (const Member member : target.Members()) {
    const ValueView change = patch.Find(member.key);
    if (change.type() == ValueType::kNull) continue;
    writer.Key(member.key);
    if (change) {
      WriteMerged(writer, member.value, change);
    } else {
      writer.Copy(member.value);
    }
  }
  for (const Member member : patch.Members()) {
    if (member.value.type() == ValueType::kNull || target.Find(member.key)) continue;
    writer.Key(member.key);
    WriteMerged(writer, ValueView(), member.value);
  }
  writer.End();
}

/// Collects the JSON of every value that a path reaches.
struct JsonCollector {
  std::string json;
  bool OnValue(ValueView value) {
    if (!json.empty()) json += ',';
    model::AppendJsonValue(json, value);
    return false;
  }
  void OnBlocked(ValueView) {}
};

}  // namespace

Document::Document() : binary_(kEmptyDocument) {}

Result<Document> Document::FromJson(std::string_view json) {
  PHENIX_ASSIGN_OR_RETURN(std::string binary, model::ReadJson(json));
  return Document(std::move(binary));
}

Result<Document> Document::FromBinary(std::string binary) {
  PHENIX_RETURN_IF_ERROR(model::ValidateDocumentBinary(binary));
  return Document(std::move(binary));
}

std::string Document::ToJson() const {
  std::string json;
  json.reserve(binary_.size() + binary_.size() / 4);
  model::AppendJsonValue(json, model::RootOf(*this));
  return json;
}

Result<Document> Document::MergedWith(const Document& patch) const {
  DocumentWriter writer;
  WriteMerged(writer, model::RootOf(*this), model::RootOf(patch));
  PHENIX_ASSIGN_OR_RETURN(std::string binary, writer.Finish());
  return model::DocumentAccess::Adopt(std::move(binary));
}

Result<std::string> Document::ValueAt(std::string_view path) const {
  PHENIX_ASSIGN_OR_RETURN(const model::Path parsed, model::Path::Parse(path));
  JsonCollector collector;
  model::VisitPath(model::RootOf(*this), parsed.steps(), 0, collector);
  if (parsed.HasEachElement()) return '[' + collector.json + ']';
  if (collector.json.empty()) {
    return Status(StatusCode::kNotFound,
                  "the document has no value at " + model::QuotedForMessage(path));
  }
  return collector.json;
}

}  // namespace phenix
