#include "model/json_reader.h"

#include <simdjson.h>

#include <cstring>
#include <optional>

#include "model/document_writer.h"
#include "model/json_scanner.h"
#include "model/json_writer.h"
#include "phenix/document.h"

namespace phenix::model {
namespace {

using simdjson::dom::element_type;

bool WriteElement(DocumentWriter& writer, simdjson::dom::element element);

bool WriteObject(DocumentWriter& writer, simdjson::dom::object object) {
  writer.Begin(kTagObject);
  if (!writer.ok()) return false;
  for (const simdjson::dom::key_value_pair member : object) {
    writer.Key(member.key);
    if (!WriteElement(writer, member.value)) return false;
  }
  writer.End();
  return writer.ok();
}

bool WriteArray(DocumentWriter& writer, simdjson::dom::array array) {
  writer.Begin(kTagArray);
  if (!writer.ok()) return false;
  for (const simdjson::dom::element element : array) {
    if (!WriteElement(writer, element)) return false;
  }
  writer.End();
  return writer.ok();
}

/// Writes `element` and what is in it; false after a fault, which the writer keeps. The recursion
/// ends at the depth limit of the writer.
bool WriteElement(DocumentWriter& writer, simdjson::dom::element element) {
  switch (element.type()) {
    case element_type::OBJECT:
      return WriteObject(writer, element.get_object().value_unsafe());
    case element_type::ARRAY:
      return WriteArray(writer, element.get_array().value_unsafe());
    case element_type::STRING:
      writer.String(element.get_string().value_unsafe());
      break;
    case element_type::INT64:
      writer.Int(element.get_int64().value_unsafe());
      break;
    case element_type::UINT64:
      writer.Uint(element.get_uint64().value_unsafe());
      break;
    case element_type::DOUBLE:
      writer.Double(element.get_double().value_unsafe());
      break;
    case element_type::BOOL:
      writer.Tag(element.get_bool().value_unsafe() ? kTagTrue : kTagFalse);
      break;
    case element_type::NULL_VALUE:
      writer.Tag(kTagNull);
      break;
  }
  return writer.ok();
}

/// True if a \uD800 to \uDFFF escape occurs; simdjson 3.0 accepts some that stand alone.
bool HasSurrogateEscape(std::string_view json) {
  const char* at = json.data();
  const char* end = at + json.size();
  while ((at = static_cast<const char*>(
              std::memchr(at, '\\', static_cast<std::size_t>(end - at)))) != nullptr) {
    if (end - at < 4) return false;
    if (at[1] == 'u' && (at[2] == 'd' || at[2] == 'D') && at[3] >= '8') return true;
    at += 2;
  }
  return false;
}

Status FaultOf(std::string_view json, simdjson::error_code parser_error) {
  const std::optional<JsonFault> fault = FindJsonFault(json);
  if (fault.has_value()) {
    return {fault->limit ? StatusCode::kResourceExhausted : StatusCode::kInvalidArgument,
            "JSON: " + fault->ToString()};
  }
  return {StatusCode::kInvalidArgument,
          std::string("JSON: ") + simdjson::error_message(parser_error)};
}

/// What one thread reuses between calls.
struct ReaderMemory {
  simdjson::dom::parser parser;
  DocumentWriter writer;
};

Result<std::string> ReadWith(ReaderMemory& memory, std::string_view json) {
  simdjson::dom::element root;
  const simdjson::error_code error = memory.parser.parse(json.data(), json.size()).get(root);
  if (error != simdjson::SUCCESS) return FaultOf(json, error);
  if (HasSurrogateEscape(json) && FindJsonFault(json).has_value()) {
    return FaultOf(json, simdjson::STRING_ERROR);
  }
  if (!root.is_object()) {
    return Status(StatusCode::kInvalidArgument,
                  "JSON: expected an object at the top level, got another type");
  }
  memory.writer.Reset();
  WriteElement(memory.writer, root);
  Result<std::string> binary = memory.writer.Finish();
  if (binary.ok()) return binary;
  return Status(binary.status().code(), "JSON: " + std::string(binary.status().message()));
}

}  // namespace

Result<std::string> ReadJson(std::string_view json) {
  if (json.size() > kDocumentBytesMax) {
    return Status(StatusCode::kResourceExhausted,
                  "JSON: larger than 16 MiB: size_bytes=" + std::to_string(json.size()));
  }
  if (json.size() > kKeepParserBytes) {
    ReaderMemory large;
    return ReadWith(large, json);
  }
  thread_local ReaderMemory kept;
  return ReadWith(kept, json);
}

}  // namespace phenix::model
