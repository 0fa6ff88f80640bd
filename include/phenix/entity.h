// Entity and Edge: what a collection holds.
//
// Threads:    plain values; one thread at a time per object.
// Ownership:  each owns everything it names.
// Not here:   which names and values are allowed (schema.h, checked on every write).
#ifndef PHENIX_ENTITY_H_
#define PHENIX_ENTITY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "phenix/document.h"

namespace phenix {

/// Names one entity of the tenant.
struct EntityRef {
  std::string collection;  ///< Empty where it can only be the collection at hand.
  std::string id;          ///< 1 to 512 bytes of UTF-8.

  friend bool operator==(const EntityRef&, const EntityRef&) = default;
  friend auto operator<=>(const EntityRef&, const EntityRef&) = default;
};

/// A directed, labelled, weighted relation from the entity that holds it to `target`. Of one source
/// there is at most one edge per (label, target).
struct Edge {
  std::string label;    ///< 1 to 255 bytes of UTF-8.
  EntityRef target;     ///< An empty collection means the collection of the source.
  double weight = 1.0;  ///< Finite; no unit.
  Document properties;

  friend bool operator==(const Edge&, const Edge&) = default;
};

/// A record: a document, vectors by field name, and the edges that leave it.
struct Entity {
  std::string id;             ///< 1 to 512 bytes of UTF-8.
  std::uint64_t version = 0;  ///< Commit timestamp of the last write; 0 before the first one.
  Document document;
  /// By vector field name; the unnamed field is "".
  std::map<std::string, std::vector<float>> vectors;
  std::vector<Edge> edges;
  /// When the entity ends by itself, in milliseconds since 1970-01-01T00:00:00Z; never if absent.
  std::optional<std::int64_t> expires_at_ms;

  friend bool operator==(const Entity&, const Entity&) = default;
};

}  // namespace phenix

#endif  // PHENIX_ENTITY_H_
