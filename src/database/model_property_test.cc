// Random operations on the database and on a slow, obvious model of it; after each step, and after
// reopenings, collections of garbage and as-of reads, both must tell the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <tuple>

#include "database/test_vocabulary.h"

namespace phenix::database {
namespace {

struct ModelEntity {
  int number = 0;
  std::optional<std::vector<float>> vector;
};
using ModelEdge = std::tuple<std::string, std::string, std::string>;  // source, label, target
struct ModelState {
  std::map<std::string, ModelEntity> entities;
  std::map<ModelEdge, double> edges;

  void Remove(const std::string& id) {
    entities.erase(id);
    std::erase_if(edges, [&](const auto& entry) {
      return std::get<0>(entry.first) == id || std::get<2>(entry.first) == id;
    });
  }
};

class History {
 public:
  History(StateEngine engine, std::uint64_t seed, std::chrono::milliseconds retention)
      : random_(seed) {
    options_.state_engine = engine;
    options_.retention = retention;
    database_ = OpenOrDie(scratch_ / "db", options_);
    EXPECT_TRUE(database_->CreateCollection(Things()).ok());
  }

  void Step() {
    switch (Pick(12)) {
      case 0:
        Reopen();
        break;
      case 1:
        EXPECT_TRUE(database_->Maintain(Pick(2) == 0).ok());
        break;
      case 2:
        InteractiveTransaction();
        break;
      default:
        WriteBatchOfOperations();
        break;
    }
  }

  void CheckNow() { Check(*Now(*database_), model_); }
  void CheckPast() {
    if (past_.empty()) return;
    auto at = past_.begin();
    std::advance(at, Pick(static_cast<int>(past_.size())));
    const auto reader = database_->SnapshotAt(at->first);
    if (options_.retention.count() == 0 && !reader.ok()) return;  // given up, and said so
    ASSERT_TRUE(reader.ok()) << reader.status().ToString();
    Check(**reader, at->second);
  }
  [[nodiscard]] std::uint64_t operations() const { return operations_; }

 private:
  int Pick(int below) { return static_cast<int>(random_() % static_cast<std::uint64_t>(below)); }
  std::string PickId() { return "id" + std::to_string(Pick(12)); }
  std::string PickLabel() { return Pick(2) == 0 ? "x" : "y"; }

  void Reopen() {
    database_.reset();
    database_ = OpenOrDie(scratch_ / "db", options_);
  }

  // An operation that must succeed, done to `state` as well.
  WriteOperation RandomOperation(ModelState& state) {
    ++operations_;
    const std::string id = PickId();
    switch (Pick(6)) {
      case 0:
        state.Remove(id);
        return Delete(id);
      case 1:
        return RandomLink(state, id);
      case 2:
        return RandomUnlink(state, id);
      default:
        return RandomPut(state, id);
    }
  }

  WriteOperation RandomPut(ModelState& state, const std::string& id) {
    const int number = Pick(5);
    PutOperation put = Put(id, R"({"n":)" + std::to_string(number) + "}");
    put.mode = Pick(4) == 0 ? PutMode::kReplace : PutMode::kUpsert;
    ModelEntity& entity = state.entities[id];
    if (put.mode == PutMode::kReplace) {
      entity.vector.reset();
      std::erase_if(state.edges, [&](const auto& e) { return std::get<0>(e.first) == id; });
    }
    entity.number = number;
    if (Pick(2) == 0) {
      put.vectors[""] = {static_cast<float>(Pick(8)), static_cast<float>(Pick(8))};
      entity.vector = put.vectors[""];
    } else if (Pick(4) == 0) {
      put.vectors[""] = {};
      entity.vector.reset();
    }
    if (Pick(3) == 0) {
      const std::string target = PickId();
      put.edges.push_back(EdgeTo(target, PickLabel(), Pick(10)));
      state.edges[{id, put.edges[0].label, target}] = put.edges[0].weight;
      state.entities.try_emplace(target);
    }
    return put;
  }

  WriteOperation RandomLink(ModelState& state, const std::string& id) {
    PutEdgeOperation link = Link(id, PickId(), PickLabel());
    link.edge.weight = Pick(10);
    link.on_missing_endpoint = MissingTarget::kStub;
    state.edges[{id, link.edge.label, link.edge.target.id}] = link.edge.weight;
    state.entities.try_emplace(id);
    state.entities.try_emplace(link.edge.target.id);
    return link;
  }

  WriteOperation RandomUnlink(ModelState& state, const std::string& id) {
    DeleteEdgeOperation unlink;
    unlink.collection = "things";
    unlink.source = id;
    unlink.target.id = PickId();
    unlink.label = PickLabel();
    state.edges.erase({id, unlink.label, unlink.target.id});
    return unlink;
  }

  void WriteBatchOfOperations() {
    ModelState next = model_;
    WriteBatch batch;
    const int count = 1 + Pick(6);
    for (int n = 0; n < count; ++n) batch.operations.push_back(RandomOperation(next));
    const bool spoil = Pick(6) == 0;
    if (spoil) batch.operations.emplace_back(Put(""));
    const auto receipt = database_->Write(batch);
    ASSERT_EQ(receipt.ok(), !spoil) << receipt.status().ToString();
    if (!spoil) Committed(receipt->commit_timestamp, std::move(next));
  }

  void InteractiveTransaction() {
    auto transaction = *database_->Begin(
        {.isolation = Pick(2) == 0 ? Isolation::kSnapshot : Isolation::kSerializable});
    ModelState next = model_;
    const int count = 1 + Pick(6);
    for (int n = 0; n < count; ++n) {
      const Status staged = transaction->Apply(RandomOperation(next));
      ASSERT_TRUE(staged.ok()) << staged.ToString();
      Check(*transaction, next);
    }
    if (Pick(3) == 0) {
      transaction->Abort();
      return;
    }
    const auto receipt = transaction->Commit();
    ASSERT_TRUE(receipt.ok()) << receipt.status().ToString();
    Committed(receipt->commit_timestamp, std::move(next));
  }

  void Committed(std::uint64_t at, ModelState next) {
    model_ = std::move(next);
    past_[at] = model_;
  }

  void Check(Reader& reader, const ModelState& state) {
    CheckEntities(reader, state);
    CheckEdges(reader, state);
    CheckNearest(reader, state);
  }

  void CheckEntities(Reader& reader, const ModelState& state) {
    ScanRequest scan;
    scan.collection = "things";
    scan.include.vectors = true;
    const auto page = reader.Scan(scan);
    ASSERT_TRUE(page.ok()) << page.status().ToString();
    ASSERT_EQ(page->entities.size(), state.entities.size());
    for (const Entity& entity : page->entities) {
      const auto expected = state.entities.find(entity.id);
      ASSERT_NE(expected, state.entities.end()) << entity.id;
      const bool has_vector = expected->second.vector.has_value();
      ASSERT_EQ(entity.vectors.contains(""), has_vector) << entity.id;
      if (has_vector) ASSERT_EQ(entity.vectors.at(""), *expected->second.vector);
      const auto number = entity.document.ValueAt("n");
      if (number.ok()) ASSERT_EQ(*number, std::to_string(expected->second.number));
      const auto got = reader.Get("things", entity.id, {});
      ASSERT_TRUE(got.ok());
      ASSERT_EQ(got->document, entity.document);
    }
  }

  void CheckEdges(Reader& reader, const ModelState& state) {
    std::map<ModelEdge, double> out, in;
    for (const auto& [id, entity] : state.entities) {
      for (const EdgeDirection direction : {EdgeDirection::kOut, EdgeDirection::kIn}) {
        EdgeRequest request;
        request.collection = "things";
        request.id = id;
        request.direction = direction;
        const auto page = reader.Edges(request);
        ASSERT_TRUE(page.ok()) << page.status().ToString();
        for (const IncidentEdge& edge : page->edges) {
          (direction == EdgeDirection::kOut ? out
                                            : in)[{edge.source.id, edge.label, edge.target.id}] =
              edge.weight;
        }
      }
    }
    ASSERT_EQ(out, state.edges);
    ASSERT_EQ(in, state.edges);
  }

  void CheckNearest(Reader& reader, const ModelState& state) {
    NearestRequest request;
    request.collection = "things";
    request.vector = {static_cast<float>(Pick(8)), static_cast<float>(Pick(8))};
    request.k = 5;
    const int number = Pick(5);
    const bool filtered = Pick(2) == 0;
    if (filtered) request.filter = Where(R"({"n":)" + std::to_string(number) + "}");
    std::vector<std::pair<double, std::string>> expected;
    for (const auto& [id, entity] : state.entities) {
      if (!entity.vector.has_value() || (filtered && entity.number != number)) continue;
      const double dx = (*entity.vector)[0] - request.vector[0];
      const double dy = (*entity.vector)[1] - request.vector[1];
      expected.emplace_back(std::sqrt(dx * dx + dy * dy), id);
    }
    std::sort(expected.begin(), expected.end());
    if (expected.size() > request.k) expected.resize(request.k);
    const auto page = reader.Nearest(request);
    ASSERT_TRUE(page.ok()) << page.status().ToString();
    std::vector<std::pair<double, std::string>> found;
    for (const Neighbor& neighbor : page->neighbors) {
      found.emplace_back(neighbor.distance, neighbor.entity.id);
    }
    ASSERT_EQ(found, expected);
  }

  ScratchDirectory scratch_;
  DatabaseOptions options_;
  std::mt19937_64 random_;
  std::unique_ptr<Database> database_;
  ModelState model_;
  std::map<std::uint64_t, ModelState> past_;
  std::uint64_t operations_ = 0;
};

void RunHistories(StateEngine engine, int histories, int steps) {
  const std::uint64_t base_seed = std::random_device{}();
  std::uint64_t operations = 0;
  for (int n = 0; n < histories; ++n) {
    const std::uint64_t seed = base_seed + static_cast<std::uint64_t>(n);
    SCOPED_TRACE("seed " + std::to_string(seed));
    // Every second history keeps nothing: versions are collected while it goes on.
    History history(engine, seed, n % 2 == 0 ? std::chrono::hours(1) : std::chrono::hours(0));
    for (int step = 0; step < steps; ++step) {
      ASSERT_NO_FATAL_FAILURE(history.Step());
      ASSERT_NO_FATAL_FAILURE(history.CheckNow());
      if (step % 8 == 0) ASSERT_NO_FATAL_FAILURE(history.CheckPast());
    }
    operations += history.operations();
  }
  std::printf("[ covered  ] %d histories from seed %llu, %llu operations\n", histories,
              static_cast<unsigned long long>(base_seed),
              static_cast<unsigned long long>(operations));
}

TEST(DatabaseProperty, RocksEngineTellsWhatTheModelTells) {
  RunHistories(StateEngine::kRocksDb, 4, 120);
}

TEST(DatabaseProperty, MemoryEngineTellsWhatTheModelTells) {
  RunHistories(StateEngine::kMemory, 12, 150);
}

}  // namespace
}  // namespace phenix::database
