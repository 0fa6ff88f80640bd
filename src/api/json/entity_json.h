// Entities and edges as requests and answers write them.
//
// Threads:    functions of their arguments.
// Errors:     reading adds faults and returns what could be read; the caller answers with the
// faults.
#ifndef API_JSON_ENTITY_JSON_H_
#define API_JSON_ENTITY_JSON_H_

#include <optional>
#include <string>
#include <vector>

#include "api/json/json_text.h"
#include "api/json/object_fields.h"
#include "model/value_view.h"
#include "phenix/entity.h"
#include "phenix/reader.h"
#include "phenix/write_batch.h"

namespace phenix::api {

/// What the request says for all of its entities.
struct PutDefaults {
  std::string collection;
  PutMode mode = PutMode::kUpsert;
  MissingTarget on_missing_target = MissingTarget::kStub;
};

/// "mode", where a member of that name may stand.
PutMode ReadPutMode(ObjectFields& fields, PutMode otherwise);
/// "on_missing_target".
MissingTarget ReadMissingTarget(ObjectFields& fields, MissingTarget otherwise);

/// The members of one entity of `fields`; an absent id stays empty. The caller ends with
/// RefuseOthers().
PutOperation ReadPut(ObjectFields& fields, const PutDefaults& defaults, Faults& faults);
/// {"source", "target", "label", "weight"?, "properties"?}.
PutEdgeOperation ReadPutEdge(ObjectFields& fields, const PutDefaults& defaults);
/// {"source", "target", "label"}.
DeleteEdgeOperation ReadDeleteEdge(ObjectFields& fields, const std::string& collection);
/// "if_version", "if_absent" and "if" (a filter).
Precondition ReadPrecondition(ObjectFields& fields);
/// A filter that is a member; everything matches if absent.
Filter ReadFilter(ObjectFields& fields, std::string_view key);

/// Which parts of an entity an answer shows.
struct EntityShape {
  bool metadata = true;
  bool vectors = false;
  bool edges = false;

  [[nodiscard]] Include include() const { return {.vectors = vectors, .edges = edges}; }
};
/// Where a query put an entity.
struct Rank {
  double score = 0;
  std::optional<double> distance;
};

/// One object. `rank` may be null.
void WriteEntity(JsonText& json, const Entity& entity, const EntityShape& shape, const Rank* rank);
void WriteIncidentEdge(JsonText& json, const IncidentEdge& edge, const std::string& collection);

}  // namespace phenix::api

#endif  // API_JSON_ENTITY_JSON_H_
