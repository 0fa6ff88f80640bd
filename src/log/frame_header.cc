#include "log/frame_header.h"

#include <cstring>
#include <string>

#include "base/checksum.h"
#include "log/limits.h"
#include "security/aes_gcm.h"

namespace phenix::log {
namespace {

namespace at = frame_offset;

template <typename T>
void Put(char* into, std::size_t offset, T value) {
  std::memcpy(into + offset, &value, sizeof(value));
}

template <std::size_t kSize>
void PutBytes(char* into, std::size_t offset, const std::array<char, kSize>& bytes) {
  std::memcpy(into + offset, bytes.data(), kSize);
}

template <std::size_t kSize>
void LoadBytes(ByteView from, std::size_t offset, std::array<char, kSize>& bytes) {
  std::memcpy(bytes.data(), from.data() + offset, kSize);
}

template <typename T>
T Load(ByteView from, std::size_t offset) {
  return base::LoadLittle<T>(from.data() + offset);
}

template <std::size_t kSize>
bool IsZero(const std::array<char, kSize>& bytes) {
  return bytes == std::array<char, kSize>{};
}

/// Which sizes a body can have, given its flags.
bool SizesFit(const FrameHeader& header) {
  constexpr std::uint64_t kTag = security::kAesGcmTagBytes;
  if (header.plain_bytes == 0 || header.plain_bytes > kFramePlainBytesMax) return false;
  if (header.body_bytes == 0 || header.body_bytes > kFrameBodyBytesMax) return false;
  std::uint64_t packed_bytes = header.body_bytes;
  if (header.Has(kFrameFlagEncrypted)) {
    const std::uint64_t sealed = kFrameChunkBytes + kTag;
    const std::uint64_t chunk_count = (header.body_bytes + sealed - 1) / sealed;
    if (header.body_bytes - (chunk_count - 1) * sealed <= kTag) return false;
    packed_bytes -= chunk_count * kTag;
  }
  return header.Has(kFrameFlagCompressed) ? packed_bytes < header.plain_bytes
                                          : packed_bytes == header.plain_bytes;
}

/// The first rule of the format that the fields break, or null.
const char* BrokenRule(const FrameHeader& header) {
  if ((header.flags & ~kFrameFlagsKnown) != 0) return "unknown flags";
  if (header.sequence.value() == 0) return "sequence 0";
  if (header.epoch.value() == 0) return "epoch 0";
  if (header.record_count == 0 || header.record_count > kFrameRecordCountMax) {
    return "record count out of range";
  }
  if (header.Has(kFrameFlagEncrypted) != (header.data_key_version != 0)) {
    return "data key version does not fit the flags";
  }
  if (header.timestamps.min > header.timestamps.max) return "timestamps in wrong order";
  if (!SizesFit(header)) return "impossible body size";
  if (!header.Has(kFrameFlagHmac) && !IsZero(header.hmac)) return "HMAC without its flag";
  if (!header.Has(kFrameFlagSigned) && !IsZero(header.signature))
    return "signature without its flag";
  return nullptr;
}

Status BadHeader(const char* rule) {
  return {StatusCode::kCorruption, std::string("frame header: ") + rule};
}

}  // namespace

void EncodeFrameHeader(const FrameHeader& header, char* into) {
  std::memset(into, 0, kFrameHeaderBytes);
  std::memcpy(into + at::kMagic, kFrameMagic.data(), kFrameMagic.size());
  Put(into, at::kVersion, kFrameVersion);
  Put(into, at::kFlags, header.flags);
  Put(into, at::kLane, header.lane.value());
  Put(into, at::kEpoch, header.epoch.value());
  Put(into, at::kSequence, header.sequence.value());
  PutBytes(into, at::kFrameUuid, header.frame_uuid);
  Put(into, at::kIncarnation, header.incarnation);
  Put(into, at::kFirstRecordNumber, header.first_record_number);
  Put(into, at::kRecordCount, header.record_count);
  Put(into, at::kDataKeyVersion, header.data_key_version);
  Put(into, at::kTimestampMin, header.timestamps.min.value());
  Put(into, at::kTimestampMax, header.timestamps.max.value());
  Put(into, at::kClosed, header.timestamps.closed.value());
  PutBytes(into, at::kPreviousHash, header.previous_hash);
  PutBytes(into, at::kSalt, header.salt);
  Put(into, at::kPlainBytes, header.plain_bytes);
  Put(into, at::kBodyBytes, header.body_bytes);
  PutBytes(into, at::kBodyHash, header.body_hash);
  PutBytes(into, at::kHmac, header.hmac);
  PutBytes(into, at::kSignature, header.signature);
  Put(into, at::kChecksum, base::Crc32c({into, at::kChecksum}));
}

Result<FrameHeader> DecodeFrameHeader(ByteView bytes) {
  if (bytes.size() < kFrameHeaderBytes) return BadHeader("cut");
  if (bytes.substr(at::kMagic, kFrameMagic.size()) != kFrameMagic) return BadHeader("wrong magic");
  if (base::Crc32c(bytes.substr(0, at::kChecksum)) != Load<std::uint32_t>(bytes, at::kChecksum)) {
    return BadHeader("checksum differs");
  }
  if (Load<std::uint16_t>(bytes, at::kVersion) != kFrameVersion)
    return BadHeader("unknown version");
  const ByteView reserved = bytes.substr(at::kReserved, kFrameHeaderBytes - at::kReserved);
  if (reserved.find_first_not_of('\0') != ByteView::npos) {
    return BadHeader("reserved bytes are not zero");
  }
  FrameHeader header;
  header.flags = Load<std::uint16_t>(bytes, at::kFlags);
  header.lane = LaneId(Load<std::uint64_t>(bytes, at::kLane));
  header.epoch = LogEpoch(Load<std::uint64_t>(bytes, at::kEpoch));
  header.sequence = LogSequence(Load<std::uint64_t>(bytes, at::kSequence));
  LoadBytes(bytes, at::kFrameUuid, header.frame_uuid);
  header.incarnation = Load<std::uint64_t>(bytes, at::kIncarnation);
  header.first_record_number = Load<std::uint64_t>(bytes, at::kFirstRecordNumber);
  header.record_count = Load<std::uint32_t>(bytes, at::kRecordCount);
  header.data_key_version = Load<std::uint32_t>(bytes, at::kDataKeyVersion);
  header.timestamps = {CommitTimestamp(Load<std::uint64_t>(bytes, at::kTimestampMin)),
                       CommitTimestamp(Load<std::uint64_t>(bytes, at::kTimestampMax)),
                       CommitTimestamp(Load<std::uint64_t>(bytes, at::kClosed))};
  LoadBytes(bytes, at::kPreviousHash, header.previous_hash);
  LoadBytes(bytes, at::kSalt, header.salt);
  header.plain_bytes = Load<std::uint64_t>(bytes, at::kPlainBytes);
  header.body_bytes = Load<std::uint64_t>(bytes, at::kBodyBytes);
  LoadBytes(bytes, at::kBodyHash, header.body_hash);
  LoadBytes(bytes, at::kHmac, header.hmac);
  LoadBytes(bytes, at::kSignature, header.signature);
  if (const char* const rule = BrokenRule(header)) return BadHeader(rule);
  return header;
}

Sha256Digest FrameChainHead(const char* encoded) {
  return security::Sha256Of({encoded, at::kChecksum});
}

}  // namespace phenix::log
