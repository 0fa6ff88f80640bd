// Repeatable pseudo-random numbers for samples and rotations: the same for the same seed
// everywhere. Source: SplitMix64 (Steele, Lea, Flood 2014). Not for secrets.
#ifndef INDEX_VECTOR_GRAPH_SEEDED_SEQUENCE_H_
#define INDEX_VECTOR_GRAPH_SEEDED_SEQUENCE_H_

#include <cstdint>

namespace phenix::index::vector {

class SeededSequence {
 public:
  explicit SeededSequence(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t value = state_;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31U);
  }
  /// A number in [0, bound); bound > 0.
  std::uint64_t Below(std::uint64_t bound) { return Next() % bound; }

 private:
  std::uint64_t state_;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_GRAPH_SEEDED_SEQUENCE_H_
