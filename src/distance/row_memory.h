// Zeroed bytes for rows: aligned for the widest loads, on huge pages where they are large, because
// a walk touches rows at random and would otherwise miss the translation buffer at each. Threads:
// as a value. Ownership: owns its bytes; moves, never copies.
#ifndef DISTANCE_ROW_MEMORY_H_
#define DISTANCE_ROW_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <memory>

namespace phenix::distance {

class RowMemory {
 public:
  RowMemory() = default;
  explicit RowMemory(std::size_t size_bytes);

  [[nodiscard]] std::uint8_t* data() { return bytes_.get(); }
  [[nodiscard]] const std::uint8_t* data() const { return bytes_.get(); }
  [[nodiscard]] std::size_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] bool empty() const { return size_bytes_ == 0; }

 private:
  struct Release {
    void operator()(std::uint8_t* bytes) const;
  };
  std::unique_ptr<std::uint8_t[], Release> bytes_;
  std::size_t size_bytes_ = 0;
};

/// `value` rounded up to a multiple of `step`.
constexpr std::size_t RoundUp(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

}  // namespace phenix::distance

#endif  // DISTANCE_ROW_MEMORY_H_
