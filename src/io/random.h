// Random bytes from the operating system, for keys, salts and unique ids.
// Threads: any. Errors: none; a system that has no randomness ends the process.
#ifndef IO_RANDOM_H_
#define IO_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace phenix::io {

/// Where randomness comes from; the simulator stands in a seeded one.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  RandomSource() = default;
  RandomSource(const RandomSource&) = delete;
  RandomSource& operator=(const RandomSource&) = delete;
  virtual void Fill(char* into, std::size_t size_bytes) = 0;

  std::string Bytes(std::size_t size_bytes);
  std::uint64_t Next64();
};

/// getrandom(2). Ownership: a process-wide object that is never destroyed.
RandomSource& SystemRandom();

/// The same bytes for the same seed (SplitMix64); never for keys outside tests.
class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void Fill(char* into, std::size_t size_bytes) override;

 private:
  std::uint64_t state_;
};

}  // namespace phenix::io

#endif  // IO_RANDOM_H_
