// Document: a JSON object in the binary form that Phenix DB stores, searched without unpacking.
//
// What goes in comes out: 64-bit integers (signed and unsigned), doubles, Unicode, and the order of
// keys. Refused: duplicate keys, NaN and infinity, integers beyond 64 bits, invalid UTF-8, nesting
// deeper than kDocumentDepthMax, more than kDocumentBytesMax bytes of text or of binary form.
// Threads:    immutable after construction; any number of readers.
// Ownership:  owns its bytes. An empty Document is the object {}.
#ifndef PHENIX_DOCUMENT_H_
#define PHENIX_DOCUMENT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "phenix/status.h"

namespace phenix {

namespace model {
class DocumentAccess;
}  // namespace model

inline constexpr std::size_t kDocumentBytesMax = std::size_t{16} << 20U;
inline constexpr unsigned kDocumentDepthMax = 100;

class Document {
 public:
  /// The object {}.
  Document();

  /// Parses JSON text whose top level is an object. Errors: kInvalidArgument with the place and
  /// what was expected; kResourceExhausted when a limit above is passed.
  static Result<Document> FromJson(std::string_view json);
  /// Takes the stored form, checking every length and offset. Errors: kCorruption.
  static Result<Document> FromBinary(std::string binary);

  /// Compact JSON, keys in their original order. Cost: one pass.
  [[nodiscard]] std::string ToJson() const;
  /// The stored form (docs/formats/document.md).
  [[nodiscard]] std::string_view binary() const { return binary_; }

  /// Applies RFC 7396 JSON merge patch `patch` and returns the result. Kept keys stay in their
  /// place, new ones follow in the patch's order. Errors: kResourceExhausted.
  [[nodiscard]] Result<Document> MergedWith(const Document& patch) const;

  /// JSON text of the value at the dotted `path` ("a.b"; `"a.b".c` quotes a dot; `a[].b` is the
  /// array of the values that it reaches). Errors: kNotFound if absent; kInvalidArgument for a bad
  /// path.
  [[nodiscard]] Result<std::string> ValueAt(std::string_view path) const;

  /// True when the stored forms are the same bytes (same values, same key order).
  friend bool operator==(const Document& a, const Document& b) { return a.binary_ == b.binary_; }

 private:
  friend class model::DocumentAccess;  // makes documents of bytes that were checked already

  explicit Document(std::string binary) : binary_(std::move(binary)) {}
  std::string binary_;
};

}  // namespace phenix

#endif  // PHENIX_DOCUMENT_H_
