// Filter: a condition on an entity, written as JSON (docs/reference/filter.md).
//
// The same language serves queries, deletes and updates by filter, and write preconditions:
// {"year": {"$gte": 2020}, "tags": {"$contains": "x"}, "$edge": {"out": "written_by"}}.
// Rules:      missing is not null; a value of the wrong type does not match and gives a warning;
//             integers and doubles compare exactly, as numbers.
// Threads:    immutable; any number of readers.
// Ownership:  copies share one parsed tree, which nobody changes.
#ifndef PHENIX_FILTER_H_
#define PHENIX_FILTER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "phenix/status.h"

namespace phenix {

namespace model {
struct FilterNode;
struct FilterTree;
}  // namespace model

/// Limits of one filter; passing one is kResourceExhausted, and the message names it.
inline constexpr std::size_t kFilterBytesMax = std::size_t{1} << 20U;  ///< of JSON text
inline constexpr unsigned kFilterDepthMax = 32;                        ///< nested operators
inline constexpr std::size_t kFilterNodesMax = 1'000;         ///< conditions and logic operators
inline constexpr std::size_t kFilterListValuesMax = 65'536;   ///< values of one $in, $any, ...
inline constexpr std::size_t kFilterPatternBytesMax = 1'024;  ///< of one $regex or $glob
inline constexpr std::size_t kFilterPatternMemoryBytes = std::size_t{1} << 20U;  ///< of one pattern
inline constexpr std::size_t kFilterPolygonPointsMax = 10'000;
inline constexpr unsigned kFilterHopsMax = 10;         ///< of $edge
inline constexpr std::size_t kFilterWarningsMax = 16;  ///< kept per evaluation run

class Filter {
 public:
  /// Matches every entity.
  Filter() = default;

  /// Errors: kInvalidArgument naming the place and what is expected there; kResourceExhausted when
  /// a limit above is passed. "{}" matches every entity.
  static Result<Filter> Parse(std::string_view json);
  /// Matches what every one of `filters` matches. Errors: kResourceExhausted.
  static Result<Filter> AllOf(const std::vector<Filter>& filters);

  /// The JSON it was parsed from, compact. Parse(ToJson()) is the same filter.
  [[nodiscard]] std::string ToJson() const;
  /// True for the filter {} only; another filter may still match every entity.
  [[nodiscard]] bool IsEmpty() const { return tree_ == nullptr; }
  /// The parsed tree (model/filter_tree.h), for planners; null when IsEmpty().
  [[nodiscard]] const model::FilterNode* root() const;

 private:
  explicit Filter(std::shared_ptr<const model::FilterTree> tree) : tree_(std::move(tree)) {}

  // Shared by the copies of a filter: they travel into plans, rules and preconditions.
  std::shared_ptr<const model::FilterTree> tree_;
};

}  // namespace phenix

#endif  // PHENIX_FILTER_H_
