// WritePlan: the operations of one request, and how they are committed: inside the transaction of
// X-Tx-Id, or at once, and at most once per Idempotency-Key.
#ifndef API_CALLS_WRITE_PLAN_H_
#define API_CALLS_WRITE_PLAN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/call.h"
#include "api/problem.h"
#include "api/write_answer.h"
#include "phenix/write_batch.h"

namespace phenix::api {

struct WritePlan {
  WriteBatch batch;
  /// Where each operation of the request stands in it, for faults: `list`[position].
  std::vector<std::uint64_t> positions;
  std::string list;  ///< "entities"; empty when the request is the operation
  WriteAnswer answer;
  /// Appended to the key: parts of a request that are committed one by one each have their own.
  std::string key_suffix;

  void Add(WriteOperation operation, std::uint64_t position);
};

/// Commits or stages `plan` and answers. Nothing is written on any problem, except that a part of a
/// batch staged in a transaction ends that transaction (the problem then says "tx_aborted").
Attempt<Response> CommitPlan(Call& call, WritePlan plan);

/// The answer kept under the Idempotency-Key of the call, if there is one. Problems:
/// kIdempotencyMismatch, kRequestInvalid for a bad key.
Attempt<std::optional<Response>> FindRemembered(Call& call, const std::string& key_suffix);
/// Stages the record for the call's key, if it has one, in `transaction`.
std::optional<Problem> StageRemembered(Call& call, Transaction& transaction,
                                       const WriteAnswer& answer);

/// What failed in a write, and at which operation of the plan if that is known.
struct WriteFailure {
  Status status;
  std::optional<std::size_t> operation;
};
/// The problem with code, place and, where it can be told, what was expected.
Problem DescribeWriteFailure(Reader& reader, const WritePlan& plan, const WriteFailure& failure);

}  // namespace phenix::api

#endif  // API_CALLS_WRITE_PLAN_H_
