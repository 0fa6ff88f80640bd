// Decides whether a transaction may commit: whether anything it relies on was committed after its
// snapshot, by commits that are visible or still on their way.
//
// Threads: one at a time (the commit pipeline's sequencing stage). Ownership: borrows the engine.
// Cost:    a table look-up per check; the state is asked only about what the table had to forget.
#ifndef TRANSACTION_COMMIT_CONFLICT_JUDGE_H_
#define TRANSACTION_COMMIT_CONFLICT_JUDGE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "base/strong_id.h"
#include "log/log_record.h"
#include "storage/kv_engine.h"
#include "transaction/commit/commit_history.h"
#include "transaction/commit/conflict_table.h"
#include "transaction/commit/read_set.h"
#include "transaction/commit/write_set.h"

namespace phenix::transaction {

struct CommitRequest {
  const WriteSet* writes = nullptr;
  const ReadSet* reads = nullptr;  ///< null for snapshot isolation
  CommitTimestamp read_at;
  log::RecordType record_type = log::RecordType::kTransaction;
};

class ConflictJudge {
 public:
  explicit ConflictJudge(storage::KvEngine& engine);

  /// kConflict naming what was changed. `settled`: commits up to it are in the state.
  [[nodiscard]] Status Check(const CommitRequest& request, CommitTimestamp settled) const;
  /// Notes an accepted commit; `keep_payload` while serializable transactions run.
  void Record(const CommitRequest& request, CommitTimestamp at,
              const std::shared_ptr<const std::string>& payload, bool keep_payload);

 private:
  [[nodiscard]] Result<bool> Changed(const ConflictCheck& check, CommitTimestamp after,
                                     CommitTimestamp settled) const;
  [[nodiscard]] Result<bool> ChangedInState(const ConflictCheck& check,
                                            CommitTimestamp after) const;
  [[nodiscard]] Result<bool> EdgesChanged(EntityOrdinal ordinal, CommitTimestamp after) const;

  storage::KvEngine& engine_;
  ConflictTable table_;
  CommitHistory history_;
};

}  // namespace phenix::transaction

#endif  // TRANSACTION_COMMIT_CONFLICT_JUDGE_H_
