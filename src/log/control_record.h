// The payloads of the records that the log writes about itself. Format: docs/formats/log-frame.md.
#ifndef LOG_CONTROL_RECORD_H_
#define LOG_CONTROL_RECORD_H_

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "log/log_record.h"
#include "phenix/status.h"
#include "security/key_ring.h"
#include "security/signature.h"

namespace phenix::log {

/// First record of an epoch: who writes from here on, and the key that proves it.
struct FenceRecord {
  LogEpoch epoch;
  std::uint32_t window = 1;  ///< Frames that this writer has in flight at most.
  std::uint64_t wall_milliseconds = 0;
  security::DatabaseId database_id{};
  std::array<char, security::kEd25519KeyBytes> public_key{};

  [[nodiscard]] std::string Encode() const;
  static Result<FenceRecord> Decode(ByteView payload);
};

/// Says that frames before `first_kept` may be missing from here on.
struct TrimRecord {
  LogSequence watermark;      ///< As asked for.
  LogSequence first_kept;     ///< First frame of the oldest segment that stays.
  Sha256Digest chain_head{};  ///< After the frame before it.

  [[nodiscard]] std::string Encode() const;
  static Result<TrimRecord> Decode(ByteView payload);
};

}  // namespace phenix::log

#endif  // LOG_CONTROL_RECORD_H_
