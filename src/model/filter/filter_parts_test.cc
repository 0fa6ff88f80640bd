// The small parts of filters: times, words, places, patterns.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "model/filter/geo_shape.h"
#include "model/filter/string_pattern.h"
#include "model/filter/text_tokens.h"
#include "model/filter/time_literal.h"
#include "model/random_json.h"
#include "phenix/document.h"

namespace phenix::model {
namespace {

TEST(ParseTime, ReadsRfc3339) {
  const std::vector<std::pair<std::string, TimePoint>> good = {
      {"1970-01-01T00:00:00Z", {0, 0}},
      {"1969-12-31T23:59:59.25Z", {-1, 250'000'000}},
      {"2000-02-29T12:00:00+02:30", {951'816'600, 0}},
      {"2023-11-14T22:13:20.123456789Z", {1'700'000'000, 123'456'789}},
      {"2023-11-14T22:13:20.1234567899Z", {1'700'000'000, 123'456'789}},
      {"2023-11-14t22:13:20z", {1'700'000'000, 0}},
      {"2023-11-14 22:13:20-00:00", {1'700'000'000, 0}},
      {"1970-01-02", {86'400, 0}},
      {"2016-12-31T23:59:60Z", {1'483'228'800, 0}},
      {"0000-01-01", {-62'167'219'200, 0}},
      {"9999-12-31T23:59:59Z", {253'402'300'799, 0}}};
  for (const auto& [text, time] : good) {
    ASSERT_TRUE(ParseTime(text).has_value()) << text;
    EXPECT_EQ(*ParseTime(text), time) << text << ' ' << ParseTime(text)->seconds;
  }
  for (const std::string text :
       {"", "2023", "2023-13-01", "2023-02-29", "2023-1-01", "2023-01-01T", "2023-01-01T00:00Z",
        "2023-01-01T24:00:00Z", "2023-01-01T00:60:00Z", "2023-01-01T00:00:61Z",
        "2023-01-01T00:00:00", "2023-01-01T00:00:00.Z", "2023-01-01T00:00:00+1:00",
        "2023-01-01T00:00:00+24:00", "2023-01-01T00:00:00Zx", "2023/01/01", "-023-01-01",
        "+2023-01-01", "2023-01-01Z"}) {
    EXPECT_FALSE(ParseTime(text).has_value()) << text;
  }
}

TEST(ParseTimeOffset, ReadsSignedSumsOfUnits) {
  EXPECT_EQ(ParseTimeOffset("-7d"), -7 * 86'400'000LL);
  EXPECT_EQ(ParseTimeOffset("+1h30m"), 5'400'000);
  EXPECT_EQ(ParseTimeOffset("1w2d3h4m5s6ms"), 788'645'006);
  EXPECT_EQ(ParseTimeOffset("0"), 0);
  for (const std::string text : {"", "-", "7", "d", "7x", "7d ", " 7d", "--7d", "1d-1h", "1.5d",
                                 "99999999w", "99999999999d"}) {
    EXPECT_FALSE(ParseTimeOffset(text).has_value()) << text;
  }
  EXPECT_EQ(TimePointOfMilliseconds(-1), (TimePoint{-1, 999'000'000}));
}

std::string WordsOf(std::string_view text) {
  std::string words;
  TextTokens tokens(text);
  for (std::string token; tokens.Next(token);) words += token + '|';
  return words;
}

TEST(TextTokens, AreFoldedRunsOfLettersDigitsAndMarks) {
  EXPECT_EQ(WordsOf("Hello, World-42!"), "hello|world|42|");
  EXPECT_EQ(WordsOf("ŽLUŤOUČKÝ  kůň"), "žluťoučký|kůň|");
  EXPECT_EQ(WordsOf("Σίσυφος ΣΊΣΥΦΟΣ"), "σίσυφοσ|σίσυφοσ|");
  EXPECT_EQ(WordsOf("\xe2\x84\xaa"
                    "elvin"),
            "kelvin|");  // U+212A
  EXPECT_EQ(WordsOf("日本語 🔥 x"), "日本語|x|");
  EXPECT_EQ(WordsOf("e\xcc\x81t"), "e\xcc\x81t|");  // a combining mark stays in its word
  EXPECT_EQ(WordsOf(" ... "), "");
}

TEST(TextQuery, FindsOverlappingPhrases) {
  const TextQuery phrase{{"a", "b", "a", "c"}, TextQuery::Mode::kPhrase};
  EXPECT_TRUE(phrase.Matches("x a b a b a c"));
  EXPECT_FALSE(phrase.Matches("a b a b c a"));
  std::vector<std::string> many;
  std::string text;
  for (std::size_t word = 0; word < kTextQueryTokensMax; ++word) {
    many.push_back("w" + std::to_string(word));
    text += many.back() + ' ';
  }
  EXPECT_TRUE((TextQuery{many, TextQuery::Mode::kPhrase}.Matches(text)));
  EXPECT_TRUE((TextQuery{many, TextQuery::Mode::kAll}.Matches(text)));
  EXPECT_FALSE((TextQuery{many, TextQuery::Mode::kAll}.Matches(text.substr(3))));
}

TEST(GeoPoint, IsReadFromBothForms) {
  const Document document = *Document::FromJson(
      R"({"a":{"lat":1,"lon":-2.5},"b":{"type":"Point","coordinates":[-2.5,1,100]},"c":{"lat":91,"lon":0},
          "d":{"lat":1},"e":[1,2],"f":{"type":"Point","coordinates":[1]},"g":{"lat":"1","lon":2},"h":"1,2"})");
  for (const char* key : {"a", "b"}) {
    const auto point = ReadGeoPoint(RootOf(document).Find(key));
    ASSERT_TRUE(point.has_value()) << key;
    EXPECT_EQ(point->latitude, 1);
    EXPECT_EQ(point->longitude, -2.5);
  }
  for (const char* key : {"c", "d", "e", "f", "g", "h", "missing"}) {
    EXPECT_FALSE(ReadGeoPoint(RootOf(document).Find(key)).has_value()) << key;
  }
}

TEST(GeoDistance, IsThatOfTheSphere) {
  EXPECT_NEAR(GeoDistanceMeters({50.0875, 14.4213}, {48.2082, 16.3738}), 252'000,
              1'500);  // Prague, Vienna
  EXPECT_NEAR(GeoDistanceMeters({0, 0}, {0, 180}), std::acos(-1.0) * kEarthRadiusMeters, 1);
  EXPECT_NEAR(GeoDistanceMeters({90, 10}, {90, -120}), 0, 1e-6);
  EXPECT_NEAR(GeoDistanceMeters({0, 179.5}, {0, -179.5}), 111'195, 1);
}

/// Which side of the line a-b the point is on.
double Side(GeoPoint a, GeoPoint b, GeoPoint p) {
  return (b.longitude - a.longitude) * (p.latitude - a.latitude) -
         (b.latitude - a.latitude) * (p.longitude - a.longitude);
}

TEST(GeoPolygon, HoldsWhatATriangleHoldsAnywhereOnTheGlobe) {
  const std::uint64_t seed = TestSeed();
  std::mt19937_64 engine(seed);
  std::uniform_real_distribution<double> small(-10, 10);
  std::uniform_real_distribution<double> turn(-180, 180);
  int inside_count = 0;
  constexpr int kCases = 20'000;
  for (int number = 0; number < kCases; ++number) {
    const GeoPoint a{small(engine), small(engine)};
    const GeoPoint b{small(engine), small(engine)};
    const GeoPoint c{small(engine), small(engine)};
    const GeoPoint p{small(engine), small(engine)};
    const bool left = Side(a, b, p) > 0;
    const bool inside = left == (Side(b, c, p) > 0) && left == (Side(c, a, p) > 0);
    const double shift = turn(engine);
    const auto shifted = [shift](GeoPoint point) {
      double longitude = point.longitude + shift;
      if (longitude > 180) longitude -= 360;
      if (longitude < -180) longitude += 360;
      return GeoPoint{point.latitude, longitude};
    };
    const GeoPolygon triangle({shifted(a), shifted(b), shifted(c)});
    ASSERT_EQ(triangle.Contains(shifted(p)), inside) << "seed=" << seed << " number=" << number;
    inside_count += inside ? 1 : 0;
  }
  EXPECT_GT(inside_count, kCases / 50);
  std::printf("[ covered  ] %d triangles, %d points inside, seed=%llu\n", kCases, inside_count,
              static_cast<unsigned long long>(seed));
}

bool PatternMatches(StringPattern::Kind kind, bool ignore_case, std::string_view pattern,
                    std::string_view text) {
  const Result<StringPattern> made = StringPattern::Make(pattern, {kind, ignore_case});
  EXPECT_TRUE(made.ok()) << pattern << ' ' << made.status().ToString();
  return made.ok() && made->Matches(text);
}

TEST(StringPattern, TakesSpecialCharactersLiterallyWhereTheyAre) {
  using Kind = StringPattern::Kind;
  EXPECT_TRUE(PatternMatches(Kind::kGlob, false, "a.b*[x]", "a.b--[x]"));
  EXPECT_FALSE(PatternMatches(Kind::kGlob, false, "a.b", "axb"));
  EXPECT_TRUE(PatternMatches(Kind::kGlob, false, "\\*\\?\\\\", "*?\\"));
  EXPECT_TRUE(PatternMatches(Kind::kGlob, false, "a\nb*", "a\nb\nc"));
  EXPECT_TRUE(PatternMatches(Kind::kGlob, false, "?", "🔥"));
  EXPECT_TRUE(PatternMatches(Kind::kGlob, false, "a\\", "a\\"));
  EXPECT_TRUE(PatternMatches(Kind::kPrefix, true, "A.C", "a.cde"));
  EXPECT_FALSE(PatternMatches(Kind::kPrefix, true, "A.C", "abcde"));
  EXPECT_TRUE(PatternMatches(Kind::kSuffix, true, "(X", "y(x"));
  EXPECT_TRUE(PatternMatches(Kind::kPrefix, false, std::string_view("a\0b", 3),
                             std::string_view("a\0bc", 4)));
  EXPECT_TRUE(PatternMatches(Kind::kPrefix, true, std::string_view("a\0b", 3),
                             std::string_view("A\0BC", 4)));
}

TEST(StringPattern, StaysLinearOnPatternsThatExplodeElsewhere) {
  const std::string text(200'000, 'a');
  EXPECT_FALSE(PatternMatches(StringPattern::Kind::kRegex, false, "(a*)*b$", text));
  EXPECT_FALSE(PatternMatches(StringPattern::Kind::kGlob, false, "*a*a*a*a*a*a*a*a*b", text));
}

}  // namespace
}  // namespace phenix::model
