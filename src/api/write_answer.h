// WriteAnswer: what a write tells its client, in a form that can be kept and told again.
//
// A write with an Idempotency-Key commits, in the same transaction, a record of its answer in the
// collection kRequestsCollection. Whoever sends the key again, even after a crash, gets that
// answer; two at once cannot both commit, because both insert the same record. Threads:    values
// and functions of their arguments.
#ifndef API_WRITE_ANSWER_H_
#define API_WRITE_ANSWER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/http_message.h"
#include "phenix/database.h"
#include "phenix/entity.h"
#include "phenix/status.h"
#include "phenix/write_batch.h"

namespace phenix::api {

/// Collections whose name starts so belong to the server; clients cannot name them.
inline constexpr std::string_view kReservedPrefix = "_phenix.";
inline constexpr std::string_view kRequestsCollection = "_phenix.requests";

/// How many collections belong to clients.
inline std::uint64_t UserCollections(const DatabaseStats& stats) {
  return stats.collections > 0 ? stats.collections - 1 : 0;
}

struct WriteAnswer {
  enum class Versions : std::uint8_t { kNone, kOne, kList };

  std::string head;  ///< Members before "commit_ts" as JSON, e.g. `"count":1,"ids":["a"]`.
  Versions versions = Versions::kNone;
  std::uint64_t version_count = 0;  ///< of kList
};

/// The answer of a write that committed; every version it made is the commit timestamp.
Response RenderCommitted(const WriteAnswer& answer, std::uint64_t commit_timestamp);
/// The answer of a write that a transaction has staged: its commit timestamp is null.
Response RenderStaged(const WriteAnswer& answer);

/// What makes two requests the same: SHA-256 of method, target, transaction and body, as
/// hexadecimal.
std::string RequestDigest(const Request& request);

/// The write that keeps `answer` under `key`. It is refused (kAlreadyExists) when the key is taken.
Result<PutOperation> RememberOperation(std::string_view key, const std::string& digest,
                                       const WriteAnswer& answer);
struct Remembered {
  std::string digest;
  WriteAnswer answer;
};
/// Reads back what RememberOperation() wrote. Errors: kCorruption.
Result<Remembered> ReadRemembered(const Entity& record);

}  // namespace phenix::api

#endif  // API_WRITE_ANSWER_H_
