// Answers the read requests of phenix/reader.h over one StateReader.
//
// Threads: as its StateReader. Ownership: borrows it.
// Errors:  kInvalidArgument for limits, cursors and vectors out of range, each with what was
// expected.
#ifndef TRANSACTION_REQUEST_READER_H_
#define TRANSACTION_REQUEST_READER_H_

#include <string_view>
#include <vector>

#include "phenix/reader.h"
#include "transaction/filter_evaluation.h"
#include "transaction/state_reader.h"

namespace phenix::transaction {

class RequestReader {
 public:
  explicit RequestReader(const StateReader& reader) : reader_(reader) {}

  [[nodiscard]] Result<Entity> Get(std::string_view collection, std::string_view id,
                                   const Include& include) const;
  [[nodiscard]] Result<EntityPage> Scan(const ScanRequest& request) const;
  [[nodiscard]] Result<EdgePage> Edges(const EdgeRequest& request) const;
  [[nodiscard]] Result<std::uint64_t> Count(std::string_view collection,
                                            const Filter& filter) const;
  [[nodiscard]] Result<CollectionSchema> Collection(std::string_view name) const;
  [[nodiscard]] std::vector<CollectionSchema> Collections() const;
  /// Builds what a request asked for of an entity that was found.
  [[nodiscard]] Result<Entity> Build(const CollectionRecord& record, std::string_view id,
                                     const FoundEntity& found, const Include& include) const;

 private:
  using Record = std::shared_ptr<const CollectionRecord>;
  struct EdgeWalk;

  Status AddVectors(const CollectionRecord& record, const FoundEntity& found, Entity& entity) const;
  Status AddEdges(const CollectionRecord& record, const FoundEntity& found, Entity& entity) const;
  Status CollectEdges(EdgeWalk& walk, Family family, EdgePage& page) const;
  Result<std::optional<IncidentEdge>> BuildEdge(const EdgeWalk& walk, Family family,
                                                base::ByteView key, base::ByteView row,
                                                CommitTimestamp version) const;

  const StateReader& reader_;
};

}  // namespace phenix::transaction

#endif  // TRANSACTION_REQUEST_READER_H_
