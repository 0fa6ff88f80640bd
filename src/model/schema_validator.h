// Checks documents against the part of JSON Schema that collections may declare.
//
//   type                  a name or an array of names: null, boolean, integer, number, string,
//   array,
//                         object. 1.0 is an integer too.
//   properties, required  objects only; required is an array of keys
//   additionalProperties  for keys that properties lacks: true, false or a schema
//   items                 a schema for every element of an array
//   enum                  an array of the allowed values; 1 equals 1.0
//   minimum, maximum      inclusive; numbers only, compared exactly
//   minLength, maxLength  in characters (code points); strings only
//   true and false stand for schemas that accept everything and nothing. title, description,
//   default, examples, $schema, $id and $comment are allowed and ignored; other keywords are
//   refused, so that nobody relies on a check that is not made.
// Threads:    immutable after Compile(); any number of readers.
#ifndef MODEL_SCHEMA_VALIDATOR_H_
#define MODEL_SCHEMA_VALIDATOR_H_

#include <memory>

#include "phenix/document.h"
#include "phenix/status.h"

namespace phenix::model {

inline constexpr unsigned kSchemaDepthMax = 32;
inline constexpr std::size_t kSchemaNodesMax = 1'000;

class SchemaValidator {
 public:
  /// Errors: kInvalidArgument with the place in `schema`; kResourceExhausted beyond the limits
  /// above.
  static Result<SchemaValidator> Compile(const Document& schema);

  SchemaValidator(SchemaValidator&&) noexcept;
  SchemaValidator& operator=(SchemaValidator&&) noexcept;
  ~SchemaValidator();

  /// kInvalidArgument: "document does not fit the schema at tags[2]: expected string, got integer
  /// 7". Cost: one walk over what the schema speaks of.
  [[nodiscard]] Status Check(const Document& document) const;

 private:
  struct Compiled;
  explicit SchemaValidator(std::unique_ptr<const Compiled> compiled);

  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace phenix::model

#endif  // MODEL_SCHEMA_VALIDATOR_H_
