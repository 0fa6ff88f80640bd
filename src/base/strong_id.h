// Integers that cannot be mistaken for each other.
#ifndef BASE_STRONG_ID_H_
#define BASE_STRONG_ID_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace phenix::base {

/// A distinct integer type per Tag; compares, hashes, and converts only on request.
template <typename Tag, typename Integer = std::uint64_t>
class StrongId {
 public:
  constexpr StrongId() = default;
  explicit constexpr StrongId(Integer value) : value_(value) {}
  [[nodiscard]] constexpr Integer value() const { return value_; }
  constexpr auto operator<=>(const StrongId&) const = default;

 private:
  Integer value_ = 0;
};

}  // namespace phenix::base

template <typename Tag, typename Integer>
struct std::hash<phenix::base::StrongId<Tag, Integer>> {
  std::size_t operator()(phenix::base::StrongId<Tag, Integer> id) const noexcept {
    return std::hash<Integer>{}(id.value());
  }
};

namespace phenix {

/// When a write became visible: 46 bits of milliseconds since 1970, 18 bits of counter.
using CommitTimestamp = base::StrongId<struct CommitTimestampTag>;
/// One incarnation of an entity; never used again after it is deleted.
using EntityOrdinal = base::StrongId<struct EntityOrdinalTag>;
using CollectionId = base::StrongId<struct CollectionIdTag, std::uint32_t>;
using LabelId = base::StrongId<struct LabelIdTag, std::uint32_t>;

inline constexpr unsigned kTimestampCounterBits = 18;

}  // namespace phenix

#endif  // BASE_STRONG_ID_H_
