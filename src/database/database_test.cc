#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "database/test_vocabulary.h"
#include "io/file_system.h"
#include "io/random.h"
#include "security/file_key_provider.h"

namespace phenix::database {
namespace {

class EmbeddedDatabase : public testing::TestWithParam<StateEngine> {
 protected:
  EmbeddedDatabase() {
    options_.state_engine = GetParam();
    database_ = OpenOrDie(scratch_ / "db", options_);
    EXPECT_TRUE(database_->CreateCollection(Things()).ok());
  }
  void Reopen() {
    database_.reset();
    database_ = OpenOrDie(scratch_ / "db", options_);
  }
  CommitReceipt Write(std::vector<WriteOperation> operations) {
    const auto receipt = database_->Write(Batch(std::move(operations)));
    EXPECT_TRUE(receipt.ok()) << receipt.status().ToString();
    return receipt.ok() ? *receipt : CommitReceipt{};
  }
  Status TryWrite(std::vector<WriteOperation> operations) {
    return database_->Write(Batch(std::move(operations))).status();
  }
  Result<Entity> Get(const std::string& id) {
    return Now(*database_)->Get("things", id, {.vectors = true, .edges = true});
  }
  std::vector<std::string> Nearest(Reader& reader, float x, float y, std::uint32_t k,
                                   const std::string& filter = "{}") {
    NearestRequest request;
    request.collection = "things";
    request.vector = {x, y};
    request.k = k;
    request.filter = Where(filter);
    const auto page = reader.Nearest(request);
    EXPECT_TRUE(page.ok()) << page.status().ToString();
    std::vector<std::string> ids;
    if (page.ok()) {
      for (const Neighbor& neighbor : page->neighbors) ids.push_back(neighbor.entity.id);
    }
    return ids;
  }
  std::vector<std::string> EdgesOf(const std::string& id, EdgeDirection direction) {
    EdgeRequest request;
    request.collection = "things";
    request.id = id;
    request.direction = direction;
    const auto page = Now(*database_)->Edges(request);
    std::vector<std::string> texts;
    if (!page.ok()) return {page.status().ToString()};
    for (const IncidentEdge& edge : page->edges) {
      texts.push_back(edge.source.id + "-" + edge.label + "->" + edge.target.id);
    }
    return texts;
  }

  ScratchDirectory scratch_;
  DatabaseOptions options_;
  std::unique_ptr<Database> database_;
};

PutOperation At(const std::string& id, float x, float y, const std::string& json = "{}") {
  PutOperation put = Put(id, json);
  put.vectors[""] = {x, y};
  return put;
}

TEST_P(EmbeddedDatabase, KeepsAnEntityWholeAcrossReopening) {
  PutOperation put = At("a", 1, 2, R"({"title":"x","n":9007199254740993})");
  put.edges.push_back(EdgeTo("b", "knows", 0.5));
  const CommitReceipt receipt = Write({put});
  for (int round = 0; round < 2; ++round) {
    const auto entity = Get("a");
    ASSERT_TRUE(entity.ok()) << entity.status().ToString();
    EXPECT_EQ(entity->document.ToJson(), R"({"title":"x","n":9007199254740993})");
    EXPECT_EQ(entity->vectors.at(""), (std::vector<float>{1, 2}));
    ASSERT_EQ(entity->edges.size(), 1U);
    EXPECT_EQ(entity->edges[0].target.id, "b");
    EXPECT_EQ(entity->edges[0].weight, 0.5);
    EXPECT_EQ(entity->version, receipt.commit_timestamp);
    EXPECT_EQ(receipt.versions, (std::vector<std::uint64_t>{receipt.commit_timestamp}));
    EXPECT_TRUE(Get("b").ok()) << "the missing target becomes a stub";
    Reopen();
  }
}

TEST_P(EmbeddedDatabase, PutModesDoWhatTheySay) {
  PutOperation put = Put("a", R"({"x":1,"y":2})");
  put.mode = PutMode::kUpdate;
  EXPECT_EQ(TryWrite({put}).code(), StatusCode::kNotFound);
  put.mode = PutMode::kInsert;
  EXPECT_TRUE(TryWrite({put}).ok());
  EXPECT_EQ(TryWrite({put}).code(), StatusCode::kAlreadyExists);
  PutOperation merge = Put("a", R"({"y":null,"z":3})");
  merge.mode = PutMode::kMerge;
  Write({merge});
  EXPECT_EQ(Get("a")->document.ToJson(), R"({"x":1,"z":3})");
  PutOperation vector_only = At("a", 3, 4);
  vector_only.document.reset();
  Write({vector_only});
  EXPECT_EQ(Get("a")->document.ToJson(), R"({"x":1,"z":3})");
  PutOperation replace = Put("a", R"({"only":true})");
  replace.mode = PutMode::kReplace;
  Write({Link("a", "a", "self"), replace});
  const auto entity = Get("a");
  EXPECT_EQ(entity->document.ToJson(), R"({"only":true})");
  EXPECT_TRUE(entity->vectors.empty());
  EXPECT_TRUE(entity->edges.empty());
}

TEST_P(EmbeddedDatabase, ABatchThatFailsWritesNothing) {
  PutOperation bad = At("bad", 1, 2);
  bad.vectors[""] = {1, 2, 3};
  const Status status = TryWrite({Put("good"), bad});
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << status.ToString();
  EXPECT_NE(status.message().find("operation 1"), std::string::npos) << status.ToString();
  EXPECT_EQ(Get("good").status().code(), StatusCode::kNotFound);
}

TEST_P(EmbeddedDatabase, PreconditionsHoldOrNothingIsWritten) {
  const CommitReceipt first = Write({Put("a", R"({"n":1})")});
  PutOperation put = Put("a", R"({"n":2})");
  put.precondition.if_version = first.commit_timestamp + 1;
  EXPECT_EQ(TryWrite({put}).code(), StatusCode::kPreconditionFailed);
  put.precondition.if_version = first.commit_timestamp;
  EXPECT_TRUE(TryWrite({put}).ok());
  put.precondition = {};
  put.precondition.if_absent = true;
  EXPECT_EQ(TryWrite({put}).code(), StatusCode::kPreconditionFailed);
  put.precondition = {};
  put.precondition.if_filter = Where(R"({"n":{"$gte":3}})");
  EXPECT_EQ(TryWrite({put}).code(), StatusCode::kPreconditionFailed);
  put.precondition.if_filter = Where(R"({"n":{"$gte":2}})");
  EXPECT_TRUE(TryWrite({put}).ok());
  CheckOperation check;
  check.collection = "things";
  check.id = "missing";
  check.precondition.if_present = true;
  EXPECT_EQ(TryWrite({Put("b"), check}).code(), StatusCode::kPreconditionFailed);
  EXPECT_EQ(Get("b").status().code(), StatusCode::kNotFound);
}

TEST_P(EmbeddedDatabase, DeletingAnEntityTakesItsEdgesInBothDirections) {
  Write({Put("a"), Put("b"), Put("c"), Link("a", "b", "x"), Link("b", "c", "x"),
         Link("c", "a", "x")});
  EXPECT_EQ(EdgesOf("a", EdgeDirection::kAny), (std::vector<std::string>{"a-x->b", "c-x->a"}));
  Write({Delete("b")});
  EXPECT_EQ(EdgesOf("a", EdgeDirection::kAny), (std::vector<std::string>{"c-x->a"}));
  EXPECT_TRUE(EdgesOf("c", EdgeDirection::kIn).empty());
  Write({Put("b")});
  EXPECT_TRUE(EdgesOf("b", EdgeDirection::kAny).empty())
      << "a new incarnation starts without edges";
  EXPECT_EQ(EdgesOf("a", EdgeDirection::kOut), std::vector<std::string>{});
}

TEST_P(EmbeddedDatabase, EdgeEndpointPolicyIsObeyed) {
  Write({Put("a")});
  EXPECT_EQ(TryWrite({Link("a", "missing", "x")}).code(), StatusCode::kNotFound);
  EXPECT_EQ(TryWrite({Link("missing", "a", "x")}).code(), StatusCode::kNotFound);
  PutEdgeOperation stub = Link("a", "new", "x");
  stub.on_missing_endpoint = MissingTarget::kStub;
  Write({stub});
  EXPECT_TRUE(Get("new").ok());
  DeleteEdgeOperation remove;
  remove.collection = "things";
  remove.source = "a";
  remove.target.id = "new";
  remove.label = "x";
  remove.must_exist = true;
  Write({remove});
  EXPECT_EQ(TryWrite({remove}).code(), StatusCode::kNotFound);
}

TEST_P(EmbeddedDatabase, NearestSeesCommitsDeletesFiltersAndOwnWrites) {
  Write({At("a", 0, 0, R"({"t":1})"), At("b", 1, 0, R"({"t":2})"), At("c", 2, 0, R"({"t":1})")});
  const auto before = Now(*database_);
  EXPECT_EQ(Nearest(*before, 0, 0, 2), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(Nearest(*before, 0, 0, 2, R"({"t":1})"), (std::vector<std::string>{"a", "c"}));
  auto transaction = *database_->Begin({});
  ASSERT_TRUE(transaction->Apply(Delete("a")).ok());
  ASSERT_TRUE(transaction->Apply(At("d", 0.5, 0)).ok());
  EXPECT_EQ(Nearest(*transaction, 0, 0, 2), (std::vector<std::string>{"d", "b"}));
  EXPECT_EQ(Nearest(*before, 0, 0, 1), (std::vector<std::string>{"a"}));
  ASSERT_TRUE(transaction->Commit().ok());
  EXPECT_EQ(Nearest(*before, 0, 0, 1), (std::vector<std::string>{"a"}));
  EXPECT_EQ(Nearest(*Now(*database_), 0, 0, 2), (std::vector<std::string>{"d", "b"}));
}

TEST_P(EmbeddedDatabase, TheFirstOfTwoWritersOfOneEntityWins) {
  Write({Put("a", R"({"n":0})")});
  auto first = *database_->Begin({});
  auto second = *database_->Begin({});
  ASSERT_TRUE(first->Apply(Put("a", R"({"n":1})")).ok());
  ASSERT_TRUE(second->Apply(Put("a", R"({"n":2})")).ok());
  EXPECT_TRUE(first->Commit().ok());
  EXPECT_EQ(second->Commit().status().code(), StatusCode::kConflict);
  EXPECT_EQ(Get("a")->document.ToJson(), R"({"n":1})");
  EXPECT_EQ(second->Apply(Put("a")).code(), StatusCode::kUnavailable);
}

TEST_P(EmbeddedDatabase, SnapshotAllowsWriteSkewAndSerializableDoesNot) {
  for (const Isolation isolation : {Isolation::kSnapshot, Isolation::kSerializable}) {
    Write({Put("x", R"({"n":1})"), Put("y", R"({"n":1})")});
    auto first = *database_->Begin({.isolation = isolation});
    auto second = *database_->Begin({.isolation = isolation});
    ASSERT_TRUE(first->Get("things", "x", {}).ok());
    ASSERT_TRUE(second->Get("things", "y", {}).ok());
    ASSERT_TRUE(first->Apply(Put("y", R"({"n":0})")).ok());
    ASSERT_TRUE(second->Apply(Put("x", R"({"n":0})")).ok());
    EXPECT_TRUE(first->Commit().ok());
    EXPECT_EQ(second->Commit().ok(), isolation == Isolation::kSnapshot);
  }
}

TEST_P(EmbeddedDatabase, SerializableRefusesPhantomsOfScansEdgesAndVectors) {
  Write({At("a", 0, 0), At("b", 1, 1)});
  const auto conflicts = [&](const std::function<void(Transaction&)>& read, WriteOperation other) {
    auto transaction = *database_->Begin({.isolation = Isolation::kSerializable});
    read(*transaction);
    Write({std::move(other)});
    EXPECT_TRUE(transaction->Apply(Put("own")).ok());
    return transaction->Commit().status().code() == StatusCode::kConflict;
  };
  ScanRequest scan;
  scan.collection = "things";
  EdgeRequest edges;
  edges.collection = "things";
  edges.id = "a";
  EXPECT_TRUE(conflicts([&](Transaction& t) { EXPECT_TRUE(t.Scan(scan).ok()); }, Put("new")));
  EXPECT_TRUE(
      conflicts([&](Transaction& t) { EXPECT_TRUE(t.Edges(edges).ok()); }, Link("a", "b", "z")));
  EXPECT_TRUE(conflicts([&](Transaction& t) { Nearest(t, 0, 0, 1); }, At("near", 0, 0)));
  EXPECT_FALSE(
      conflicts([&](Transaction& t) { EXPECT_TRUE(t.Get("things", "a", {}).ok()); }, Put("else")));
}

TEST_P(EmbeddedDatabase, AnEdgeAndADeletionOfItsTargetConflict) {
  Write({Put("a"), Put("b")});
  auto linking = *database_->Begin({});
  ASSERT_TRUE(linking->Apply(Link("a", "b", "x")).ok());
  Write({Delete("b")});
  EXPECT_EQ(linking->Commit().status().code(), StatusCode::kConflict);
  Write({Put("b")});
  auto deleting = *database_->Begin({});
  ASSERT_TRUE(deleting->Apply(Delete("b")).ok());
  Write({Link("a", "b", "x")});
  EXPECT_EQ(deleting->Commit().status().code(), StatusCode::kConflict);
}

TEST_P(EmbeddedDatabase, UniqueValuesHaveOneOwner) {
  CollectionSchema schema = Things();
  schema.unique_paths = {"email"};
  ASSERT_TRUE(database_->AlterCollection(schema).ok());
  Write({Put("a", R"({"email":"x"})"), Put("b", R"({"email":"y"})"), Put("none")});
  EXPECT_EQ(TryWrite({Put("c", R"({"email":"x"})")}).code(), StatusCode::kAlreadyExists);
  Write({Put("a", R"({"email":"z"})"), Put("c", R"({"email":"x"})")});
  Write({Delete("c")});
  EXPECT_TRUE(TryWrite({Put("d", R"({"email":"x"})")}).ok());
  auto first = *database_->Begin({});
  auto second = *database_->Begin({});
  ASSERT_TRUE(first->Apply(Put("e", R"({"email":"new"})")).ok());
  ASSERT_TRUE(second->Apply(Put("f", R"({"email":"new"})")).ok());
  EXPECT_TRUE(first->Commit().ok());
  EXPECT_EQ(second->Commit().status().code(), StatusCode::kConflict);
}

TEST_P(EmbeddedDatabase, AddingAUniquePathChecksWhatExists) {
  Write({Put("a", R"({"email":"x"})"), Put("b", R"({"email":"x"})")});
  CollectionSchema schema = Things();
  schema.unique_paths = {"email"};
  EXPECT_EQ(database_->AlterCollection(schema).code(), StatusCode::kPreconditionFailed);
  Write({Put("b", R"({"email":"y"})")});
  EXPECT_TRUE(database_->AlterCollection(schema).ok());
  EXPECT_EQ(TryWrite({Put("c", R"({"email":"x"})")}).code(), StatusCode::kAlreadyExists);
}

TEST_P(EmbeddedDatabase, AsOfReadsSeeThePast) {
  const CommitReceipt first = Write({At("a", 0, 0, R"({"n":1})")});
  Write({At("a", 5, 5, R"({"n":2})"), At("b", 0, 0)});
  Write({Delete("a")});
  auto past = database_->SnapshotAt(first.commit_timestamp);
  ASSERT_TRUE(past.ok()) << past.status().ToString();
  EXPECT_EQ((*past)->Get("things", "a", {})->document.ToJson(), R"({"n":1})");
  EXPECT_EQ(Nearest(**past, 0, 0, 5), (std::vector<std::string>{"a"}));
  EXPECT_EQ(database_->SnapshotAt(UINT64_MAX).status().code(), StatusCode::kInvalidArgument);
}

TEST_P(EmbeddedDatabase, ScansPagesInIdOrderWithinOneSnapshot) {
  for (int n = 0; n < 25; ++n)
    Write({Put("id" + std::to_string(n), R"({"n":)" + std::to_string(n) + "}")});
  const auto reader = Now(*database_);
  Write({Put("id00")});
  ScanRequest request;
  request.collection = "things";
  request.filter = Where(R"({"n":{"$lt":20}})");
  request.limit = 7;
  std::vector<std::string> ids;
  do {
    const auto page = reader->Scan(request);
    ASSERT_TRUE(page.ok()) << page.status().ToString();
    for (const Entity& entity : page->entities) ids.push_back(entity.id);
    request.cursor = page->next_cursor;
  } while (!request.cursor.empty());
  EXPECT_EQ(ids.size(), 20U);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(*reader->Count("things", request.filter), 20U);
  request.cursor = "zz";
  EXPECT_EQ(reader->Scan(request).status().code(), StatusCode::kInvalidArgument);
}

TEST_P(EmbeddedDatabase, ChangeFeedTellsEveryCommitInOrder) {
  const CommitReceipt first = Write({Put("a"), Put("b"), Link("a", "b", "x")});
  const CommitReceipt second = Write({Delete("b")});
  const auto page = database_->Changes(first.commit_timestamp - 1, 100);
  ASSERT_TRUE(page.ok()) << page.status().ToString();
  std::vector<std::pair<std::uint64_t, ChangeKind>> seen;
  for (const Change& change : page->changes)
    seen.emplace_back(change.commit_timestamp, change.kind);
  EXPECT_EQ(seen, (std::vector<std::pair<std::uint64_t, ChangeKind>>{
                      {first.commit_timestamp, ChangeKind::kPutEntity},
                      {first.commit_timestamp, ChangeKind::kPutEntity},
                      {first.commit_timestamp, ChangeKind::kPutEdge},
                      {second.commit_timestamp, ChangeKind::kDeleteEntity}}));
  EXPECT_EQ(page->changes[2].target.id, "b");
  EXPECT_EQ(page->next_timestamp, second.commit_timestamp);
}

TEST_P(EmbeddedDatabase, DroppedCollectionsTakeEdgesWithThem) {
  CollectionSchema other;
  other.name = "other";
  ASSERT_TRUE(database_->CreateCollection(other).ok());
  PutOperation far = Put("far");
  far.collection = "other";
  PutEdgeOperation link = Link("a", "far", "x");
  link.edge.target.collection = "other";
  Write({Put("a"), far, link});
  EXPECT_EQ(EdgesOf("a", EdgeDirection::kOut).size(), 1U);
  ASSERT_TRUE(database_->DropCollection("other").ok());
  EXPECT_TRUE(EdgesOf("a", EdgeDirection::kOut).empty());
  EXPECT_EQ(TryWrite({far}).code(), StatusCode::kNotFound);
  Reopen();
  EXPECT_EQ(Now(*database_)->Collections()->size(), 1U);
}

TEST_P(EmbeddedDatabase, LimitsAreTypedErrors) {
  WriteBatch batch;
  for (int n = 0; n < 10'001; ++n) batch.operations.emplace_back(Put("id" + std::to_string(n)));
  EXPECT_EQ(database_->Write(batch).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(TryWrite({Put("")}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(TryWrite({Put(std::string(513, 'x'))}).code(), StatusCode::kInvalidArgument);
}

TEST_P(EmbeddedDatabase, BackupRestoresToTheSameContent) {
  for (int n = 0; n < 50; ++n) Write({At("id" + std::to_string(n), static_cast<float>(n), 0)});
  ASSERT_TRUE(database_->Maintain(true).ok());
  Write({Put("after checkpoint")});
  const Status backed_up = database_->Backup(scratch_ / "backup");
  ASSERT_TRUE(backed_up.ok()) << backed_up.ToString();
  Write({Put("after backup")});
  const Status restored = RestoreBackup(scratch_ / "backup", scratch_ / "restored");
  ASSERT_TRUE(restored.ok()) << restored.ToString();
  auto copy = OpenOrDie(scratch_ / "restored", options_);
  EXPECT_EQ(*Now(*copy)->Count("things", {}), 51U);
  EXPECT_EQ(database_->Backup(scratch_ / "backup").code(), StatusCode::kAlreadyExists);
}

TEST_P(EmbeddedDatabase, OneProcessAtATimeOpensADirectory) {
  EXPECT_EQ(Database::Open(scratch_ / "db", options_).status().code(), StatusCode::kUnavailable);
}

TEST_P(EmbeddedDatabase, EncryptionLeavesNoPlainTextAndNeedsItsKey) {
  database_.reset();
  const std::string master_key = scratch_ / "master.key";
  ASSERT_TRUE(
      security::FileKeyProvider::Create(io::PosixFileSystem(), io::SystemRandom(), master_key)
          .ok());
  DatabaseOptions options = options_;
  options.encryption.enabled = true;
  options.encryption.kms_endpoint = "file:" + master_key;
  const std::string marker = "zebra-marker-that-must-not-rest";
  for (const bool encrypted : {true, false}) {
    const std::string directory = scratch_ / (encrypted ? "secret" : "plain");
    auto database = OpenOrDie(directory, encrypted ? options : options_);
    ASSERT_TRUE(database->CreateCollection(Things()).ok());
    PutOperation put = Put("a", R"({"text":")" + marker + R"("})");
    ASSERT_TRUE(database->Write(Batch({put})).ok());
    ASSERT_TRUE(database->Maintain(true).ok());
    ASSERT_TRUE(database->Write(Batch({put})).ok());
    ASSERT_TRUE(database->Backup(directory + "-backup").ok());
    database.reset();
    bool found = false;
    for (const std::string& root : {directory, directory + "-backup"}) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (!entry.is_regular_file()) continue;
        const auto content = io::ReadFile(io::PosixFileSystem(), entry.path(), 1 << 30);
        ASSERT_TRUE(content.ok());
        found = found || content->find(marker) != std::string::npos;
      }
    }
    EXPECT_EQ(found, !encrypted);
    database = OpenOrDie(directory, encrypted ? options : options_);
    EXPECT_TRUE(Now(*database)->Get("things", "a", {}).ok());
  }
  EXPECT_EQ(Database::Open(scratch_ / "secret", options_).status().code(),
            StatusCode::kInvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(Engines, EmbeddedDatabase,
                         testing::Values(StateEngine::kRocksDb, StateEngine::kMemory),
                         [](const auto& engine) {
                           return engine.param == StateEngine::kRocksDb ? "Rocks" : "Memory";
                         });

}  // namespace
}  // namespace phenix::database
