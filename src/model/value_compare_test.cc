#include "model/value_compare.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "model/ordered_value.h"
#include "model/random_json.h"

namespace phenix::model {
namespace {

int Sign(int order) { return (order > 0) - (order < 0); }

/// Compares two JSON values, and checks that the encoded keys say the same.
int Compare(const std::string& a, const std::string& b) {
  const Result<Document> document = Document::FromJson(R"({"a":)" + a + R"(,"b":)" + b + "}");
  const ValueView left = RootOf(*document).Find("a");
  const ValueView right = RootOf(*document).Find("b");
  const int order = Sign(CompareValues(left, right));
  EXPECT_EQ(order, -Sign(CompareValues(right, left)));
  EXPECT_EQ(order, Sign(EncodeOrdered(left).compare(EncodeOrdered(right)))) << a << ' ' << b;
  return order;
}

TEST(CompareValues, ComparesNumbersOfDifferentTypesExactly) {
  // Each is above the one before; equals stand in one row.
  const std::vector<std::vector<std::string>> rows = {
      {"-1.7976931348623157e308"},
      {"-9223372036854777856.0"},
      {"-9223372036854775808", "-9223372036854775808.0"},
      {"-9223372036854775807"},
      {"-9007199254740993"},
      {"-9007199254740992", "-9007199254740992.0"},
      {"-1.5"},
      {"-1", "-1.0"},
      {"-5e-324"},
      {"0", "0.0", "-0.0", "-0"},
      {"5e-324"},
      {"0.5"},
      {"1", "1.0", "10e-1"},
      {"1.5"},
      {"9007199254740992", "9007199254740992.0"},
      {"9007199254740993"},
      {"9223372036854774784.0"},
      {"9223372036854774785"},
      {"9223372036854775807"},
      {"9223372036854775808", "9223372036854775808.0"},
      {"9223372036854775809"},
      {"18446744073709549568.0", "18446744073709549568"},
      {"18446744073709551615"},
      {"18446744073709551616.0"},
      {"1e300"}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows.size(); ++j) {
      for (const std::string& a : rows[i]) {
        for (const std::string& b : rows[j])
          EXPECT_EQ(Compare(a, b), (i > j) - (i < j)) << a << ' ' << b;
      }
    }
  }
}

TEST(CompareValues, OrdersTheTypesAndWhatIsInThem) {
  const std::vector<std::string> rising = {
      "null",        "false",       "true",   "-1",           "3.5",           R"("")",
      R"("\u0000")", R"("\u0001")", R"("a")", R"("a\u0000")", R"("a\u0000b")", R"("a\u0001")",
      R"("b")",      R"("é")",      "[]",     "[null]",       "[1]",           "[1,1]",
      "[2]",         R"(["a"])",    "[[]]",   "{}",           R"({"a":1})",    R"({"a":1,"b":0})",
      R"({"a":2})",  R"({"b":0})"};
  for (std::size_t i = 0; i < rising.size(); ++i) {
    for (std::size_t j = 0; j < rising.size(); ++j) {
      EXPECT_EQ(Compare(rising[i], rising[j]), (i > j) - (i < j)) << rising[i] << ' ' << rising[j];
    }
  }
  EXPECT_EQ(Compare(R"({"x":1,"y":[2.0]})", R"({"y":[2],"x":1.0})"), 0);
}

TEST(EncodeOrdered, OrdersRandomValuesAsTheyCompare) {
  const std::uint64_t seed = TestSeed();
  RandomJson random(seed);
  constexpr int kCases = 20'000;
  int orders[3] = {0, 0, 0};
  for (int number = 0; number < kCases; ++number) {
    const std::string a = random.Below(2) == 0 ? random.Number().dump() : random.Value(2).dump();
    const std::string b = random.Below(2) == 0 ? random.Number().dump() : random.Value(2).dump();
    ++orders[Compare(a, b) + 1];
    ASSERT_FALSE(::testing::Test::HasFailure()) << "seed=" << seed << ' ' << a << ' ' << b;
  }
  EXPECT_GT(orders[1], 50);
  std::printf("[ covered  ] %d random pairs (%d below, %d equal, %d above), seed=%llu\n", kCases,
              orders[0], orders[1], orders[2], static_cast<unsigned long long>(seed));
}

}  // namespace
}  // namespace phenix::model
