// WriteBatch: operations that are committed together or not at all.
//
// Order:      operations take effect one after another; a later one sees what earlier ones did.
// Threads:    a value; one thread at a time.
// Limits:     DatabaseOptions::transaction_operations_max and transaction_bytes_max, checked at
//             Database::Write(); above them kResourceExhausted and nothing is written.
#ifndef PHENIX_WRITE_BATCH_H_
#define PHENIX_WRITE_BATCH_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "phenix/document.h"
#include "phenix/entity.h"
#include "phenix/filter.h"

namespace phenix {

/// What Put does with an entity that exists, or does not.
enum class PutMode : std::uint8_t {
  kUpsert,   ///< Creates it, or replaces the parts that are given and keeps the others.
  kInsert,   ///< kAlreadyExists if it exists.
  kUpdate,   ///< As kUpsert, but kNotFound if it does not exist.
  kMerge,    ///< As kUpsert, but the document is merged into the old one (RFC 7396).
  kReplace,  ///< Creates it, or replaces it whole: vectors and out-edges not given are removed.
};

/// What happens when an edge names an entity that does not exist.
enum class MissingTarget : std::uint8_t {
  kStub,   ///< An empty entity is created for it.
  kError,  ///< kNotFound.
};

/// Conditions on the entity as the operation finds it; all given ones must hold, else
/// kPreconditionFailed.
struct Precondition {
  std::optional<std::uint64_t> if_version;
  bool if_absent = false;
  bool if_present = false;
  std::optional<Filter> if_filter;  ///< Does not hold when the entity does not exist.
};

struct PutOperation {
  std::string collection;
  std::string id;
  std::optional<Document> document;
  /// By field name; "" is the unnamed field. An empty vector removes the entity's vector.
  std::map<std::string, std::vector<float>> vectors;
  /// Upserted by (target, label).
  std::vector<Edge> edges;
  /// Counted from the commit; nullopt keeps what was, zero makes the entity permanent.
  std::optional<std::chrono::milliseconds> time_to_live;
  PutMode mode = PutMode::kUpsert;
  MissingTarget on_missing_target = MissingTarget::kStub;
  Precondition precondition;
};

struct DeleteOperation {
  std::string collection;
  std::string id;
  Precondition precondition;
  /// When false, deleting what does not exist is OK and does nothing.
  bool must_exist = false;
};

struct PutEdgeOperation {
  std::string collection;  ///< of the source
  std::string source;
  Edge edge;
  MissingTarget on_missing_endpoint = MissingTarget::kError;
};

struct DeleteEdgeOperation {
  std::string collection;  ///< of the source
  std::string source;
  EntityRef target;
  std::string label;
  bool must_exist = false;
};

/// Writes nothing; the commit fails with kPreconditionFailed unless the precondition holds at the
/// commit timestamp.
struct CheckOperation {
  std::string collection;
  std::string id;
  Precondition precondition;
};

using WriteOperation = std::variant<PutOperation, DeleteOperation, PutEdgeOperation,
                                    DeleteEdgeOperation, CheckOperation>;

struct WriteBatch {
  std::vector<WriteOperation> operations;
  /// Creates a collection that a put names and that does not exist, with the put's vector fields
  /// and Metric::kCosine, in a commit of its own before this one.
  bool create_missing_collections = false;
};

/// What a commit did.
struct CommitReceipt {
  std::uint64_t commit_timestamp = 0;
  /// One per operation: the version of the entity it left behind, 0 for a delete, an edge or a
  /// check.
  std::vector<std::uint64_t> versions;
};

}  // namespace phenix

#endif  // PHENIX_WRITE_BATCH_H_
