// What the embedded benchmarks write: seeded entities of 128 floats and about 200 bytes of JSON.
#ifndef BENCH_EMBEDDED_WORKLOAD_H_
#define BENCH_EMBEDDED_WORKLOAD_H_

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "phenix/database.h"

namespace phenix::bench {

inline constexpr std::uint32_t kDimension = 128;
inline constexpr std::size_t kBatchEntities = 1000;
inline constexpr const char* kCollection = "items";

/// Scales of one run; the smoke scale is for CI, where only that it works matters.
struct Scale {
  std::chrono::seconds ingest{60};
  std::chrono::seconds baseline{15};
  std::chrono::seconds single{8};
  std::uint64_t reopen_entities = 1'000'000;
  std::uint64_t import_entities = 2'000'000;
  std::uint64_t read_entities = 200'000;
  std::chrono::seconds read{3};
  std::uint64_t memory_budget_bytes = std::uint64_t{1} << 30U;
};
Scale FullScale();
Scale SmokeScale();

/// The id of entity `number`: 16 digits, so that ids sort by number.
std::string EntityIdOf(std::uint64_t number);
std::string DocumentJson(std::uint64_t number);

/// Makes batches from a pool of prepared vectors and documents, so that what is timed is the
/// database.
class BatchMaker {
 public:
  explicit BatchMaker(std::uint64_t seed);
  /// Entities [first, first + count); with an edge to the entity before, if asked for.
  WriteBatch Make(std::uint64_t first, std::size_t count, bool with_edges);
  /// The same content as raw bytes, for the baselines.
  const std::string& VectorBytes(std::uint64_t number) const;
  const Document& DocumentOf(std::uint64_t number) const;

 private:
  std::vector<std::vector<float>> vectors_;
  std::vector<std::string> vector_bytes_;
  std::vector<Document> documents_;
};

CollectionSchema ItemsSchema();
DatabaseOptions BenchOptions(const Scale& scale);
std::unique_ptr<Database> OpenFresh(const std::string& directory, const Scale& scale);
double SecondsSince(std::chrono::steady_clock::time_point start);

}  // namespace phenix::bench

#endif  // BENCH_EMBEDDED_WORKLOAD_H_
