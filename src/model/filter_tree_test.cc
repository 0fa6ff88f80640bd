#include "model/filter_tree.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

namespace phenix::model {
namespace {

std::string ErrorOf(const std::string& filter) {
  const Result<Filter> parsed = Filter::Parse(filter);
  return parsed.ok() ? "accepted" : parsed.status().ToString();
}

TEST(Filter, NamesThePlaceAndWhatIsExpected) {
  const std::vector<std::pair<std::string, std::string>> faults = {
      {R"({"a":{"$gtt":1}})",
       R"(filter at a.$gtt: unknown operator "$gtt", known operators close to it: $gt, $gte)"},
      {R"({"$orr":[]})",
       R"(filter at $orr: unknown operator "$orr", known operators close to it: $or, $nor)"},
      {R"({"a":{"$wherever":1}})",
       R"(unknown operator "$wherever", known operators here: $not, $eq)"},
      {R"({"$gt":1})", R"(operator "$gt" belongs below a field, as in {"field": {"$gt": ...}})"},
      {R"({"a":{"$or":[]}})", R"(operator "$or" belongs beside fields, not below one)"},
      {R"({"a":{"$gt":true}})",
       "filter at a.$gt: expected a number, a string or a time, got boolean true"},
      {R"({"$and":[{"a":1},{"b":{"$in":5}}]})",
       "filter at $and.1.b.$in: expected an array of values, got integer 5"},
      {R"({"a":{"$gt":1,"b":2}})",
       "filter at a: expected only operators, or a literal without keys that start with $"},
      {R"({"a":{"$between":[1]}})", "expected an array of the lowest and the highest value"},
      {R"({"a":{"$between":[1,"x"]}})", "expected two values of one type"},
      {R"({"a":{"$exists":1}})", "expected true or false, got integer 1"},
      {R"({"a":{"$type":"float"}})", R"(expected one of "null", "boolean", "integer")"},
      {R"({"a":{"$gt":1,"ci":true}})", R"("ci" needs $prefix, $suffix, $glob or $regex beside it)"},
      {R"({"a":{"$regex":"(x"}})", "filter at a.$regex: pattern cannot be used: missing )"},
      {R"({"a":{"$text":"..."}})", "expected at least one word"},
      {R"({"a":{"$text":{"query":"x","mode":"near"}}})",
       R"(expected the mode "any", "all" or "phrase", got string "near")"},
      {R"({"a":{"$gt":{"$now":"7 days"}}})", R"(expected an offset like "-7d" or "+1h30m")"},
      {R"({"a":{"$gt":{"$time":"2023-02-30"}}})", "expected an RFC 3339 time"},
      {R"({"a":{"$size":{"$ne":1}}})",
       "filter at a.$size.$ne: expected one of $eq, $gt, $gte, $lt, $lte, $between"},
      {R"({"a":{"$size":-1}})", "expected an integer of at least 0, got integer -1"},
      {R"({"a":{"$geo_radius":{"center":{"lat":91,"lon":0},"radius_m":1}}})",
       "expected a place as"},
      {R"({"a":{"$geo_radius":{"center":{"lat":1,"lon":0},"radius":1}}})",
       R"(unknown key "radius", expected one of center, radius_m)"},
      {R"({"a":{"$geo_polygon":{"points":[]}}})",
       "expected points, an array of at least three places"},
      {R"({"a":{"$elem":{"$id":"x"}}})",
       "this operator is about an entity and cannot stand inside $elem or an edge"},
      {R"({"a":{"$elem":5}})", "expected a filter object, got integer 5"},
      {R"({"$edge":{"label":"x"}})", "filter at $edge: expected one of out, in and any"},
      {R"({"$edge":{"out":"a","in":"b"}})", "expected only one of out, in and any"},
      {R"({"$edge":{"out":"a","hops":[0,2]}})", "expected hops as n or [min, max], from 1 to 10"},
      {R"({"$edge":{"out":"a","edge":{"$edge":{}}}})",
       "filter at $edge.edge.$edge: this operator is about an entity"},
      {R"({"$edge":{"out":""}})", "expected 1 to 255 bytes"},
      {R"({"$slice":{"index":4,"total":4}})", "expected an index below total"},
      {R"({"$has_vector":true})", "expected a string, got boolean true"},
      {R"({"$id":7})", "expected an array of strings"},
      {R"({"a..b":1})", "expected a key at offset=2"},
      {R"({"a":1,"a":2})", "expected each key once"},
      {R"({"$and":[]})", "expected an array of at least one filter, got array []"},
      {R"([])", "expected an object at the top level"},
      {R"({"a")", "filter: JSON: expected ':'"},
  };
  for (const auto& [filter, message] : faults) {
    const std::string error = ErrorOf(filter);
    EXPECT_EQ(error.substr(0, 16), "invalid_argument") << filter << ' ' << error;
    EXPECT_NE(error.find(message), std::string::npos) << filter << "\n  " << error;
  }
  std::printf("[ covered  ] %zu wrong filters\n", faults.size());
}

TEST(Filter, StopsAtEveryLimit) {
  std::string deep = R"({"a":1})";
  for (unsigned level = 0; level < kFilterDepthMax; ++level) deep = R"({"$not":)" + deep + "}";
  EXPECT_TRUE(Filter::Parse(deep).ok());
  std::string wide = R"({"$or":[{"a":0})";
  for (std::size_t node = 2; node < kFilterNodesMax; ++node) wide += R"(,{"a":1})";
  EXPECT_TRUE(Filter::Parse(wide + "]}").ok());
  std::string list = R"({"a":{"$in":[0)";
  for (std::size_t value = 1; value < kFilterListValuesMax; ++value)
    list += "," + std::to_string(value);
  EXPECT_TRUE(Filter::Parse(list + "]}}").ok());
  std::string hard = R"({"a":{"$regex":"((a{100}){100}){100}"}})";
  const std::vector<std::string> beyond = {
      R"({"$not":)" + deep + "}",
      wide + R"(,{"a":1}]})",
      list + ",1]}}",
      R"({"a":{"$regex":")" + std::string(kFilterPatternBytesMax + 1, 'a') + "\"}}",
      R"({"a":")" + std::string(kFilterBytesMax, 'a') + "\"}",
      hard};
  for (const std::string& filter : beyond) {
    EXPECT_EQ(Filter::Parse(filter).status().code(), StatusCode::kResourceExhausted)
        << filter.substr(0, 80) << ErrorOf(filter);
  }
}

TEST(Filter, ShowsItsTreeToPlanners) {
  const Result<Filter> filter = Filter::Parse(
      R"({"year":{"$gte":2020},"$edge":{"in":"cites","hops":[1,2],"count":{"$gte":3}}})");
  ASSERT_TRUE(filter.ok());
  const FilterNode& root = *filter->root();
  EXPECT_EQ(root.kind, FilterKind::kAnd);
  ASSERT_EQ(root.children.size(), 2U);
  EXPECT_EQ(root.children[0].kind, FilterKind::kGreaterOrEqual);
  EXPECT_EQ(FilterKindName(root.children[0].kind), "$gte");
  EXPECT_EQ(root.children[0].path.ToString(), "year");
  EXPECT_EQ(std::get<Literal>(root.children[0].argument).value.AsInt(), 2020);
  const auto& edge = std::get<EdgeCondition>(root.children[1].argument);
  EXPECT_EQ(edge.direction, EdgeCondition::Direction::kIn);
  EXPECT_EQ(edge.labels, std::vector<std::string>{"cites"});
  EXPECT_EQ(edge.hops_max, 2U);
  EXPECT_EQ(edge.count.min, 3U);
  EXPECT_EQ(filter->ToJson(),
            R"({"year":{"$gte":2020},"$edge":{"in":"cites","hops":[1,2],"count":{"$gte":3}}})");
}

TEST(Filter, KeepsItsLiteralsAliveInEveryCopy) {
  Filter kept;
  {
    const Result<Filter> filter =
        Filter::Parse(R"({"a":{"$in":["long enough to live on the heap","x"]}})");
    kept = *filter;
  }
  const auto& set = std::get<LiteralSet>(kept.root()->argument);
  EXPECT_EQ(set.values[0].AsString(), "long enough to live on the heap");
}

TEST(Filter, JoinsSeveralIntoOne) {
  const Filter a = *Filter::Parse(R"({"a":1})");
  const Filter b = *Filter::Parse(R"({"b":2})");
  EXPECT_TRUE(Filter::AllOf({})->IsEmpty());
  EXPECT_EQ(Filter::AllOf({Filter(), a})->ToJson(), R"({"a":1})");
  EXPECT_EQ(Filter::AllOf({a, Filter(), b})->ToJson(), R"({"$and":[{"a":1},{"b":2}]})");
}

}  // namespace
}  // namespace phenix::model
