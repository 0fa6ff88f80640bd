// Every bound of the room in one place.
#ifndef TRANSACTION_LIMITS_H_
#define TRANSACTION_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace phenix::transaction {

/// How often Database::Write() builds a batch again after a conflict before it answers kConflict.
inline constexpr unsigned kBatchAttemptsMax = 100;
/// From this attempt on, batches that keep conflicting take turns.
inline constexpr unsigned kBatchAttemptsUnordered = 3;

/// One log frame carries at most this much and this many transactions.
inline constexpr std::size_t kGroupBytesMax = std::size_t{4} << 20U;
inline constexpr std::size_t kGroupTransactionsMax = 1024;

/// Entities named by one row of Family::kOrdinal.
inline constexpr std::uint32_t kOrdinalsPerRow = 64;

/// Conflict table: buckets x 4 entries of 16 bytes.
inline constexpr std::size_t kConflictBuckets = std::size_t{1} << 16U;

/// Commits whose keys are kept for serializable range validation, by key bytes.
inline constexpr std::size_t kCommitHistoryBytesMax = std::size_t{64} << 20U;

/// Ranges and keys a serializable transaction may read.
inline constexpr std::size_t kReadSetEntriesMax = 1'000'000;

/// Keys collected by one round of version collection.
inline constexpr std::size_t kCollectKeysPerRound = 20'000;
/// Entities expired by one transaction of the reaper.
inline constexpr std::size_t kExpirePerTransaction = 1'000;

static_assert((kConflictBuckets & (kConflictBuckets - 1)) == 0, "masked, not divided");

}  // namespace phenix::transaction

#endif  // TRANSACTION_LIMITS_H_
