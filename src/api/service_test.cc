// The calls of the REST interface, one behaviour a test.
#include "api/service.h"

#include <gmock/gmock.h>

#include <thread>

#include "api/router.h"
#include "api/service_fixture.h"

namespace phenix::api {
namespace {

using testing::HasSubstr;

constexpr const char* kProductEntities = R"({
    "entities": [
      {
        "id": "entity1",
        "vector": [0.1, 0.2, 0.3, 0.4],
        "metadata": {"title": "Document 1", "category": "tech"},
        "edges": [{"target": "entity2", "label": "related_to", "weight": 0.8}]
      },
      {
        "id": "entity2", 
        "vector": [0.5, 0.6, 0.7, 0.8],
        "metadata": {"title": "Document 2", "category": "science"}
      }
    ]
  })";
constexpr const char* kProductQuery = R"({
    "vector_similarity": {
      "vector": [0.1, 0.2, 0.3, 0.4],
      "k": 10
    },
    "metadata_filter": {"category": "tech"},
    "graph_constraint": "related_to:entity2"
  })";

class ServiceTest : public ServiceFixture {
 protected:
  void PutProduct() { Expect(200, Method::kPost, "/entities", kProductEntities); }
  std::string Begin(const std::string& body = "{}") {
    return Body(Expect(201, Method::kPost, "/tx", body).body).Text("tx_id");
  }
};

TEST_F(ServiceTest, AnswersTheExampleOfTheProductPage) {
  const Response written = Expect(200, Method::kPost, "/entities", kProductEntities);
  const Body put(written.body);
  EXPECT_EQ(put.At("count"), "2");
  EXPECT_EQ(put.At("ids"), R"(["entity1","entity2"])");
  const std::string commit = put.Text("commit_ts");
  EXPECT_EQ(put.At("versions"), "[\"" + commit + "\",\"" + commit + "\"]");

  const Response answer = Expect(200, Method::kPost, "/query", kProductQuery);
  const Body found(answer.body);
  EXPECT_EQ(found.At("entities[].id"), R"(["entity1"])");
  EXPECT_EQ(found.At("entities[].metadata.title"), R"(["Document 1"])");
  EXPECT_EQ(found.At("entities[].version"), "[\"" + commit + "\"]");
  EXPECT_EQ(found.Text("snapshot_ts"), commit);
  EXPECT_EQ(found.At("next_cursor"), "null");
  EXPECT_EQ(found.At("warnings"), "[]");
  EXPECT_EQ(found.At("stats.exact"), "true");
  EXPECT_EQ(observer_.queries, 1U);
  EXPECT_EQ(observer_.vectors, 2U);
}

TEST_F(ServiceTest, GivesAnIdToAnEntityWithoutOne) {
  const Body first(
      Expect(200, Method::kPost, "/entities", R"({"entities":[{"metadata":{}}]})").body);
  const Body second(Expect(200, Method::kPost, "/entities", R"({"entities":[{}]})").body);
  const std::string id = first.Text("ids").substr(1);
  EXPECT_EQ(first.At("ids").size(), 40U);
  EXPECT_EQ(first.At("ids").at(16), '7');  // the version of the UUID
  EXPECT_NE(first.At("ids"), second.At("ids"));
}

TEST_F(ServiceTest, KeepsIntegersOf64BitsAndUnicodeIds) {
  const std::string body =
      R"({"entities":[{"id":"ключ/ä 1","metadata":{"n":9007199254740993,"u":18446744073709551615}}]})";
  Expect(200, Method::kPost, "/entities", body);
  const Response got = Expect(200, Method::kGet, "/entities/%D0%BA%D0%BB%D1%8E%D1%87%2F%C3%A4%201");
  EXPECT_EQ(Body(got.body).At("metadata"), R"({"n":9007199254740993,"u":18446744073709551615})");
  EXPECT_EQ(HeaderOf(got, "ETag"), Body(got.body).At("version"));
}

TEST_F(ServiceTest, WritesAllOrNothing) {
  Expect(200, Method::kPost, "/entities", R"({"entities":[{"id":"a","vector":[1,2]}]})");
  const Response refused =
      Expect(422, Method::kPost, "/entities",
             R"({"entities":[{"id":"b","vector":[1,2]},{"id":"c","vector":[1,2,3]}]})");
  const Body problem(refused.body);
  EXPECT_EQ(problem.Text("code"), "vector.dimension");
  EXPECT_EQ(problem.At("errors[].path"), R"(["entities[1].vector"])");
  EXPECT_EQ(problem.At("errors[].index"), "[1]");
  EXPECT_EQ(problem.At("errors[].expected"), R"(["2 numbers"])");
  EXPECT_EQ(problem.At("errors[].got"), R"(["3"])");
  Expect(404, Method::kGet, "/entities/b");
}

TEST_F(ServiceTest, CommitsEachEntityByItselfWhenAskedTo) {
  Expect(200, Method::kPost, "/entities", R"({"entities":[{"id":"a","vector":[1,2]}]})");
  const Response partial = Expect(
      422, Method::kPost, "/entities",
      R"({"atomic":false,"entities":[{"id":"b","vector":[1,2]},{"id":"c","vector":[1,2,3]}]})");
  const Body problem(partial.body);
  EXPECT_EQ(problem.Text("code"), "batch.partial");
  EXPECT_EQ(problem.At("results[].id"), R"(["b","c"])");
  EXPECT_EQ(problem.At("results[].status"), "[200,422]");
  EXPECT_EQ(problem.At("results[].code"), R"(["vector.dimension"])");
  Expect(200, Method::kGet, "/entities/b");
  Expect(404, Method::kGet, "/entities/c");
}

TEST_F(ServiceTest, WritesEdgesToEntitiesThatComeLaterInTheRequest) {
  const std::string body =
      R"({"mode":"insert","on_missing_target":"error","entities":[
        {"id":"a","edges":[{"target":"b","label":"to","weight":2.5,"properties":{"x":1}}]},
        {"id":"b","edges":[{"target":"a","label":"back"}]}]})";
  Expect(200, Method::kPost, "/entities", body);
  const Body edges(Expect(200, Method::kGet, "/entities/a/edges?direction=any").body);
  EXPECT_EQ(edges.At("edges[].label"), R"(["to","back"])");
  EXPECT_EQ(edges.At("edges[].weight"), "[2.5,1.0]");
}

TEST_F(ServiceTest, RefusesAMissingTargetWhenAskedTo) {
  const Response refused = Expect(
      404, Method::kPost, "/entities",
      R"({"on_missing_target":"error","entities":[{"id":"a","edges":[{"target":"x","label":"to"}]}]})");
  EXPECT_EQ(CodeOf(refused), "entity.not_found");
  Expect(404, Method::kGet, "/entities/a");
}

TEST_F(ServiceTest, HonoursModes) {
  Expect(200, Method::kPost, "/entities",
         R"({"entities":[{"id":"a","vector":[1,0],"metadata":{"x":1,"y":2}}]})");
  const Response exists =
      Expect(409, Method::kPost, "/entities", R"({"mode":"insert","entities":[{"id":"a"}]})");
  EXPECT_EQ(CodeOf(exists), "entity.exists");
  const Response missing =
      Expect(404, Method::kPost, "/entities", R"({"mode":"update","entities":[{"id":"b"}]})");
  EXPECT_EQ(CodeOf(missing), "entity.not_found");
  Expect(200, Method::kPost, "/entities",
         R"({"mode":"merge","entities":[{"id":"a","metadata":{"x":null,"z":3}}]})");
  const std::string get = "/entities/a?include=vectors";
  EXPECT_EQ(Body(Expect(200, Method::kGet, get).body).At("metadata"), R"({"y":2,"z":3})");
  Expect(200, Method::kPost, "/entities",
         R"({"mode":"replace","entities":[{"id":"a","metadata":{"w":4}}]})");
  const Body replaced(Expect(200, Method::kGet, get).body);
  EXPECT_EQ(replaced.At("metadata"), R"({"w":4})");
  EXPECT_EQ(replaced.At("vector"), "");
}

TEST_F(ServiceTest, HonoursIfMatch) {
  PutProduct();
  const Response got = Expect(200, Method::kGet, "/entities/entity1");
  const std::string tag = HeaderOf(got, "ETag");
  const Response patched =
      Expect(200, Method::kPatch, "/entities/entity1", R"({"title":"new"})", {{"if-match", tag}});
  EXPECT_EQ(HeaderOf(patched, "ETag"), Body(patched.body).At("version"));
  const Response stale =
      Expect(412, Method::kPatch, "/entities/entity1", R"({"title":"newer"})", {{"if-match", tag}});
  EXPECT_EQ(CodeOf(stale), "precondition.failed");
  Expect(412, Method::kDelete, "/entities/entity1", "", {{"if-match", tag}});
  Expect(422, Method::kDelete, "/entities/entity1", "", {{"if-match", "7"}});
  Expect(200, Method::kDelete, "/entities/entity1", "", {{"if-match", "*"}});
  EXPECT_EQ(CodeOf(Expect(404, Method::kGet, "/entities/entity1")), "entity.not_found");
  EXPECT_EQ(CodeOf(Expect(404, Method::kDelete, "/entities/entity1")), "entity.not_found");
  EXPECT_EQ(CodeOf(Expect(404, Method::kPatch, "/entities/entity1", "{}")), "entity.not_found");
}

TEST_F(ServiceTest, DeletesAnEntityWithItsEdgesInBothDirections) {
  PutProduct();
  Expect(200, Method::kDelete, "/entities/entity2");
  const Body edges(Expect(200, Method::kGet, "/entities/entity1/edges?direction=any").body);
  EXPECT_EQ(edges.At("edges"), "[]");
}

TEST_F(ServiceTest, PagesThroughOneSnapshot) {
  for (const char* id : {"a", "b", "c", "d"}) {
    Expect(200, Method::kPost, "/entities",
           R"({"entities":[{"id":")" + std::string(id) + R"("}]})");
  }
  const Body first(Expect(200, Method::kGet, "/entities?limit=2").body);
  EXPECT_EQ(first.At("entities[].id"), R"(["a","b"])");
  Expect(200, Method::kDelete, "/entities/d");
  Expect(200, Method::kPost, "/entities", R"({"entities":[{"id":"bb"}]})");
  const std::string next = "/entities?limit=9&cursor=" + first.Text("next_cursor");
  const Body second(Expect(200, Method::kGet, next).body);
  EXPECT_EQ(second.At("entities[].id"), R"(["c","d"])");
  EXPECT_EQ(second.At("next_cursor"), "null");
  EXPECT_EQ(second.At("snapshot_ts"), first.At("snapshot_ts"));
  const Response other = Expect(422, Method::kGet, next + "&filter=%7B%22x%22%3A1%7D");
  EXPECT_EQ(CodeOf(other), "request.invalid");
}

TEST_F(ServiceTest, PagesThroughTheNearest) {
  Expect(200, Method::kPost, "/entities",
         R"({"entities":[{"id":"a","vector":[1,0]},{"id":"b","vector":[1,0.1]},
            {"id":"c","vector":[1,0.2]},{"id":"d","vector":[1,0.3]}]})");
  const std::string head = R"({"vector_similarity":{"vector":[1,0],"k":3},"limit":2)";
  const Body first(Expect(200, Method::kPost, "/query", head + "}").body);
  EXPECT_EQ(first.At("entities[].id"), R"(["a","b"])");
  const Body second(
      Expect(200, Method::kPost, "/query", head + R"(,"cursor":)" + first.At("next_cursor") + "}")
          .body);
  EXPECT_EQ(second.At("entities[].id"), R"(["c"])");
  EXPECT_EQ(second.At("next_cursor"), "null");
}

TEST_F(ServiceTest, ScoresByTheMetricOfTheField) {
  Expect(201, Method::kPut, "/collections/m",
         R"({"vectors":{"":{"dimension":2},"l":{"dimension":2,"metric":"l2"},
            "d":{"dimension":2,"metric":"dot"}}})");
  Expect(200, Method::kPost, "/entities",
         R"({"collection":"m","entities":[{"id":"a","vector":[0,1],
            "vectors":{"l":[3,4],"d":[3,4]}}]})");
  const auto ask = [&](const std::string& field, const std::string& vector) {
    const Body body(Expect(200, Method::kPost, "/query",
                           R"({"collection":"m","vector_similarity":{"field":")" + field +
                               R"(","vector":)" + vector + "}}")
                        .body);
    return body.At("entities[].distance") + body.At("entities[].score");
  };
  EXPECT_EQ(ask("", "[1,0]"), "[1.0][0.0]");
  EXPECT_EQ(ask("l", "[0,0]"), "[5.0][0.16666666666666666]");
  EXPECT_EQ(ask("d", "[1,1]"), "[-7.0][7.0]");
}

TEST_F(ServiceTest, FollowsTheGraphConstraintInEachDirection) {
  const std::string edges = R"({"edges":[{"source":"a","target":"b","label":"to"},
      {"source":"b","target":"c","label":"to"},{"source":"c","target":"d","label":"to"}]})";
  Expect(200, Method::kPost, "/entities",
         R"({"entities":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}]})");
  Expect(200, Method::kPost, "/edges", edges);
  const auto ask = [&](const std::string& constraint) {
    return Body(Expect(200, Method::kPost, "/query",
                       R"({"graph_constraint":")" + constraint + R"("})")
                    .body)
        .At("entities[].id");
  };
  EXPECT_EQ(ask("to:b"), R"(["a","c"])");
  EXPECT_EQ(ask(">to:b"), R"(["c"])");
  EXPECT_EQ(ask("<to:b"), R"(["a"])");
  EXPECT_EQ(ask(">to{1,2}:b"), R"(["c","d"])");
  EXPECT_EQ(ask(">to{2,3}:a"), R"(["c","d"])");
  EXPECT_EQ(ask("other:b"), "[]");
  Expect(422, Method::kPost, "/query", R"({"graph_constraint":"to{1,4}:a"})");
}

TEST_F(ServiceTest, ReadsTheStateOfAnEarlierTimestamp) {
  PutProduct();
  const std::string before =
      Body(Expect(200, Method::kGet, "/entities/entity1").body).Text("version");
  Expect(200, Method::kPatch, "/entities/entity1", R"({"title":"changed"})");
  const Body old(Expect(200, Method::kGet, "/entities/entity1?as_of=" + before).body);
  EXPECT_EQ(old.At("metadata.title"), R"("Document 1")");
  const Body query(
      Expect(200, Method::kPost, "/query",
             R"({"metadata_filter":{"title":"Document 1"},"as_of":")" + before + R"("})")
          .body);
  EXPECT_EQ(query.At("entities[].id"), R"(["entity1"])");
  Expect(422, Method::kGet, "/entities/entity1?as_of=18446744073709551615");
  EXPECT_EQ(CodeOf(Expect(404, Method::kGet, "/entities/entity1?as_of=1")), "collection.not_found");
}

TEST_F(ServiceTest, SaysWhenATimestampIsNoLongerKept) {
  Close();
  options_.retention = std::chrono::milliseconds(1);
  Open();
  PutProduct();
  const std::string before =
      Body(Expect(200, Method::kGet, "/entities/entity1").body).Text("version");
  io::SystemClock().SleepFor(std::chrono::milliseconds(20));
  Expect(200, Method::kPatch, "/entities/entity1", R"({"title":"changed"})");
  ASSERT_TRUE(database_->Maintain(false).ok());
  EXPECT_EQ(CodeOf(Expect(410, Method::kGet, "/entities/entity1?as_of=" + before)), "history.gone");
}

TEST_F(ServiceTest, CountsAndFacets) {
  PutProduct();
  Expect(200, Method::kPost, "/entities",
         R"({"entities":[{"id":"x","metadata":{"category":"tech","tags":["a","b","a"]}}]})");
  EXPECT_EQ(Body(Expect(200, Method::kPost, "/count", "{}").body).At("count"), "3");
  EXPECT_EQ(Body(Expect(200, Method::kPost, "/count", R"({"filter":{"category":"tech"}})").body)
                .At("count"),
            "2");
  const Body facets(
      Expect(200, Method::kPost, "/facets", R"({"fields":["category","tags[]"]})").body);
  EXPECT_EQ(facets.At("facets.category"),
            R"([{"value":"tech","count":2},{"value":"science","count":1}])");
  EXPECT_EQ(facets.At("facets.\"tags[]\""), R"([{"value":"a","count":1},{"value":"b","count":1}])");
}

TEST_F(ServiceTest, AnswersAKeyedWriteOnceAndTheSameAgain) {
  const std::vector<Header> key = {{"idempotency-key", "k1"}};
  const std::string body = R"({"entities":[{"metadata":{"n":1}},{"id":"b"}]})";
  const Response first = Expect(200, Method::kPost, "/entities", body, key);
  const Response again = Expect(200, Method::kPost, "/entities", body, key);
  EXPECT_EQ(first.body, again.body);
  EXPECT_EQ(HeaderOf(first, "Idempotent-Replayed"), "");
  EXPECT_EQ(HeaderOf(again, "Idempotent-Replayed"), "true");
  EXPECT_EQ(Body(Expect(200, Method::kPost, "/count", "{}").body).At("count"), "2");
  const Response other =
      Expect(422, Method::kPost, "/entities", R"({"entities":[{"id":"c"}]})", key);
  EXPECT_EQ(CodeOf(other), "idempotency.mismatch");
  Expect(422, Method::kPost, "/entities", body, {{"idempotency-key", "has space"}});
  Expect(422, Method::kPost, "/entities", body, {{"idempotency-key", std::string(256, 'k')}});
}

TEST_F(ServiceTest, RemembersKeysAfterReopening) {
  const std::vector<Header> key = {{"idempotency-key", "k1"}};
  const std::string body = R"({"entities":[{"metadata":{"n":1}}]})";
  const Response first = Expect(200, Method::kPost, "/entities", body, key);
  Close();
  Open();
  EXPECT_EQ(Expect(200, Method::kPost, "/entities", body, key).body, first.body);
  EXPECT_EQ(Body(Expect(200, Method::kPost, "/count", "{}").body).At("count"), "1");
}

TEST_F(ServiceTest, DoesNotRememberAWriteThatFailed) {
  const std::vector<Header> key = {{"idempotency-key", "k1"}};
  const std::string body = R"({"mode":"update","entities":[{"id":"a"}]})";
  Expect(200, Method::kPost, "/entities", R"({"entities":[{"id":"other"}]})");
  Expect(404, Method::kPost, "/entities", body, key);
  Expect(200, Method::kPost, "/entities", R"({"entities":[{"id":"a"}]})");
  Expect(200, Method::kPost, "/entities", body, key);
}

TEST_F(ServiceTest, AnswersTwinsOfAKeyedWriteAlikeWhenTheyRace) {
  PutProduct();
  const std::string tag = HeaderOf(Expect(200, Method::kGet, "/entities/entity1"), "ETag");
  std::vector<Response> answers(8);
  std::vector<std::thread> twins;
  for (Response& answer : answers) {
    twins.emplace_back([&] {
      answer = Send(Method::kPatch, "/entities/entity1", R"({"n":1})",
                    {{"idempotency-key", "twin"}, {"if-match", tag}});
    });
  }
  for (std::thread& twin : twins) twin.join();
  for (const Response& answer : answers) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.body, answers.front().body);
  }
}

TEST_F(ServiceTest, KeepsAKeyPerEntityOfABatchThatIsNotAtomic) {
  const std::vector<Header> key = {{"idempotency-key", "k1"}};
  const std::string body = R"({"atomic":false,"mode":"insert","entities":[{"id":"a"},{"id":"b"}]})";
  const Response first = Expect(200, Method::kPost, "/entities", body, key);
  EXPECT_EQ(Expect(200, Method::kPost, "/entities", body, key).body, first.body);
}

TEST_F(ServiceTest, ReadsItsOwnWritesInATransaction) {
  PutProduct();
  const std::string id = Begin();
  const std::vector<Header> tx = {{"x-tx-id", id}};
  const Response staged =
      Expect(200, Method::kPost, "/entities",
             R"({"entities":[{"id":"n","vector":[0.1,0.2,0.3,0.4],"metadata":{"category":"tech"},
         "edges":[{"target":"entity2","label":"related_to"}]}]})",
             tx);
  EXPECT_EQ(Body(staged.body).At("commit_ts"), "null");
  Expect(200, Method::kGet, "/entities/n", "", tx);
  Expect(404, Method::kGet, "/entities/n");
  const Body inside(Expect(200, Method::kPost, "/query", kProductQuery, tx).body);
  EXPECT_EQ(inside.At("entities[].id"), R"(["entity1","n"])");
  const Response committed = Expect(200, Method::kPost, "/tx/" + id + "/commit");
  EXPECT_EQ(Body(Expect(200, Method::kGet, "/entities/n").body).At("version"),
            Body(committed.body).At("commit_ts"));
  EXPECT_EQ(CodeOf(Expect(404, Method::kPost, "/tx/" + id + "/commit")), "tx.not_found");
  EXPECT_EQ(CodeOf(Expect(404, Method::kGet, "/entities/n", "", tx)), "tx.not_found");
}

TEST_F(ServiceTest, AbortForgetsTheWrites) {
  PutProduct();
  const std::string id = Begin();
  Expect(200, Method::kDelete, "/entities/entity1", "", {{"x-tx-id", id}});
  Expect(200, Method::kPost, "/tx/" + id + "/abort");
  Expect(200, Method::kGet, "/entities/entity1");
  EXPECT_EQ(observer_.transactions_failed, 1U);
}

TEST_F(ServiceTest, TheSecondCommitterOfTheSameEntityConflicts) {
  PutProduct();
  const std::string first = Begin();
  const std::string second = Begin();
  Expect(200, Method::kPatch, "/entities/entity1", R"({"n":1})", {{"x-tx-id", first}});
  Expect(200, Method::kPatch, "/entities/entity1", R"({"n":2})", {{"x-tx-id", second}});
  Expect(200, Method::kPost, "/tx/" + first + "/commit");
  const Response conflict = Expect(409, Method::kPost, "/tx/" + second + "/commit");
  EXPECT_EQ(CodeOf(conflict), "tx.conflict");
  EXPECT_EQ(Body(conflict.body).At("retryable"), "true");
  EXPECT_EQ(Body(conflict.body).Text("tx_id"), second);
}

TEST_F(ServiceTest, SerializableRefusesWriteSkew) {
  PutProduct();
  const std::string begin = R"({"isolation":"serializable"})";
  const std::string first = Begin(begin);
  const std::string second = Begin(begin);
  Expect(200, Method::kGet, "/entities/entity2", "", {{"x-tx-id", first}});
  Expect(200, Method::kGet, "/entities/entity1", "", {{"x-tx-id", second}});
  Expect(200, Method::kPatch, "/entities/entity1", R"({"n":1})", {{"x-tx-id", first}});
  Expect(200, Method::kPatch, "/entities/entity2", R"({"n":2})", {{"x-tx-id", second}});
  Expect(200, Method::kPost, "/tx/" + first + "/commit");
  Expect(409, Method::kPost, "/tx/" + second + "/commit");
}

TEST_F(ServiceTest, CommitsATransactionOncePerKey) {
  PutProduct();
  const std::string id = Begin();
  Expect(200, Method::kPatch, "/entities/entity1", R"({"n":1})", {{"x-tx-id", id}});
  const std::vector<Header> key = {{"idempotency-key", "commit-1"}};
  const Response first = Expect(200, Method::kPost, "/tx/" + id + "/commit", "", key);
  EXPECT_EQ(Expect(200, Method::kPost, "/tx/" + id + "/commit", "", key).body, first.body);
}

TEST_F(ServiceTest, AbortsATransactionWhenAPartOfABatchWasStaged) {
  PutProduct();
  const std::string id = Begin();
  const std::vector<Header> tx = {{"x-tx-id", id}};
  const Response whole = Expect(404, Method::kPost, "/entities",
                                R"({"mode":"update","entities":[{"id":"none"}]})", tx);
  EXPECT_EQ(Body(whole.body).At("tx_aborted"), "");
  const Response part =
      Expect(404, Method::kPost, "/entities",
             R"({"mode":"update","entities":[{"id":"entity1"},{"id":"none"}]})", tx);
  EXPECT_EQ(Body(part.body).At("tx_aborted"), "true");
  EXPECT_EQ(CodeOf(Expect(404, Method::kPost, "/tx/" + id + "/commit")), "tx.not_found");
}

TEST_F(ServiceTest, RunsATransactionInOneRequest) {
  PutProduct();
  for (const char* isolation : {"snapshot", "serializable"}) {
    const std::string name(isolation);
    const Response ran =
        Expect(200, Method::kPost, "/tx/run", R"({"isolation":")" + name + R"(","operations":[
          {"check":{"id":"entity1","if":{"category":"tech"}}},
          {"put":{"id":")" + name + R"(","metadata":{"n":1}}},
          {"edge":{"source":")" + name + R"(","target":"entity1","label":"about"}}]})");
    EXPECT_NE(Body(ran.body).Text("commit_ts"), "");
    EXPECT_EQ(
        Body(Expect(200, Method::kGet, "/entities/" + name + "/edges").body).At("edges[].target"),
        R"(["entity1"])");
    const Response failed =
        Expect(412, Method::kPost, "/tx/run",
               R"({"isolation":")" + name + R"(","operations":[{"put":{"id":"never"}},
          {"check":{"id":"entity1","if":{"category":"art"}}}]})");
    EXPECT_EQ(CodeOf(failed), "precondition.failed");
    EXPECT_EQ(Body(failed.body).At("errors[].index"), "[1]");
    Expect(404, Method::kGet, "/entities/never");
  }
}

TEST_F(ServiceTest, CreatesShowsAltersAndDropsCollections) {
  const std::string schema = R"({"vectors":{"":{"dimension":4,"metric":"l2"}},"unique":["mail"]})";
  const Response created = Expect(201, Method::kPut, "/collections/c", schema);
  EXPECT_EQ(Body(created.body).At("vectors"), R"({"":{"dimension":4,"metric":"l2"}})");
  Expect(200, Method::kPut, "/collections/c", schema);
  EXPECT_EQ(CodeOf(Expect(409, Method::kPut, "/collections/c", "{}")), "collection.exists");
  EXPECT_EQ(Body(Expect(200, Method::kGet, "/collections").body).At("collections[].name"),
            R"(["c"])");
  Expect(200, Method::kPatch, "/collections/c",
         R"({"vectors":{"":{"dimension":4,"metric":"l2"},"b":{"dimension":2}}})");
  EXPECT_EQ(Body(Expect(200, Method::kGet, "/collections/c").body).At("vectors.b.metric"),
            R"("cosine")");
  Expect(200, Method::kDelete, "/collections/c");
  EXPECT_EQ(CodeOf(Expect(404, Method::kGet, "/collections/c")), "collection.not_found");
  EXPECT_EQ(CodeOf(Expect(404, Method::kDelete, "/collections/c")), "collection.not_found");
}

TEST_F(ServiceTest, TellsATakenUniqueValueFromATakenId) {
  Expect(201, Method::kPut, "/collections/u", R"({"unique":["mail"]})");
  Expect(200, Method::kPost, "/entities",
         R"({"collection":"u","entities":[{"id":"a","metadata":{"mail":"x"}}]})");
  const Response taken =
      Expect(409, Method::kPost, "/entities",
             R"({"collection":"u","entities":[{"id":"b","metadata":{"mail":"x"}}]})");
  EXPECT_EQ(CodeOf(taken), "unique.taken");
}

TEST_F(ServiceTest, ListsChangesInOrderWithoutItsOwnRecords) {
  const std::vector<Header> key = {{"idempotency-key", "k"}};
  Expect(200, Method::kPost, "/entities", kProductEntities, key);
  const Body changes(Expect(200, Method::kGet, "/changes").body);
  EXPECT_THAT(changes.At("changes[].kind"), HasSubstr("put_entity"));
  EXPECT_THAT(changes.At("changes[].collection"), testing::Not(HasSubstr("_phenix")));
  const Body rest(Expect(200, Method::kGet, "/changes?after=" + changes.Text("next")).body);
  EXPECT_EQ(rest.At("changes"), "[]");
}

TEST_F(ServiceTest, ExplainsAQuery) {
  PutProduct();
  const Body plan(Expect(200, Method::kPost, "/explain", kProductQuery).body);
  EXPECT_EQ(plan.At("plan[].operator"), R"(["exact_search","filter","limit"])");
  EXPECT_EQ(plan.At("profile"), "");
  const Body profile(
      Expect(200, Method::kPost, "/explain", R"({"metadata_filter":{},"profile":true})").body);
  EXPECT_EQ(profile.At("plan[].operator"), R"(["scan_in_id_order","limit"])");
  EXPECT_EQ(profile.At("profile.rows"), "2");
}

TEST_F(ServiceTest, EchoesAGoodRequestIdAndReplacesABadOne) {
  EXPECT_EQ(
      HeaderOf(Send(Method::kGet, "/limits", "", {{"x-request-id", "abc-1"}}), "X-Request-Id"),
      "abc-1");
  const Response replaced = Send(Method::kGet, "/none", "", {{"x-request-id", "a b"}});
  EXPECT_EQ(HeaderOf(replaced, "X-Request-Id").size(), 36U);
  EXPECT_EQ(Body(replaced.body).Text("request_id"), HeaderOf(replaced, "X-Request-Id"));
}

TEST_F(ServiceTest, SaysWhenItIsNotReady) {
  Service service(io::SystemClock(), random_, observer_, {});
  const auto ask = [&](const std::string& target) {
    Request request;
    request.target = target;
    return service.Handle(request).status;
  };
  EXPECT_EQ(ask("/livez"), 200);
  EXPECT_EQ(ask("/readyz"), 503);
  EXPECT_EQ(ask("/startupz"), 503);
  EXPECT_EQ(ask("/health"), 503);
  EXPECT_EQ(ask("/entities"), 503);
  ASSERT_TRUE(service.Attach(*database_).ok());
  EXPECT_EQ(ask("/readyz"), 200);
  EXPECT_EQ(ask("/health"), 200);
  service.Drain();
  EXPECT_EQ(ask("/livez"), 200);
  EXPECT_EQ(ask("/readyz"), 503);
  EXPECT_EQ(ask("/startupz"), 200);
}

}  // namespace
}  // namespace phenix::api
