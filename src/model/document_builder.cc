#include "model/document_builder.h"

#include <algorithm>

#include "base/assert.h"
#include "model/document_access.h"
#include "model/json_writer.h"

namespace phenix::model {
namespace {

/// Containers nested in `value`, itself included.
std::size_t DepthOf(ValueView value) {
  std::size_t deepest = 0;
  if (value.type() == ValueType::kArray) {
    for (const ValueView element : value.Elements()) deepest = std::max(deepest, DepthOf(element));
    return deepest + 1;
  }
  if (value.type() == ValueType::kObject) {
    for (const Member member : value.Members()) deepest = std::max(deepest, DepthOf(member.value));
    return deepest + 1;
  }
  return 0;
}

}  // namespace

DocumentBuilder::DocumentBuilder() { Restart(); }

void DocumentBuilder::Restart() {
  writer_.Reset();
  writer_.Begin(kTagObject);
  places_.assign(1, Place::kObjectBeforeKey);
  status_ = Status::Ok();
}

bool DocumentBuilder::StartValue() {
  PHENIX_ASSERT(!places_.empty() && places_.back() != Place::kObjectBeforeKey);
  if (places_.back() == Place::kObjectAfterKey) places_.back() = Place::kObjectBeforeKey;
  return status_.ok() && writer_.ok();
}

bool DocumentBuilder::CheckText(std::string_view text) {
  if (IsValidUtf8(text)) return true;
  status_ = Status(StatusCode::kInvalidArgument,
                   "expected UTF-8, got other bytes: " + QuotedForMessage(text));
  return false;
}

DocumentBuilder& DocumentBuilder::Key(std::string_view key) {
  PHENIX_ASSERT(!places_.empty() && places_.back() == Place::kObjectBeforeKey);
  places_.back() = Place::kObjectAfterKey;
  if (status_.ok() && writer_.ok() && CheckText(key)) writer_.Key(key);
  return *this;
}

DocumentBuilder& DocumentBuilder::Null() {
  if (StartValue()) writer_.Tag(kTagNull);
  return *this;
}

DocumentBuilder& DocumentBuilder::Bool(bool value) {
  if (StartValue()) writer_.Tag(value ? kTagTrue : kTagFalse);
  return *this;
}

DocumentBuilder& DocumentBuilder::Int(std::int64_t value) {
  if (StartValue()) writer_.Int(value);
  return *this;
}

DocumentBuilder& DocumentBuilder::Uint(std::uint64_t value) {
  if (StartValue()) writer_.Uint(value);
  return *this;
}

DocumentBuilder& DocumentBuilder::Double(double value) {
  if (StartValue()) writer_.Double(value);
  return *this;
}

DocumentBuilder& DocumentBuilder::String(std::string_view value) {
  if (StartValue() && CheckText(value)) writer_.String(value);
  return *this;
}

DocumentBuilder& DocumentBuilder::Copy(ValueView value) {
  PHENIX_ASSERT(static_cast<bool>(value));
  if (!StartValue()) return *this;
  if (places_.size() + DepthOf(value) > kDocumentDepthMax) {
    status_ = Status(StatusCode::kResourceExhausted, "nesting is deeper than 100");
    return *this;
  }
  writer_.Copy(value);
  return *this;
}

DocumentBuilder& DocumentBuilder::BeginObject() {
  if (StartValue()) writer_.Begin(kTagObject);
  places_.push_back(Place::kObjectBeforeKey);
  return *this;
}

DocumentBuilder& DocumentBuilder::BeginArray() {
  if (StartValue()) writer_.Begin(kTagArray);
  places_.push_back(Place::kArray);
  return *this;
}

DocumentBuilder& DocumentBuilder::End() {
  PHENIX_ASSERT(places_.size() > 1 && places_.back() != Place::kObjectAfterKey);
  places_.pop_back();
  if (status_.ok() && writer_.ok()) writer_.End();
  return *this;
}

Result<Document> DocumentBuilder::Finish() {
  PHENIX_ASSERT(places_.size() == 1 && places_.back() == Place::kObjectBeforeKey);
  if (!status_.ok()) {
    Status status = std::move(status_);
    Restart();
    return status;
  }
  writer_.End();
  Result<std::string> binary = writer_.Finish();
  Restart();
  if (!binary.ok()) return binary.status();
  return DocumentAccess::Adopt(*std::move(binary));
}

}  // namespace phenix::model
