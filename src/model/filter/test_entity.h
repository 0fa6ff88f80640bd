// An entity in memory with its edges, as an EvaluationContext, for the tests of filters.
#ifndef MODEL_FILTER_TEST_ENTITY_H_
#define MODEL_FILTER_TEST_ENTITY_H_

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/filter_evaluate.h"
#include "phenix/document.h"

namespace phenix::model {

class TestEntity final : public EvaluationContext {
 public:
  struct TestEdge {
    std::string label;
    double weight = 1.0;
    Document properties;
    TestEntity* target = nullptr;
  };

  TestEntity(std::string id, const std::string& json)
      : id_(std::move(id)), document_(*Document::FromJson(json)) {}

  Result<ValueView> document() override {
    ++documents_asked;
    if (!fault.ok()) return fault;
    return RootOf(document_);
  }
  std::string_view id() override { return id_; }
  std::uint64_t version() override { return entity_version; }
  bool HasVector(std::string_view field) override { return vectors.contains(std::string(field)); }
  std::int64_t now_ms() override { return now; }
  FilterWarnings& warnings() override { return warnings_; }

  /// Edges that leave the entity, one hop: enough to show what reaches the context.
  Result<bool> MatchesEdge(const EdgeCondition& condition) override {
    std::uint64_t count = 0;
    for (const TestEdge& edge : edges) {
      const auto& labels = condition.labels;
      if (!labels.empty() && std::find(labels.begin(), labels.end(), edge.label) == labels.end())
        continue;
      const EdgeView view{edge.weight, RootOf(edge.properties)};
      if (condition.edge != nullptr && !EvaluateEdgeFilter(*condition.edge, view, *this)) continue;
      if (condition.to != nullptr) {
        PHENIX_ASSIGN_OR_RETURN(const bool matches, EvaluateNode(*condition.to, *edge.target));
        if (!matches) continue;
      }
      ++count;
    }
    return condition.count.Contains(count);
  }

  std::uint64_t entity_version = 1;
  std::int64_t now = 1'700'000'000'000;  // 2023-11-14T22:13:20Z
  std::set<std::string> vectors;
  std::vector<TestEdge> edges;
  Status fault;
  int documents_asked = 0;

 private:
  std::string id_;
  Document document_;
  FilterWarnings warnings_;
};

}  // namespace phenix::model

#endif  // MODEL_FILTER_TEST_ENTITY_H_
