#include "api/json/graph_constraint.h"

#include <gtest/gtest.h>

namespace phenix::api {
namespace {

using Direction = GraphConstraint::Direction;

GraphConstraint Parsed(std::string_view text) {
  const Result<GraphConstraint> constraint = ParseGraphConstraint(text, 3);
  EXPECT_TRUE(constraint.ok()) << text << ": " << constraint.status().ToString();
  return constraint.ok() ? *constraint : GraphConstraint();
}

TEST(GraphConstraint, ReadsEachForm) {
  EXPECT_EQ(Parsed("a:b"), (GraphConstraint{Direction::kEither, "a", 1, 1, "b"}));
  EXPECT_EQ(Parsed(">a:b"), (GraphConstraint{Direction::kFromId, "a", 1, 1, "b"}));
  EXPECT_EQ(Parsed("<a:b"), (GraphConstraint{Direction::kToId, "a", 1, 1, "b"}));
  EXPECT_EQ(Parsed("a{2,3}:b"), (GraphConstraint{Direction::kEither, "a", 2, 3, "b"}));
  EXPECT_EQ(Parsed("<a{2}:b"), (GraphConstraint{Direction::kToId, "a", 2, 2, "b"}));
  EXPECT_EQ(Parsed("a:urn:x{1}:y"), (GraphConstraint{Direction::kEither, "a", 1, 1, "urn:x{1}:y"}));
}

TEST(GraphConstraint, RefusesWhatIsNone) {
  for (const char* text : {"", "a", ":", "a:", ":b", ">:b", "a{:b", "a{}:b", "a{0,1}:b", "a{2,1}:b",
                           "a{1,}:b", "a{1,2,3}:b", "a{-1}:b", "a{1}b:c"}) {
    const Result<GraphConstraint> constraint = ParseGraphConstraint(text, 3);
    ASSERT_FALSE(constraint.ok()) << text;
    EXPECT_EQ(constraint.status().code(), StatusCode::kInvalidArgument) << text;
  }
  EXPECT_EQ(ParseGraphConstraint("a{1,4}:b", 3).status().code(), StatusCode::kResourceExhausted);
}

TEST(GraphConstraint, IsAnEdgeFilter) {
  EXPECT_EQ(FilterOf(Parsed(">a{1,2}:\"b"))->ToJson(),
            R"({"$edge":{"in":"a","to":{"$id":"\"b"},"hops":[1,2]}})");
}

}  // namespace
}  // namespace phenix::api
