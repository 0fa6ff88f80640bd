// Any text as a filter: refused, or a filter that prints as itself and can be evaluated.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "model/filter_evaluate.h"

using phenix::Document;
using phenix::Filter;
using phenix::Result;
using phenix::model::EdgeCondition;
using phenix::model::EdgeView;
using phenix::model::FilterWarnings;
using phenix::model::RootOf;
using phenix::model::ValueView;

namespace {

/// A fixed entity with one edge, to itself.
class FixedEntity final : public phenix::model::EvaluationContext {
 public:
  FixedEntity() : document_(*Document::FromJson(kJson)) {}

  Result<ValueView> document() override { return RootOf(document_); }
  std::string_view id() override { return "entity-1"; }
  std::uint64_t version() override { return 7; }
  bool HasVector(std::string_view field) override { return field.empty(); }
  std::int64_t now_ms() override { return 1'700'000'000'000; }
  FilterWarnings& warnings() override { return warnings_; }
  Result<bool> MatchesEdge(const EdgeCondition& condition) override {
    const EdgeView edge{0.5, RootOf(document_)};
    if (condition.edge != nullptr && !EvaluateEdgeFilter(*condition.edge, edge, *this))
      return false;
    if (condition.to == nullptr) return true;
    return EvaluateNode(*condition.to, *this);
  }

 private:
  static constexpr std::string_view kJson =
      R"({"a":1,"b":"text with Words","c":[1,"x",{"a":2.5}],"d":null,"e":{"a":{"b":true}},
          "t":"2024-01-01T00:00:00Z","g":{"lat":1,"lon":2},"u":18446744073709551615})";
  Document document_;
  FilterWarnings warnings_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Filter> filter = Filter::Parse(text);
  if (!filter.ok()) return 0;
  const std::string json = filter->ToJson();
  const Result<Filter> again = Filter::Parse(json);
  PHENIX_ASSERT(again.ok() && again->ToJson() == json);
  FixedEntity entity;
  const Result<bool> matches = EvaluateFilter(*filter, entity);
  const Result<bool> matches_again = EvaluateFilter(*again, entity);
  PHENIX_ASSERT(matches.ok() && matches_again.ok() && *matches == *matches_again);
  const Result<Filter> negated = Filter::Parse("{\"$not\":" + json + "}");
  if (negated.ok()) PHENIX_ASSERT(*EvaluateFilter(*negated, entity) != *matches);
  PHENIX_ASSERT(entity.warnings().messages().size() <= phenix::kFilterWarningsMax);
  return 0;
}
