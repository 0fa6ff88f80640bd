#include "phenix/schema.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "model/names.h"
#include "model/schema_codec.h"
#include "model/schema_validator.h"

namespace phenix::model {
namespace {

TEST(Names, AcceptAndRefuseWhatTheRulesSay) {
  for (const std::string& name :
       {std::string("a"), std::string("Docs_2.v-1"), std::string(255, 'x'), std::string("-")}) {
    EXPECT_TRUE(ValidateCollectionName(name).ok()) << name;
    EXPECT_TRUE(ValidateVectorFieldName(name).ok()) << name;
  }
  for (const std::string& name :
       {std::string(), std::string(".a"), std::string("a/b"), std::string("é"), std::string("a b"),
        std::string(256, 'x'), std::string("a\0b", 3)}) {
    EXPECT_FALSE(ValidateCollectionName(name).ok()) << name;
  }
  EXPECT_TRUE(ValidateVectorFieldName("").ok());
  for (const std::string& id : {std::string("a b/č:🔥"), std::string(512, 'x'), std::string("."),
                                std::string("\xc2\xa0")}) {
    EXPECT_TRUE(ValidateEntityId(id).ok()) << id;
  }
  for (const std::string& id :
       {std::string(), std::string(513, 'x'), std::string("a\n"), std::string("\x7f"),
        std::string("\xc2\x85"), std::string("\xff"), std::string(1, '\0')}) {
    EXPECT_EQ(ValidateEntityId(id).code(), StatusCode::kInvalidArgument) << id;
  }
  EXPECT_TRUE(ValidateEdgeLabel(std::string(255, 'x')).ok());
  EXPECT_FALSE(ValidateEdgeLabel(std::string(256, 'x')).ok());
  EXPECT_EQ(
      ValidateCollectionName("a/b").ToString(),
      "invalid_argument: collection name \"a/b\": expected 1 to 255 of A-Z a-z 0-9 _ . - with no "
      "'.' at the start");
}

TEST(ValidateVector, RefusesWrongDimensionsAndWhatIsNotFinite) {
  const VectorField field{3, Metric::kCosine};
  EXPECT_TRUE(ValidateVector(std::vector<float>{1, 2, 3}, field).ok());
  EXPECT_TRUE(ValidateVector(std::vector<float>{0, 0, 0}, field).ok());
  const float large = std::numeric_limits<float>::max();
  EXPECT_TRUE(ValidateVector(std::vector<float>{large, large, large}, field).ok());
  EXPECT_EQ(ValidateVector(std::vector<float>{1, 2}, field).message(),
            "vector: expected dimension=3 got=2");
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(ValidateVector(std::vector<float>{1, NAN, 3}, field).message(),
            "vector: expected finite numbers, got NaN or infinity at position=1");
  EXPECT_FALSE(ValidateVector(std::vector<float>{infinity, -infinity, 3}, field).ok());
  EXPECT_FALSE(ValidateEdgeWeight(std::nan("")).ok());
}

constexpr const char* kBody =
    R"({"vectors":{"":{"dimension":4,"metric":"cosine"},"image":{"dimension":65535,"metric":"dot"}},)"
    R"("schema":{"type":"object","required":["a"]},"unique":["a","b.c"],)"
    R"("indexes":[{"path":"a","kind":"attribute"},{"path":"tags[]","kind":"text"}]})";

TEST(Schema, GoesThroughJsonAndBytesUnchanged) {
  const Result<CollectionSchema> schema = SchemaFromJson("docs", kBody);
  ASSERT_TRUE(schema.ok()) << schema.status().ToString();
  EXPECT_EQ(SchemaToJson(*schema), kBody);
  EXPECT_EQ(schema->vectors.at("image"), (VectorField{65'535, Metric::kDot}));
  const Result<CollectionSchema> decoded = DecodeSchema(EncodeSchema(*schema));
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_TRUE(*decoded == *schema);
  EXPECT_EQ(SchemaToJson(*SchemaFromJson("x", R"({"vectors":{"":{"dimension":2}}})")),
            R"({"vectors":{"":{"dimension":2,"metric":"cosine"}}})");
  EXPECT_EQ(SchemaToJson(*SchemaFromJson("x", "{}")), R"({"vectors":{}})");
}

TEST(Schema, SaysWhatIsWrongInAJsonBody) {
  const std::vector<std::pair<std::string, std::string>> faults = {
      {R"({"vector":{}})",
       "collection schema at vector: expected only vectors, schema, unique, indexes"},
      {R"({"vectors":[]})", "at vectors: expected an object of fields by name, got array"},
      {R"({"vectors":{"a":{}}})",
       "vector field \"a\": expected a dimension from 1 to 65535, got 0"},
      {R"({"vectors":{"a":{"dimension":0}}})",
       "at vectors.a.dimension: expected an integer from 1 to 65535, got integer 0"},
      {R"({"vectors":{"a":{"dimension":2.0}}})", "got double 2.0"},
      {R"({"vectors":{"a":{"dimension":2,"metric":"L2"}}})",
       "metric \"L2\": expected l2, cosine or dot"},
      {R"({"vectors":{"a":{"dimension":2,"distance":"l2"}}})",
       "at vectors.a.distance: expected only dimension and metric"},
      {R"({"vectors":{"a b":{"dimension":2}}})", "vector field name \"a b\": expected"},
      {R"({"unique":["a[]"]})", "unique path \"a[]\": expected a path without []"},
      {R"({"unique":["a","a"]})", "unique path \"a\": given twice"},
      {R"({"unique":["a."]})", "expected a key at offset=2"},
      {R"({"indexes":[{"path":"a","kind":"hash"}]})",
       "at indexes[].kind: expected attribute, text or geo, got string \"hash\""},
      {R"({"indexes":[{"path":"a"},{"path":"\"a\""}]})", "given twice"},
      {R"({"schema":{"type":"float"}})",
       "document schema at type: expected null, boolean, integer"},
      {R"({"schema":{"properties":{"a":{"pattern":"x"}}}})",
       "document schema at properties.a.pattern: this keyword is not supported"},
  };
  for (const auto& [body, message] : faults) {
    const Result<CollectionSchema> schema = SchemaFromJson("docs", body);
    ASSERT_FALSE(schema.ok()) << body;
    EXPECT_NE(schema.status().message().find(message), std::string::npos)
        << body << "\n  " << schema.status().ToString();
  }
  EXPECT_FALSE(SchemaFromJson("a/b", "{}").ok());
}

TEST(Schema, StopsAtItsLimits) {
  CollectionSchema schema;
  schema.name = "a";
  for (std::size_t field = 0; field < kVectorFieldsMax; ++field)
    schema.vectors["f" + std::to_string(field)] = {1, Metric::kL2};
  for (std::size_t path = 0; path < kUniquePathsMax; ++path)
    schema.unique_paths.push_back("p" + std::to_string(path));
  for (std::size_t path = 0; path < kIndexesMax; ++path)
    schema.indexes.push_back({"p" + std::to_string(path), IndexKind::kGeo});
  EXPECT_TRUE(ValidateSchema(schema).ok());
  EXPECT_TRUE(*DecodeSchema(EncodeSchema(schema)) == schema);
  CollectionSchema larger = schema;
  larger.vectors["more"] = {1, Metric::kL2};
  EXPECT_EQ(ValidateSchema(larger).code(), StatusCode::kResourceExhausted);
  larger = schema;
  larger.unique_paths.emplace_back("more");
  EXPECT_EQ(ValidateSchema(larger).code(), StatusCode::kResourceExhausted);
  larger = schema;
  larger.indexes.push_back({"more", IndexKind::kText});
  EXPECT_EQ(ValidateSchema(larger).code(), StatusCode::kResourceExhausted);
}

TEST(Schema, NeverDecodesDamagedBytesToAnInvalidSchema) {
  const std::string good = EncodeSchema(*SchemaFromJson("docs", kBody));
  std::size_t refused = 0;
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    EXPECT_FALSE(DecodeSchema(good.substr(0, at)).ok()) << at;
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      const Result<CollectionSchema> schema = DecodeSchema(bad);
      ++(schema.ok() ? accepted : refused);
      if (schema.ok()) {
        EXPECT_TRUE(ValidateSchema(*schema).ok());
        EXPECT_EQ(EncodeSchema(*schema), bad);
      } else {
        EXPECT_EQ(schema.status().code(), StatusCode::kCorruption) << schema.status().ToString();
      }
    }
  }
  EXPECT_GT(refused, 300U);
  std::printf("[ covered  ] %zu bit flips refused, %zu gave another good schema, %zu cuts\n",
              refused, accepted, good.size());
}

std::string Check(const std::string& schema, const std::string& document) {
  const Result<SchemaValidator> validator = SchemaValidator::Compile(*Document::FromJson(schema));
  if (!validator.ok()) return validator.status().ToString();
  const Status status = validator->Check(*Document::FromJson(document));
  return status.ok() ? "ok"
                     : std::string(status.message())
                           .substr(std::string("document does not fit the schema at ").size());
}

TEST(SchemaValidator, ChecksEveryKeyword) {
  const std::string schema =
      R"({"type":"object","title":"ignored","required":["id"],"additionalProperties":false,"properties":{
    "id":{"type":"string","minLength":2,"maxLength":4},"n":{"type":"integer","minimum":-1,"maximum":9007199254740993},
    "kind":{"enum":["a",1,null,[1]]},"tags":{"type":"array","items":{"type":["string","null"]}},
    "inner":{"type":"object","additionalProperties":{"type":"number"}},"any":true,"never":false}})";
  const std::vector<std::pair<std::string, std::string>> rows = {
      {R"({"id":"ab"})", "ok"},
      {R"({"id":"žluť","n":-1,"kind":1.0,"tags":["x",null],"inner":{"p":1,"q":2.5},"any":{}})",
       "ok"},
      {R"({"id":"ab","n":3.0,"kind":[1.0]})", "ok"},
      {R"({})", "id: expected a value (it is required), got missing"},
      {R"({"id":7})", "id: expected string, got integer 7"},
      {R"({"id":"a"})", "id: expected at least 2 characters, got 1 characters"},
      {R"({"id":"žluťo"})", "id: expected at most 4 characters, got 5 characters"},
      {R"({"id":"ab","n":2.5})", "n: expected integer, got double 2.5"},
      {R"({"id":"ab","n":-2})", "n: expected at least -1, got integer -2"},
      {R"({"id":"ab","n":9007199254740994})",
       "n: expected at most 9007199254740993, got integer 9007199254740994"},
      {R"({"id":"ab","kind":"b"})", "kind: expected a value of the enum, got string \"b\""},
      {R"({"id":"ab","tags":["x",5]})", "tags[1]: expected string or null, got integer 5"},
      {R"({"id":"ab","inner":{"a.b":"x"}})", "inner.\"a.b\": expected number, got string \"x\""},
      {R"({"id":"ab","more":1})", "more: expected only keys that properties names, got integer 1"},
      {R"({"id":"ab","never":1})", "never: expected no value, got integer 1"},
  };
  for (const auto& [document, answer] : rows)
    EXPECT_EQ(Check(schema, document), answer) << document;
  EXPECT_EQ(Check(R"({"type":"array"})", "{}"), "the top level: expected array, got object");
  EXPECT_EQ(Check("{}", R"({"a":1})"), "ok");
  std::printf("[ covered  ] %zu documents checked\n", rows.size() + 2);
}

TEST(SchemaValidator, StopsAtItsLimits) {
  std::string deep = "{}";
  for (unsigned level = 1; level < kSchemaDepthMax; ++level) deep = R"({"items":)" + deep + "}";
  EXPECT_TRUE(SchemaValidator::Compile(*Document::FromJson(deep)).ok());
  EXPECT_EQ(
      SchemaValidator::Compile(*Document::FromJson(R"({"items":)" + deep + "}")).status().code(),
      StatusCode::kResourceExhausted);
  std::string wide = R"({"properties":{"k":{})";
  for (std::size_t node = 2; node < kSchemaNodesMax; ++node)
    wide += ",\"k" + std::to_string(node) + "\":{}";
  EXPECT_TRUE(SchemaValidator::Compile(*Document::FromJson(wide + "}}")).ok());
  EXPECT_EQ(SchemaValidator::Compile(*Document::FromJson(wide + ",\"more\":{}}}")).status().code(),
            StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace phenix::model
