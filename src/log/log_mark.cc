#include "log/log_mark.h"

#include <cstring>

#include "base/checksum.h"

namespace phenix::log {
namespace {

constexpr ByteView kMagic = "PHXM";
constexpr std::uint16_t kVersion = 1;
constexpr std::uint8_t kFlagSigned = 1;
constexpr std::uint8_t kFlagHmac = 2;
constexpr ByteView kHmacPurpose = "phenix log mark v1";
// Byte positions: magic 0, version 4, kind 6, flags 7, lane 8, epoch 16, sequence 24, next record
// number 32, wall milliseconds 40, database id 48, chain head 64, HMAC 96, Ed25519 128, CRC-32C
// 192, reserved 196.
constexpr std::size_t kDatabaseIdOffset = 48;
constexpr std::size_t kChainHeadOffset = 64;
constexpr std::size_t kHmacOffset = 96;
constexpr std::size_t kSignatureOffset = 128;
constexpr std::size_t kChecksumOffset = 192;
constexpr std::size_t kReservedOffset = 196;
static_assert(kChainHeadOffset + security::kSha256Bytes == kHmacOffset);
static_assert(kHmacOffset + security::kSha256Bytes == kSignatureOffset);
static_assert(kSignatureOffset + security::kEd25519SignatureBytes == kChecksumOffset);
static_assert(kReservedOffset + 12 == kLogMarkBytes);

Status BadMark(const char* rule) {
  return {StatusCode::kCorruption, std::string("log mark: ") + rule};
}

const char* FileNameOf(MarkKind kind) {
  return kind == MarkKind::kCheckpoint ? kCheckpointFileName : kAnchorFileName;
}

Status CheckAuthentic(ByteView bytes, std::uint8_t flags, const FrameChecker& checker) {
  const security::KeyRing* const keys = checker.keys();
  const bool judges_hmac = keys != nullptr && (flags & kFlagHmac) != 0;
  const bool is_signed = (flags & kFlagSigned) != 0;
  if (!judges_hmac && !is_signed) return BadMark("nothing vouches for it");
  if (judges_hmac) {
    const security::SecretBytes key = keys->FileHmacKey(kHmacPurpose);
    const Sha256Digest hmac = security::HmacSha256(key.view(), bytes.substr(0, kHmacOffset));
    if (!security::EqualInConstantTime(security::AsView(hmac),
                                       bytes.substr(kHmacOffset, hmac.size()))) {
      return BadMark("HMAC differs");
    }
  }
  if (is_signed && !checker.public_key().Verify(
                       bytes.substr(0, kSignatureOffset),
                       bytes.substr(kSignatureOffset, security::kEd25519SignatureBytes))) {
    return BadMark("signature does not verify");
  }
  const ByteView database_id = bytes.substr(kDatabaseIdOffset, security::kDatabaseIdBytes);
  if (keys != nullptr &&
      database_id != ByteView(keys->database_id().data(), keys->database_id().size())) {
    return BadMark("belongs to another database");
  }
  return Status::Ok();
}

}  // namespace

std::string EncodeLogMark(const LogMark& mark, const security::KeyRing& keys,
                          security::SigningMode signing) {
  const bool hmac = signing != security::SigningMode::kEd25519;
  const bool sign = signing != security::SigningMode::kHmac;
  std::string bytes(kMagic);
  base::PutLittle(bytes, kVersion);
  base::PutLittle(bytes, static_cast<std::uint8_t>(mark.kind));
  base::PutLittle(bytes,
                  static_cast<std::uint8_t>((sign ? kFlagSigned : 0) | (hmac ? kFlagHmac : 0)));
  base::PutLittle(bytes, mark.lane.value());
  base::PutLittle(bytes, mark.epoch.value());
  base::PutLittle(bytes, mark.sequence.value());
  base::PutLittle(bytes, mark.next_record_number);
  base::PutLittle(bytes, mark.wall_milliseconds);
  bytes.append(keys.database_id().data(), keys.database_id().size());
  bytes.append(security::AsView(mark.chain_head));
  if (hmac) {
    const security::SecretBytes key = keys.FileHmacKey(kHmacPurpose);
    bytes.append(security::AsView(security::HmacSha256(key.view(), bytes)));
  }
  bytes.resize(kSignatureOffset, '\0');
  if (sign) {
    const security::Ed25519Signature signature = keys.node_key().Sign(bytes);
    bytes.append(signature.data(), signature.size());
  }
  bytes.resize(kChecksumOffset, '\0');
  base::PutLittle(bytes, base::Crc32c(bytes));
  bytes.resize(kLogMarkBytes, '\0');
  return bytes;
}

Result<LogMark> DecodeLogMark(ByteView bytes, const FrameChecker& checker) {
  if (bytes.size() != kLogMarkBytes) return BadMark("wrong size");
  base::ByteReader reader(bytes);
  if (reader.ReadBytes(kMagic.size()) != kMagic) return BadMark("wrong magic");
  if (base::Crc32c(bytes.substr(0, kChecksumOffset)) !=
      base::LoadLittle<std::uint32_t>(bytes.data() + kChecksumOffset)) {
    return BadMark("checksum differs");
  }
  if (bytes.substr(kReservedOffset).find_first_not_of('\0') != ByteView::npos) {
    return BadMark("reserved bytes are not zero");
  }
  if (reader.ReadLittle<std::uint16_t>() != kVersion) return BadMark("unknown version");
  const auto kind = reader.ReadLittle<std::uint8_t>();
  const auto flags = reader.ReadLittle<std::uint8_t>();
  if (kind != static_cast<std::uint8_t>(MarkKind::kCheckpoint) &&
      kind != static_cast<std::uint8_t>(MarkKind::kAnchor)) {
    return BadMark("unknown kind");
  }
  if ((flags & ~(kFlagSigned | kFlagHmac)) != 0) return BadMark("unknown flags");
  PHENIX_RETURN_IF_ERROR(CheckAuthentic(bytes, flags, checker));
  LogMark mark;
  mark.kind = static_cast<MarkKind>(kind);
  mark.lane = LaneId(reader.ReadLittle<std::uint64_t>());
  mark.epoch = LogEpoch(reader.ReadLittle<std::uint64_t>());
  mark.sequence = LogSequence(reader.ReadLittle<std::uint64_t>());
  mark.next_record_number = reader.ReadLittle<std::uint64_t>();
  mark.wall_milliseconds = reader.ReadLittle<std::uint64_t>();
  std::memcpy(mark.chain_head.data(), bytes.data() + kChainHeadOffset, mark.chain_head.size());
  return mark;
}

Status StoreLogMark(io::FileSystem& file_system, const std::string& directory, ByteView encoded,
                    MarkKind kind) {
  return io::WriteFileAtomically(file_system, io::JoinPath(directory, FileNameOf(kind)), encoded);
}

Result<std::optional<LogMark>> LoadLogMark(io::FileSystem& file_system,
                                           const std::string& directory, MarkKind kind,
                                           const FrameChecker& checker) {
  const std::string path = io::JoinPath(directory, FileNameOf(kind));
  PHENIX_ASSIGN_OR_RETURN(const bool exists, file_system.Exists(path));
  if (!exists) return std::optional<LogMark>();
  const Result<std::string> bytes = io::ReadFile(file_system, path, kLogMarkBytes);
  if (!bytes.ok() && bytes.status().code() == StatusCode::kResourceExhausted) {
    return Status(StatusCode::kCorruption, "log mark: too long: file=" + path);
  }
  if (!bytes.ok()) return bytes.status();
  Result<LogMark> mark = DecodeLogMark(*bytes, checker);
  if (mark.ok() && mark->kind != kind) mark = BadMark("of another kind");
  if (!mark.ok()) {
    return Status(mark.status().code(), std::string(mark.status().message()) + ": file=" + path);
  }
  return std::optional<LogMark>(*mark);
}

}  // namespace phenix::log
