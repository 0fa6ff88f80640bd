#include "api/router.h"

#include <array>
#include <optional>

#include "api/calls/calls.h"

namespace phenix::api {
namespace {

constexpr std::array kRoutes = {
    Route{Method::kGet, "/collections", &ListCollections},
    Route{Method::kGet, "/collections/{name}", &GetCollection},
    Route{Method::kPut, "/collections/{name}", &PutCollection},
    Route{Method::kPatch, "/collections/{name}", &AlterCollection},
    Route{Method::kDelete, "/collections/{name}", &DropCollection},
    Route{Method::kPost, "/entities", &PostEntities},
    Route{Method::kGet, "/entities", &ScanEntities},
    Route{Method::kGet, "/entities/{id}", &GetEntity},
    Route{Method::kPut, "/entities/{id}", &PutEntity},
    Route{Method::kPatch, "/entities/{id}", &PatchEntity},
    Route{Method::kDelete, "/entities/{id}", &DeleteEntity},
    Route{Method::kGet, "/entities/{id}/edges", &ListEdges},
    Route{Method::kPost, "/edges", &PostEdges},
    Route{Method::kDelete, "/edges", &DeleteEdges},
    Route{Method::kPost, "/query", &PostQuery},
    Route{Method::kPost, "/explain", &ExplainQuery},
    Route{Method::kPost, "/count", &CountEntities},
    Route{Method::kPost, "/facets", &CountFacets},
    Route{Method::kPost, "/tx", &BeginTransaction},
    Route{Method::kPost, "/tx/run", &RunTransaction},
    Route{Method::kPost, "/tx/{id}/commit", &CommitTransaction},
    Route{Method::kPost, "/tx/{id}/abort", &AbortTransaction},
    Route{Method::kGet, "/changes", &ListChanges},
    Route{Method::kGet, "/limits", &ShowLimits},
    Route{Method::kGet, "/stats", &ShowStats},
};

/// What stands for the {…} when `segments` fit `pattern`; empty text where it has none.
std::optional<std::string> Match(std::string_view pattern,
                                 const std::vector<std::string>& segments) {
  std::string name;
  pattern.remove_prefix(1);
  for (const std::string& segment : segments) {
    if (pattern.empty()) return std::nullopt;
    const std::size_t slash = pattern.find('/');
    const std::string_view piece = pattern.substr(0, slash);
    if (piece.front() == '{') {
      if (segment.empty()) return std::nullopt;
      name = segment;
    } else if (piece != segment) {
      return std::nullopt;
    }
    pattern = slash == std::string_view::npos ? std::string_view() : pattern.substr(slash + 1);
  }
  if (!pattern.empty()) return std::nullopt;
  return name;
}

}  // namespace

std::span<const Route> AllRoutes() { return kRoutes; }

Attempt<FoundRoute> FindRoute(Method method, const Target& target) {
  std::string allowed;
  for (const Route& route : kRoutes) {
    std::optional<std::string> name = Match(route.pattern, target.segments);
    if (!name.has_value()) continue;
    if (route.method == method) return FoundRoute{&route, *std::move(name)};
    if (!allowed.empty()) allowed += ", ";
    allowed += MethodName(route.method);
  }
  if (allowed.empty()) {
    return Problem{.code = Code::kRouteNotFound, .detail = "no call has this path"};
  }
  Problem problem{.code = Code::kMethodNotAllowed, .detail = "the path takes " + allowed};
  problem.headers.emplace_back("Allow", allowed);
  return problem;
}

}  // namespace phenix::api
