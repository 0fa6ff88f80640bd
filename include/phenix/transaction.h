// Transaction: reads and writes that happen together, or not at all.
//
// Isolation:  reads see the snapshot taken at Begin() and the transaction's own writes, in every
//             kind of read, vector search included. kSnapshot: the first committer of two that
//             wrote the same entity, edge or unique value wins, the other gets kConflict.
//             kSerializable: also kConflict when something that was read has changed since.
// Threads:    one at a time.
// Ownership:  holds its database open; ending it (Commit, Abort, destruction) releases the
// snapshot. Errors:     a write that fails stages nothing; the transaction may go on. After
// Commit() or
//             Abort() every call answers kUnavailable.
#ifndef PHENIX_TRANSACTION_H_
#define PHENIX_TRANSACTION_H_

#include <memory>

#include "phenix/reader.h"
#include "phenix/write_batch.h"

namespace phenix {

class Transaction : public Reader {
 public:
  /// Stages one operation. Its preconditions, limits, schema and unique values are checked at once
  /// against what the transaction sees, and again by the conflict check of Commit().
  virtual Status Apply(const WriteOperation& operation) = 0;

  /// Makes the writes durable and visible. Errors: kConflict (nothing was written; run the whole
  /// transaction again), kUnknownOutcome (the log failed; the outcome shows after reopening).
  /// Cost: a share of one log write and fdatasync with everyone who commits at the same time.
  virtual Result<CommitReceipt> Commit() = 0;

  /// Forgets the writes.
  virtual void Abort() = 0;
};

}  // namespace phenix

#endif  // PHENIX_TRANSACTION_H_
