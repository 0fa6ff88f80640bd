// CollectionSchema: what one collection accepts.
//
// Names:      a collection name is 1 to 255 bytes of A-Z a-z 0-9 _ . - and does not start with '.';
//             a vector field name is the same, or empty for the unnamed field; an edge label is 1
//             to 255 bytes, an entity id 1 to 512 bytes of UTF-8 without control characters
//             (U+0000-U+001F, U+007F-U+009F).
// Threads:    plain values; one thread at a time per object.
// Errors:     a schema is checked as a whole when a collection is created or altered.
#ifndef PHENIX_SCHEMA_H_
#define PHENIX_SCHEMA_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "phenix/document.h"
#include "phenix/status.h"

namespace phenix {

inline constexpr std::size_t kCollectionNameBytesMax = 255;
inline constexpr std::size_t kVectorFieldNameBytesMax = 255;
inline constexpr std::size_t kEdgeLabelBytesMax = 255;
inline constexpr std::size_t kEntityIdBytesMax = 512;
inline constexpr std::uint32_t kVectorDimensionMax = 65'535;
inline constexpr std::size_t kVectorFieldsMax = 64;
inline constexpr std::size_t kUniquePathsMax = 32;
inline constexpr std::size_t kIndexesMax = 64;

/// How far apart two vectors are. Smaller is nearer for every metric.
enum class Metric : std::uint8_t {
  kL2 = 0,      ///< "l2": Euclidean distance.
  kCosine = 1,  ///< "cosine": 1 - cos of the angle; 1 when either vector is zero.
  kDot = 2,     ///< "dot": the negative inner product.
};
/// "l2", "cosine" or "dot".
std::string_view MetricName(Metric metric);
/// The metric of that name. Errors: kInvalidArgument.
Result<Metric> ParseMetric(std::string_view name);

struct VectorField {
  std::uint32_t dimension = 0;  ///< Floats per vector, 1 to kVectorDimensionMax.
  Metric metric = Metric::kCosine;

  friend bool operator==(const VectorField&, const VectorField&) = default;
};

/// Which structure speeds up filters on a path.
enum class IndexKind : std::uint8_t {
  kAttribute = 0,  ///< "attribute": equality, ranges, sets, presence.
  kText = 1,       ///< "text": words of a string.
  kGeo = 2,        ///< "geo": points.
};

/// An index declared on a document path (a path as in filters: a.b, a[].b).
struct IndexDefinition {
  std::string path;
  IndexKind kind = IndexKind::kAttribute;

  friend bool operator==(const IndexDefinition&, const IndexDefinition&) = default;
};

struct CollectionSchema {
  std::string name;
  /// By field name; the unnamed field is "".
  std::map<std::string, VectorField> vectors;
  /// Paths (a.b, no [] step) whose values no two live entities may share; a missing value is free.
  std::vector<std::string> unique_paths;
  std::vector<IndexDefinition> indexes;
  /// The subset of JSON Schema that documents must fit: type, required, properties, items, enum,
  /// minimum, maximum, minLength, maxLength, additionalProperties. Anything is accepted if absent.
  std::optional<Document> document_schema;

  friend bool operator==(const CollectionSchema&, const CollectionSchema&) = default;
};

}  // namespace phenix

#endif  // PHENIX_SCHEMA_H_
