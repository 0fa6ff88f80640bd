// A table of requests and what each must answer, over one prepared database. A row that writes is
// refused, so that every row sees the same state.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/router.h"
#include "api/service_fixture.h"

namespace phenix::api {
namespace {

struct Row {
  Method method;
  std::string target;
  std::string body;
  int status;
  std::string code;        ///< "" for an answer that is no problem
  std::string path = {};   ///< of the first fault, or a path in the answer
  std::string value = {};  ///< JSON at `path` of an answer
};

constexpr Method kGet = Method::kGet;
constexpr Method kPut = Method::kPut;
constexpr Method kPost = Method::kPost;
constexpr Method kPatch = Method::kPatch;
constexpr Method kDelete = Method::kDelete;

std::vector<Row> TargetRows() {
  return {
      {kGet, "/", "", 404, "route.not_found"},
      {kGet, "/nothing", "", 404, "route.not_found"},
      {kGet, "/entities/", "", 404, "route.not_found"},
      {kGet, "/entities/a/b/c", "", 404, "route.not_found"},
      {kGet, "entities", "", 400, "request.invalid"},
      {kGet, "http://localhost/entities", "", 400, "request.invalid"},
      {kGet, "", "", 400, "request.invalid"},
      {kGet, "/entities/%", "", 400, "request.invalid"},
      {kGet, "/entities/%4", "", 400, "request.invalid"},
      {kGet, "/entities/%zz", "", 400, "request.invalid"},
      {kGet, "/entities/%ff", "", 400, "request.invalid"},
      {kGet, "/entities?limit=1&limit=2", "", 400, "request.invalid"},
      {kGet, "/" + std::string(9'000, 'a'), "", 400, "request.invalid"},
      {kGet, "/entities/..%2F..%2Fetc%2Fpasswd", "", 404, "entity.not_found"},
      {kGet, "/entities/a%00b", "", 404, "entity.not_found"},
      {kPut, "/query", "{}", 405, "method.not_allowed"},
      {kDelete, "/entities", "", 405, "method.not_allowed"},
      {kPatch, "/entities", "{}", 405, "method.not_allowed"},
      {kPost, "/entities/a", "{}", 405, "method.not_allowed"},
      {Method::kOther, "/entities", "", 405, "method.not_allowed"},
      {kPost, "/health", "", 404, "route.not_found"},
      {kGet, "/limits", "", 200, "", "request_body_bytes", "16777216"},
      {kGet, "/stats", "", 200, "", "collections", "2"},
      {kGet, "/health", "", 200, "", "status", R"("ok")"},
      {kGet, "/livez", "", 200, "", "status", R"("ok")"},
      {kGet, "/readyz?verbose", "", 200, "", "status", R"("ok")"},
      {kGet, "/startupz", "", 200, "", "status", R"("ok")"},
      {kGet, "/changes?after=x", "", 422, "request.invalid", "?after"},
      {kGet, "/changes?limit=0", "", 422, "request.invalid", "?limit"},
      {kGet, "/changes?since=1", "", 422, "request.invalid", "?since"},
  };
}

std::vector<Row> BatchRows() {
  return {
      {kPost, "/entities", "", 400, "request.invalid"},
      {kPost, "/entities", "{", 400, "request.invalid"},
      {kPost, "/entities", "[]", 400, "request.invalid"},
      {kPost, "/entities", "null", 400, "request.invalid"},
      {kPost, "/entities", "{}", 422, "request.invalid", "entities"},
      {kPost, "/entities", R"({"entities":null})", 422, "request.invalid", "entities"},
      {kPost, "/entities", R"({"entities":{}})", 422, "request.invalid", "entities"},
      {kPost, "/entities", R"({"entities":[1]})", 422, "request.invalid", "entities[0]"},
      {kPost, "/entities", R"({"entities":[{"id":1}]})", 422, "request.invalid", "entities[0].id"},
      {kPost, "/entities", R"({"entities":[{"id":""}]})", 422, "request.invalid", "entities[0].id"},
      {kPost, "/entities", R"({"entities":[{"id":"a","id":"b"}]})", 400, "request.invalid"},
      {kPost, "/entities", R"({"entities":[{"id":"a"},{"id":"a"}]})", 422, "request.invalid",
       "entities[1].id"},
      {kPost, "/entities", R"({"entities":[{"name":"a"}]})", 422, "request.invalid",
       "entities[0].name"},
      {kPost, "/entities", R"({"entities":[],"extra":1})", 422, "request.invalid", "extra"},
      {kPost, "/entities?x=1", R"({"entities":[]})", 422, "request.invalid", "?x"},
      {kPost, "/entities", R"({"entities":[],"mode":"overwrite"})", 422, "request.invalid", "mode"},
      {kPost, "/entities", R"({"entities":[],"atomic":"no"})", 422, "request.invalid", "atomic"},
      {kPost, "/entities", R"({"entities":[],"on_missing_target":"drop"})", 422, "request.invalid",
       "on_missing_target"},
      {kPost, "/entities", R"({"entities":[],"collection":7})", 422, "request.invalid",
       "collection"},
      {kPost, "/entities", R"({"entities":[],"collection":"_phenix.requests"})", 422,
       "request.invalid", "collection"},
      {kPost, "/entities", R"({"collection":"a b","entities":[{"id":"x"}]})", 422,
       "request.invalid"},
      {kPost, "/entities", R"({"entities":[{"vector":"x"}]})", 422, "request.invalid",
       "entities[0].vector"},
      {kPost, "/entities", R"({"entities":[{"vector":[1,"x"]}]})", 422, "request.invalid",
       "entities[0].vector[1]"},
      {kPost, "/entities", R"({"entities":[{"vector":[1e39,0]}]})", 422, "request.invalid",
       "entities[0].vector[0]"},
      {kPost, "/entities", R"({"entities":[{"vector":[NaN,0]}]})", 400, "request.invalid"},
      {kPost, "/entities", R"({"entities":[{"vector":[1e999,0]}]})", 400, "request.invalid"},
      {kPost, "/entities", R"({"entities":[{"id":"v","vector":[1,2,3]}]})", 422, "vector.dimension",
       "entities[0].vector"},
      {kPost, "/entities", R"({"entities":[{"id":"v","vectors":{"none":[1]}}]})", 422,
       "vector.field_not_found", "entities[0]"},
      {kPost, "/entities", R"({"entities":[{"vector":[1,2],"vectors":{"":[1,2]}}]})", 422,
       "request.invalid", "entities[0].vectors."},
  };
}

std::vector<Row> BatchMemberRows() {
  return {
      {kPost, "/entities", R"({"entities":[{"metadata":[]}]})", 422, "request.invalid",
       "entities[0].metadata"},
      {kPost, "/entities", R"({"entities":[{"metadata":{"n":123456789012345678901234567890}}]})",
       400, "request.invalid"},
      {kPost, "/entities", R"({"entities":[{"edges":[{}]}]})", 422, "request.invalid",
       "entities[0].edges[0].target"},
      {kPost, "/entities", R"({"entities":[{"edges":[{"target":"a"}]}]})", 422, "request.invalid",
       "entities[0].edges[0].label"},
      {kPost, "/entities", R"({"entities":[{"edges":[{"target":"a","label":"l","weight":"x"}]}]})",
       422, "request.invalid", "entities[0].edges[0].weight"},
      {kPost, "/entities", R"({"entities":[{"edges":[{"target":"a","label":"l","kind":"x"}]}]})",
       422, "request.invalid", "entities[0].edges[0].kind"},
      {kPost, "/entities", R"({"entities":[{"ttl_seconds":-1}]})", 422, "request.invalid",
       "entities[0].ttl_seconds"},
      {kPost, "/entities", R"({"entities":[{"id":"a","if_version":"x"}]})", 422, "request.invalid",
       "entities[0].if_version"},
      {kPost, "/entities", R"({"entities":[{"id":"a","if_version":"7"}]})", 412,
       "precondition.failed", "entities[0]"},
      {kPost, "/entities", R"({"entities":[{"id":"a","if_absent":true}]})", 412,
       "precondition.failed", "entities[0]"},
      {kPost, "/entities", R"({"entities":[{"id":"a","if":{"n":{"$what":1}}}]})", 422,
       "request.invalid", "entities[0].if"},
      {kPost, "/entities", R"({"entities":[{"id":"a","if":{"n":99}}]})", 412, "precondition.failed",
       "entities[0]"},
      {kPost, "/entities", R"({"mode":"insert","entities":[{"id":"a"}]})", 409, "entity.exists",
       "entities[0]"},
      {kPost, "/entities", R"({"mode":"update","entities":[{"id":"zz"}]})", 404, "entity.not_found",
       "entities[0]"},
      {kPost, "/entities", R"({"mode":"update","collection":"zz","entities":[{"id":"a"}]})", 404,
       "collection.not_found", "entities[0]"},
  };
}

std::vector<Row> EntityRows() {
  return {
      {kGet, "/entities/a", "", 200, "", "id", R"("a")"},
      {kGet, "/entities/a", "", 200, "", "vector", ""},
      {kGet, "/entities/a?include=vectors", "", 200, "", "vector", "[1.0,0.0]"},
      {kGet, "/entities/a?include=edges", "", 200, "", "edges[].target", R"(["b"])"},
      {kGet, "/entities/a?include=vectors,edges,metadata", "", 200, "", "edges[].label",
       R"(["to"])"},
      {kGet, "/entities/a?include=secrets", "", 422, "request.invalid", "?include"},
      {kGet, "/entities/a?fields=x", "", 422, "request.invalid", "?fields"},
      {kGet, "/entities/a?as_of=yesterday", "", 422, "request.invalid", "?as_of"},
      {kGet, "/entities/zz", "", 404, "entity.not_found"},
      {kGet, "/entities/a?collection=zz", "", 404, "collection.not_found"},
      {kGet, "/entities/a?collection=_phenix.requests", "", 422, "request.invalid", "?collection"},
      {kPut, "/entities/a", "", 400, "request.invalid"},
      {kPut, "/entities/a", R"({"id":"b"})", 422, "request.invalid", "id"},
      {kPut, "/entities/a?x=1", "{}", 422, "request.invalid", "?x"},
      {kPatch, "/entities/zz", "{}", 404, "entity.not_found"},
      {kPatch, "/entities/a", "[1]", 400, "request.invalid"},
      {kPatch, "/entities/a?collection=zz", "{}", 404, "collection.not_found"},
      {kDelete, "/entities/zz", "", 404, "entity.not_found"},
      {kDelete, "/entities/a?collection=zz", "", 404, "collection.not_found"},
      {kGet, "/entities", "", 200, "", "entities[].id", R"(["a","b"])"},
      {kGet, "/entities?limit=1", "", 200, "", "entities[].id", R"(["a"])"},
      {kGet, "/entities?filter=%7B%22n%22%3A2%7D", "", 200, "", "entities[].id", R"(["b"])"},
      {kGet, "/entities?filter=%7B", "", 422, "request.invalid", "?filter"},
      {kGet, "/entities?limit=0", "", 422, "request.invalid", "?limit"},
      {kGet, "/entities?limit=10001", "", 422, "request.invalid", "?limit"},
      {kGet, "/entities?limit=-1", "", 422, "request.invalid", "?limit"},
      {kGet, "/entities?cursor=x", "", 422, "request.invalid", "cursor"},
      {kGet, "/entities?cursor=1.2.3", "", 422, "request.invalid", "cursor"},
      {kGet, "/entities?collection=zz", "", 404, "collection.not_found"},
  };
}

std::vector<Row> EdgeRows() {
  return {
      {kGet, "/entities/a/edges", "", 200, "", "edges[].target", R"(["b"])"},
      {kGet, "/entities/b/edges", "", 200, "", "edges", "[]"},
      {kGet, "/entities/b/edges?direction=in", "", 200, "", "edges[].source", R"(["a"])"},
      {kGet, "/entities/b/edges?direction=any&label=to", "", 200, "", "edges[].label", R"(["to"])"},
      {kGet, "/entities/a/edges?label=none", "", 200, "", "edges", "[]"},
      {kGet, "/entities/a/edges?direction=up", "", 422, "request.invalid", "?direction"},
      {kGet, "/entities/a/edges?limit=x", "", 422, "request.invalid", "?limit"},
      {kGet, "/entities/zz/edges", "", 404, "entity.not_found"},
      {kGet, "/entities/a/edges?collection=zz", "", 404, "collection.not_found"},
      {kPost, "/edges", "", 400, "request.invalid"},
      {kPost, "/edges", "{}", 422, "request.invalid", "edges"},
      {kPost, "/edges", R"({"edges":[{"source":"a","label":"l"}]})", 422, "request.invalid",
       "edges[0].target"},
      {kPost, "/edges", R"({"edges":[{"target":"a","label":"l"}]})", 422, "request.invalid",
       "edges[0].source"},
      {kPost, "/edges", R"({"edges":[{"source":"a","target":"zz","label":"l"}]})", 404,
       "entity.not_found", "edges[0]"},
      {kPost, "/edges", R"({"edges":[{"source":"zz","target":"a","label":"l"}]})", 404,
       "entity.not_found", "edges[0]"},
      {kPost, "/edges?x=1", R"({"edges":[]})", 422, "request.invalid", "?x"},
      {kDelete, "/edges", R"({"edges":[{"source":"a","target":"b","label":"none"}]})", 404,
       "edge.not_found", "edges[0]"},
      {kDelete, "/edges", R"({"edges":[{"source":"a","target":"b"}]})", 422, "request.invalid",
       "edges[0].label"},
      {kDelete, "/edges", R"({"edges":[{"source":"a","target":"b","label":"to","weight":1}]})", 422,
       "request.invalid", "edges[0].weight"},
  };
}

std::vector<Row> QueryRows() {
  return {
      {kPost, "/query", "", 400, "request.invalid"},
      {kPost, "/query", "{}", 200, "", "entities[].id", R"(["a","b"])"},
      {kPost, "/query", R"({"limit":1})", 200, "", "entities[].id", R"(["a"])"},
      {kPost, "/query", R"({"include":[]})", 200, "", "entities[].metadata", "[]"},
      {kPost, "/query", R"({"include":["vectors"],"limit":1})", 200, "", "entities[].vector",
       "[[1.0,0.0]]"},
      {kPost, "/query", R"({"include":["x"]})", 422, "request.invalid", "include[0]"},
      {kPost, "/query", R"({"metadata_filter":{"n":{"$gt":1}}})", 200, "", "entities[].id",
       R"(["b"])"},
      {kPost, "/query", R"({"metadata_filter":{"n":{"$near":1}}})", 422, "request.invalid",
       "metadata_filter"},
      {kPost, "/query", R"({"metadata_filter":[]})", 422, "request.invalid", "metadata_filter"},
      {kPost, "/query", R"({"vector_similarity":{}})", 422, "request.invalid",
       "vector_similarity.vector"},
      {kPost, "/query", R"({"vector_similarity":{"vector":[0,1]}})", 200, "", "entities[].id",
       R"(["b","a"])"},
      {kPost, "/query", R"({"vector_similarity":{"vector":[0,1],"k":1}})", 200, "", "entities[].id",
       R"(["b"])"},
      {kPost, "/query", R"({"vector_similarity":{"vector":[0,1],"radius":0.5}})", 200, "",
       "entities[].id", R"(["b"])"},
      {kPost, "/query", R"({"vector_similarity":{"vector":[0,1],"recall":0.9,"exact":true}})", 200,
       "", "stats.visited", "2"},
      {kPost, "/query", R"({"vector_similarity":{"vector":[0,1],"recall":0}})", 422,
       "request.invalid", "vector_similarity.recall"},
      {kPost, "/query", R"({"vector_similarity":{"vector":[0,1],"k":0}})", 422, "request.invalid",
       "vector_similarity.k"},
      {kPost, "/query", R"({"vector_similarity":{"vector":[0,1],"k":1001}})", 422,
       "request.invalid", "vector_similarity.k"},
      {kPost, "/query", R"({"vector_similarity":{"vector":[1,2,3]}})", 422, "vector.dimension",
       "vector_similarity.vector"},
      {kPost, "/query", R"({"vector_similarity":{"vector":[]}})", 422, "vector.dimension",
       "vector_similarity.vector"},
      {kPost, "/query", R"({"vector_similarity":{"vector":[1,2],"field":"none"}})", 422,
       "vector.field_not_found"},
      {kPost, "/query", R"({"graph_constraint":"to:a"})", 200, "", "entities[].id", R"(["b"])"},
      {kPost, "/query", R"({"graph_constraint":"to"})", 422, "request.invalid", "graph_constraint"},
      {kPost, "/query", R"({"graph_constraint":""})", 422, "request.invalid", "graph_constraint"},
      {kPost, "/query", R"({"graph_constraint":":a"})", 422, "request.invalid", "graph_constraint"},
      {kPost, "/query", R"({"graph_constraint":"to:"})", 422, "request.invalid",
       "graph_constraint"},
      {kPost, "/query", R"({"graph_constraint":"to{2,1}:a"})", 422, "request.invalid",
       "graph_constraint"},
      {kPost, "/query", R"({"graph_constraint":"to{1,9}:a"})", 422, "request.invalid",
       "graph_constraint"},
      {kPost, "/query", R"({"graph_constraint":"to{x}:a"})", 422, "request.invalid",
       "graph_constraint"},
      {kPost, "/query", R"({"graph_constraint":"to{1:a"})", 422, "request.invalid",
       "graph_constraint"},
  };
}

std::vector<Row> OtherQueryRows() {
  return {
      {kPost, "/query", R"({"limit":1001})", 422, "request.invalid", "limit"},
      {kPost, "/query", R"({"collection":"zz"})", 404, "collection.not_found"},
      {kPost, "/query", R"({"collection":"zz","vector_similarity":{"vector":[1]}})", 404,
       "collection.not_found"},
      {kPost, "/query", R"({"stages":{}})", 501, "unimplemented"},
      {kPost, "/query", R"({"knn":{}})", 422, "request.invalid", "knn"},
      {kPost, "/query", R"({"as_of":"x"})", 422, "request.invalid", "as_of"},
      {kPost, "/query", R"({"cursor":"x"})", 422, "request.invalid", "cursor"},
      {kPost, "/query", R"({"explain":true})", 200, "", "explain.plan[].operator",
       R"(["scan_in_id_order","limit"])"},
      {kPost, "/explain", "{}", 200, "", "plan[].operator", R"(["scan_in_id_order","limit"])"},
      {kPost, "/explain", R"({"collection":"zz"})", 404, "collection.not_found"},
      {kPost, "/count", "", 200, "", "count", "2"},
      {kPost, "/count", R"({"filter":{"n":1}})", 200, "", "count", "1"},
      {kPost, "/count", R"({"filter":1})", 422, "request.invalid", "filter"},
      {kPost, "/count", R"({"collection":"zz"})", 404, "collection.not_found"},
      {kPost, "/facets", R"({"fields":["n"]})", 200, "", "facets.n",
       R"([{"value":1,"count":1},{"value":2,"count":1}])"},
      {kPost, "/facets", R"({"fields":["n"],"limit":1})", 200, "", "facets.n",
       R"([{"value":1,"count":1}])"},
      {kPost, "/facets", R"({"fields":[]})", 422, "request.invalid", "fields"},
      {kPost, "/facets", R"({"fields":["$x"]})", 422, "request.invalid", "fields[0]"},
      {kPost, "/facets", R"({"fields":[1]})", 422, "request.invalid", "fields[0]"},
      {kPost, "/facets", "{}", 422, "request.invalid", "fields"},
  };
}

std::vector<Row> SchemaAndTransactionRows() {
  return {
      {kGet, "/collections", "", 200, "", "collections[].name", R"(["default","strict"])"},
      {kGet, "/collections/default", "", 200, "", "vectors",
       R"({"":{"dimension":2,"metric":"cosine"}})"},
      {kGet, "/collections/zz", "", 404, "collection.not_found"},
      {kGet, "/collections/_phenix.requests", "", 422, "request.invalid", "collection"},
      {kGet, "/collections/.hidden", "", 422, "request.invalid"},
      {kPut, "/collections/default", R"({"vectors":{"":{"dimension":2}}})", 200, "", "name",
       R"("default")"},
      {kPut, "/collections/default", R"({"vectors":{"":{"dimension":3}}})", 409,
       "collection.exists"},
      {kPut, "/collections/x", R"({"vectors":{"":{}}})", 422, "request.invalid",
       "vectors.\"\".dimension"},
      {kPut, "/collections/x", R"({"vectors":{"":{"dimension":0}}})", 422, "request.invalid",
       "vectors.\"\".dimension"},
      {kPut, "/collections/x", R"({"vectors":{"":{"dimension":70000}}})", 422, "request.invalid",
       "vectors.\"\".dimension"},
      {kPut, "/collections/x", R"({"vectors":{"":{"dimension":2,"metric":"l1"}}})", 422,
       "request.invalid", "vectors.\"\".metric"},
      {kPut, "/collections/x", R"({"vectors":{"":{"dimension":2,"kind":"x"}}})", 422,
       "request.invalid", "vectors.\"\".kind"},
      {kPut, "/collections/x", R"({"unique":[1]})", 422, "request.invalid", "unique[0]"},
      {kPut, "/collections/x", R"({"indexes":[{"path":"a","kind":"btree"}]})", 422,
       "request.invalid", "indexes[0].kind"},
      {kPut, "/collections/x", R"({"schema":[]})", 422, "request.invalid", "schema"},
      {kPut, "/collections/x", R"({"columns":[]})", 422, "request.invalid", "columns"},
      {kPut, "/collections/_phenix.x", "{}", 422, "request.invalid", "collection"},
      {kPatch, "/collections/zz", "{}", 404, "collection.not_found"},
      {kDelete, "/collections/zz", "", 404, "collection.not_found"},
      {kDelete, "/collections/_phenix.requests", "", 422, "request.invalid", "collection"},
      {kPost, "/entities",
       R"({"collection":"strict","entities":[{"id":"s","metadata":{"n":"x"}}]})", 422,
       "request.invalid", "entities[0]"},
      {kPost, "/tx", R"({"isolation":"dirty"})", 422, "request.invalid", "isolation"},
      {kPost, "/tx", R"({"timeout_ms":0})", 422, "request.invalid", "timeout_ms"},
      {kPost, "/tx", R"({"timeout_ms":600001})", 422, "request.invalid", "timeout_ms"},
      {kPost, "/tx/none/commit", "", 404, "tx.not_found"},
      {kPost, "/tx/none/abort", "", 404, "tx.not_found"},
      {kGet, "/tx/none", "", 404, "route.not_found"},
      {kPost, "/tx/run", "{}", 422, "request.invalid", "operations"},
      {kPost, "/tx/run", R"({"operations":[{}]})", 422, "request.invalid", "operations[0]"},
      {kPost, "/tx/run", R"({"operations":[{"drop":{}}]})", 422, "request.invalid",
       "operations[0].drop"},
      {kPost, "/tx/run", R"({"operations":[{"delete":{}}]})", 422, "request.invalid",
       "operations[0].delete.id"},
      {kPost, "/tx/run", R"({"operations":[{"delete":{"id":"zz","must_exist":true}}]})", 404,
       "entity.not_found", "operations[0]"},
      {kPost, "/tx/run", R"({"operations":[{"check":{"id":"a","if":{"n":2}}}]})", 412,
       "precondition.failed", "operations[0]"},
      {kPost, "/tx/run", R"({"operations":[{"check":{"id":"a","if":{"n":1}}}]})", 200, "",
       "versions", ""},
      {kPost, "/tx/run", R"({"operations":[{"put":{"id":"a"},"check":{"id":"a"}}]})", 422,
       "request.invalid", "operations[0].check"},
  };
}

class CallTableTest : public ServiceFixture {
 protected:
  CallTableTest() {
    Expect(200, Method::kPost, "/entities",
           R"({"entities":[{"id":"a","vector":[1,0],"metadata":{"n":1},
              "edges":[{"target":"b","label":"to"}]},
              {"id":"b","vector":[0,1],"metadata":{"n":2}}]})");
    Expect(201, Method::kPut, "/collections/strict",
           R"({"schema":{"properties":{"n":{"type":"integer"}}}})");
  }

  void Check(const Row& row) {
    SCOPED_TRACE(std::string(MethodName(row.method)) + " " + row.target.substr(0, 200) + " " +
                 row.body);
    const Response response = Send(row.method, row.target, row.body);
    SCOPED_TRACE(response.body);
    EXPECT_EQ(response.status, row.status);
    const Body body(response.body);
    if (row.code.empty()) {
      EXPECT_EQ(response.content_type, "application/json");
      EXPECT_EQ(body.At(row.path), row.value);
      return;
    }
    EXPECT_EQ(response.content_type, "application/problem+json");
    EXPECT_EQ(body.Text("code"), row.code);
    EXPECT_EQ(body.At("status"), std::to_string(row.status));
    EXPECT_EQ(body.Text("type"), "urn:phenix:problem:" + row.code);
    EXPECT_NE(body.Text("title"), "");
    EXPECT_NE(body.Text("detail"), "");
    EXPECT_EQ(body.Text("request_id"), HeaderOf(response, "X-Request-Id"));
    if (!row.path.empty()) {
      std::string expected;
      JsonQuote(row.path, expected);
      EXPECT_EQ(body.At("errors[].path").substr(1, expected.size()), expected);
    }
  }

  static void JsonQuote(const std::string& text, std::string& out) {
    out += '"';
    for (const char letter : text) {
      if (letter == '"') out += '\\';
      out += letter;
    }
    out += '"';
  }
};

TEST_F(CallTableTest, EveryRowAnswersAsItSays) {
  std::size_t rows = 0;
  std::set<std::string> codes;
  for (const auto& table : {TargetRows(), BatchRows(), BatchMemberRows(), EntityRows(), EdgeRows(),
                            QueryRows(), OtherQueryRows(), SchemaAndTransactionRows()}) {
    for (const Row& row : table) {
      Check(row);
      codes.insert(row.code);
      ++rows;
    }
  }
  const Body after(Expect(200, Method::kPost, "/count", "{}").body);
  EXPECT_EQ(after.At("count"), "2") << "a row has written";
  std::printf("[ covered  ] %zu requests, %zu codes, %zu routes\n", rows, codes.size() - 1,
              AllRoutes().size());
  EXPECT_GE(rows, 100U);
}

TEST_F(CallTableTest, EveryRouteRefusesAnUnknownMethodAndListsItsOwn) {
  for (const Route& route : AllRoutes()) {
    std::string target(route.pattern);
    const std::size_t brace = target.find('{');
    if (brace != std::string::npos) target.replace(brace, target.find('}') - brace + 1, "x");
    const Response response = Expect(405, Method::kOther, target);
    EXPECT_NE(HeaderOf(response, "Allow").find(MethodName(route.method)), std::string::npos);
  }
}

TEST_F(CallTableTest, ABodyMustSayThatItIsJson) {
  for (const char* type :
       {"", "text/plain", "application/x-www-form-urlencoded", "application/xml"}) {
    Request request;
    request.method = Method::kPost;
    request.target = "/entities";
    request.body = R"({"entities":[]})";
    if (*type != '\0') request.headers.emplace_back("content-type", type);
    EXPECT_EQ(CodeOf(service_->Handle(request)), "request.media_type") << type;
    request.headers = {{"content-type", "Application/JSON; charset=utf-8"}};
    EXPECT_EQ(service_->Handle(request).status, 200);
  }
}

TEST_F(CallTableTest, RefusesMoreThanItsLimits) {
  std::string many = R"({"entities":[)";
  for (int count = 0; count <= 10'000; ++count) many += count == 0 ? "{}" : ",{}";
  EXPECT_EQ(CodeOf(Expect(413, Method::kPost, "/entities", many + "]}")), "request.too_large");
  std::string deep;
  for (int level = 0; level < 200; ++level) deep += R"({"a":)";
  EXPECT_EQ(Send(Method::kPost, "/entities", deep).status, 400);
  const std::string large = R"({"x":")" + std::string(kDocumentBytesMax, 'x') + R"("})";
  EXPECT_EQ(CodeOf(Expect(413, Method::kPost, "/entities", large)), "request.too_large");
}

}  // namespace
}  // namespace phenix::api
