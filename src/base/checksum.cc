#include "base/checksum.h"

#include <array>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace phenix::base {
namespace {

constexpr std::uint32_t kReversedPolynomial = 0x82F63B78U;

constexpr std::array<std::uint32_t, 256> MakeTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) ? kReversedPolynomial : 0U);
    table[byte] = crc;
  }
  return table;
}

std::uint32_t UpdateWithTable(std::uint32_t crc, ByteView bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = MakeTable();
  for (const char c : bytes)
    crc = (crc >> 8U) ^ kTable[(crc ^ static_cast<std::uint8_t>(c)) & 0xFFU];
  return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t UpdateWithSse42(std::uint32_t crc, ByteView bytes) {
  std::uint64_t wide = crc;
  while (bytes.size() >= sizeof(std::uint64_t)) {
    wide = _mm_crc32_u64(wide, LoadLittle<std::uint64_t>(bytes.data()));
    bytes.remove_prefix(sizeof(std::uint64_t));
  }
  auto narrow = static_cast<std::uint32_t>(wide);
  for (const char c : bytes) narrow = _mm_crc32_u8(narrow, static_cast<std::uint8_t>(c));
  return narrow;
}
#endif

}  // namespace

std::uint32_t Crc32c(ByteView bytes, std::uint32_t seed) {
#if defined(__x86_64__)
  static const bool has_sse42 = __builtin_cpu_supports("sse4.2") != 0;
  if (has_sse42) return ~UpdateWithSse42(~seed, bytes);
#endif
  return ~UpdateWithTable(~seed, bytes);
}

std::uint64_t HashBytes(ByteView bytes) {
  // Multiply-mix over 8-byte words; the multiplier is 2^64 / golden ratio.
  constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15ULL;
  std::uint64_t hash = kMultiplier ^ bytes.size();
  while (bytes.size() >= sizeof(std::uint64_t)) {
    hash = (hash ^ LoadLittle<std::uint64_t>(bytes.data())) * kMultiplier;
    hash ^= hash >> 32U;
    bytes.remove_prefix(sizeof(std::uint64_t));
  }
  std::uint64_t tail = 0;
  if (!bytes.empty()) std::memcpy(&tail, bytes.data(), bytes.size());
  hash = (hash ^ tail) * kMultiplier;
  return hash ^ (hash >> 29U);
}

}  // namespace phenix::base
