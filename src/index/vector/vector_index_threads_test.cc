// Searches, appends, erases, builds and checkpoints at once; meant for the thread sanitizer too.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <random>
#include <thread>
#include <vector>

#include "index/vector/vector_index.h"
#include "io/file_system.h"

namespace phenix::index::vector {
namespace {

constexpr std::uint32_t kDimension = 12;
constexpr std::uint64_t kBatches = 120;
constexpr std::uint64_t kBatchRows = 50;

std::vector<float> RandomRows(std::mt19937& random, std::size_t rows) {
  std::normal_distribution<float> normal;
  std::vector<float> values(rows * kDimension);
  for (float& value : values) value = normal(random);
  return values;
}

// One index and the threads that use it at once. After commit c the rows below c * 50 are there,
// less the first 10 of every batch but the last.
class Bustle {
 public:
  explicit Bustle(VectorIndex& index) : index_(index) {}

  void Write() {
    std::mt19937 random(1);
    for (std::uint64_t commit = 1; commit <= kBatches; ++commit) {
      std::vector<std::uint64_t> ids(kBatchRows);
      for (std::uint64_t i = 0; i < kBatchRows; ++i) ids[i] = (commit - 1) * kBatchRows + i;
      const std::vector<float> values = RandomRows(random, kBatchRows);
      if (!index_.Append({ids, values}, CommitTimestamp(commit)).ok()) ++wrong_;
      std::vector<std::uint64_t> gone;
      for (std::uint64_t i = 0; i < 10 && commit > 1; ++i) {
        gone.push_back((commit - 2) * kBatchRows + i);
      }
      if (!index_.Erase(gone, CommitTimestamp(commit)).ok()) ++wrong_;
      readable_.store(commit);
      if (commit % 40 == 0 && !index_.Checkpoint().ok()) ++wrong_;
    }
    done_.store(true);
  }
  void Search(unsigned seed) {
    std::mt19937 random(seed);
    while (!done_.load() || searches_.load() < 200) {
      const std::uint64_t snapshot = readable_.load();
      const std::vector<float> query = RandomRows(random, 1);
      SearchRequest request;
      request.snapshot = CommitTimestamp(snapshot);
      request.query = query;
      request.limit = random() % 4 == 0 ? 100000 : 10;
      const Result<SearchAnswer> answer = index_.Search(request);
      const std::uint64_t live = snapshot == 0 ? 0 : snapshot * kBatchRows - (snapshot - 1) * 10;
      if (!answer.ok() || answer->hits.size() != std::min<std::uint64_t>(live, request.limit)) {
        ++wrong_;
        continue;
      }
      for (const Hit& hit : answer->hits) {
        const std::uint64_t batch = hit.vector_id / kBatchRows + 1;
        const bool erased = batch < snapshot && hit.vector_id % kBatchRows < 10;
        if (batch > snapshot || erased) ++wrong_;
      }
      ++searches_;
    }
  }
  void Build() {
    while (!done_.load() || index_.NextTask().has_value()) {
      const Result<bool> worked = index_.RunOne(CommitTimestamp(0));
      if (!worked.ok()) ++wrong_;
      if (!worked.ok() || !*worked) std::this_thread::yield();
    }
  }
  [[nodiscard]] std::size_t wrong() const { return wrong_.load(); }
  [[nodiscard]] std::size_t searches() const { return searches_.load(); }

 private:
  VectorIndex& index_;
  std::atomic<std::uint64_t> readable_{0};
  std::atomic<bool> done_{false};
  std::atomic<std::size_t> searches_{0};
  std::atomic<std::size_t> wrong_{0};
};

TEST(VectorIndexThreads, EverySnapshotIsWholeWhilePartsAreExchanged) {
  const std::string directory = ::testing::TempDir() + "phenix_vector_threads";
  std::filesystem::remove_all(directory);
  VectorIndexOptions options;
  options.dimension = kDimension;
  options.metric = distance::Metric::kL2;
  options.simd_level = distance::DetectedSimdLevel();
  options.run_rows = 600;
  Result<std::unique_ptr<VectorIndex>> index =
      OpenVectorIndex(io::PosixFileSystem(), directory, options);
  ASSERT_TRUE(index.ok());
  Bustle bustle(**index);
  std::vector<std::thread> threads;
  threads.emplace_back([&] { bustle.Write(); });
  threads.emplace_back([&] { bustle.Search(2); });
  threads.emplace_back([&] { bustle.Search(3); });
  threads.emplace_back([&] { bustle.Build(); });
  threads.emplace_back([&] { bustle.Build(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(bustle.wrong(), 0U);
  EXPECT_EQ((*index)->Stats().rows_live, kBatches * kBatchRows - (kBatches - 1) * 10);
  std::printf("[ covered  ] %zu searches beside %llu commits\n", bustle.searches(),
              static_cast<unsigned long long>(kBatches));
  index->reset();
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace phenix::index::vector
