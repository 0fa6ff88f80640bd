#include "phenix/document.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "model/document_builder.h"
#include "model/path.h"
#include "model/random_json.h"
#include "model/value_view.h"

namespace phenix::model {
namespace {

std::string Message(const Status& status) { return status.ToString(); }

std::string RoundTrip(const std::string& json) {
  const Result<Document> document = Document::FromJson(json);
  if (!document.ok()) return Message(document.status());
  const Result<Document> again = Document::FromBinary(std::string(document->binary()));
  if (!again.ok()) return Message(again.status());
  EXPECT_TRUE(*document == *again);
  return again->ToJson();
}

std::string FromHex(std::string_view hex) {
  std::string bytes;
  std::string digits;
  for (const char c : hex) {
    if (c == ' ') continue;
    digits += c;
    if (digits.size() < 2) continue;
    bytes += static_cast<char>(std::stoi(digits, nullptr, 16));
    digits.clear();
  }
  return bytes;
}

TEST(Document, IsTheEmptyObjectWhenDefaultConstructed) {
  EXPECT_EQ(Document().ToJson(), "{}");
  EXPECT_TRUE(Document() == *Document::FromJson(" { } "));
  EXPECT_TRUE(Document::FromBinary(std::string(Document().binary())).ok());
}

TEST(Document, GivesBackWhatWentIn) {
  const std::vector<std::string> texts = {
      R"({"z":1,"a":2,"m":{"y":[],"b":{}}})",
      R"({"min":-9223372036854775808,"max":9223372036854775807,"umax":18446744073709551615})",
      R"({"u":9223372036854775808,"small":63,"next":64,"minus":-1})",
      R"({"one":1.0,"minus_zero":-0.0,"third":0.3333333333333333,"tiny":5e-324})",
      R"({"huge":1.7976931348623157e+308,"e":1e+22,"f":100000.0})",
      R"({"text":"a\"b\\c\n\u0001\u0000","unicode":"žluťoučký 🔥","":"empty key"})",
      R"({"t":true,"f":false,"n":null,"list":[1,"two",3.5,[null,{}]]})",
  };
  for (const std::string& text : texts) EXPECT_EQ(RoundTrip(text), text);
}

TEST(Document, KeepsTheOrderOfKeysAndFindsEachOfThem) {
  // 1, 2 and 4 byte positions.
  for (const int members : {3, 100, 3'000}) {
    std::string text = "{";
    for (int member = members; member > 0; --member) {
      text += "\"key" + std::to_string(member * 7919 % 10'007) + "\":" + std::to_string(member);
      text += member > 1 ? "," : "}";
    }
    const Result<Document> document = Document::FromJson(text);
    ASSERT_TRUE(document.ok());
    EXPECT_EQ(document->ToJson(), text);
    for (int member = members; member > 0; --member) {
      const std::string key = "key" + std::to_string(member * 7919 % 10'007);
      EXPECT_EQ(RootOf(*document).Find(key).AsInt(), member);
    }
    EXPECT_FALSE(RootOf(*document).Find("key"));
    EXPECT_FALSE(RootOf(*document).Find("zzz"));
  }
}

TEST(Document, SaysWhereAndWhatWasExpected) {
  const std::vector<std::pair<std::string, std::string>> faults = {
      {R"({"a":{"b":[1,2,tru]}})", "JSON: expected a value at offset=15 (a.b[2])"},
      {R"({"a":1,"b":{"x":1,"x":2}})",
       "expected each key once, got the key \"x\" twice in one object: at b"},
      {R"({"a" 1})", "JSON: expected ':' at offset=5 (a)"},
      {R"({"a":NaN})", "JSON: expected a value at offset=5 (a)"},
      {R"({"a":18446744073709551616})", "expected an integer of at most 64 bits at offset=5 (a)"},
      {R"({"a":-9223372036854775809})", "expected an integer of at most 64 bits at offset=5 (a)"},
      {R"({"a":1e999})", "expected a number in the range of a double at offset=5 (a)"},
      {"{\"a\":\"x\xff\"}", "expected UTF-8 at offset=7 (a)"},
      {R"({"a":"\ud800"})", "expected surrogates in pairs at offset=6 (a)"},
      {R"({"a":1} x)", "expected the end of the text at offset=8"},
      {"", "expected a value at offset=0"},
      {"[1]", "expected an object at the top level, got another type"},
  };
  for (const auto& [text, message] : faults) {
    const Result<Document> document = Document::FromJson(text);
    ASSERT_FALSE(document.ok()) << text;
    EXPECT_EQ(document.status().code(), StatusCode::kInvalidArgument);
    EXPECT_NE(Message(document.status()).find(message), std::string::npos)
        << Message(document.status());
  }
}

std::string Nested(unsigned depth) {
  return R"({"a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
}

TEST(Document, RefusesMoreThanTheLimits) {
  EXPECT_TRUE(Document::FromJson(Nested(kDocumentDepthMax)).ok());
  for (const unsigned depth : {kDocumentDepthMax + 1, 5'000U}) {
    EXPECT_EQ(Document::FromJson(Nested(depth)).status().code(), StatusCode::kResourceExhausted);
  }
  const std::string large = R"({"a":")" + std::string(kDocumentBytesMax - 40, 'x') + "\"}";
  EXPECT_TRUE(Document::FromJson(large).ok());
  const std::string larger = R"({"a":")" + std::string(kDocumentBytesMax, 'x') + "\"}";
  EXPECT_EQ(Document::FromJson(larger).status().code(), StatusCode::kResourceExhausted);
  // The text fits, the binary form does not: each [] takes 6 bytes instead of 3.
  std::string many = R"({"a":[[])";
  for (std::size_t at = 0; at < kDocumentBytesMax / 5; ++at) many += ",[]";
  many += "]}";
  ASSERT_LT(many.size(), kDocumentBytesMax);
  EXPECT_EQ(Document::FromJson(many).status().code(), StatusCode::kResourceExhausted);
}

// The values of {"v": ...}, after the cases of "Parsing JSON is a minefield".
// clang-format off
const std::vector<std::string>& AcceptedValues() {
  static const std::vector<std::string> values = {
    "0", "-0", "-1", "1E22", "1e-2", "1.5e+3", "123456789012345678", "1e-400", "[ ]", "[1, 2]",
    "\"\"", R"("\"\\\/\b\f\n\r\t")", R"("\u0041\u00e9\ud83d\udd25")", "\"\x7f\"",
    "\"\xf4\x8f\xbf\xbf\"", "{\"a\":{\"a\":1}}", "true", "null", "\t\n\r null"};
  return values;
}
const std::vector<std::string>& RefusedValues() {
  static const std::vector<std::string> values = {
    "", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "1_0", "Infinity", "-NaN", "nul", "TRUE",
    "[1,]", "[,1]", "[1 2]", "[1", "{\"a\"}", "{\"a\":}", "{a:1}", "{'a':1}", "{\"a\":1,}", "{,}",
    "'x'", "\"x", "\"\n\"", "\"\x01\"", R"("\x")", R"("\u12g4")", R"("\u123")", "\"\\\"",
    R"("\ud800")", R"("\udc00")", R"("\ud800\u0041")", R"("\ud800\ud800")", "\"\xed\xa0\x80\"",
    "\"\xc0\xaf\"", "\"\xf5\x80\x80\x80\"", "\"\xe2\x82\"", "1 2", "[1]]", "/**/1", "\xef\xbb\xbf"
    "1", "1e999", "-1e400", "123456789012345678901234567890"};
  return values;
}
// clang-format on

TEST(Document, AcceptsAndRefusesTheConformanceCases) {
  for (const std::string& value : AcceptedValues()) {
    const Result<Document> document = Document::FromJson("{\"v\":" + value + "}");
    EXPECT_TRUE(document.ok()) << value << ": " << Message(document.status());
  }
  for (const std::string& value : RefusedValues()) {
    EXPECT_FALSE(Document::FromJson("{\"v\":" + value + "}").ok()) << value;
  }
  std::printf("[ covered  ] %zu texts accepted, %zu refused\n", AcceptedValues().size(),
              RefusedValues().size());
}

TEST(Document, OpensTheCommittedOldBinary) {
  // What version 1 wrote. The second one has keys of different lengths.
  const std::vector<std::pair<std::string, std::string>> old = {
      {"01 0c 32 00 00 00"
       "01 62 08 0e 00 00 00 03 01 05 00 00 00 00 00 00 04 40 81 78 03"
       "01 61 0c 0f 00 00 00 01 75 04 ff ff ff ff ff ff ff ff ff 01 00 01"
       "01 6e 00"
       "15 00 2b 03",
       R"({"b":[-1,2.5,"x"],"a":{"u":18446744073709551615},"n":null})"},
      {"01 0c 0f 00 00 00 02 62 62 41 01 61 42 02 c3 a9 00 04 00 07 03",
       R"({"bb":1,"a":2,"é":null})"}};
  for (const auto& [hex, json] : old) {
    const Result<Document> document = Document::FromBinary(FromHex(hex));
    ASSERT_TRUE(document.ok()) << Message(document.status());
    EXPECT_EQ(document->ToJson(), json);
    EXPECT_EQ(Document::FromJson(json)->binary(), FromHex(hex));
  }
}

TEST(Document, NeverReadsDamagedBinaryAsAnythingButADocument) {
  const Result<Document> document =
      Document::FromJson(R"({"b":[-1,2.5,"x",18446744073709551615],"a":{"u":"é","long":")" +
                         std::string(200, 'y') + R"("},"n":null,"t":true})");
  ASSERT_TRUE(document.ok());
  const std::string good(document->binary());
  std::size_t refused = 0;
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    EXPECT_FALSE(Document::FromBinary(good.substr(0, at)).ok()) << at;
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      const Result<Document> read = Document::FromBinary(bad);
      ++(read.ok() ? accepted : refused);
      if (!read.ok()) {
        EXPECT_EQ(read.status().code(), StatusCode::kCorruption);
        continue;
      }
      // Another document, then: it must survive its own round trip.
      EXPECT_EQ(Document::FromJson(read->ToJson())->binary(), bad);
    }
  }
  EXPECT_GT(refused, 100U);
  std::printf("[ covered  ] %zu bit flips refused, %zu gave another good document, %zu cuts\n",
              refused, accepted, good.size());
}

TEST(Document, EqualsNlohmannOnRandomDocuments) {
  const std::uint64_t seed = TestSeed();
  RandomJson random(seed);
  constexpr int kCases = 20'000;
  for (int number = 0; number < kCases; ++number) {
    const nlohmann::ordered_json value = random.Object(4);
    const std::string text = value.dump();
    const Result<Document> document = Document::FromJson(text);
    ASSERT_TRUE(document.ok()) << "seed=" << seed << ' ' << text << Message(document.status());
    const std::string back = document->ToJson();
    // The ordered comparison sees values, types of numbers and the order of keys.
    ASSERT_EQ(nlohmann::ordered_json::parse(back).dump(), text) << "seed=" << seed;
    ASSERT_EQ(RoundTrip(text), back) << "seed=" << seed;
  }
  std::printf("[ covered  ] %d random documents, seed=%llu\n", kCases,
              static_cast<unsigned long long>(seed));
}

nlohmann::ordered_json MergeByTheBook(nlohmann::ordered_json target,
                                      const nlohmann::ordered_json& patch) {
  if (!patch.is_object()) return patch;
  if (!target.is_object()) target = nlohmann::ordered_json::object();
  for (const auto& [key, value] : patch.items()) {
    if (value.is_null()) {
      target.erase(key);
    } else {
      const bool known = target.contains(key);
      target[key] = MergeByTheBook(known ? target[key] : nlohmann::ordered_json(), value);
    }
  }
  return target;
}

TEST(Document, MergesAsRfc7396Says) {
  const std::vector<std::vector<std::string>> cases = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
      {R"({"a":1,"b":2})", R"({"c":3,"a":{"x":[null]}})", R"({"a":{"x":[null]},"b":2,"c":3})"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(Document::FromJson(row[0])->MergedWith(*Document::FromJson(row[1]))->ToJson(),
              row[2]);
  }
  const std::uint64_t seed = TestSeed();
  RandomJson random(seed);
  for (int number = 0; number < 3'000; ++number) {
    const auto target = random.Object(3);
    const auto patch = random.Object(3);
    const Result<Document> merged =
        Document::FromJson(target.dump())->MergedWith(*Document::FromJson(patch.dump()));
    ASSERT_EQ(nlohmann::ordered_json::parse(merged->ToJson()).dump(),
              MergeByTheBook(target, patch).dump())
        << "seed=" << seed << "\n"
        << target.dump() << "\n"
        << patch.dump();
  }
}

TEST(Document, AnswersPathsWithJson) {
  const Result<Document> document =
      Document::FromJson(R"({"a":{"b":1},"list":[{"x":1},{"y":2},{"x":[3]}],"p.q":{"$r":"s"}})");
  EXPECT_EQ(*document->ValueAt("a"), R"({"b":1})");
  EXPECT_EQ(*document->ValueAt("a.b"), "1");
  EXPECT_EQ(*document->ValueAt("list[].x"), "[1,[3]]");
  EXPECT_EQ(*document->ValueAt(R"("p.q"."$r")"), R"("s")");
  EXPECT_EQ(document->ValueAt("a.c").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(document->ValueAt("list.x").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(document->ValueAt("a..b").status().code(), StatusCode::kInvalidArgument);
}

TEST(DocumentBuilder, MakesWhatJsonMakes) {
  DocumentBuilder builder;
  builder.Key("b").Int(-5).Key("a").BeginArray().Double(1.0).String("x").Null().Bool(true).End();
  builder.Key("o").BeginObject().Key("u").Uint(UINT64_MAX).End();
  const Result<Document> document = builder.Finish();
  ASSERT_TRUE(document.ok());
  const std::string json = R"({"b":-5,"a":[1.0,"x",null,true],"o":{"u":18446744073709551615}})";
  EXPECT_EQ(document->ToJson(), json);
  EXPECT_TRUE(*document == *Document::FromJson(json));
  builder.Key("copy").Copy(RootOf(*document).Find("a"));
  EXPECT_EQ(builder.Finish()->ToJson(), R"({"copy":[1.0,"x",null,true]})");
}

TEST(DocumentBuilder, ReportsTheFirstFaultAndStartsAnew) {
  DocumentBuilder builder;
  builder.Key("list").BeginArray().Int(1).Double(std::nan("")).End();
  EXPECT_EQ(Message(builder.Finish().status()),
            "invalid_argument: expected a finite number, got NaN or infinity: at list[1]");
  builder.Key("x").Int(1).Key("x").Int(2);
  EXPECT_EQ(builder.Finish().status().code(), StatusCode::kInvalidArgument);
  builder.Key("x").String("\xff");
  EXPECT_EQ(builder.Finish().status().code(), StatusCode::kInvalidArgument);
  builder.Key("deep");
  for (unsigned depth = 0; depth < kDocumentDepthMax; ++depth) builder.BeginArray();
  for (unsigned depth = 0; depth < kDocumentDepthMax; ++depth) builder.End();
  EXPECT_EQ(builder.Finish().status().code(), StatusCode::kResourceExhausted);
  builder.Key("x").Int(1);
  EXPECT_EQ(builder.Finish()->ToJson(), R"({"x":1})");
}

TEST(ValueView, WalksElementsAndMembersInOrder) {
  const Result<Document> document = Document::FromJson(R"({"z":[1,"two",{"k":3}],"a":1})");
  const ValueView list = RootOf(*document).Find("z");
  EXPECT_EQ(list.size(), 3U);
  EXPECT_EQ(ElementAt(list, 1).AsString(), "two");
  EXPECT_EQ(ElementAt(list, 2).Find("k").AsInt(), 3);
  EXPECT_FALSE(ElementAt(list, 3));
  std::string keys;
  for (const Member member : RootOf(*document).Members()) keys += member.key;
  EXPECT_EQ(keys, "za");
  EXPECT_FALSE(list.Find("k"));
}

}  // namespace
}  // namespace phenix::model
