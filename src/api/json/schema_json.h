// Collection schemas as requests and answers write them.
//
//   {"vectors": {"": {"dimension": 4, "metric": "cosine"}}, "schema": {...}, "unique": ["path"],
//    "indexes": [{"path": "year", "kind": "attribute"}]}
#ifndef API_JSON_SCHEMA_JSON_H_
#define API_JSON_SCHEMA_JSON_H_

#include <string>

#include "api/json/json_text.h"
#include "api/json/object_fields.h"
#include "model/value_view.h"
#include "phenix/schema.h"

namespace phenix::api {

/// The schema of the collection `name` that `root` describes. Faults are added to `faults`.
CollectionSchema ReadSchema(const std::string& name, model::ValueView root, Faults& faults);
/// One object with the name and all parts that are set.
void WriteSchema(JsonText& json, const CollectionSchema& schema);

}  // namespace phenix::api

#endif  // API_JSON_SCHEMA_JSON_H_
