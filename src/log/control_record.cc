#include "log/control_record.h"

#include <algorithm>

namespace phenix::log {
namespace {

Status BadRecord(const char* which) {
  return {StatusCode::kCorruption, std::string("log record: a ") + which + " has a wrong size"};
}

}  // namespace

std::string FenceRecord::Encode() const {
  std::string bytes;
  base::PutLittle(bytes, epoch.value());
  base::PutLittle(bytes, window);
  base::PutLittle(bytes, wall_milliseconds);
  bytes.append(database_id.data(), database_id.size());
  bytes.append(public_key.data(), public_key.size());
  return bytes;
}

Result<FenceRecord> FenceRecord::Decode(ByteView payload) {
  base::ByteReader reader(payload);
  FenceRecord record;
  record.epoch = LogEpoch(reader.ReadLittle<std::uint64_t>());
  record.window = reader.ReadLittle<std::uint32_t>();
  record.wall_milliseconds = reader.ReadLittle<std::uint64_t>();
  const ByteView database_id = reader.ReadBytes(record.database_id.size());
  const ByteView public_key = reader.ReadBytes(record.public_key.size());
  if (!reader.ok() || !reader.AtEnd()) return BadRecord("fence");
  std::copy(database_id.begin(), database_id.end(), record.database_id.begin());
  std::copy(public_key.begin(), public_key.end(), record.public_key.begin());
  return record;
}

std::string TrimRecord::Encode() const {
  std::string bytes;
  base::PutLittle(bytes, watermark.value());
  base::PutLittle(bytes, first_kept.value());
  bytes.append(security::AsView(chain_head));
  return bytes;
}

Result<TrimRecord> TrimRecord::Decode(ByteView payload) {
  base::ByteReader reader(payload);
  TrimRecord record;
  record.watermark = LogSequence(reader.ReadLittle<std::uint64_t>());
  record.first_kept = LogSequence(reader.ReadLittle<std::uint64_t>());
  const ByteView chain_head = reader.ReadBytes(record.chain_head.size());
  if (!reader.ok() || !reader.AtEnd()) return BadRecord("trim");
  std::copy(chain_head.begin(), chain_head.end(), record.chain_head.begin());
  return record;
}

}  // namespace phenix::log
