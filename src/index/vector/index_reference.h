// A slow, obvious vector index for tests: a list of versions, scanned.
#ifndef INDEX_VECTOR_INDEX_REFERENCE_H_
#define INDEX_VECTOR_INDEX_REFERENCE_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "distance/metric.h"
#include "index/vector/search_types.h"

namespace phenix::index::vector {

inline float ReferenceDistance(distance::Metric metric, std::span<const float> a,
                               std::span<const float> b) {
  double dot = 0.0;
  double left = 0.0;
  double right = 0.0;
  double squares = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<double>(a[i]);
    const auto y = static_cast<double>(b[i]);
    dot += x * y;
    left += x * x;
    right += y * y;
    squares += (x - y) * (x - y);
  }
  if (metric == distance::Metric::kL2) return static_cast<float>(std::sqrt(squares));
  if (metric == distance::Metric::kDot) return static_cast<float>(-dot);
  if (left == 0.0 || right == 0.0) return 1.0F;
  return static_cast<float>(1.0 - dot / std::sqrt(left * right));
}

class IndexReference {
 public:
  explicit IndexReference(distance::Metric metric) : metric_(metric) {}

  void Append(std::uint64_t id, std::span<const float> values, std::uint64_t commit) {
    Erase(id, commit);
    live_[id] = versions_.size();
    versions_.push_back({id, commit, UINT64_MAX, {values.begin(), values.end()}});
  }
  void Erase(std::uint64_t id, std::uint64_t commit) {
    const auto found = live_.find(id);
    if (found == live_.end()) return;
    versions_[found->second].end = commit;
    live_.erase(found);
  }
  /// Every visible row that passes, nearest first.
  [[nodiscard]] std::vector<Hit> All(std::uint64_t snapshot, std::span<const float> query,
                                     const std::function<bool(std::uint64_t)>& passes) const {
    std::vector<Hit> hits;
    for (const Version& version : versions_) {
      if (version.begin > snapshot || version.end <= snapshot || !passes(version.id)) continue;
      hits.push_back({version.id, ReferenceDistance(metric_, query, version.values)});
    }
    std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
      return a.distance != b.distance ? a.distance < b.distance : a.vector_id < b.vector_id;
    });
    return hits;
  }
  [[nodiscard]] std::size_t live() const { return live_.size(); }
  [[nodiscard]] std::vector<std::uint64_t> live_ids() const {
    std::vector<std::uint64_t> ids;
    for (const auto& [id, place] : live_) ids.push_back(id);
    return ids;
  }

 private:
  struct Version {
    std::uint64_t id;
    std::uint64_t begin;
    std::uint64_t end;
    std::vector<float> values;
  };
  distance::Metric metric_;
  std::vector<Version> versions_;
  std::map<std::uint64_t, std::size_t> live_;
};

/// Share of the `limit` nearest of `all` that `hits` found, by distance with room for rounding.
inline double RecallOf(const std::vector<Hit>& hits, const std::vector<Hit>& all,
                       std::size_t limit) {
  const std::size_t wanted = std::min(limit, all.size());
  if (wanted == 0) return 1.0;
  const float worst = all[wanted - 1].distance;
  const float bound = worst + 1e-4F * std::fabs(worst) + 1e-5F;
  std::size_t found = 0;
  for (const Hit& hit : hits) found += hit.distance <= bound ? 1 : 0;
  return static_cast<double>(std::min(found, wanted)) / static_cast<double>(wanted);
}

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_INDEX_REFERENCE_H_
