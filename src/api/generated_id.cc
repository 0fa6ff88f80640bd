#include "api/generated_id.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "security/hex.h"

namespace phenix::api {

std::string GeneratedId(const io::Clock& clock, io::RandomSource& random) {
  constexpr std::size_t kTimeBytes = 6;
  constexpr std::array<std::size_t, 4> kDashes = {8, 13, 18, 23};
  std::string bytes = random.Bytes(16);
  const std::uint64_t milliseconds = clock.WallMilliseconds();
  for (std::size_t position = 0; position < kTimeBytes; ++position) {
    const std::size_t shift = 8 * (kTimeBytes - 1 - position);
    bytes[position] = static_cast<char>(milliseconds >> shift);
  }
  bytes[6] = static_cast<char>(0x70U | (static_cast<unsigned char>(bytes[6]) & 0x0FU));
  bytes[8] = static_cast<char>(0x80U | (static_cast<unsigned char>(bytes[8]) & 0x3FU));
  std::string text = security::HexOf(bytes);
  for (const std::size_t dash : kDashes) text.insert(dash, 1, '-');
  return text;
}

}  // namespace phenix::api
