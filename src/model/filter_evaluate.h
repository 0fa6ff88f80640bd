// Does an entity match a filter?
//
// Every condition with a path holds when it holds for one of the values that the path reaches; the
// negative operators ($ne, $nin, $none, $not, $nor) are the complements of the positive ones, so
// they also hold where there is no value. A value of the wrong type does not match and leaves a
// warning. Threads:    functions of their arguments; a context and its warnings belong to one
// thread. Not here:   edges, which the context walks; indexes.
#ifndef MODEL_FILTER_EVALUATE_H_
#define MODEL_FILTER_EVALUATE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/filter_tree.h"
#include "model/value_view.h"
#include "phenix/filter.h"
#include "phenix/status.h"

namespace phenix::model {

/// What went wrong without failing, each once, at most kFilterWarningsMax of them. For one filter,
/// over as many entities as it is evaluated on.
class FilterWarnings {
 public:
  /// A value `found` where the condition `node` needs another type. Cost: a short search when
  /// known.
  void AddWrongType(const FilterNode& node, ValueView found);
  [[nodiscard]] const std::vector<std::string>& messages() const { return messages_; }

 private:
  struct Seen {
    const FilterNode* node;
    ValueType found;
    friend bool operator==(const Seen&, const Seen&) = default;
  };
  std::vector<Seen> seen_;
  std::vector<std::string> messages_;
};

/// One entity, as a filter asks for it. Whatever needs reading is read when asked for.
class EvaluationContext {
 public:
  EvaluationContext() = default;
  virtual ~EvaluationContext() = default;
  EvaluationContext(const EvaluationContext&) = delete;
  EvaluationContext& operator=(const EvaluationContext&) = delete;

  /// The top-level object; valid until the evaluation ends. Asked for at most once per evaluation.
  virtual Result<ValueView> document() = 0;
  virtual std::string_view id() = 0;
  virtual std::uint64_t version() = 0;
  virtual bool HasVector(std::string_view field) = 0;
  /// Walks the edges of the entity. `condition` says what counts (filter_tree.h).
  virtual Result<bool> MatchesEdge(const EdgeCondition& condition) = 0;
  /// What {"$now": ...} counts from, in milliseconds since 1970; the same for a whole query.
  virtual std::int64_t now_ms() = 0;
  virtual FilterWarnings& warnings() = 0;
};

/// Errors: those of the context.
Result<bool> EvaluateFilter(const Filter& filter, EvaluationContext& context);
/// The same for a part of a filter, such as EdgeCondition::to.
Result<bool> EvaluateNode(const FilterNode& node, EvaluationContext& context);

/// An edge as EdgeCondition::edge sees it.
struct EdgeView {
  double weight = 1.0;
  ValueView properties;  ///< the top-level object; missing for an edge without properties
};
/// True when `edge` matches the filter `node` (EdgeCondition::edge). Only now_ms() and warnings()
/// of `context` are used.
bool EvaluateEdgeFilter(const FilterNode& node, const EdgeView& edge, EvaluationContext& context);

}  // namespace phenix::model

#endif  // MODEL_FILTER_EVALUATE_H_
