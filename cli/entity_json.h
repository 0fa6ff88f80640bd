// Entities as JSON, in and out; the shape that REST has:
//   {"id", "metadata": {..}, "vector": [..], "vectors": {name: [..]},
//    "edges": [{"label", "target", "collection"?, "weight"?, "properties"?}],
//    "ttl_seconds" | "expires_at_ms", "if_version", "if_absent"}
//
// What is written reads back as the same entity: floats have the fewest digits that do, documents
// keep the order of their keys, edges are sorted by label, target's collection and target.
// Errors:     kInvalidArgument with the place and what was expected there; kResourceExhausted.
#ifndef CLI_ENTITY_JSON_H_
#define CLI_ENTITY_JSON_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "phenix/entity.h"
#include "phenix/status.h"
#include "phenix/write_batch.h"

namespace phenix::cli {

/// What the JSON of a put does not say.
struct PutDefaults {
  std::string collection;
  PutMode mode = PutMode::kUpsert;
  MissingTarget on_missing_target = MissingTarget::kStub;
  /// "expires_at_ms" is counted from here.
  std::uint64_t now_ms = 0;
};

/// Reads entities. Threads: one at a time; keeps its memory for the next call.
class EntityReader {
 public:
  EntityReader();
  ~EntityReader();
  EntityReader(const EntityReader&) = delete;
  EntityReader& operator=(const EntityReader&) = delete;

  /// A member "version", which written entities have, is read over.
  Result<PutOperation> Read(std::string_view json, const PutDefaults& defaults);

 private:
  struct Parser;
  const std::unique_ptr<Parser> parser_;
};

/// [1, 2.5] as floats.
Result<std::vector<float>> ReadVector(std::string_view json);

/// Which members a written entity has besides id, metadata, vectors, edges and expiry.
enum class EntityStyle : std::uint8_t {
  kExport,  ///< none: what another database is to hold
  kAnswer,  ///< "version"
};

/// Appends `entity` of `collection`, without a line break.
void AppendEntity(std::string& out, const Entity& entity, std::string_view collection,
                  EntityStyle style);
/// The members of AppendEntity() without the braces, for objects that have more of them.
void AppendEntityMembers(std::string& out, const Entity& entity, std::string_view collection,
                         EntityStyle style);

}  // namespace phenix::cli

#endif  // CLI_ENTITY_JSON_H_
