// Byte views and fixed- and variable-width integer coding, the alphabet of every format.
//
// Order: Put/Get*Big are big-endian, so that encoded keys compare like the numbers; Put/Get*Little
//        are for values, frames and files. A varint is LEB128, 1-10 bytes.
// Errors: a ByteReader that runs out of bytes turns bad and stays bad; check ok() once at the end.
#ifndef BASE_BYTES_H_
#define BASE_BYTES_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace phenix::base {

/// A borrowed run of bytes. Owners are std::string (as byte buffer) or std::vector<std::byte>.
using ByteView = std::string_view;

static_assert(std::endian::native == std::endian::little, "formats are written in host order");

template <typename T>
inline void PutLittle(std::string& out, T value) {
  char raw[sizeof(T)];
  std::memcpy(raw, &value, sizeof(T));
  out.append(raw, sizeof(T));
}

template <typename T>
inline T LoadLittle(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

inline std::uint64_t ByteSwap64(std::uint64_t value) { return __builtin_bswap64(value); }
inline std::uint32_t ByteSwap32(std::uint32_t value) { return __builtin_bswap32(value); }

inline void PutBig64(std::string& out, std::uint64_t value) { PutLittle(out, ByteSwap64(value)); }
inline void PutBig32(std::string& out, std::uint32_t value) { PutLittle(out, ByteSwap32(value)); }
inline void PutBig16(std::string& out, std::uint16_t value) {
  PutLittle(out, static_cast<std::uint16_t>(__builtin_bswap16(value)));
}
inline std::uint64_t LoadBig64(const char* from) {
  return ByteSwap64(LoadLittle<std::uint64_t>(from));
}
inline std::uint32_t LoadBig32(const char* from) {
  return ByteSwap32(LoadLittle<std::uint32_t>(from));
}
inline std::uint16_t LoadBig16(const char* from) {
  return static_cast<std::uint16_t>(__builtin_bswap16(LoadLittle<std::uint16_t>(from)));
}

inline void PutVarint(std::string& out, std::uint64_t value) {
  while (value >= 0x80U) {
    out.push_back(static_cast<char>(value | 0x80U));
    value >>= 7U;
  }
  out.push_back(static_cast<char>(value));
}

/// Varint length, then the bytes.
inline void PutLengthPrefixed(std::string& out, ByteView bytes) {
  PutVarint(out, bytes.size());
  out.append(bytes);
}

/// Reads what the Put functions wrote, from front to back; every length is checked.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] ByteView rest() const { return rest_; }
  [[nodiscard]] bool AtEnd() const { return rest_.empty(); }

  template <typename T>
  T ReadLittle() {
    if (rest_.size() < sizeof(T)) return Fail<T>();
    T value = LoadLittle<T>(rest_.data());
    rest_.remove_prefix(sizeof(T));
    return value;
  }
  std::uint64_t ReadBig64() { return ByteSwap64(ReadLittle<std::uint64_t>()); }
  std::uint32_t ReadBig32() { return ByteSwap32(ReadLittle<std::uint32_t>()); }

  std::uint64_t ReadVarint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return Fail<std::uint64_t>();
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) return Fail<std::uint64_t>();
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    return Fail<std::uint64_t>();
  }
  ByteView ReadBytes(std::size_t size_bytes) {
    if (rest_.size() < size_bytes) return Fail<ByteView>();
    const ByteView bytes = rest_.substr(0, size_bytes);
    rest_.remove_prefix(size_bytes);
    return bytes;
  }
  ByteView ReadLengthPrefixed() { return ReadBytes(static_cast<std::size_t>(ReadVarint())); }

 private:
  template <typename T>
  T Fail() {
    ok_ = false;
    rest_ = {};
    return T{};
  }

  ByteView rest_;
  bool ok_ = true;
};

}  // namespace phenix::base

#endif  // BASE_BYTES_H_
