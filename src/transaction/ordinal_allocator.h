// Hands out ordinals to one transaction in growing runs, so that the names of a batch's entities
// share rows. Numbers that are not used are lost, never given twice.
// Threads: one at a time; the counter behind it is shared by all transactions.
#ifndef TRANSACTION_ORDINAL_ALLOCATOR_H_
#define TRANSACTION_ORDINAL_ALLOCATOR_H_

#include <atomic>
#include <cstdint>

#include "base/strong_id.h"

namespace phenix::transaction {

class OrdinalAllocator {
 public:
  /// `run`: how many to reserve at a time.
  OrdinalAllocator(std::atomic<std::uint64_t>& counter, std::uint64_t run)
      : counter_(counter), run_(run == 0 ? 1 : run) {}

  EntityOrdinal Next() {
    if (next_ == end_) {
      next_ = counter_.fetch_add(run_);
      end_ = next_ + run_;
    }
    return EntityOrdinal(next_++);
  }

 private:
  std::atomic<std::uint64_t>& counter_;
  const std::uint64_t run_;
  std::uint64_t next_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace phenix::transaction

#endif  // TRANSACTION_ORDINAL_ALLOCATOR_H_
