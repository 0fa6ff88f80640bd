#include "distance/byte_row.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "distance/kernels.h"
#include "distance/simd_level.h"

namespace phenix::distance {
namespace {

float Squared(std::span<const float> a, std::span<const float> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += static_cast<double>(a[i] - b[i]) * static_cast<double>(a[i] - b[i]);
  }
  return static_cast<float>(sum);
}

float Measure(const ByteRowCodec& codec, const EncodedQuery& query, const std::uint8_t* row) {
  float out = 0.0F;
  codec.Scan(KernelsFor(DetectedSimdLevel()), query,
             {row, codec.stride(), codec.dimension(), nullptr, 1}, &out);
  return out;
}

TEST(ByteRowCodec, ExactRowsGiveExactDistances) {
  std::mt19937 random(5);
  for (const std::uint32_t dimension : {1U, 2U, 17U, 100U, 784U, 1536U}) {
    const ByteRowCodec codec = ByteRowCodec::Exact(dimension);
    std::vector<float> row(dimension), query(dimension), decoded(dimension);
    for (std::uint32_t i = 0; i < dimension; ++i) {
      row[i] = static_cast<float>(random() % 256);
      query[i] = static_cast<float>(random() % 256);
    }
    RowMemory memory(codec.stride());
    codec.EncodeRow(row, memory.data());
    codec.DecodeRow(memory.data(), decoded);
    EXPECT_EQ(row, decoded);
    EncodedQuery encoded;
    codec.EncodeQuery(query, &encoded);
    EXPECT_TRUE(encoded.exact());
    EXPECT_EQ(Measure(codec, encoded, memory.data()), Squared(row, query));
    codec.EncodeQuery(memory.data(), &encoded);
    EXPECT_EQ(Measure(codec, encoded, memory.data()), 0.0F);
  }
}

TEST(ByteRowCodec, ScaledRowsAreNearTheTruth) {
  std::mt19937 random(6);
  std::normal_distribution<float> normal;
  for (const std::uint32_t dimension : {1U, 3U, 64U, 100U, 768U}) {
    std::vector<float> center(dimension), row(dimension), query(dimension);
    for (std::uint32_t i = 0; i < dimension; ++i) {
      center[i] = 5.0F * normal(random);
      row[i] = center[i] + normal(random);
      query[i] = center[i] + normal(random);
    }
    const ByteRowCodec codec = ByteRowCodec::Scaled(center);
    RowMemory memory(2 * codec.stride());
    codec.EncodeRow(row, memory.data());
    codec.EncodeRow(query, memory.data() + codec.stride());
    const float want = Squared(row, query);
    EncodedQuery encoded;
    codec.EncodeQuery(query, &encoded);
    const auto tolerance = 0.03F * static_cast<float>(dimension) + 0.05F;
    EXPECT_FALSE(encoded.exact());
    EXPECT_NEAR(Measure(codec, encoded, memory.data()), want, tolerance) << dimension;
    codec.EncodeQuery(memory.data() + codec.stride(), &encoded);
    EXPECT_NEAR(Measure(codec, encoded, memory.data()), want, tolerance) << dimension;
  }
}

TEST(ByteRowCodec, ConstantAndTinyRowsDecodeToTheCenter) {
  const std::vector<float> center = {1.0F, -2.0F, 3.0F};
  const ByteRowCodec codec = ByteRowCodec::Scaled(center);
  RowMemory memory(codec.stride());
  std::vector<float> decoded(3);
  codec.EncodeRow(center, memory.data());
  codec.DecodeRow(memory.data(), decoded);
  EXPECT_EQ(center, decoded);
  const ByteRowCodec tiny = ByteRowCodec::Scaled({0.0F, 0.0F});
  RowMemory small(tiny.stride());
  tiny.EncodeRow(std::vector<float>{1e-42F, -1e-44F}, small.data());
  EncodedQuery query;
  tiny.EncodeQuery(std::vector<float>{1e-42F, 0.0F}, &query);
  EXPECT_TRUE(std::isfinite(Measure(tiny, query, small.data())));
}

TEST(ByteRowCodec, FractionalQueriesOfExactRowsAreMeasuredRounded) {
  const ByteRowCodec codec = ByteRowCodec::Exact(4);
  RowMemory memory(codec.stride());
  codec.EncodeRow(std::vector<float>{10, 20, 30, 40}, memory.data());
  EncodedQuery query;
  codec.EncodeQuery(std::vector<float>{10.5F, 20.5F, 30.5F, 40.5F}, &query);
  EXPECT_FALSE(query.exact());
  EXPECT_NEAR(Measure(codec, query, memory.data()), 1.0F, 25.0F);
}

TEST(IsByteVector, RefusesFractionsAndNumbersOutside) {
  EXPECT_TRUE(IsByteVector(std::vector<float>{0, 255, 3}));
  EXPECT_FALSE(IsByteVector(std::vector<float>{0, 256}));
  EXPECT_FALSE(IsByteVector(std::vector<float>{-1}));
  EXPECT_FALSE(IsByteVector(std::vector<float>{0.5F}));
  EXPECT_FALSE(IsByteVector(std::vector<float>{std::nanf("")}));
}

}  // namespace
}  // namespace phenix::distance
