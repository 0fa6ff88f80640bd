// What goes into the log: records, grouped into frames.
//
// Not here: what a payload means (transaction/); bytes on disk (log/frame_header.h,
// log/frame_body.h).
#ifndef LOG_LOG_RECORD_H_
#define LOG_LOG_RECORD_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/strong_id.h"
#include "security/digest.h"

namespace phenix::log {

using base::ByteView;
using security::Sha256Digest;

/// The place of a frame in its lane: 1, 2, 3, … without holes. 0 means before the first.
using LogSequence = base::StrongId<struct LogSequenceTag>;
/// One right to write to a lane; every opening for writing takes the next.
using LogEpoch = base::StrongId<struct LogEpochTag>;
/// A log that many shards share. An embedded database has lane 0 only.
using LaneId = base::StrongId<struct LaneIdTag>;

inline LogSequence NextSequence(LogSequence sequence) { return LogSequence(sequence.value() + 1); }

/// The numbers are on disk: never change or reuse one.
enum class RecordType : std::uint8_t {
  kTransaction = 1,
  kPrepare = 2,
  kCommit = 3,
  kAbort = 4,
  kResolve = 5,
  kForget = 6,
  kFence = 7,  ///< First frame of an epoch; written by the log itself.
  kCheckpoint = 8,
  kTrim = 9,  ///< Announces a trim; written by the log itself.
  kSegmentInstall = 10,
  kShardDetach = 11,
  kShardAttach = 12,
  kSplit = 13,
  kSchema = 14,
  kKeyRotate = 15,
};
inline constexpr std::uint8_t kRecordTypeMax = 15;
/// "transaction", "fence", …; "unknown" for a number that is no type.
std::string_view RecordTypeName(RecordType type);

using TransactionId = std::array<char, 16>;

/// One record. `payload` is borrowed: when writing, from the caller until PrepareBody() returned;
/// when reading, from the DecodedFrame.
struct LogRecord {
  RecordType type = RecordType::kTransaction;
  TransactionId transaction_id{};
  ByteView payload;
  std::uint16_t shard = 0;  ///< Position in the frame's list of shards.
  std::uint8_t flags = 0;   ///< For the owner of the record type.
};

/// Timestamps of a frame. `closed`: no later frame carries a commit at or below it.
struct FrameTimestamps {
  CommitTimestamp min, max, closed;
};

/// What one frame is to hold. `shards` empty means the one shard 0.
struct FrameContent {
  std::span<const LogRecord> records;
  CommitTimestamp timestamp_min, timestamp_max, closed;
  std::span<const std::uint64_t> shards;
};

/// A frame, known by its place and the hash of its header.
struct LogHead {
  LogSequence sequence;
  Sha256Digest chain_head{};
};

/// Where a frame went.
struct AppendedFrame {
  LogSequence sequence;
  std::uint64_t size_bytes = 0;  ///< Header and body.
  Sha256Digest chain_head{};     ///< Hash of its header; the next frame carries it.
};

}  // namespace phenix::log

#endif  // LOG_LOG_RECORD_H_
