// What the tests of this room share: keys in memory, frames to write, and a plain list of what a
// log ought to hold.
#ifndef LOG_LOG_TEST_SUPPORT_H_
#define LOG_LOG_TEST_SUPPORT_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/clock.h"
#include "io/file_system.h"
#include "io/random.h"
#include "log/file_log.h"
#include "log/segment_reader.h"
#include "security/file_key_provider.h"
#include "security/key_ring.h"
#include "sim/memory_file_system.h"

namespace phenix::log {

inline constexpr const char* kTestDirectory = "/db/log";

/// A record that owns its bytes.
struct OwnedRecord {
  RecordType type = RecordType::kTransaction;
  std::string payload;
  std::uint16_t shard = 0;
  std::uint8_t flags = 0;
  bool operator==(const OwnedRecord&) const = default;
};
/// A frame as the list of a test knows it.
struct OwnedFrame {
  std::uint64_t sequence = 0;
  std::vector<OwnedRecord> records;
  bool operator==(const OwnedFrame&) const = default;
};

inline OwnedFrame OwnedOf(const DecodedFrame& frame) {
  OwnedFrame owned{frame.header.sequence.value(), {}};
  for (const LogRecord& record : frame.records) {
    owned.records.push_back({record.type, std::string(record.payload), record.shard, record.flags});
  }
  return owned;
}
inline bool IsControl(const DecodedFrame& frame) {
  return frame.records.front().type == RecordType::kFence ||
         frame.records.front().type == RecordType::kTrim;
}

/// Borrowed views of owned records.
inline std::vector<LogRecord> Borrow(const std::vector<OwnedRecord>& owned) {
  std::vector<LogRecord> records;
  records.reserve(owned.size());
  for (const OwnedRecord& record : owned) {
    records.push_back({.type = record.type,
                       .transaction_id = {},
                       .payload = record.payload,
                       .shard = record.shard,
                       .flags = record.flags});
  }
  return records;
}

/// A key ring with a DEK, made from a seed, in a memory of its own.
inline std::unique_ptr<security::KeyRing> MakeKeys(std::uint64_t seed) {
  sim::MemoryFileSystem files;
  io::SeededRandom random(seed);
  EXPECT_TRUE(files.CreateDirectories("/keys").ok());
  EXPECT_TRUE(security::FileKeyProvider::Create(files, random, "/keys/master").ok());
  auto provider = *security::FileKeyProvider::Open(files, random, "/keys/master");
  return std::make_unique<security::KeyRing>(*security::KeyRing::Create(
      files, random, {.directory = "/keys", .provider = provider.get(), .encrypt = true}));
}

/// A log and all it needs. `log` is empty while it is closed.
struct LogRig {
  explicit LogRig(io::FileSystem& file_system, std::uint64_t seed = 1)
      : files(file_system), random(seed), keys(MakeKeys(seed)) {
    options.directory = kTestDirectory;
    options.keys = keys.get();
  }

  Status Open(LogSequence replay_after = LogSequence(0)) {
    log.reset();
    replayed.clear();
    Result<std::unique_ptr<FileLog>> opened = FileLog::Open(
        {files, clock, random}, options, replay_after, [&](const DecodedFrame& frame) {
          if (!IsControl(frame)) replayed.push_back(OwnedOf(frame));
          return Status::Ok();
        });
    if (!opened.ok()) return opened.status();
    log = *std::move(opened);
    return Status::Ok();
  }
  /// Appends one frame; on success it is also in `written`.
  Status Append(std::vector<OwnedRecord> records) {
    const std::vector<LogRecord> borrowed = Borrow(records);
    const CommitTimestamp now(++timestamp);
    const Result<AppendedFrame> appended = log->Append({.records = borrowed,
                                                        .timestamp_min = now,
                                                        .timestamp_max = now,
                                                        .closed = now,
                                                        .shards = {}});
    if (!appended.ok()) return appended.status();
    written.push_back({appended->sequence.value(), std::move(records)});
    return Status::Ok();
  }
  Status Append(std::string payload) {
    return Append(std::vector<OwnedRecord>{{RecordType::kTransaction, std::move(payload), 0, 0}});
  }
  /// Everything from `from` on that is no control frame.
  std::vector<OwnedFrame> ReadFrom(LogSequence from) {
    std::vector<OwnedFrame> frames;
    const Status read = log->ReadFrom(from, [&](const DecodedFrame& frame) {
      if (!IsControl(frame)) frames.push_back(OwnedOf(frame));
      return Status::Ok();
    });
    EXPECT_TRUE(read.ok()) << read.ToString();
    return frames;
  }

  io::FileSystem& files;
  io::SeededRandom random;
  io::ManualClock clock{1700000000000};
  std::unique_ptr<security::KeyRing> keys;
  FileLogOptions options;
  std::unique_ptr<FileLog> log;
  std::vector<OwnedFrame> written, replayed;
  std::uint64_t timestamp = 0;
};

inline std::string ReadAllOf(io::FileSystem& files, const std::string& path) {
  Result<std::string> bytes = io::ReadFile(files, path, 1ULL << 32U);
  EXPECT_TRUE(bytes.ok()) << bytes.status().ToString();
  return bytes.ok() ? *bytes : std::string();
}
/// Replaces a file, durably.
inline void WriteAllOf(io::FileSystem& files, const std::string& path, base::ByteView bytes) {
  Result<std::unique_ptr<io::WritableFile>> file =
      files.OpenWritable(path, io::OpenMode::kCreateOrTruncate);
  ASSERT_TRUE(file.ok() && (*file)->Append(bytes).ok() && (*file)->Sync().ok());
}
inline std::string SegmentPath(std::uint64_t first) {
  return io::JoinPath(kTestDirectory, SegmentFileName(LogSequence(first)));
}
/// Offsets at which the frames of a segment start, and its end.
inline std::vector<std::size_t> FrameOffsets(base::ByteView segment) {
  std::vector<std::size_t> offsets = {0};
  while (offsets.back() < segment.size()) {
    const Result<FrameHeader> header = DecodeFrameHeader(segment.substr(offsets.back()));
    EXPECT_TRUE(header.ok());
    if (!header.ok()) break;
    offsets.push_back(offsets.back() + header->FrameBytes());
  }
  return offsets;
}
inline security::Ed25519PublicKey PublicKeyOf(const security::KeyRing& keys) {
  return *security::Ed25519PublicKey::FromRaw(keys.node_key().public_raw());
}

}  // namespace phenix::log

#endif  // LOG_LOG_TEST_SUPPORT_H_
