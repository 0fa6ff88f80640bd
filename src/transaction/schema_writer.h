// Creates, alters and drops collections, and creates labels: schema changes as staged rows, plus
// the catalog that they lead to.
//
// Invariants: all schema changes conflict with each other; a change also conflicts with writes into
//             its collection since the snapshot (adding a unique path must see them all).
// Threads:    one at a time. Ownership: borrows reader and write set.
#ifndef TRANSACTION_SCHEMA_WRITER_H_
#define TRANSACTION_SCHEMA_WRITER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "phenix/schema.h"
#include "transaction/commit/write_set.h"
#include "transaction/state_reader.h"

namespace phenix::transaction {

class SchemaWriter {
 public:
  SchemaWriter(const StateReader& reader, WriteSet& writes);

  /// Stages nothing when an equal collection exists.
  Status Create(const CollectionSchema& schema);
  Status Alter(const CollectionSchema& schema);
  Status Drop(std::string_view name);
  /// Creates those of `names` that do not exist yet.
  Status AddLabels(const std::vector<std::string>& names);

 private:
  Status StageRecord(const CollectionRecord& record, bool supersedes);
  Status CheckEntities(const CollectionRecord& before, const CollectionRecord& after);
  Status StageUniqueRows(const CollectionRecord& after, const std::string& path,
                         std::string_view id, const FoundEntity& found);
  Result<std::uint64_t> NextNumber(std::string_view counter);

  const StateReader& reader_;
  WriteSet& writes_;
};

/// Reads every schema row and rebuilds the catalogs of all timestamps that still have one.
Status LoadCatalogs(storage::KvEngine& engine, CatalogHistory& catalogs);
/// The catalog after `payload`, or null when it changes no schema row.
Result<std::shared_ptr<const Catalog>> CatalogAfter(const Catalog& before,
                                                    const DecodedPayload& payload);

}  // namespace phenix::transaction

#endif  // TRANSACTION_SCHEMA_WRITER_H_
