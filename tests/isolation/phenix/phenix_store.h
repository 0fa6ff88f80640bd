// PhenixStore: histories' operations on a Phenix database, in one collection.
//
// A list is an entity whose document holds an array, a register one whose document holds a number;
// appending is reading and putting. Listings and predicate reads are paged in small pages, so that
// a page boundary lies within most of them. Threads:   as Store. Ownership: borrows the database,
// which outlives the store.
#ifndef TESTS_ISOLATION_PHENIX_PHENIX_STORE_H_
#define TESTS_ISOLATION_PHENIX_PHENIX_STORE_H_

#include <cstdint>
#include <memory>

#include "phenix/database.h"
#include "tests/isolation/store.h"

namespace phenix::isolation {

inline constexpr const char* kCollectionName = "history";

inline constexpr std::uint64_t kSerializableOneIn = 6;

/// Which calls of the database are used.
enum class CallStyle : std::uint8_t {
  kTransactions,  ///< Begin() and Commit().
  kMixedLevels,   ///< As kTransactions; one in kSerializableOneIn is serializable, the rest not.
  kSingleCalls,   ///< SnapshotAt() for reads and one Write() for writes: reads do not see the
                  ///< writes, and no timestamps are told for writes.
};

class PhenixStore final : public Store {
 public:
  PhenixStore(Database& database, Isolation isolation, CallStyle style)
      : database_(database), isolation_(isolation), style_(style) {}

  /// Creates the collection.
  Status Reset();
  Result<std::unique_ptr<StoreSession>> Connect() override;

  /// Does a read at a timestamp of the past.
  Status ReadAsOf(Timestamp timestamp, Operation& read);

 private:
  Database& database_;
  const Isolation isolation_;
  const CallStyle style_;
};

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_PHENIX_PHENIX_STORE_H_
