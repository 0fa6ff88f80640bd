#include "io/random.h"

#include <sys/random.h>

#include <cstring>

#include "base/assert.h"

namespace phenix::io {
namespace {

class LinuxRandom final : public RandomSource {
 public:
  void Fill(char* into, std::size_t size_bytes) override {
    constexpr std::size_t kUninterruptibleBytesMax = 256;
    while (size_bytes > 0) {
      const std::size_t step =
          size_bytes < kUninterruptibleBytesMax ? size_bytes : kUninterruptibleBytesMax;
      const ssize_t got = getrandom(into, step, 0);
      PHENIX_ASSERT(got == static_cast<ssize_t>(step));
      into += step;
      size_bytes -= step;
    }
  }
};

}  // namespace

std::string RandomSource::Bytes(std::size_t size_bytes) {
  std::string bytes(size_bytes, '\0');
  Fill(bytes.data(), size_bytes);
  return bytes;
}

std::uint64_t RandomSource::Next64() {
  std::uint64_t value = 0;
  Fill(reinterpret_cast<char*>(&value), sizeof(value));
  return value;
}

RandomSource& SystemRandom() {
  static LinuxRandom* const source = new LinuxRandom();
  return *source;
}

void SeededRandom::Fill(char* into, std::size_t size_bytes) {
  while (size_bytes > 0) {
    std::uint64_t mixed = __atomic_add_fetch(&state_, 0x9E3779B97F4A7C15ULL, __ATOMIC_RELAXED);
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBULL;
    mixed ^= mixed >> 31U;
    const std::size_t step = size_bytes < sizeof(mixed) ? size_bytes : sizeof(mixed);
    std::memcpy(into, &mixed, step);
    into += step;
    size_bytes -= step;
  }
}

}  // namespace phenix::io
