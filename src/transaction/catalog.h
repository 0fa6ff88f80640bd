// The collections and labels of a database at one timestamp, and the list of such catalogs.
//
// Invariants: a Catalog never changes; collection, field, path and label numbers are never used
// again. Threads:    Catalog: any. CatalogHistory: any. Ownership:  catalogs are shared by the
// readers that still use an older one.
#ifndef TRANSACTION_CATALOG_H_
#define TRANSACTION_CATALOG_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/strong_id.h"
#include "base/thread_annotations.h"
#include "model/schema_validator.h"
#include "phenix/schema.h"
#include "phenix/status.h"
#include "transaction/state_keys.h"

namespace phenix::transaction {

/// A collection with the numbers that keys use.
struct CollectionRecord {
  CollectionId id;
  CollectionSchema schema;
  std::map<std::string, FieldId, std::less<>> fields;              ///< as schema.vectors
  std::map<std::string, std::uint16_t, std::less<>> unique_paths;  ///< as schema.unique_paths
  std::uint16_t next_field = 0;
  std::uint16_t next_path = 0;
  /// Compiled from schema.document_schema; null when anything is accepted.
  std::shared_ptr<const model::SchemaValidator> validator;

  /// nullptr when there is no such field.
  [[nodiscard]] const std::pair<const std::string, FieldId>* FindField(FieldId field) const;
};
std::string EncodeCollectionRecord(const CollectionRecord& record);
Result<CollectionRecord> DecodeCollectionRecord(base::ByteView bytes);
/// Sets `record.validator` from its schema.
Status CompileValidator(CollectionRecord& record);

class Catalog {
 public:
  [[nodiscard]] std::shared_ptr<const CollectionRecord> Find(std::string_view name) const;
  [[nodiscard]] std::shared_ptr<const CollectionRecord> Find(CollectionId id) const;
  [[nodiscard]] std::optional<LabelId> FindLabel(std::string_view name) const;
  /// Empty when there is no such label.
  [[nodiscard]] std::string_view LabelName(LabelId label) const;
  [[nodiscard]] const std::map<std::string, std::shared_ptr<const CollectionRecord>, std::less<>>&
  collections() const {
    return by_name_;
  }

  /// These build a catalog before it is published.
  void Put(std::shared_ptr<const CollectionRecord> record);
  void Remove(CollectionId id);
  void PutLabel(LabelId label, std::string name);

 private:
  std::map<std::string, std::shared_ptr<const CollectionRecord>, std::less<>> by_name_;
  std::map<CollectionId, std::shared_ptr<const CollectionRecord>> by_id_;
  std::map<std::string, LabelId, std::less<>> labels_;
  std::map<LabelId, std::string> label_names_;
};

class CatalogHistory {
 public:
  [[nodiscard]] std::shared_ptr<const Catalog> At(CommitTimestamp at) const;
  [[nodiscard]] std::shared_ptr<const Catalog> Latest() const;
  /// `timestamp` must not be below an earlier one.
  void Publish(CommitTimestamp timestamp, std::shared_ptr<const Catalog> catalog);
  /// Forgets catalogs that no reader at or above `safepoint` can ask for.
  void ForgetBefore(CommitTimestamp safepoint);

 private:
  mutable base::Mutex mutex_;
  std::deque<std::pair<CommitTimestamp, std::shared_ptr<const Catalog>>> versions_
      PHENIX_GUARDED_BY(mutex_);
};

}  // namespace phenix::transaction

#endif  // TRANSACTION_CATALOG_H_
