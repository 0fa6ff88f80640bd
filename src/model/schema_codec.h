// A collection's schema as bytes (docs/formats/collection_schema.md), as JSON (the body of
// PUT /collections/{name}), and checked as a whole.
#ifndef MODEL_SCHEMA_CODEC_H_
#define MODEL_SCHEMA_CODEC_H_

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "phenix/schema.h"
#include "phenix/status.h"

namespace phenix::model {

/// Names, dimensions, paths, limits and the document schema. Errors: kInvalidArgument,
/// kResourceExhausted.
Status ValidateSchema(const CollectionSchema& schema);

/// The stored form of a schema that passes ValidateSchema().
std::string EncodeSchema(const CollectionSchema& schema);
/// Errors: kCorruption for bytes that EncodeSchema() does not write.
Result<CollectionSchema> DecodeSchema(base::ByteView bytes);

/// {"vectors": {name: {"dimension", "metric"?}}, "schema"?, "unique"?: [path],
/// "indexes"?: [{"path", "kind"?}]}. The result is validated. Errors: as ValidateSchema().
Result<CollectionSchema> SchemaFromJson(std::string_view name, std::string_view json);
/// The same shape; without the name.
std::string SchemaToJson(const CollectionSchema& schema);

}  // namespace phenix::model

#endif  // MODEL_SCHEMA_CODEC_H_
