#include "bench/vector/lifecycle.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "bench/vector/curves.h"
#include "bench/vector/dataset.h"
#include "bench/vector/sweep.h"
#include "bench/vector/truth.h"
#include "index/vector/vector_index.h"
#include "io/file_system.h"

namespace phenix::bench {
namespace {

using index::vector::SearchRequest;
using index::vector::VectorIndex;

constexpr std::size_t kLimit = 10;

void OrExit(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

double At(std::vector<double> samples, double share) {
  if (samples.empty()) return 0.0;
  std::sort(samples.begin(), samples.end());
  return samples[static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1))];
}

Dataset Rows(std::size_t rows, std::size_t queries) {
  SyntheticOptions options;
  options.rows = rows;
  options.queries = queries;
  return Synthetic(options);
}

// What the searching thread of RunIngest saw.
struct SearchLog {
  std::vector<double> microseconds;
  double recall = 0.0;
  std::size_t checked = 0;
};

// Searches until told to stop; every hundredth answer is compared with an exact one of its
// snapshot.
SearchLog SearchDuring(VectorIndex& index, const Dataset& data,
                       const std::atomic<std::uint64_t>& readable, const std::atomic<bool>& done) {
  SearchLog log;
  for (std::size_t n = 0; !done.load(); ++n) {
    const std::uint64_t snapshot = readable.load();
    if (snapshot == 0) continue;
    SearchRequest request;
    request.snapshot = CommitTimestamp(snapshot);
    request.query = data.query(n % data.query_count());
    const double start = WallSeconds();
    const auto answer = index.Search(request);
    log.microseconds.push_back((WallSeconds() - start) * 1e6);
    if (!answer.ok()) std::exit(1);
    if (n % 100 != 0) continue;
    request.exact = true;
    const auto exact = index.Search(request);
    if (!exact.ok() || exact->hits.size() < kLimit) continue;
    const float bound = exact->hits.back().distance * 1.00001F;
    const auto found = std::count_if(answer->hits.begin(), answer->hits.end(),
                                     [&](const auto& hit) { return hit.distance <= bound; });
    log.recall += static_cast<double>(found) / static_cast<double>(kLimit);
    ++log.checked;
  }
  return log;
}

double RecallNow(const VectorIndex& index, const Dataset& data) {
  double recall = 0.0;
  for (std::size_t q = 0; q < data.query_count(); ++q) {
    SearchRequest request;
    request.query = data.query(q);
    const auto answer = index.Search(request);
    request.exact = true;
    const auto exact = index.Search(request);
    if (!answer.ok() || !exact.ok()) std::exit(1);
    const float bound = exact->hits.back().distance * 1.00001F;
    const auto found = std::count_if(answer->hits.begin(), answer->hits.end(),
                                     [&](const auto& hit) { return hit.distance <= bound; });
    recall += static_cast<double>(found) / static_cast<double>(exact->hits.size());
  }
  return recall / static_cast<double>(data.query_count());
}

double MicrosecondsNow(const VectorIndex& index, const Dataset& data) {
  std::vector<double> rounds;
  for (int round = 0; round < 5; ++round) {
    const double start = ThreadSeconds();
    for (std::size_t q = 0; q < data.query_count(); ++q) {
      SearchRequest request;
      request.query = data.query(q);
      if (!index.Search(request).ok()) std::exit(1);
    }
    rounds.push_back((ThreadSeconds() - start) * 1e6 / static_cast<double>(data.query_count()));
  }
  return At(rounds, 0.5);
}

void BuildToRest(VectorIndex& index, std::uint64_t oldest) {
  while (index.NextTask().has_value()) {
    const Result<bool> worked = index.RunOne(CommitTimestamp(oldest));
    if (!worked.ok() || !*worked) break;
  }
}

enum class Choice { kRandom, kClustered, kOldest };

// Live ids, oldest first, in the order in which they are to be erased.
std::vector<std::uint64_t> ChooseErased(const Dataset& data, std::deque<std::uint64_t>* live,
                                        std::size_t count, Choice choice, std::mt19937_64* random) {
  if (choice == Choice::kRandom) std::shuffle(live->begin(), live->end(), *random);
  if (choice == Choice::kClustered) {
    const auto anchor = data.row((*live)[(*random)() % live->size()]);
    std::vector<std::pair<double, std::uint64_t>> order;
    for (const std::uint64_t id : *live) order.emplace_back(ExactDistance(data, anchor, id), id);
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i) (*live)[i] = order[i].second;
  }
  std::vector<std::uint64_t> erased(live->begin(),
                                    live->begin() + static_cast<std::ptrdiff_t>(count));
  live->erase(live->begin(), live->begin() + static_cast<std::ptrdiff_t>(count));
  return erased;
}

void RunChurnOf(const Dataset& data, std::size_t rows, int rounds, Choice choice,
                const char* name) {
  auto created = index::vector::CreateVectorIndex(IndexOptionsFor(data));
  if (!created.ok()) std::exit(1);
  VectorIndex& index = **created;
  std::deque<std::uint64_t> live(rows);
  std::iota(live.begin(), live.end(), 0ULL);
  std::vector<std::uint64_t> ids(live.begin(), live.end());
  const auto append = [&](const std::vector<std::uint64_t>& added, std::uint64_t commit) {
    const std::span<const float> values(data.base.data() + added.front() * data.dimension,
                                        added.size() * data.dimension);
    OrExit(index.Append({added, values}, CommitTimestamp(commit)));
  };
  append(ids, 1);
  BuildToRest(index, 1);
  const double recall_fresh = RecallNow(index, data);
  const double time_fresh = MicrosecondsNow(index, data);
  const std::size_t step = rows / 20;
  std::mt19937_64 random(5);
  double recall_worst = 1.0;
  double time_worst = 0.0;
  for (int round = 0; round < rounds; ++round) {
    const auto commit = static_cast<std::uint64_t>(2 + round);
    OrExit(index.Erase(ChooseErased(data, &live, step, choice, &random), CommitTimestamp(commit)));
    std::vector<std::uint64_t> added(step);
    std::iota(added.begin(), added.end(), rows + static_cast<std::size_t>(round) * step);
    append(added, commit);
    live.insert(live.end(), added.begin(), added.end());
    BuildToRest(index, commit);
    if ((round + 1) % std::max(1, rounds / 10) != 0) continue;
    recall_worst = std::min(recall_worst, RecallNow(index, data));
    time_worst = std::max(time_worst, MicrosecondsNow(index, data));
  }
  const auto stats = index.Stats();
  std::printf(
      "%-16s fresh %.4f %6.1f us   worst of %d rounds %.4f %6.1f us   drop %+.4f  "
      "time x%.2f  (%llu segments, %llu rows live)\n",
      name, recall_fresh, time_fresh, rounds, recall_worst, time_worst, recall_fresh - recall_worst,
      time_worst / time_fresh, static_cast<unsigned long long>(stats.segments),
      static_cast<unsigned long long>(stats.rows_live));
  std::fflush(stdout);
}

}  // namespace

void RunIngest(std::size_t rows) {
  constexpr std::size_t kBatch = 1024;
  const Dataset data = Rows(rows, 1000);
  auto created = index::vector::CreateVectorIndex(IndexOptionsFor(data));
  if (!created.ok()) std::exit(1);
  VectorIndex& index = **created;
  const std::string path = "vector_bench_ingest.log";
  auto log = io::PosixFileSystem().OpenWritable(path, io::OpenMode::kCreateOrTruncate);
  if (!log.ok()) std::exit(1);
  std::atomic<std::uint64_t> readable{0};
  std::atomic<bool> done{false};
  SearchLog searches;
  std::thread searcher([&] { searches = SearchDuring(index, data, readable, done); });
  std::vector<double> commits;
  const double start = WallSeconds();
  for (std::size_t first = 0; first < rows; first += kBatch) {
    const std::size_t count = std::min(kBatch, rows - first);
    std::vector<std::uint64_t> ids(count);
    std::iota(ids.begin(), ids.end(), first);
    const std::span<const float> values(data.base.data() + first * data.dimension,
                                        count * data.dimension);
    const double begin = WallSeconds();
    OrExit((*log)->Append({reinterpret_cast<const char*>(values.data()), values.size_bytes()}));
    OrExit((*log)->Sync());
    OrExit(index.Append({ids, values}, CommitTimestamp(first / kBatch + 1)));
    readable.store(first / kBatch + 1);
    commits.push_back((WallSeconds() - begin) * 1e3);
  }
  const double seconds = WallSeconds() - start;
  done.store(true);
  searcher.join();
  std::printf(
      "\n== durable ingest, %zu synthetic 128-d rows in batches of %zu, searches beside ==\n", rows,
      kBatch);
  std::printf(
      "%.0f rows/s; commit p50 %.2f ms p99 %.2f ms; %zu searches p50 %.0f us p99 %.0f us; "
      "recall during %.4f (%zu compared); %llu rows without a graph at the end\n",
      static_cast<double>(rows) / seconds, At(commits, 0.5), At(commits, 0.99),
      searches.microseconds.size(), At(searches.microseconds, 0.5), At(searches.microseconds, 0.99),
      searches.recall / static_cast<double>(std::max<std::size_t>(1, searches.checked)),
      searches.checked, static_cast<unsigned long long>(index.Stats().rows_without_graph));
  OrExit((*log)->Close());
  OrExit(io::PosixFileSystem().RemoveFile(path));
}

void RunChurn(std::size_t rows, int rounds) {
  const Dataset data = Rows(rows + rows / 20 * static_cast<std::size_t>(rounds), 500);
  std::printf("\n== churn, %zu synthetic 128-d rows, %d rounds of 5 %% out and 5 %% in ==\n", rows,
              rounds);
  RunChurnOf(data, rows, rounds, Choice::kRandom, "random");
  RunChurnOf(data, rows, rounds, Choice::kClustered, "clustered");
  RunChurnOf(data, rows, rounds, Choice::kOldest, "sliding window");
}

}  // namespace phenix::bench
