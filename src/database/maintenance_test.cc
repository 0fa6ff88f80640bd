// Expiry, collection and checkpoints, with a clock that the test moves.
#include <gtest/gtest.h>

#include "database/open_database.h"
#include "database/test_vocabulary.h"
#include "storage/rocks_kv_engine.h"

namespace phenix::database {
namespace {

class Maintenance : public testing::Test {
 protected:
  Maintenance() {
    options_.background_maintenance = false;
    options_.retention = std::chrono::seconds(10);
    Open();
    EXPECT_TRUE(database_->CreateCollection(Things()).ok());
  }
  void Open() {
    database_.reset();
    Environment environment;
    environment.clock = &clock_;
    auto opened = OpenWithEnvironment(environment, scratch_ / "db", options_);
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    database_ = *std::move(opened);
  }
  void Write(std::vector<WriteOperation> operations) {
    const auto receipt = database_->Write(Batch(std::move(operations)));
    ASSERT_TRUE(receipt.ok()) << receipt.status().ToString();
  }
  StatusCode CodeOf(const std::string& id) {
    return Now(*database_)->Get("things", id, {}).status().code();
  }
  /// Rows of every family, as they lie in the closed database.
  std::map<std::string, std::uint64_t> CountRows() {
    database_.reset();
    std::map<std::string, std::uint64_t> counts;
    {
      storage::RocksKvEngineOptions options;
      options.directory = scratch_ / "db/state";
      const auto engine = *storage::RocksKvEngine::Open(options);
      for (std::size_t family = 0; family < storage::kFamilyCount; ++family) {
        const auto iterator = engine->NewIterator(static_cast<storage::Family>(family), {});
        auto& count =
            counts[std::string(storage::FamilyName(static_cast<storage::Family>(family)))];
        for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) ++count;
      }
    }
    Open();
    return counts;
  }

  ScratchDirectory scratch_;
  io::ManualClock clock_{1'700'000'000'000};
  DatabaseOptions options_;
  std::unique_ptr<Database> database_;
};

PutOperation Mortal(const std::string& id, std::chrono::milliseconds lifetime) {
  PutOperation put = Put(id, R"({"email":")" + id + R"("})");
  put.vectors[""] = {1, 2};
  put.time_to_live = lifetime;
  return put;
}

TEST_F(Maintenance, AnEntityEndsAtItsTimeWithItsVectorAndEdges) {
  Write({Put("stays"), Mortal("goes", std::chrono::seconds(5)), Link("stays", "goes", "x")});
  EXPECT_EQ(CodeOf("goes"), StatusCode::kOk);
  clock_.Advance(std::chrono::seconds(6));
  const auto check_gone = [&] {
    EXPECT_EQ(CodeOf("goes"), StatusCode::kNotFound);
    const auto reader = Now(*database_);
    NearestRequest nearest;
    nearest.collection = "things";
    nearest.vector = {1, 2};
    EXPECT_TRUE(reader->Nearest(nearest)->neighbors.empty());
    EdgeRequest edges;
    edges.collection = "things";
    edges.id = "stays";
    EXPECT_TRUE(reader->Edges(edges)->edges.empty());
    EXPECT_EQ(*reader->Count("things", {}), 1U);
  };
  check_gone();
  const std::uint64_t before = Now(*database_)->timestamp();
  ASSERT_TRUE(database_->Maintain(false).ok());
  check_gone();
  const auto changes = database_->Changes(before, 100);
  ASSERT_TRUE(changes.ok()) << changes.status().ToString();
  ASSERT_EQ(changes->changes.size(), 1U);
  EXPECT_EQ(changes->changes[0].kind, ChangeKind::kDeleteEntity);
}

TEST_F(Maintenance, PuttingOverAnExpiredEntityStartsANewOne) {
  CollectionSchema schema = Things();
  schema.unique_paths = {"email"};
  ASSERT_TRUE(database_->AlterCollection(schema).ok());
  Write({Mortal("a", std::chrono::seconds(5)), Put("b"), Link("a", "b", "x")});
  clock_.Advance(std::chrono::seconds(6));
  PutOperation again = Put("a", R"({"email":"a"})");
  again.mode = PutMode::kInsert;
  Write({again});
  const auto entity = Now(*database_)->Get("things", "a", {.vectors = true, .edges = true});
  ASSERT_TRUE(entity.ok());
  EXPECT_TRUE(entity->vectors.empty());
  EXPECT_TRUE(entity->edges.empty());
  ASSERT_TRUE(database_->Maintain(false).ok());
  EXPECT_EQ(CodeOf("a"), StatusCode::kOk)
      << "the new incarnation does not inherit the old one's end";
}

TEST_F(Maintenance, ALongerLifeCountsForTheVectorToo) {
  Write({Mortal("a", std::chrono::seconds(5))});
  PutOperation longer;
  longer.collection = "things";
  longer.id = "a";
  longer.time_to_live = std::chrono::seconds(60);
  Write({longer});
  clock_.Advance(std::chrono::seconds(10));
  ASSERT_TRUE(database_->Maintain(false).ok());
  NearestRequest nearest;
  nearest.collection = "things";
  nearest.vector = {1, 2};
  EXPECT_EQ(Now(*database_)->Nearest(nearest)->neighbors.size(), 1U);
}

TEST_F(Maintenance, CollectionLeavesWhatReadersMaySeeAndNothingElse) {
  Write({Put("a"), Put("b"), Put("c"), Link("a", "b", "x"), Link("b", "c", "x")});
  for (int n = 0; n < 20; ++n) Write({Put("a", R"({"n":)" + std::to_string(n) + "}")});
  Write({Delete("b")});
  const auto before = CountRows();
  EXPECT_EQ(before.at("entity"), 3U + 20U + 1U);
  EXPECT_EQ(before.at("edge_out"), 2U);
  const auto pinned = Now(*database_);
  clock_.Advance(std::chrono::seconds(60));
  Write({Put("c", R"({"n":1})")});
  ASSERT_TRUE(database_->Maintain(true).ok());
  EXPECT_EQ(pinned->Get("things", "a", {})->document.ToJson(), R"({"n":19})");
  EXPECT_EQ(pinned->Get("things", "c", {})->document.ToJson(), "{}") << "held by the snapshot";
}

TEST_F(Maintenance, NothingIsLeftOfWhatWasDeleted) {
  Write({Put("a"), Put("b"), Link("a", "b", "x"), Link("b", "a", "x")});
  PutOperation with_vector = Put("a");
  with_vector.vectors[""] = {1, 2};
  Write({with_vector});
  Write({Delete("a"), Delete("b")});
  clock_.Advance(std::chrono::seconds(60));
  for (int round = 0; round < 3; ++round) ASSERT_TRUE(database_->Maintain(true).ok());
  const auto counts = CountRows();
  for (const char* family : {"entity", "vector", "edge_out", "edge_in", "garbage"}) {
    EXPECT_EQ(counts.at(family), 0U) << family;
  }
}

TEST_F(Maintenance, ADroppedCollectionIsRemovedWithItsEdges) {
  CollectionSchema other;
  other.name = "other";
  ASSERT_TRUE(database_->CreateCollection(other).ok());
  PutOperation far = Put("far");
  far.collection = "other";
  PutEdgeOperation link = Link("a", "far", "x");
  link.edge.target.collection = "other";
  Write({Put("a"), far, link});
  ASSERT_TRUE(database_->DropCollection("other").ok());
  clock_.Advance(std::chrono::seconds(60));
  Write({Put("b")});
  ASSERT_TRUE(database_->Maintain(true).ok());
  const auto counts = CountRows();
  EXPECT_EQ(counts.at("entity"), 2U);
  EXPECT_EQ(counts.at("edge_out"), 0U);
  EXPECT_EQ(counts.at("edge_in"), 0U);
}

TEST_F(Maintenance, ReadsBelowTheSafepointAndOldSnapshotsAreRefused) {
  Write({Put("a")});
  const std::uint64_t first = Now(*database_)->timestamp();
  auto transaction = *database_->Begin({});
  clock_.Advance(std::chrono::minutes(20));
  Write({Put("a")});
  ASSERT_TRUE(database_->Maintain(false).ok());
  EXPECT_EQ(database_->SnapshotAt(first).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(database_->Changes(first, 10).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(transaction->Get("things", "a", {}).status().code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(transaction->Apply(Put("b")).code(), StatusCode::kDeadlineExceeded);
}

TEST_F(Maintenance, ACheckpointLetsGoOfTheLogAndReopeningReplaysOnlyTheRest) {
  options_.transaction_bytes_max = std::uint64_t{64} << 20U;
  Open();
  const std::string filler(1 << 20, 'x');
  for (int n = 0; n < 150; ++n)
    Write({Put("a" + std::to_string(n % 3), R"({"t":")" + filler + std::to_string(n) + R"("})")});
  const std::uint64_t before = database_->Stats().log_frames;
  EXPECT_GE(before, 150U);
  ASSERT_TRUE(database_->Maintain(true).ok());
  Write({Put("last")});
  Open();
  EXPECT_LE(database_->recovery().frames_replayed, 10U);
  EXPECT_EQ(CodeOf("last"), StatusCode::kOk);
  EXPECT_EQ(*Now(*database_)->Count("things", {}), 4U);
}

}  // namespace
}  // namespace phenix::database
