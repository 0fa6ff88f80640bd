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

TEST(VectorIndexThreads, EverySnapshotIsWholeWhilePartsAreExchanged) {
  const std::string directory = ::testing::TempDir() + "phenix_vector_threads";
  std::filesystem::remove_all(directory);
  VectorIndexOptions options;
  options.dimension = kDimension;
  options.metric = distance::Metric::kL2;
  options.simd_level = distance::DetectedSimdLevel();
  options.run_rows = 600;
  Result<std::unique_ptr<VectorIndex>> opened =
      OpenVectorIndex(io::PosixFileSystem(), directory, options);
  ASSERT_TRUE(opened.ok());
  VectorIndex& index = **opened;

  // After commit c rows (c-1)*50 .. are there and the first 10 of every earlier batch are gone.
  std::atomic<std::uint64_t> readable{0};
  std::atomic<bool> done{false};
  std::atomic<std::size_t> searches{0};
  std::atomic<std::size_t> wrong{0};
  const auto writer = [&] {
    std::mt19937 random(1);
    for (std::uint64_t commit = 1; commit <= kBatches; ++commit) {
      std::vector<std::uint64_t> ids(kBatchRows);
      for (std::uint64_t i = 0; i < kBatchRows; ++i) ids[i] = (commit - 1) * kBatchRows + i;
      const std::vector<float> values = RandomRows(random, kBatchRows);
      if (!index.Append({ids, values}, CommitTimestamp(commit)).ok()) ++wrong;
      if (commit > 1) {
        std::vector<std::uint64_t> gone(10);
        for (std::uint64_t i = 0; i < 10; ++i) gone[i] = (commit - 2) * kBatchRows + i;
        if (!index.Erase(gone, CommitTimestamp(commit)).ok()) ++wrong;
      }
      readable.store(commit);
      if (commit % 40 == 0 && !index.Checkpoint().ok()) ++wrong;
    }
    done.store(true);
  };
  const auto searcher = [&](unsigned seed) {
    std::mt19937 random(seed);
    while (!done.load() || searches.load() < 200) {
      const std::uint64_t snapshot = readable.load();
      const std::vector<float> query = RandomRows(random, 1);
      SearchRequest request;
      request.snapshot = CommitTimestamp(snapshot);
      request.query = query;
      request.limit = random() % 4 == 0 ? 100000 : 10;
      const Result<SearchAnswer> answer = index.Search(request);
      const std::uint64_t live = snapshot == 0 ? 0 : snapshot * kBatchRows - (snapshot - 1) * 10;
      if (!answer.ok() || answer->hits.size() != std::min<std::uint64_t>(live, request.limit)) {
        ++wrong;
      }
      for (const Hit& hit : answer->hits) {
        const std::uint64_t batch = hit.vector_id / kBatchRows + 1;
        const bool erased = batch < snapshot && hit.vector_id % kBatchRows < 10;
        if (batch > snapshot || erased) ++wrong;
      }
      ++searches;
    }
  };
  const auto builder = [&] {
    while (!done.load() || index.NextTask().has_value()) {
      const Result<bool> worked = index.RunOne(CommitTimestamp(0));
      if (!worked.ok()) ++wrong;
      if (!*worked) std::this_thread::yield();
    }
  };
  std::vector<std::thread> threads;
  threads.emplace_back(writer);
  threads.emplace_back(searcher, 2);
  threads.emplace_back(searcher, 3);
  threads.emplace_back(builder);
  threads.emplace_back(builder);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0U);
  EXPECT_EQ(index.Stats().rows_live, kBatches * kBatchRows - (kBatches - 1) * 10);
  std::printf("[ covered  ] %zu searches beside %llu commits\n", searches.load(),
              static_cast<unsigned long long>(kBatches));
  opened->reset();
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace phenix::index::vector
