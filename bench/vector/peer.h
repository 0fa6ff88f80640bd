// hnswlib, as a user of it would build and search it. Compiled in one unit with native flags.
#ifndef BENCH_VECTOR_PEER_H_
#define BENCH_VECTOR_PEER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace phenix::bench {

struct PeerOptions {
  std::uint32_t dimension = 0;
  std::size_t rows_max = 0;
  bool inner_product = false;     ///< rows are unit vectors then
  std::size_t links = 16;         ///< M
  std::size_t build_width = 200;  ///< ef_construction
  int threads = 1;
};

class PeerIndex {
 public:
  virtual ~PeerIndex() = default;
  PeerIndex() = default;
  PeerIndex(const PeerIndex&) = delete;
  PeerIndex& operator=(const PeerIndex&) = delete;
  virtual void Add(std::span<const float> rows, std::uint64_t first_id) = 0;
  virtual void SetWidth(std::size_t width) = 0;
  /// Ids of the nearest rows, farthest first.
  virtual void Search(const float* query, std::size_t limit, std::vector<std::uint64_t>* ids) = 0;
  virtual void Erase(std::uint64_t id) = 0;
  [[nodiscard]] virtual std::size_t bytes_per_row() const = 0;
};

/// Null when this build has no hnswlib.
std::unique_ptr<PeerIndex> MakeHnswlib(const PeerOptions& options);

}  // namespace phenix::bench

#endif  // BENCH_VECTOR_PEER_H_
