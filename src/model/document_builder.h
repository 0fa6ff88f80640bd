// Makes a document in code, member by member:
//   DocumentBuilder builder;
//   builder.Key("year").Int(2024);
//   builder.Key("tags").BeginArray().String("a").String("b").End();
//   Result<Document> document = builder.Finish();
//
// Threads:    one thread at a time.
// Errors:     wrong values (duplicate keys, NaN, invalid UTF-8, too deep, too large) surface in
//             Finish(); calls in an order that makes no JSON abort.
#ifndef MODEL_DOCUMENT_BUILDER_H_
#define MODEL_DOCUMENT_BUILDER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/document_writer.h"
#include "model/value_view.h"
#include "phenix/document.h"

namespace phenix::model {

class DocumentBuilder {
 public:
  /// The top-level object is open.
  DocumentBuilder();

  DocumentBuilder& Key(std::string_view key);
  DocumentBuilder& Null();
  DocumentBuilder& Bool(bool value);
  DocumentBuilder& Int(std::int64_t value);
  DocumentBuilder& Uint(std::uint64_t value);
  DocumentBuilder& Double(double value);
  DocumentBuilder& String(std::string_view value);
  /// A copy of `value` with all that is inside it.
  DocumentBuilder& Copy(ValueView value);
  DocumentBuilder& BeginObject();
  DocumentBuilder& BeginArray();
  /// Ends the object or array opened last.
  DocumentBuilder& End();

  /// Ends the top-level object. Errors: kInvalidArgument, kResourceExhausted. The builder is then
  /// ready for another document.
  Result<Document> Finish();

 private:
  enum class Place : std::uint8_t { kArray, kObjectBeforeKey, kObjectAfterKey };

  /// True when a value may be written here; asserts that one belongs here.
  bool StartValue();
  bool CheckText(std::string_view text);
  void Restart();

  DocumentWriter writer_;
  std::vector<Place> places_;
  Status status_;
};

}  // namespace phenix::model

#endif  // MODEL_DOCUMENT_BUILDER_H_
