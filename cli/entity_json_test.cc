#include "cli/entity_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <iostream>
#include <limits>
#include <random>
#include <string>
#include <tuple>
#include <utility>

namespace phenix::cli {
namespace {

Result<PutOperation> Read(std::string_view json) {
  EntityReader reader;
  return reader.Read(json, {.collection = "here", .now_ms = 1'000'000});
}

std::string Refusal(std::string_view json) {
  const auto put = Read(json);
  EXPECT_FALSE(put.ok()) << json;
  return put.ok() ? "" : put.status().ToString();
}

Entity EntityOf(PutOperation put) {
  Entity entity;
  entity.id = std::move(put.id);
  if (put.document.has_value()) entity.document = *std::move(put.document);
  entity.vectors = std::move(put.vectors);
  entity.edges = std::move(put.edges);
  return entity;
}

std::string Written(const Entity& entity) {
  std::string text;
  AppendEntity(text, entity, "here", EntityStyle::kExport);
  return text;
}

TEST(EntityReader, ReadsEveryMember) {
  const auto put = Read(
      R"({"id":"a","metadata":{"z":1,"a":[2]},"vector":[0.5,-1],"vectors":{"text":[1]},)"
      R"("edges":[{"label":"l","target":"t","collection":"c","weight":2,"properties":{"p":1}}],)"
      R"("collection":"other","ttl_seconds":1.5,"if_version":"12","if_absent":true,"version":"9"})");
  ASSERT_TRUE(put.ok()) << put.status().ToString();
  EXPECT_EQ(put->id, "a");
  EXPECT_EQ(put->collection, "other");
  EXPECT_EQ(put->document->ToJson(), R"({"z":1,"a":[2]})");
  EXPECT_EQ(put->vectors.at(""), (std::vector<float>{0.5F, -1.0F}));
  EXPECT_EQ(put->vectors.at("text"), (std::vector<float>{1.0F}));
  ASSERT_EQ(put->edges.size(), 1U);
  EXPECT_EQ(put->edges[0].target, (EntityRef{"c", "t"}));
  EXPECT_EQ(put->edges[0].weight, 2.0);
  EXPECT_EQ(put->edges[0].properties.ToJson(), R"({"p":1})");
  EXPECT_EQ(put->time_to_live, std::chrono::milliseconds(1500));
  EXPECT_EQ(put->precondition.if_version, 12U);
  EXPECT_TRUE(put->precondition.if_absent);
}

TEST(EntityReader, LeavesOutWhatIsNotGiven) {
  const auto put = Read(R"({"id":"a"})");
  ASSERT_TRUE(put.ok());
  EXPECT_FALSE(put->document.has_value());
  EXPECT_TRUE(put->vectors.empty());
  EXPECT_FALSE(put->time_to_live.has_value());
  EXPECT_EQ(put->collection, "here");
}

TEST(EntityReader, CountsExpiryFromNowAndNeverMakesItPermanent) {
  EXPECT_EQ(Read(R"({"id":"a","expires_at_ms":1000250})")->time_to_live,
            std::chrono::milliseconds(250));
  EXPECT_EQ(Read(R"({"id":"a","expires_at_ms":5})")->time_to_live, std::chrono::milliseconds(1));
}

TEST(EntityReader, NamesThePlaceAndWhatWasExpected) {
  EXPECT_EQ(Refusal(R"({"id":7})"), "invalid_argument: id: expected a string");
  EXPECT_EQ(Refusal(R"({"metadata":{}})"), "invalid_argument: entity: expected a member id");
  EXPECT_EQ(Refusal(R"({"id":"a","vector":[1,"x"]})"),
            "invalid_argument: vector[1]: expected a number that a 32-bit float can hold");
  EXPECT_EQ(Refusal(R"({"id":"a","vector":[1e39]})"),
            "invalid_argument: vector[0]: expected a number that a 32-bit float can hold");
  EXPECT_EQ(Refusal(R"({"id":"a","edges":[{"label":"l","target":"t"},{"label":"l"}]})"),
            "invalid_argument: edges[1]: expected a member target");
  EXPECT_EQ(Refusal(R"({"id":"a","edges":[{"label":"l","target":"t","weight":"2"}]})"),
            "invalid_argument: edges[0].weight: expected a number");
  EXPECT_EQ(Refusal("[]"), "invalid_argument: entity: expected a JSON object");
  EXPECT_NE(Refusal(R"({"id":"a","id":"b"})").find("at most once, got \"id\""), std::string::npos);
  EXPECT_NE(Refusal(R"({"id":"a","vektor":[1]})").find("got \"vektor\""), std::string::npos);
  EXPECT_NE(Refusal(R"({"id":"a","metadata":{"x":1,"x":2}})").find("metadata: "),
            std::string::npos);
}

TEST(EntityReader, SaysWhereTheJsonIsBroken) {
  EXPECT_NE(Refusal(R"({"id":"a" "metadata":{}})").find("offset=10"), std::string::npos)
      << Refusal(R"({"id":"a" "metadata":{}})");
  EXPECT_NE(Refusal(R"({"id":"a"} {})").find("offset=11"), std::string::npos)
      << Refusal(R"({"id":"a"} {})");
  EXPECT_NE(Refusal("").find("expected"), std::string::npos);
  EXPECT_NE(Refusal(R"({"id":"a","vector":[1,2)").find("offset="), std::string::npos);
}

TEST(EntityReader, AcceptsDocumentsAsDeepAsTheDatabaseDoes) {
  std::string deep;
  for (unsigned i = 0; i < kDocumentDepthMax - 1; ++i) deep += "[";
  std::string closing(kDocumentDepthMax - 1, ']');
  const std::string document = R"({"a":)" + deep + closing + "}";
  ASSERT_TRUE(Document::FromJson(document).ok());
  const auto put = Read(R"({"id":"a","metadata":)" + document + "}");
  ASSERT_TRUE(put.ok()) << put.status().ToString();
  EXPECT_EQ(put->document->ToJson(), document);
}

TEST(ReadVector, ReadsNumbersAndNothingElse) {
  EXPECT_EQ(*ReadVector("[0.5, 1]"), (std::vector<float>{0.5F, 1.0F}));
  for (const char* wrong : {"", "0.5", "[1", "[true]", "{}", "[1],\"vectors\":{\"a\":[1]}"}) {
    EXPECT_FALSE(ReadVector(wrong).ok()) << wrong;
  }
}

TEST(AppendEntity, SortsEdgesAndLeavesOutWhatGoesWithoutSaying) {
  Entity entity;
  entity.id = "a\"b";
  entity.version = 12;
  entity.vectors[""] = {0.1F, 1.0F};
  entity.vectors["t"] = {2.0F};
  entity.edges = {{.label = "z", .target = {"here", "x"}, .weight = 1, .properties = {}},
                  {.label = "a", .target = {"there", "x"}, .weight = 0.5, .properties = {}},
                  {.label = "a", .target = {"here", "y"}, .weight = 1, .properties = {}}};
  entity.expires_at_ms = 77;
  std::string text;
  AppendEntity(text, entity, "here", EntityStyle::kAnswer);
  EXPECT_EQ(text,
            R"({"id":"a\"b","version":"12","metadata":{},"vector":[0.1,1.0],"vectors":{"t":[2.0]},)"
            R"("edges":[{"label":"a","target":"y","weight":1.0},)"
            R"({"label":"a","target":"x","collection":"there","weight":0.5},)"
            R"({"label":"z","target":"x","weight":1.0}],"expires_at_ms":77})");
}

float AnyFloat(std::mt19937_64& random) {
  while (true) {
    const auto bits = static_cast<std::uint32_t>(random());
    float value = 0;
    std::memcpy(&value, &bits, sizeof(value));
    if (std::isfinite(value)) return value;
  }
}

TEST(AppendEntity, WritesWhatReadsBackAsTheSameBits) {
  constexpr unsigned kEntities = 2000;
  std::mt19937_64 random(20261);
  std::size_t floats = 0;
  for (unsigned round = 0; round < kEntities; ++round) {
    Entity entity;
    entity.id = "e" + std::to_string(round);
    auto& vector = entity.vectors[round % 3 == 0 ? "named" : ""];
    for (unsigned i = 0; i < 64; ++i) vector.push_back(AnyFloat(random));
    vector.push_back(std::numeric_limits<float>::max());
    vector.push_back(std::numeric_limits<float>::denorm_min());
    vector.push_back(-0.0F);
    floats += vector.size();
    const double weight = static_cast<double>(AnyFloat(random)) * 1.1;
    entity.edges.push_back({.label = "l", .target = {"", "t"}, .weight = weight, .properties = {}});
    const auto put = Read(Written(entity));
    ASSERT_TRUE(put.ok()) << put.status().ToString();
    const auto& read = put->vectors.begin()->second;
    ASSERT_EQ(read.size(), vector.size());
    ASSERT_EQ(std::memcmp(read.data(), vector.data(), read.size() * sizeof(float)), 0)
        << Written(entity);
    ASSERT_EQ(put->edges[0].weight, weight);
    ASSERT_EQ(Written(EntityOf(*put)), Written(entity));
  }
  std::cout << "[ covered  ] seed 20261: " << kEntities << " entities, " << floats
            << " floats of any bit pattern\n";
}

}  // namespace
}  // namespace phenix::cli
