#include "model/path.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "model/json_writer.h"
#include "model/random_json.h"

namespace phenix::model {
namespace {

TEST(Path, ParsesTheGrammarAndPrintsItBack) {
  for (const std::string text : {"a", "a.b", "a[].b", "a[][]", "a[]", "\"a.b\".c", "\"$x\"", "\"\"",
                                 "\"q\\\"uote\\\\\"", "žluť.b c", "a.\"[]\""}) {
    const Result<Path> path = Path::Parse(text);
    ASSERT_TRUE(path.ok()) << text << path.status().ToString();
    EXPECT_EQ(path->ToString(), text);
  }
  EXPECT_EQ(Path::Parse("\"plain\".x")->ToString(), "plain.x");
  EXPECT_EQ(Path::Parse("a[].b")->steps().size(), 3U);
  EXPECT_TRUE(Path::Parse("a[].b")->HasEachElement());
  EXPECT_FALSE(Path::Parse("a.b")->HasEachElement());
}

TEST(Path, NamesTheOffsetOfAFault) {
  const std::vector<std::pair<std::string, std::string>> faults = {
      {"", "expected a key at offset=0"},
      {".a", "expected a key at offset=0"},
      {"a.", "expected a key at offset=2"},
      {"a..b", "expected a key at offset=2"},
      {"a[0]", "expected '.', '[]' or the end at offset=1"},
      {"[]", "expected a key at offset=0"},
      {"a]b", "expected '.', '[]' or the end at offset=1"},
      {"\"a", "expected a closing quote at offset=2"},
      {"a.$gt", "expected quotes around a key with $ at offset=2"},
      {"\"a\"b", "expected '.', '[]' or the end at offset=3"},
  };
  for (const auto& [text, message] : faults) {
    const Result<Path> path = Path::Parse(text);
    ASSERT_FALSE(path.ok()) << text;
    EXPECT_NE(path.status().message().find(message), std::string::npos) << path.status().ToString();
  }
  EXPECT_EQ(Path::Parse(std::string(kPathBytesMax + 1, 'a')).status().code(),
            StatusCode::kResourceExhausted);
}

/// Follows `steps` in the reference tree; collects every value reached.
void Follow(const nlohmann::ordered_json& at, const std::vector<Path::Step>& steps,
            std::size_t step, std::vector<std::string>& found) {
  if (step == steps.size()) {
    found.push_back(at.dump());
    return;
  }
  if (steps[step].kind == Path::Step::Kind::kEachElement) {
    if (!at.is_array()) return;
    for (const auto& element : at) Follow(element, steps, step + 1, found);
    return;
  }
  if (at.is_object() && at.contains(steps[step].key)) {
    Follow(at.at(steps[step].key), steps, step + 1, found);
  }
}

struct Collector {
  std::vector<std::string> found;
  bool OnValue(ValueView value) {
    std::string json;
    AppendJsonValue(json, value);
    found.push_back(nlohmann::ordered_json::parse(json).dump());
    return false;
  }
  void OnBlocked(ValueView) {}
};

TEST(Path, ReachesWhatTheReferenceReachesOnRandomDocuments) {
  const std::uint64_t seed = TestSeed();
  RandomJson random(seed);
  std::size_t reached = 0;
  constexpr int kCases = 20'000;
  for (int number = 0; number < kCases; ++number) {
    const auto value = random.Object(4);
    const Result<Document> document = Document::FromJson(value.dump());
    const std::string text = random.PathIn(value);
    const Result<Path> path = Path::Parse(text);
    ASSERT_TRUE(path.ok()) << "seed=" << seed << ' ' << text;
    Collector collector;
    VisitPath(RootOf(*document), path->steps(), 0, collector);
    std::vector<std::string> expected;
    Follow(value, path->steps(), 0, expected);
    ASSERT_EQ(collector.found, expected) << "seed=" << seed << ' ' << text << ' ' << value.dump();
    reached += expected.size();
  }
  EXPECT_GT(reached, 10'000U);
  std::printf("[ covered  ] %d random paths reached %zu values, seed=%llu\n", kCases, reached,
              static_cast<unsigned long long>(seed));
}

TEST(Path, NamesEveryValueOfADocument) {
  const Result<Document> document = Document::FromJson(R"({"a":{"b.c":1},"t":["x",{"y":[]}]})");
  std::vector<std::string> seen;
  ForEachPath(*document, [&seen](std::string_view path, ValueView value) {
    std::string line(path);
    line += '=';
    AppendJsonValue(line, value);
    seen.push_back(line);
    // Every path that is named parses, and reaches something.
    EXPECT_TRUE(Path::Parse(path).ok());
  });
  const std::vector<std::string> expected = {R"(a={"b.c":1})",      R"(a."b.c"=1)",
                                             R"(t=["x",{"y":[]}])", R"(t[]="x")",
                                             R"(t[]={"y":[]})",     "t[].y=[]"};
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace phenix::model
