#include "transaction/page_cursor.h"

#include <cstdint>
#include <optional>

#include "base/checksum.h"
#include "base/hex.h"

namespace phenix::transaction {
namespace {

Status BadCursor(const std::string& why) {
  return {StatusCode::kInvalidArgument,
          "cursor: expected one that an earlier page returned, " + why};
}

}  // namespace

std::string EncodeCursor(CommitTimestamp at, base::ByteView last_key) {
  std::string bytes;
  base::PutLittle(bytes, at.value());
  bytes.append(last_key);
  base::PutLittle(bytes, base::Crc32c(bytes));
  return base::HexOf(bytes);
}

Result<std::string> DecodeCursor(std::string_view cursor, CommitTimestamp at) {
  if (cursor.empty()) return std::string();
  const std::optional<std::string> decoded = base::BytesOfHex(cursor);
  if (!decoded.has_value()) return BadCursor("got text that is not hexadecimal");
  const std::string& bytes = *decoded;
  constexpr std::size_t kFrame = sizeof(std::uint64_t) + sizeof(std::uint32_t);
  if (bytes.size() < kFrame) return BadCursor("got one that was cut short");
  const base::ByteView content =
      base::ByteView(bytes).substr(0, bytes.size() - sizeof(std::uint32_t));
  if (base::LoadLittle<std::uint32_t>(bytes.data() + content.size()) != base::Crc32c(content)) {
    return BadCursor("got one that was altered");
  }
  if (base::LoadLittle<std::uint64_t>(bytes.data()) != at.value()) {
    return BadCursor("got one of another read timestamp");
  }
  return std::string(content.substr(sizeof(std::uint64_t)));
}

}  // namespace phenix::transaction
