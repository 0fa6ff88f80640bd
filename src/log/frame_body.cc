#include "log/frame_body.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "base/assert.h"
#include "log/frame_compression.h"
#include "log/limits.h"
#include "security/aes_gcm.h"
#include "security/digest.h"

namespace phenix::log {
namespace {

// Body: u32 record count, u32 shard count, u64 per shard, 16 bytes of hash per record; then the
// records: u32 payload size, u8 type, u8 flags, u16 shard, 16 bytes of transaction id, payload.
constexpr std::size_t kCountsBytes = 8;
constexpr std::size_t kShardBytes = sizeof(std::uint64_t);
constexpr std::size_t kRecordHashBytes = 16;
constexpr std::size_t kRecordHeadBytes = 24;
static_assert(kRecordHeadBytes == 4 + 1 + 1 + 2 + sizeof(TransactionId));

constexpr std::array<std::uint64_t, 1> kOnlyShard = {0};

Status Refused(StatusCode code, const std::string& why) { return {code, "log frame: " + why}; }
Status BadBody(const char* rule) {
  return {StatusCode::kCorruption, std::string("frame body: ") + rule};
}

std::size_t PrologueBytes(std::size_t record_count, std::size_t shard_count) {
  return kCountsBytes + shard_count * kShardBytes + record_count * kRecordHashBytes;
}

/// The size of the plain body, if the content may be written.
Result<std::size_t> CheckContent(std::span<const LogRecord> records, std::size_t shard_count) {
  if (records.empty()) return Refused(StatusCode::kInvalidArgument, "no records");
  if (records.size() > kFrameRecordCountMax || shard_count > kFrameShardCountMax) {
    return Refused(StatusCode::kResourceExhausted,
                   "too many records or shards: records=" + std::to_string(records.size()) +
                       " shards=" + std::to_string(shard_count));
  }
  std::size_t plain_bytes = PrologueBytes(records.size(), shard_count);
  for (const LogRecord& record : records) {
    const auto type = static_cast<std::uint8_t>(record.type);
    if (type == 0 || type > kRecordTypeMax) {
      return Refused(StatusCode::kInvalidArgument, "unknown record type " + std::to_string(type));
    }
    if (record.shard >= shard_count) {
      return Refused(StatusCode::kInvalidArgument,
                     "shard position " + std::to_string(record.shard) + " is not in the list");
    }
    plain_bytes += kRecordHeadBytes + record.payload.size();
    if (record.payload.size() > kFramePlainBytesMax || plain_bytes > kFramePlainBytesMax) {
      return Refused(StatusCode::kResourceExhausted,
                     "larger than " + std::to_string(kFramePlainBytesMax) + " bytes");
    }
  }
  return plain_bytes;
}

char* PutRecord(const LogRecord& record, char* into) {
  const auto size_bytes = static_cast<std::uint32_t>(record.payload.size());
  std::memcpy(into, &size_bytes, sizeof(size_bytes));
  into[4] = static_cast<char>(record.type);
  into[5] = static_cast<char>(record.flags);
  std::memcpy(into + 6, &record.shard, sizeof(record.shard));
  std::memcpy(into + 8, record.transaction_id.data(), record.transaction_id.size());
  std::copy(record.payload.begin(), record.payload.end(), into + kRecordHeadBytes);
  return into + kRecordHeadBytes + record.payload.size();
}

void WritePlain(std::span<const LogRecord> records, std::span<const std::uint64_t> shards,
                char* into) {
  const auto record_count = static_cast<std::uint32_t>(records.size());
  const auto shard_count = static_cast<std::uint32_t>(shards.size());
  std::memcpy(into, &record_count, sizeof(record_count));
  std::memcpy(into + sizeof(record_count), &shard_count, sizeof(shard_count));
  std::memcpy(into + kCountsBytes, shards.data(), shards.size_bytes());
  char* hash = into + kCountsBytes + shards.size_bytes();
  char* next = into + PrologueBytes(records.size(), shards.size());
  for (const LogRecord& record : records) {
    char* const begin = next;
    next = PutRecord(record, begin);
    const Sha256Digest digest = security::Sha256Of({begin, static_cast<std::size_t>(next - begin)});
    std::memcpy(hash, digest.data(), kRecordHashBytes);
    hash += kRecordHashBytes;
  }
}

/// What binds each sealed chunk to its frame: the header up to the body hash, with zeros for what
/// is not known before the frame gets its place. Those fields are bound by HMAC and signature.
std::array<char, kFrameHeaderBytes> BoundHeader(FrameHeader header) {
  header.sequence = LogSequence();
  header.first_record_number = 0;
  header.timestamps = {};
  header.previous_hash = {};
  header.body_hash = {};
  header.hmac = {};
  header.signature = {};
  std::array<char, kFrameHeaderBytes> encoded;
  EncodeFrameHeader(header, encoded.data());
  return encoded;
}

Result<security::SecretBytes> FrameKey(const security::KeyRing& keys, const FrameHeader& header) {
  PHENIX_ASSIGN_OR_RETURN(const ByteView data_key, keys.DataKey(header.data_key_version));
  std::string context = "phenix log frame v1";
  base::PutLittle(context, header.lane.value());
  return security::HkdfSha256(data_key, {header.salt.data(), header.salt.size()}, context,
                              security::kAesGcmKeyBytes);
}

std::uint64_t SealedBytes(std::uint64_t packed_bytes) {
  const std::uint64_t chunk_count = (packed_bytes + kFrameChunkBytes - 1) / kFrameChunkBytes;
  return packed_bytes + chunk_count * security::kAesGcmTagBytes;
}

/// Seals chunk by chunk into `into` and hashes what it wrote while that is still in the cache.
Result<Sha256Digest> SealChunks(const security::KeyRing& keys, const FrameHeader& header,
                                ByteView packed, char* into) {
  PHENIX_ASSIGN_OR_RETURN(const security::SecretBytes key, FrameKey(keys, header));
  const std::array<char, kFrameHeaderBytes> bound = BoundHeader(header);
  security::Sha256 hash;
  for (std::uint64_t number = 0; !packed.empty(); ++number) {
    const ByteView chunk = packed.substr(0, kFrameChunkBytes);
    security::AesGcmSeal(key.view(),
                         {.nonce = security::NonceOfNumber(number),
                          .authenticated = {bound.data(), frame_offset::kBodyHash}},
                         chunk, into);
    hash.Update({into, chunk.size() + security::kAesGcmTagBytes});
    into += chunk.size() + security::kAesGcmTagBytes;
    packed.remove_prefix(chunk.size());
  }
  return hash.Finish();
}

Result<FrameBuffer> OpenChunks(const security::KeyRing& keys, const FrameHeader& header,
                               ByteView sealed) {
  PHENIX_ASSIGN_OR_RETURN(const security::SecretBytes key, FrameKey(keys, header));
  const std::array<char, kFrameHeaderBytes> bound = BoundHeader(header);
  FrameBuffer packed(sealed.size());
  std::size_t done = 0;
  for (std::uint64_t number = 0; !sealed.empty(); ++number) {
    const ByteView chunk = sealed.substr(0, kFrameChunkBytes + security::kAesGcmTagBytes);
    PHENIX_RETURN_IF_ERROR(
        security::AesGcmOpen(key.view(),
                             {.nonce = security::NonceOfNumber(number),
                              .authenticated = {bound.data(), frame_offset::kBodyHash}},
                             chunk, packed.data() + done));
    done += chunk.size() - security::kAesGcmTagBytes;
    sealed.remove_prefix(chunk.size());
  }
  packed.Shorten(done);
  return packed;
}

FrameHeader NewHeader(const FrameBodyOptions& options, std::span<const LogRecord> records) {
  FrameHeader header;
  const bool hmac = options.signing != security::SigningMode::kEd25519;
  const bool sign = options.signing != security::SigningMode::kHmac;
  if (hmac) header.flags |= kFrameFlagHmac;
  if (sign) header.flags |= kFrameFlagSigned;
  if (records.front().type == RecordType::kFence) header.flags |= kFrameFlagFence;
  header.lane = options.lane;
  header.epoch = options.epoch;
  header.incarnation = options.incarnation;
  header.record_count = static_cast<std::uint32_t>(records.size());
  options.random->Fill(header.frame_uuid.data(), header.frame_uuid.size());
  if (options.encrypt) {
    header.flags |= kFrameFlagEncrypted;
    header.data_key_version = options.keys->data_key_version();
    options.random->Fill(header.salt.data(), header.salt.size());
  }
  return header;
}

/// Reads one record and compares it with its hash.
Result<LogRecord> ParseRecord(base::ByteReader& reader, ByteView hash, std::uint32_t shard_count) {
  const ByteView rest = reader.rest();
  LogRecord record;
  const auto size_bytes = reader.ReadLittle<std::uint32_t>();
  const auto type = reader.ReadLittle<std::uint8_t>();
  record.flags = reader.ReadLittle<std::uint8_t>();
  record.shard = reader.ReadLittle<std::uint16_t>();
  const ByteView id = reader.ReadBytes(sizeof(TransactionId));
  record.payload = reader.ReadBytes(size_bytes);
  if (!reader.ok()) return BadBody("a record is cut");
  if (type == 0 || type > kRecordTypeMax) return BadBody("unknown record type");
  if (record.shard >= shard_count) return BadBody("a record names no shard");
  record.type = static_cast<RecordType>(type);
  std::memcpy(record.transaction_id.data(), id.data(), id.size());
  const Sha256Digest digest =
      security::Sha256Of(rest.substr(0, kRecordHeadBytes + record.payload.size()));
  if (security::AsView(digest).substr(0, kRecordHashBytes) != hash) {
    return BadBody("a record's hash differs");
  }
  return record;
}

/// Reads shards, hashes and records of a plain body that has `frame.header`.
Status ParsePlain(DecodedFrame& frame) {
  base::ByteReader reader(frame.plain.view());
  const auto record_count = reader.ReadLittle<std::uint32_t>();
  const auto shard_count = reader.ReadLittle<std::uint32_t>();
  if (!reader.ok() || record_count == 0 || record_count != frame.header.record_count) {
    return BadBody("wrong record count");
  }
  if (shard_count == 0 || shard_count > kFrameShardCountMax) return BadBody("wrong shard count");
  const ByteView shards = reader.ReadBytes(std::size_t{shard_count} * kShardBytes);
  ByteView hashes = reader.ReadBytes(std::size_t{record_count} * kRecordHashBytes);
  if (!reader.ok()) return BadBody("cut");
  frame.shards.resize(shard_count);
  std::memcpy(frame.shards.data(), shards.data(), shards.size());
  frame.records.reserve(record_count);
  for (; !hashes.empty(); hashes.remove_prefix(kRecordHashBytes)) {
    PHENIX_ASSIGN_OR_RETURN(const LogRecord record,
                            ParseRecord(reader, hashes.substr(0, kRecordHashBytes), shard_count));
    frame.records.push_back(record);
  }
  if (!reader.AtEnd()) return BadBody("bytes behind the last record");
  const bool fence = frame.records.front().type == RecordType::kFence;
  return fence == frame.header.Has(kFrameFlagFence) ? Status::Ok()
                                                    : BadBody("fence flag and records disagree");
}

}  // namespace

Result<PreparedBody> BuildFrameBody(const FrameBodyOptions& options,
                                    std::span<const LogRecord> records,
                                    std::span<const std::uint64_t> shards) {
  if (shards.empty()) shards = kOnlyShard;
  PHENIX_ASSIGN_OR_RETURN(const std::size_t plain_bytes, CheckContent(records, shards.size()));
  PreparedBody body{.header = NewHeader(options, records), .bytes = {}};
  FrameHeader& header = body.header;
  header.plain_bytes = plain_bytes;

  // Plain bytes that are stored as they are go to their final place at once.
  const std::size_t front_bytes = options.encrypt ? 0 : kFrameHeaderBytes;
  FrameBuffer plain(front_bytes + plain_bytes);
  WritePlain(records, shards, plain.data() + front_bytes);
  ByteView packed = plain.view().substr(front_bytes);
  std::optional<FrameBuffer> compressed;
  if (options.compress) {
    compressed = CompressIfSmaller(packed, PrologueBytes(records.size(), shards.size()));
  }
  if (compressed.has_value()) {
    header.flags |= kFrameFlagCompressed;
    packed = compressed->view();
  }
  header.body_bytes = options.encrypt ? SealedBytes(packed.size()) : packed.size();
  if (options.encrypt) {
    body.bytes = FrameBuffer(kFrameHeaderBytes + header.body_bytes);
    PHENIX_ASSIGN_OR_RETURN(header.body_hash, SealChunks(*options.keys, header, packed,
                                                         body.bytes.data() + kFrameHeaderBytes));
    return body;
  }
  header.body_hash = security::Sha256Of(packed);
  if (compressed.has_value()) {
    std::copy(packed.begin(), packed.end(), plain.data() + front_bytes);
    plain.Shorten(front_bytes + packed.size());
  }
  body.bytes = std::move(plain);
  // The analyzer loses the owner of the moved buffer.
  return body;  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks)
}

bool FrameBodyHashMatches(const FrameHeader& header, ByteView stored) {
  return stored.size() == header.body_bytes && security::Sha256Of(stored) == header.body_hash;
}

Result<DecodedFrame> OpenFrameBody(const security::KeyRing& keys, const FrameHeader& header,
                                   FrameBuffer stored) {
  DecodedFrame frame;
  frame.header = header;
  if (header.Has(kFrameFlagEncrypted)) {
    PHENIX_ASSIGN_OR_RETURN(stored, OpenChunks(keys, header, stored.view()));
  }
  if (header.Has(kFrameFlagCompressed)) {
    PHENIX_ASSIGN_OR_RETURN(stored, Decompress(stored.view(), header.plain_bytes));
  }
  frame.plain = std::move(stored);
  PHENIX_RETURN_IF_ERROR(ParsePlain(frame));
  return frame;
}

}  // namespace phenix::log
