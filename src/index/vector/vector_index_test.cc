// Random histories against a slow reference: every search at every snapshot.
#include "index/vector/vector_index.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "index/vector/index_reference.h"
#include "io/file_system.h"

namespace phenix::index::vector {
namespace {

struct HistoryCase {
  distance::Metric metric;
  std::uint32_t dimension;
  bool bytes;   // values are integers in 0..255
  bool stored;  // checkpoints and reopening
  std::uint32_t seed;
};

VectorIndexOptions SmallOptions(const HistoryCase& history) {
  VectorIndexOptions options;
  options.dimension = history.dimension;
  options.metric = history.metric;
  options.simd_level = distance::DetectedSimdLevel();
  options.run_rows = 640;
  options.block_rows = 6000;
  options.merge_fanout = 3;
  options.seed = history.seed;
  return options;
}

class History {
 public:
  explicit History(const HistoryCase& history)
      : case_(history),
        random_(history.seed),
        options_(SmallOptions(history)),
        reference_(history.metric) {
    centers_.resize(12 * history.dimension);
    for (float& value : centers_) value = 3.0F * normal_(random_);
    if (case_.stored) {
      directory_ = ::testing::TempDir() + "phenix_vector_history_" + std::to_string(case_.seed);
      std::filesystem::remove_all(directory_);
    }
    Open();
  }
  ~History() {
    if (case_.stored) std::filesystem::remove_all(directory_);
  }

  void Step() {
    const unsigned dice = static_cast<unsigned>(random_() % 100);
    if (dice < 45) {
      AppendSome();
    } else if (dice < 60) {
      EraseSome();
    } else if (dice < 80) {
      for (int i = 0; i < 6; ++i) ASSERT_TRUE(index_->RunOne(CommitTimestamp(oldest_)).ok());
    } else if (dice < 97) {
      Compare();
    } else if (case_.stored) {
      CheckpointAndReopen();
    }
    // Snapshots older than 40 commits are let go.
    oldest_ = commit_ > 40 ? commit_ - 40 : 0;
  }

  void Finish() {
    while (index_->NextTask().has_value()) {
      const Result<bool> worked = index_->RunOne(CommitTimestamp(oldest_));
      ASSERT_TRUE(worked.ok());
      if (!*worked) break;
    }
    for (int i = 0; i < 40; ++i) Compare();
    EXPECT_GE(recall_sum_ / static_cast<double>(approximate_), options_.recall_target);
    EXPECT_EQ(index_->Stats().rows_live, reference_.live());
    std::printf("[ covered  ] commits %llu, searches %zu exact + %zu approximate, recall %.4f\n",
                static_cast<unsigned long long>(commit_), exact_, approximate_,
                recall_sum_ / static_cast<double>(approximate_));
  }

 private:
  void Open() {
    Result<std::unique_ptr<VectorIndex>> index =
        case_.stored ? OpenVectorIndex(io::PosixFileSystem(), directory_, options_)
                     : CreateVectorIndex(options_);
    ASSERT_TRUE(index.ok()) << index.status().ToString();
    index_ = *std::move(index);
  }

  std::vector<float> RandomVector() {
    std::vector<float> values(case_.dimension);
    const std::size_t center = random_() % 12;
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = centers_[center * case_.dimension + i] + normal_(random_);
      if (case_.bytes) values[i] = std::clamp(std::round(values[i] * 12.0F + 128.0F), 0.0F, 255.0F);
    }
    if (random_() % 50 == 0) std::fill(values.begin(), values.end(), 0.0F);
    return values;
  }

  void AppendSome() {
    ++commit_;
    const std::size_t count = 1 + random_() % 120;
    std::vector<std::uint64_t> ids;
    std::vector<float> values;
    std::set<std::uint64_t> used;
    for (std::size_t i = 0; i < count; ++i) {
      const bool update = random_() % 5 == 0 && next_id_ > 1;
      const std::uint64_t id = update ? 1 + random_() % (next_id_ - 1) : next_id_++;
      if (!used.insert(id).second) continue;
      const std::vector<float> vector = RandomVector();
      ids.push_back(id);
      values.insert(values.end(), vector.begin(), vector.end());
      reference_.Append(id, vector, commit_);
    }
    ASSERT_TRUE(index_->Append({ids, values}, CommitTimestamp(commit_)).ok());
  }

  void EraseSome() {
    ++commit_;
    std::vector<std::uint64_t> ids;
    const std::vector<std::uint64_t> live = reference_.live_ids();
    for (std::size_t i = 0; i < 1 + random_() % 60 && !live.empty(); ++i) {
      ids.push_back(live[random_() % live.size()]);
    }
    ids.push_back(next_id_ + 1000);  // never there
    for (const std::uint64_t id : ids) reference_.Erase(id, commit_);
    ASSERT_TRUE(index_->Erase(ids, CommitTimestamp(commit_)).ok());
  }

  void CheckpointAndReopen() {
    ASSERT_TRUE(index_->Checkpoint().ok());
    index_.reset();
    Open();
    EXPECT_EQ(index_->Stats().applied_through.value(), commit_);
    EXPECT_EQ(index_->Stats().rows_live, reference_.live());
    oldest_ = commit_;
    ++reopened_;
  }

  void Compare() {
    SearchRequest request;
    const std::uint64_t age = random_() % 3 == 0 ? random_() % 20 : 0;
    const std::uint64_t snapshot = std::max(oldest_, commit_ - std::min(commit_, age));
    request.snapshot = CommitTimestamp(snapshot);
    const std::vector<float> query = RandomVector();
    request.query = query;
    request.limit = std::vector<std::size_t>{1, 10, 10, 10, 100}[random_() % 5];
    request.exact = random_() % 3 == 0;
    std::vector<std::uint64_t> words(next_id_ / 64 + 1), sorted;
    const std::optional<RowFilter> filter = RandomFilter(&words, &sorted);
    if (filter) request.filter = &*filter;
    const auto passes = [&](std::uint64_t id) { return !filter || filter->Passes(id); };
    const std::vector<Hit> all = reference_.All(snapshot, query, passes);
    const Result<SearchAnswer> answer = index_->Search(request);
    ASSERT_TRUE(answer.ok());
    const std::vector<Hit>& hits = answer->hits;
    ASSERT_EQ(hits.size(), std::min(request.limit, all.size()));
    CheckHits(hits, all);
    const double recall = RecallOf(hits, all, request.limit);
    if (request.exact) {
      ASSERT_EQ(recall, 1.0);
      ++exact_;
    } else {
      recall_sum_ += recall;
      ++approximate_;
    }
  }

  std::optional<RowFilter> RandomFilter(std::vector<std::uint64_t>* words,
                                        std::vector<std::uint64_t>* sorted) {
    const unsigned kind = static_cast<unsigned>(random_() % 5);
    if (kind < 2) return std::nullopt;
    const std::uint64_t share = std::vector<std::uint64_t>{2, 10, 40, 300}[random_() % 4];
    if (kind == 2) {
      return RowFilter::Accepting([share](std::uint64_t id) { return id * 7919 % share == 0; },
                                  {1.0 / static_cast<double>(share), 50.0});
    }
    for (std::uint64_t id = 0; id < next_id_; ++id) {
      if (random_() % share != 0) continue;
      (*words)[id / 64] |= 1ULL << (id % 64);
      sorted->push_back(id);
    }
    if (kind == 3) return RowFilter::SortedIds(*sorted);
    return RowFilter::Bitmap(*words, 0, sorted->size());
  }

  // Nothing invisible, nothing twice, right distances, ascending.
  void CheckHits(const std::vector<Hit>& hits, const std::vector<Hit>& all) {
    std::map<std::uint64_t, float> visible;
    for (const Hit& hit : all) visible[hit.vector_id] = hit.distance;
    std::set<std::uint64_t> seen;
    for (std::size_t i = 0; i < hits.size(); ++i) {
      const auto found = visible.find(hits[i].vector_id);
      ASSERT_NE(found, visible.end()) << "id " << hits[i].vector_id << " is not visible";
      ASSERT_TRUE(seen.insert(hits[i].vector_id).second) << "id came twice";
      ASSERT_NEAR(hits[i].distance, found->second, 1e-4F * std::fabs(found->second) + 2e-3F);
      if (i > 0) ASSERT_LE(hits[i - 1].distance, hits[i].distance);
    }
  }

  HistoryCase case_;
  std::mt19937 random_;
  std::normal_distribution<float> normal_;
  VectorIndexOptions options_;
  IndexReference reference_;
  std::vector<float> centers_;
  std::string directory_;
  std::unique_ptr<VectorIndex> index_;
  std::uint64_t commit_ = 0;
  std::uint64_t oldest_ = 0;
  std::uint64_t next_id_ = 1;
  std::size_t exact_ = 0;
  std::size_t approximate_ = 0;
  std::size_t reopened_ = 0;
  double recall_sum_ = 0.0;
};

class VectorIndexHistory : public ::testing::TestWithParam<HistoryCase> {};

TEST_P(VectorIndexHistory, EverySearchAtEverySnapshotEqualsTheReference) {
  std::printf("[ seed     ] %u\n", GetParam().seed);
  History history(GetParam());
  for (int step = 0; step < 400 && !HasFatalFailure(); ++step) history.Step();
  if (!HasFatalFailure()) history.Finish();
}

INSTANTIATE_TEST_SUITE_P(
    All, VectorIndexHistory,
    ::testing::Values(HistoryCase{distance::Metric::kL2, 24, true, false, 101},
                      HistoryCase{distance::Metric::kL2, 33, false, false, 102},
                      HistoryCase{distance::Metric::kCosine, 20, false, false, 103},
                      HistoryCase{distance::Metric::kDot, 16, false, false, 104},
                      HistoryCase{distance::Metric::kL2, 12, true, true, 105},
                      HistoryCase{distance::Metric::kCosine, 40, false, true, 106},
                      HistoryCase{distance::Metric::kDot, 9, true, true, 107},
                      HistoryCase{distance::Metric::kL2, 1, false, false, 108}));

}  // namespace
}  // namespace phenix::index::vector
