// Reader: every read there is, at one timestamp. Snapshots and transactions are Readers.
//
// Consistency: all calls on one Reader see the same state: what was committed at or before
//             timestamp(), and in a transaction also its own writes so far.
// Threads:    a Snapshot may be read by any number of threads; a Transaction by one at a time.
// Paging:     a page's `next_cursor` is empty at the end; passing it back continues behind the last
//             row. A cursor is only good for the same request on a Reader of the same timestamp.
// Errors:     kNotFound for a collection, field or entity that does not exist at the timestamp;
//             kDeadlineExceeded when the Reader outlived transaction_age_max.
#ifndef PHENIX_READER_H_
#define PHENIX_READER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "phenix/entity.h"
#include "phenix/filter.h"
#include "phenix/schema.h"
#include "phenix/status.h"

namespace phenix {

/// Which parts of an entity to fetch; the document always comes.
struct Include {
  bool vectors = false;
  bool edges = false;  ///< out-edges, at most kEdgePageMax of them
};

inline constexpr std::uint32_t kPageLimitMax = 10'000;
inline constexpr std::uint32_t kEdgePageMax = 10'000;
inline constexpr std::uint32_t kNearestMax = 10'000;

struct ScanRequest {
  std::string collection;
  Filter filter;
  std::string id_from;  ///< inclusive; empty = from the first
  std::string id_to;    ///< exclusive; empty = to the last
  std::uint32_t limit = 100;
  std::string cursor;
  Include include;
  bool ids_only = false;  ///< leave documents out as well
};
struct EntityPage {
  std::vector<Entity> entities;  ///< in id order (bytes)
  std::string next_cursor;
  std::vector<std::string> warnings;
};

enum class EdgeDirection : std::uint8_t { kOut, kIn, kAny };
struct EdgeRequest {
  std::string collection;
  std::string id;
  EdgeDirection direction = EdgeDirection::kOut;
  std::string label;  ///< empty = every label
  std::uint32_t limit = 100;
  std::string cursor;
};
/// One edge as seen from the requested entity.
struct IncidentEdge {
  EntityRef source;
  EntityRef target;
  std::string label;
  double weight = 1.0;
  Document properties;
  std::uint64_t version = 0;
};
struct EdgePage {
  std::vector<IncidentEdge> edges;  ///< by label's first use, then by age of the other end
  std::string next_cursor;
};

struct NearestRequest {
  std::string collection;
  std::string field;  ///< "" is the unnamed vector
  std::vector<float> vector;
  std::uint32_t k = 10;  ///< 1 to kNearestMax
  Filter filter;
  /// Only rows within this distance (in the metric's own unit, see Neighbor::distance).
  std::optional<double> radius;
  Include include;
};
struct Neighbor {
  Entity entity;
  /// l2: Euclidean distance; cosine: 1 - cos; dot: the negative inner product.
  double distance = 0;
  /// Higher is better: 1 / (1 + l2), cos, or the inner product.
  double score = 0;
};
struct NearestPage {
  std::vector<Neighbor> neighbors;  ///< by distance, ties by id
  std::vector<std::string> warnings;
  std::uint64_t distances_computed = 0;
  bool exact = true;
};

class Reader {
 public:
  virtual ~Reader() = default;

  /// The read timestamp.
  [[nodiscard]] virtual std::uint64_t timestamp() const = 0;

  virtual Result<Entity> Get(std::string_view collection, std::string_view id,
                             const Include& include) = 0;
  virtual Result<EntityPage> Scan(const ScanRequest& request) = 0;
  virtual Result<EdgePage> Edges(const EdgeRequest& request) = 0;
  /// The k nearest visible vectors by exact search.
  virtual Result<NearestPage> Nearest(const NearestRequest& request) = 0;
  /// How many visible entities match.
  virtual Result<std::uint64_t> Count(std::string_view collection, const Filter& filter) = 0;
  virtual Result<CollectionSchema> Collection(std::string_view name) = 0;
  /// In name order.
  virtual Result<std::vector<CollectionSchema>> Collections() = 0;
};

}  // namespace phenix

#endif  // PHENIX_READER_H_
