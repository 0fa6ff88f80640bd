#include "model/filter_evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "model/filter/test_entity.h"

namespace phenix::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

bool Matches(const std::string& filter, TestEntity& entity) {
  const Result<Filter> parsed = Filter::Parse(filter);
  EXPECT_TRUE(parsed.ok()) << filter << ' ' << parsed.status().ToString();
  if (!parsed.ok()) return false;
  const Result<Filter> again = Filter::Parse(parsed->ToJson());
  EXPECT_TRUE(again.ok()) << parsed->ToJson();
  const Result<bool> matches = EvaluateFilter(*parsed, entity);
  EXPECT_TRUE(matches.ok()) << matches.status().ToString();
  return matches.ok() && *matches;
}

constexpr const char* kDocument = R"({
  "lang": "en", "year": 2021, "rating": 4.5, "big": 9223372036854775807, "none": null, "draft": false,
  "title": "The Graph of Žluťoučký KŮŇ", "tags": ["db", "Graph", 7], "empty": [], "author": {"name": "Ada", "age": 36},
  "reviews": [{"stars": 5, "by": "x"}, {"stars": 2, "by": "y"}], "nested": [[1, 2], [3]],
  "a.b": {"$c": 1}, "published": "2023-11-10T12:00:00+01:00", "day": "2023-11-14",
  "place": {"lat": 50.0875, "lon": 14.4213}, "point": {"type": "Point", "coordinates": [179.9, 0]}
})";

struct Row {
  const char* filter;
  bool matches;
};

void ExpectRows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    TestEntity entity("doc-1", kDocument);
    EXPECT_EQ(Matches(row.filter, entity), row.matches) << row.filter;
  }
  std::printf("[ covered  ] %zu filters\n", rows.size());
}

TEST(Filter, ComparesValues) {
  ExpectRows({{"{}", true},
              {R"({"lang":"en"})", true},
              {R"({"lang":"de"})", false},
              {R"({"lang":"en","year":2021})", true},
              {R"({"lang":"en","year":2020})", false},
              {R"({"year":2021.0})", true},
              {R"({"year":{"$eq":2021}})", true},
              {R"({"year":{"$gte":2021,"$lt":2022}})", true},
              {R"({"year":{"$gt":2021}})", false},
              {R"({"rating":{"$lte":4.5}})", true},
              {R"({"rating":{"$between":[4,5]}})", true},
              {R"({"rating":{"$between":[4.6,5]}})", false},
              {R"({"big":{"$lt":9223372036854775808}})", true},
              {R"({"big":9223372036854775808.0})", false},
              {R"({"lang":{"$gt":"de"}})", true},
              {R"({"author":{"age":36.0,"name":"Ada"}})", true},
              {R"({"author":{"age":36}})", false},
              {R"({"author.age":36})", true},
              {R"({"tags":["db","Graph",7]})", true},
              {R"({"draft":false})", true},
              {R"({"lang":{"$in":["de","en"]}})", true},
              {R"({"year":{"$in":[1,2021.0]}})", true},
              {R"({"year":{"$nin":[1,2]}})", true},
              {R"({"year":{"$in":[]}})", false},
              {R"({"\"a.b\".\"$c\"":1})", true}});
}

TEST(Filter, TellsMissingFromNull) {
  ExpectRows({{R"({"none":null})", true},
              {R"({"gone":null})", false},
              {R"({"gone":{"$ne":null}})", true},
              {R"({"none":{"$exists":true}})", true},
              {R"({"gone":{"$exists":false}})", true},
              {R"({"gone":{"$exists":true}})", false},
              {R"({"none":{"$null":true}})", true},
              {R"({"lang":{"$null":false}})", true},
              {R"({"gone":{"$null":true}})", false},
              {R"({"gone":{"$null":false}})", false},
              {R"({"gone":{"$ne":1}})", true},
              {R"({"gone":{"$nin":[1]}})", true},
              {R"({"gone":{"$gt":1}})", false},
              {R"({"gone":{"$not":{"$gt":1}}})", true},
              {R"({"none":{"$type":"null"}})", true},
              {R"({"year":{"$type":["string","integer"]}})", true},
              {R"({"rating":{"$type":"integer"}})", false},
              {R"({"rating":{"$type":"number"}})", true},
              {R"({"gone":{"$type":"null"}})", false}});
}

TEST(Filter, LooksIntoArrays) {
  ExpectRows({{R"({"tags":{"$contains":"db"}})", true},
              {R"({"tags":{"$contains":7.0}})", true},
              {R"({"tags":{"$contains":"x"}})", false},
              {R"({"tags":{"$any":["x","db"]}})", true},
              {R"({"tags":{"$all":["Graph","db"]}})", true},
              {R"({"tags":{"$all":["x","db"]}})", false},
              {R"({"tags":{"$none":["x","y"]}})", true},
              {R"({"tags":{"$none":["db"]}})", false},
              {R"({"tags":{"$size":3}})", true},
              {R"({"empty":{"$size":{"$lt":1}}})", true},
              {R"({"tags":{"$size":{"$gte":4}}})", false},
              {R"({"tags[]":"db"})", true},
              {R"({"tags[]":{"$ne":"db"}})", false},
              {R"({"reviews[].stars":5})", true},
              {R"({"reviews[].stars":{"$gt":2,"$lt":5}})", true},  // not the same element
              {R"({"reviews":{"$elem":{"stars":{"$gt":2,"$lt":5}}}})", false},
              {R"({"reviews":{"$elem":{"stars":5,"by":"x"}}})", true},
              {R"({"reviews":{"$elem":{"stars":5,"by":"y"}}})", false},
              {R"({"reviews":{"$elem":{"$or":[{"stars":1},{"by":"y"}]}}})", true},
              {R"({"tags":{"$elem":{"$gt":6,"$lt":8}}})", true},
              {R"({"tags":{"$elem":{"$not":{"$type":["string","integer"]}}}})", false},
              {R"({"nested[][]":3})", true},
              {R"({"nested":{"$elem":{"$contains":2}}})", true},
              {R"({"nested":{"$contains":[3]}})", true},
              {R"({"empty":{"$elem":{}}})", false},
              {R"({"reviews.stars":5})", false}});
}

TEST(Filter, MatchesStringsAndWords) {
  ExpectRows({{R"({"title":{"$prefix":"The "}})", true},
              {R"({"title":{"$prefix":"the "}})", false},
              {R"({"title":{"$prefix":"the ","ci":true}})", true},
              {R"({"title":{"$suffix":"kůň","ci":true}})", true},
              {R"({"title":{"$suffix":"kůň"}})", false},
              {R"({"title":{"$glob":"The * of *"}})", true},
              {R"({"title":{"$glob":"Graph"}})", false},
              {R"({"title":{"$glob":"the ?raph*KŮ?","ci":true}})", true},
              {R"({"lang":{"$glob":"e."}})", false},
              {R"({"lang":{"$glob":"\\en"}})", true},
              {R"({"title":{"$regex":"Gr.ph"}})", true},
              {R"({"title":{"$regex":"^Gr.ph"}})", false},
              {R"({"title":{"$regex":"^the\\s\\pL+","ci":true}})", true},
              {R"({"title":{"$text":"graph"}})", true},
              {R"({"title":{"$text":{"query":"kůň nothing"}}})", true},
              {R"({"title":{"$text":{"query":"žluťoučký GRAPH","mode":"all"}}})", true},
              {R"({"title":{"$text":{"query":"graph kůň","mode":"phrase"}}})", false},
              {R"({"title":{"$text":{"query":"graph of žluťoučký","mode":"phrase"}}})", true},
              {R"({"title":{"$text":"gra"}})", false}});
}

TEST(Filter, ComparesTimes) {
  ExpectRows({{R"({"published":{"$time":"2023-11-10T11:00:00Z"}})", true},
              {R"({"published":{"$lt":{"$time":"2023-11-10T11:00:00.000000001Z"}}})", true},
              {R"({"published":{"$gte":{"$now":"-7d"}}})", true},
              {R"({"published":{"$gte":{"$now":"-1d"}}})", false},
              {R"({"published":{"$between":[{"$now":"-1w"},{"$now":"0"}]}})", true},
              {R"({"published":{"$in":[{"$time":"2023-11-10T12:00:00+01:00"}]}})", true},
              {R"({"day":{"$lt":{"$now":"-22h"}}})", true},
              {R"({"day":{"$lt":{"$now":"-22h13m21s"}}})", false},
              {R"({"lang":{"$lt":{"$now":"0"}}})", false},
              {R"({"year":{"$lt":{"$now":"0"}}})", false},
              // Without a time literal strings are strings.
              {R"({"published":"2023-11-10T11:00:00Z"})", false}});
}

TEST(Filter, FindsPlaces) {
  ExpectRows(
      {{R"({"place":{"$geo_radius":{"center":{"lat":50.0755,"lon":14.4378},"radius_m":2000}}})",
        true},
       {R"({"place":{"$geo_radius":{"center":{"lat":50.0755,"lon":14.4378},"radius_m":1000}}})",
        false},
       {R"({"place":{"$geo_box":{"top_left":{"lat":51,"lon":14},"bottom_right":{"lat":50,"lon":15}}}})",
        true},
       {R"({"place":{"$geo_box":{"top_left":{"lat":51,"lon":15},"bottom_right":{"lat":50,"lon":14}}}})",
        false},
       {R"({"point":{"$geo_box":{"top_left":{"lat":1,"lon":179},"bottom_right":{"lat":-1,"lon":-179}}}})",
        true},
       {R"({"place":{"$geo_polygon":{"points":[{"lat":50,"lon":14},{"lat":51,"lon":14},{"lat":51,"lon":15}]}}})",
        false},
       {R"({"place":{"$geo_polygon":{"points":[{"lat":50,"lon":14},{"lat":51,"lon":14},{"lat":50,"lon":15}]}}})",
        true},
       {R"({"point":{"$geo_polygon":{"points":[{"lat":1,"lon":179},{"lat":1,"lon":-179},{"lat":-1,"lon":-179},{"lat":-1,"lon":179}]}}})",
        true},
       {R"({"point":{"$geo_radius":{"center":{"lat":0,"lon":-179.9},"radius_m":23000}}})", true},
       {R"({"lang":{"$geo_radius":{"center":{"lat":0,"lon":0},"radius_m":1e9}}})", false}});
}

TEST(Filter, CombinesWithLogic) {
  ExpectRows({{R"({"$or":[{"lang":"de"},{"year":2021}]})", true},
              {R"({"$or":[{"lang":"de"},{"year":1}]})", false},
              {R"({"$and":[{"lang":"en"},{"year":2021}]})", true},
              {R"({"$nor":[{"lang":"de"},{"year":1}]})", true},
              {R"({"$nor":[{"lang":"en"},{"year":1}]})", false},
              {R"({"$not":{"lang":"de"}})", true},
              {R"({"$not":{"lang":"en","year":2021}})", false},
              {R"({"year":{"$not":{"$gt":2000,"$lt":2010}}})", true},
              {R"({"$or":[{}]})", true}});
}

TEST(Filter, AsksTheContextAboutTheEntity) {
  TestEntity entity("doc-1", "{}");
  entity.entity_version = 18'446'744'073'709'551'615ULL;
  entity.vectors = {"", "title"};
  const std::vector<Row> rows = {{R"({"$id":"doc-1"})", true},
                                 {R"({"$id":["a","doc-1"]})", true},
                                 {R"({"$id":{"in":["a","b"]}})", false},
                                 {R"({"$id":{"prefix":"doc-"}})", true},
                                 {R"({"$id":{"prefix":"doc-","range":{"$gte":"doc-2"}}})", false},
                                 {R"({"$id":{"range":{"$gt":"doc","$lte":"doc-1"}}})", true},
                                 {R"({"$id":{"range":{"$gt":"doc-1"}}})", false},
                                 {R"({"$has_vector":""})", true},
                                 {R"({"$has_vector":"image"})", false},
                                 {R"({"$version":18446744073709551615})", true},
                                 {R"({"$version":{"$gt":"18446744073709551614"}})", true},
                                 {R"({"$version":{"$lt":5}})", false},
                                 {R"({"$version":{"$gt":"18446744073709551615"}})", false}};
  for (const Row& row : rows) EXPECT_EQ(Matches(row.filter, entity), row.matches) << row.filter;
  EXPECT_EQ(entity.documents_asked, 0);
}

TEST(Filter, SlicesPartAllIdsStably) {
  EXPECT_EQ(StableHash64("doc-1"), StableHash64("doc-1"));
  EXPECT_EQ(StableHash64(""), 0xF52A15E9A9B5E89BULL);
  EXPECT_EQ(StableHash64("entity1"), 0x3751843DEDF20322ULL);
  std::map<int, int> sizes;
  for (int number = 0; number < 4'000; ++number) {
    TestEntity entity("e" + std::to_string(number), "{}");
    int slices = 0;
    for (int index = 0; index < 4; ++index) {
      if (!Matches(R"({"$slice":{"index":)" + std::to_string(index) + R"(,"total":4}})", entity))
        continue;
      ++slices;
      ++sizes[index];
    }
    ASSERT_EQ(slices, 1);
  }
  for (const auto& [index, size] : sizes) EXPECT_NEAR(size, 1'000, 150) << index;
}

TEST(Filter, ReachesEdgesThroughTheContext) {
  TestEntity ada("ada", R"({"team":"x","born":1815})");
  TestEntity paper("paper", "{}");
  paper.edges.push_back(
      {"written_by", 0.75, *Document::FromJson(R"({"role":"lead","weight":9})"), &ada});
  paper.edges.push_back({"cites", 0.25, Document(), &ada});
  const std::vector<Row> rows = {
      {R"({"$edge":{"out":"written_by"}})", true},
      {R"({"$edge":{"out":"likes"}})", false},
      {R"({"$edge":{"out":["likes","cites"]}})", true},
      {R"({"$edge":{"out":true,"label":"cites"}})", true},
      {R"({"$edge":{"out":"written_by","to":{"team":"x","$id":"ada"}}})", true},
      {R"({"$edge":{"out":"written_by","to":{"team":"y"}}})", false},
      {R"({"$edge":{"out":"written_by","edge":{"weight":{"$gte":0.5},"role":"lead"}}})", true},
      {R"({"$edge":{"out":"written_by","edge":{"weight":9}}})", false},
      {R"({"$edge":{"out":"written_by","edge":{"\"weight\"":9}}})", true},
      {R"({"$edge":{"out":true,"count":2}})", true},
      {R"({"$edge":{"out":true,"count":{"$gte":3}}})", false},
      {R"({"$edge":{"out":"likes","count":{"$lt":1}}})", true},
      {R"({"$not":{"$edge":{"out":"likes"}}})", true}};
  for (const Row& row : rows) EXPECT_EQ(Matches(row.filter, paper), row.matches) << row.filter;
}

TEST(Filter, TakesMissingPropertiesOfAnEdgeAsNone) {
  TestEntity entity("x", R"({"role":"lead"})");
  const Result<Filter> filter =
      Filter::Parse(R"({"$edge":{"out":"a","edge":{"weight":2,"role":{"$exists":false}}}})");
  const auto& condition = std::get<EdgeCondition>(filter->root()->argument);
  EXPECT_TRUE(EvaluateEdgeFilter(*condition.edge, EdgeView{2.0, ValueView()}, entity));
  EXPECT_FALSE(EvaluateEdgeFilter(*condition.edge, EdgeView{1.0, ValueView()}, entity));
  EXPECT_EQ(entity.documents_asked, 0);
}

TEST(Filter, PassesErrorsOfTheContextOn) {
  TestEntity entity("x", "{}");
  entity.fault = Status(StatusCode::kIoError, "disk");
  const Result<Filter> filter = Filter::Parse(R"({"$or":[{"$not":{"a":1}},{"b":2}]})");
  EXPECT_EQ(EvaluateFilter(*filter, entity).status().code(), StatusCode::kIoError);
}

TEST(Filter, AsksForTheDocumentOnce) {
  TestEntity entity("x", R"({"a":1,"b":2})");
  EXPECT_TRUE(Matches(R"({"a":1,"b":2,"$not":{"c":{"$exists":true}}})", entity));
  EXPECT_EQ(entity.documents_asked, 1);
}

TEST(FilterWarnings, NameTheWrongTypeOnce) {
  TestEntity entity("doc-1", kDocument);
  const Result<Filter> filter = Filter::Parse(
      R"({"$or":[{"lang":{"$gt":5}},{"tags":"db"},{"year":{"$prefix":"2"}},{"reviews.stars":5},{"none":{"$gt":1}},{"gone":5}]})");
  for (int times = 0; times < 3; ++times) EXPECT_FALSE(*EvaluateFilter(*filter, entity));
  EXPECT_THAT(entity.warnings().messages(),
              ElementsAre("wrong type at lang: $gt needs a number, found string",
                          "wrong type at tags: $eq needs string, found array ([] in the path, "
                          "$contains and $any look into arrays)",
                          "wrong type at year: $prefix needs a string, found integer",
                          "wrong type at reviews.stars: $eq needs a number, found array ([] in the "
                          "path, $contains and $any look into arrays)"));
}

TEST(FilterWarnings, StopAtTheirLimit) {
  TestEntity entity("x", R"({"a":"text"})");
  std::string filter = R"({"$or":[)";
  for (int number = 0; number < 100; ++number) {
    filter +=
        (number == 0 ? "" : ",") + std::string(R"({"a":{"$gt":)") + std::to_string(number) + "}}";
  }
  EXPECT_FALSE(Matches(filter + "]}", entity));
  EXPECT_LE(entity.warnings().messages().size(), kFilterWarningsMax);
  EXPECT_GE(entity.warnings().messages().size(), 1U);
}

}  // namespace
}  // namespace phenix::model
