// Reads of the state at one timestamp, in the words of the model: entities, ordinals, vectors.
//
// Visibility: an entity is visible when its newest row at or before the timestamp is live and has
// not
//             expired; its collection must exist at the timestamp. A transaction's own rows stand
//             in front of committed ones.
// Threads:    as many as like for a snapshot; one at a time with an overlay or a read set.
// Ownership:  borrows what it is made of. Results own or share their bytes.
#ifndef TRANSACTION_STATE_READER_H_
#define TRANSACTION_STATE_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/kv_engine.h"
#include "transaction/catalog.h"
#include "transaction/commit/read_set.h"
#include "transaction/commit/write_set.h"
#include "transaction/head_cache.h"
#include "transaction/state_rows.h"
#include "transaction/visible_walk.h"

namespace phenix::transaction {

/// What a reader is made of.
struct ReadView {
  storage::KvEngine* engine = nullptr;
  HeadCache* cache = nullptr;
  const CatalogHistory* catalogs = nullptr;
  std::shared_ptr<const Catalog> catalog;  ///< as of `at`
  CommitTimestamp at;
  std::uint64_t now_ms = 0;           ///< entities that expire at or before this are gone
  const WriteSet* overlay = nullptr;  ///< the transaction's own writes
  ReadSet* reads = nullptr;           ///< where a serializable transaction notes its reads
};

struct FoundEntity {
  CommitTimestamp version;  ///< zero when it is the transaction's own write
  std::shared_ptr<const std::string> bytes;
  EntityRow row;         ///< views into `bytes`
  bool expired = false;  ///< only from FindIncarnation()
};

struct LiveEntity {
  std::shared_ptr<const CollectionRecord> collection;
  std::string id;
  FoundEntity found;
};

class StateReader {
 public:
  explicit StateReader(ReadView view) : view_(std::move(view)) {}

  [[nodiscard]] const ReadView& view() const { return view_; }
  /// kNotFound naming the collection.
  [[nodiscard]] Result<std::shared_ptr<const CollectionRecord>> FindCollection(
      std::string_view name) const;
  [[nodiscard]] Result<std::optional<FoundEntity>> FindEntity(CollectionId collection,
                                                              std::string_view id) const;
  /// As FindEntity(), but also finds an entity that has expired and not been removed yet.
  [[nodiscard]] Result<std::optional<FoundEntity>> FindIncarnation(CollectionId collection,
                                                                   std::string_view id) const;
  /// The visible entity that is this very incarnation.
  [[nodiscard]] Result<std::optional<LiveEntity>> FindOrdinal(EntityOrdinal ordinal) const;
  [[nodiscard]] Result<std::optional<std::vector<float>>> FindVector(CollectionId collection,
                                                                     FieldId field,
                                                                     EntityOrdinal ordinal) const;
  /// The live row of exactly `key`; the newest at the timestamp. Nullopt for a tombstone.
  [[nodiscard]] Result<std::optional<storage::VersionedValue>> FindRow(Family family,
                                                                       base::ByteView key) const;
  /// Notes the range as read and walks it.
  [[nodiscard]] VisibleWalk Walk(WalkRange range) const;
  [[nodiscard]] bool Expired(std::uint64_t expires_at_ms) const {
    return expires_at_ms != 0 && expires_at_ms <= view_.now_ms;
  }
  /// Decodes a row that a walk delivered; nullopt when it has expired.
  [[nodiscard]] Result<std::optional<FoundEntity>> Adopt(base::ByteView bytes,
                                                         CommitTimestamp version) const;
  /// The vector of a row that a walk over Family::kVector delivered; nullopt when it has expired.
  [[nodiscard]] Result<std::optional<VectorRow>> AdoptVector(base::ByteView bytes) const;

 private:
  [[nodiscard]] Result<std::optional<OrdinalMember>> NameOf(EntityOrdinal ordinal) const;
  [[nodiscard]] Result<std::optional<FoundEntity>> Decode(std::shared_ptr<const std::string> bytes,
                                                          CommitTimestamp version) const;

  ReadView view_;
};

}  // namespace phenix::transaction

#endif  // TRANSACTION_STATE_READER_H_
