// What happens at the borders: bad input, degenerate vectors, tiny and huge dimensions, empty
// indexes.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <vector>

#include "index/vector/index_reference.h"
#include "index/vector/vector_index.h"

namespace phenix::index::vector {
namespace {

std::unique_ptr<VectorIndex> MakeIndex(std::uint32_t dimension, distance::Metric metric,
                                       std::uint32_t run_rows = 4096) {
  VectorIndexOptions options;
  options.dimension = dimension;
  options.metric = metric;
  options.simd_level = distance::DetectedSimdLevel();
  options.run_rows = run_rows;
  Result<std::unique_ptr<VectorIndex>> index = CreateVectorIndex(options);
  EXPECT_TRUE(index.ok());
  return *std::move(index);
}

void AppendOne(VectorIndex& index, std::uint64_t id, const std::vector<float>& values,
               std::uint64_t commit) {
  ASSERT_TRUE(index.Append({{&id, 1}, values}, CommitTimestamp(commit)).ok());
}

std::vector<Hit> Nearest(const VectorIndex& index, const std::vector<float>& query,
                         std::size_t limit) {
  SearchRequest request;
  request.query = query;
  request.limit = limit;
  Result<SearchAnswer> answer = index.Search(request);
  EXPECT_TRUE(answer.ok()) << answer.status().ToString();
  return answer.ok() ? answer->hits : std::vector<Hit>();
}

void BuildToRest(VectorIndex& index, std::uint64_t oldest = 0) {
  while (index.NextTask().has_value()) {
    const Result<bool> worked = index.RunOne(CommitTimestamp(oldest));
    ASSERT_TRUE(worked.ok());
    if (!*worked) break;
  }
}

// `rows` random vectors with ids from 0 on, built to rest.
std::vector<float> Fill(VectorIndex& index, std::size_t rows, std::size_t dimension,
                        unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(rows * dimension);
  std::vector<std::uint64_t> ids(rows);
  for (std::size_t i = 0; i < rows; ++i) ids[i] = i;
  for (float& value : values) value = normal(random);
  EXPECT_TRUE(index.Append({ids, values}, CommitTimestamp(1)).ok());
  BuildToRest(index);
  return values;
}

TEST(VectorIndex, EmptyIndexAnswersNothing) {
  const auto index = MakeIndex(3, distance::Metric::kL2);
  EXPECT_TRUE(Nearest(*index, {1, 2, 3}, 10).empty());
  EXPECT_FALSE(index->NextTask().has_value());
  EXPECT_EQ(index->Stats().rows_live, 0U);
  EXPECT_EQ(*index->RecallEstimate(10, 10), 1.0);
}

TEST(VectorIndex, OneRowIsFoundAtItsDistance) {
  const auto index = MakeIndex(2, distance::Metric::kL2);
  AppendOne(*index, 7, {0, 0}, 1);
  const std::vector<Hit> hits = Nearest(*index, {3, 4}, 10);
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].vector_id, 7U);
  EXPECT_FLOAT_EQ(hits[0].distance, 5.0F);
}

TEST(VectorIndex, BadVectorsAreRefusedAndNothingIsAdded) {
  const auto index = MakeIndex(2, distance::Metric::kCosine);
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<std::uint64_t> ids = {1, 2};
  for (const float bad : {std::nanf(""), infinity, -infinity, 1e30F}) {
    const std::vector<float> values = {1, 2, 3, bad};
    EXPECT_EQ(index->Append({ids, values}, CommitTimestamp(1)).code(),
              StatusCode::kInvalidArgument);
  }
  const std::vector<float> three = {1, 2, 3};
  EXPECT_EQ(index->Append({ids, three}, CommitTimestamp(1)).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(index->Stats().rows_live, 0U);
  SearchRequest request;
  request.query = three;
  EXPECT_EQ(index->Search(request).status().code(), StatusCode::kInvalidArgument);
}

TEST(VectorIndex, OptionsOutOfRangeAreRefused) {
  VectorIndexOptions options;
  EXPECT_EQ(CreateVectorIndex(options).status().code(), StatusCode::kInvalidArgument);
  options.dimension = 65536;
  EXPECT_EQ(CreateVectorIndex(options).status().code(), StatusCode::kInvalidArgument);
  options.dimension = 4;
  options.recall_target = 1.5;
  EXPECT_EQ(CreateVectorIndex(options).status().code(), StatusCode::kInvalidArgument);
}

TEST(VectorIndex, CommitTimestampsMayNotFall) {
  const auto index = MakeIndex(1, distance::Metric::kL2);
  AppendOne(*index, 1, {1}, 10);
  const std::uint64_t id = 2;
  const std::vector<float> value = {1};
  EXPECT_EQ(index->Append({{&id, 1}, value}, CommitTimestamp(9)).code(),
            StatusCode::kInvalidArgument);
}

TEST(VectorIndex, ZeroVectorsUnderCosineAreAtDistanceOne) {
  const auto index = MakeIndex(3, distance::Metric::kCosine);
  AppendOne(*index, 1, {0, 0, 0}, 1);
  AppendOne(*index, 2, {1, 0, 0}, 1);
  const std::vector<Hit> hits = Nearest(*index, {2, 0, 0}, 10);
  ASSERT_EQ(hits.size(), 2U);
  EXPECT_EQ(hits[0].vector_id, 2U);
  EXPECT_NEAR(hits[0].distance, 0.0F, 1e-6F);
  EXPECT_EQ(hits[1].distance, 1.0F);
  for (const Hit& hit : Nearest(*index, {0, 0, 0}, 10)) EXPECT_EQ(hit.distance, 1.0F);
}

TEST(VectorIndex, DuplicatesAllComeBackInTheOrderOfTheirIds) {
  const auto index = MakeIndex(4, distance::Metric::kL2, 1024);
  std::vector<std::uint64_t> ids(3000);
  std::vector<float> values;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ids[i] = i;
    values.insert(values.end(), {5, 6, 7, 8});
  }
  ASSERT_TRUE(index->Append({ids, values}, CommitTimestamp(1)).ok());
  BuildToRest(*index);
  const std::vector<Hit> hits = Nearest(*index, {5, 6, 7, 8}, 3000);
  ASSERT_EQ(hits.size(), 3000U);
  for (std::size_t i = 0; i < hits.size(); ++i) {
    EXPECT_EQ(hits[i].vector_id, i);
    EXPECT_EQ(hits[i].distance, 0.0F);
  }
}

TEST(VectorIndex, DenormalsGiveFiniteDistances) {
  const auto index = MakeIndex(8, distance::Metric::kL2, 1024);
  std::mt19937 random(3);
  for (std::uint64_t id = 0; id < 1500; ++id) {
    std::vector<float> values(8);
    for (float& value : values) value = static_cast<float>(random() % 1000) * 1e-42F;
    AppendOne(*index, id, values, 1);
  }
  BuildToRest(*index);
  const std::vector<Hit> hits = Nearest(*index, std::vector<float>(8, 1e-42F), 20);
  ASSERT_EQ(hits.size(), 20U);
  for (const Hit& hit : hits) EXPECT_TRUE(std::isfinite(hit.distance));
}

TEST(VectorIndex, SmallestAndLargestDimensionsWork) {
  for (const std::uint32_t dimension : {1U, 2U, 16385U, 65535U}) {
    const std::size_t rows = dimension > 1000 ? 540 : 2000;
    for (const auto metric : {distance::Metric::kL2, distance::Metric::kDot}) {
      if (dimension > 1000 && (dimension == 65535) != (metric == distance::Metric::kL2)) continue;
      const auto index = MakeIndex(dimension, metric, 1024);
      const std::vector<float> values = Fill(*index, rows, dimension, dimension);
      const std::vector<float> query(values.begin() + dimension, values.begin() + 2 * dimension);
      IndexReference reference(metric);
      for (std::size_t i = 0; i < rows; ++i) {
        reference.Append(i, std::span(values).subspan(i * dimension, dimension), 1);
      }
      const auto all = reference.All(1, query, [](std::uint64_t) { return true; });
      EXPECT_GE(RecallOf(Nearest(*index, query, 10), all, 10), 0.9) << "dimension=" << dimension;
    }
  }
}

TEST(VectorIndex, RadiusReturnsExactlyWhatLiesInside) {
  const auto index = MakeIndex(6, distance::Metric::kL2, 1024);
  const std::vector<float> values = Fill(*index, 5000, 6, 4);
  std::vector<float> query(6, 0.1F);
  IndexReference reference(distance::Metric::kL2);
  for (std::size_t i = 0; i < 5000; ++i) {
    reference.Append(i, std::span(values).subspan(i * 6, 6), 1);
  }
  const auto all = reference.All(1, query, [](std::uint64_t) { return true; });
  double found = 0.0;
  double wanted = 0.0;
  for (const std::size_t inside : {0UL, 1UL, 5UL, 50UL, 400UL}) {
    SearchRequest request;
    request.query = query;
    request.limit = 5000;
    request.radius = inside == 0 ? all[0].distance * 0.5F : all[inside - 1].distance * 1.00001F;
    const Result<SearchAnswer> answer = index->Search(request);
    ASSERT_TRUE(answer.ok());
    for (const Hit& hit : answer->hits) EXPECT_LE(hit.distance, *request.radius);
    EXPECT_LE(answer->hits.size(), inside);
    found += static_cast<double>(answer->hits.size());
    wanted += static_cast<double>(inside);
    request.exact = true;
    EXPECT_EQ(index->Search(request)->hits.size(), inside);
  }
  EXPECT_GE(found, 0.95 * wanted);
}

TEST(VectorIndex, CursorReturnsEveryRowOnceAndNearestFirst) {
  const auto index = MakeIndex(5, distance::Metric::kCosine, 1024);
  Fill(*index, 4000, 5, 5);
  SearchRequest request;
  const std::vector<float> query = {1, 0, 0, 0, 0};
  request.query = query;
  Result<std::unique_ptr<VectorCursor>> cursor = index->OpenCursor(request);
  ASSERT_TRUE(cursor.ok());
  std::set<std::uint64_t> seen;
  float farthest_of_first = 0.0F;
  for (std::size_t count : {10UL, 10UL, 80UL, 400UL, 3500UL, 100UL}) {
    const Result<std::vector<Hit>> hits = (*cursor)->Next(count);
    ASSERT_TRUE(hits.ok());
    for (const Hit& hit : *hits) ASSERT_TRUE(seen.insert(hit.vector_id).second);
    if (seen.size() == 10) farthest_of_first = hits->back().distance;
  }
  EXPECT_EQ(seen.size(), 4000U);
  EXPECT_LE(farthest_of_first, Nearest(*index, query, 20).back().distance);
}

TEST(VectorIndex, PrivateRowsAreSeenAndHideTheCommittedOnes) {
  const auto index = MakeIndex(2, distance::Metric::kL2);
  AppendOne(*index, 1, {1, 0}, 1);
  AppendOne(*index, 2, {2, 0}, 1);
  AppendOne(*index, 3, {3, 0}, 1);
  const std::vector<std::uint64_t> own_ids = {1, 9};
  const std::vector<float> own_values = {5, 0, 0.5F, 0};
  const std::vector<std::uint64_t> hidden = {1, 2};
  const PrivateRows own = {{own_ids, own_values}, hidden};
  SearchRequest request;
  const std::vector<float> query = {0, 0};
  request.query = query;
  request.private_rows = &own;
  const Result<SearchAnswer> answer = index->Search(request);
  ASSERT_TRUE(answer.ok());
  const std::vector<Hit> want = {{9, 0.5F}, {3, 3.0F}, {1, 5.0F}};
  EXPECT_EQ(answer->hits, want);
}

TEST(VectorIndex, AnsweredSegmentsTellStrategyAndCounts) {
  const auto index = MakeIndex(8, distance::Metric::kL2, 1024);
  Fill(*index, 6144, 8, 6);
  SearchRequest request;
  const std::vector<float> query(8, 0.0F);
  request.query = query;
  const std::vector<std::uint64_t> few = {5, 77, 3000};
  const RowFilter filter = RowFilter::SortedIds(few);
  request.filter = &filter;
  const Result<SearchAnswer> answer = index->Search(request);
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer->segments.size(), 1U);
  EXPECT_EQ(answer->segments[0].strategy, Strategy::kGather);
  EXPECT_EQ(answer->segments[0].matches_estimated, 3U);
  EXPECT_EQ(answer->segments[0].matches_seen, 3U);
  EXPECT_EQ(answer->hits.size(), 3U);
  EXPECT_EQ(index->Estimate(filter).matches, 3U);
}

TEST(VectorIndex, RecallEstimateReachesTheTarget) {
  const auto index = MakeIndex(16, distance::Metric::kL2, 1024);
  Fill(*index, 8000, 16, 8);
  const Result<double> recall = index->RecallEstimate(200, 10);
  ASSERT_TRUE(recall.ok());
  EXPECT_GE(*recall, 0.93);
  EXPECT_GE(index->Stats().recall_estimate, 0.93);
}

TEST(VectorIndex, RewriteDropsEndedRowsThatNoSnapshotSees) {
  const auto index = MakeIndex(4, distance::Metric::kL2, 1024);
  Fill(*index, 3072, 4, 9);
  std::vector<std::uint64_t> ids(1500);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = 2 * i;
  ASSERT_TRUE(index->Erase(ids, CommitTimestamp(5)).ok());
  EXPECT_EQ(index->Stats().rows_erased, 1500U);
  BuildToRest(*index, 4);
  EXPECT_EQ(index->Stats().rows_erased, 1500U);
  BuildToRest(*index, 5);
  EXPECT_EQ(index->Stats().rows_erased, 0U);
  EXPECT_EQ(index->Stats().rows_live, 1572U);
}

}  // namespace
}  // namespace phenix::index::vector
