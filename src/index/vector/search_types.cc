#include "index/vector/search_types.h"

namespace phenix::index::vector {

std::string_view StrategyName(Strategy strategy) {
  switch (strategy) {
    case Strategy::kScan:
      return "scan";
    case Strategy::kGraph:
      return "graph";
    case Strategy::kGather:
      return "gather";
    case Strategy::kTraverse:
      return "traverse";
    case Strategy::kTwoHop:
      return "two-hop";
    case Strategy::kPostingLists:
      return "posting lists";
  }
  return "unknown";
}

}  // namespace phenix::index::vector
