#include "index/vector/graph/graph_repair.h"

#include <algorithm>
#include <vector>

#include "index/vector/graph/seeded_sequence.h"

namespace phenix::index::vector {
namespace {

constexpr std::size_t kSampleRows = 512;
constexpr int kPassesMax = 3;

class Reach {
 public:
  explicit Reach(const ProximityGraph& graph) : graph_(graph), reached_(graph.rows(), false) {}

  void WalkFrom(std::uint32_t start) {
    if (reached_[start]) return;
    reached_[start] = true;
    frontier_.push_back(start);
    while (!frontier_.empty()) {
      const std::uint32_t row = frontier_.back();
      frontier_.pop_back();
      for (std::size_t i = 0; i < kGraphDegree && graph_.links(row)[i] != kNoRow; ++i) {
        const std::uint32_t next = graph_.links(row)[i];
        if (reached_[next]) continue;
        reached_[next] = true;
        frontier_.push_back(next);
      }
    }
  }
  [[nodiscard]] bool Has(std::uint32_t row) const { return reached_[row]; }

 private:
  const ProximityGraph& graph_;
  std::vector<bool> reached_;
  std::vector<std::uint32_t> frontier_;
};

std::uint32_t NearestOfSample(const distance::Kernels& kernels, const ByteRows& rows,
                              const std::vector<std::uint32_t>& sample, std::uint32_t row) {
  distance::EncodedQuery query;
  rows.codec.EncodeQuery(rows.row(row), &query);
  std::vector<float> squared(sample.size());
  rows.codec.Scan(kernels, query, rows.View(sample.data(), sample.size()), squared.data());
  const auto nearest = std::min_element(squared.begin(), squared.end()) - squared.begin();
  return sample[static_cast<std::size_t>(nearest)];
}

void AddLink(ProximityGraph* graph, std::uint32_t from, std::uint32_t to) {
  std::uint32_t* links = graph->links(from);
  std::uint32_t* end = std::find(links, links + kGraphDegree, kNoRow);
  *(end == links + kGraphDegree ? end - 1 : end) = to;
}

}  // namespace

void ConnectUnreached(const distance::Kernels& kernels, const ByteRows& rows,
                      ProximityGraph* graph) {
  if (graph->rows() < 2) return;
  for (int pass = 0; pass < kPassesMax; ++pass) {
    Reach reach(*graph);
    reach.WalkFrom(0);
    std::vector<std::uint32_t> sample;
    SeededSequence random(graph->rows() + static_cast<std::uint64_t>(pass));
    for (std::size_t tries = 0; tries < 4 * kSampleRows && sample.size() < kSampleRows; ++tries) {
      const auto row = static_cast<std::uint32_t>(random.Below(graph->rows()));
      if (reach.Has(row)) sample.push_back(row);
    }
    if (sample.empty()) sample.push_back(0);
    std::size_t added = 0;
    for (std::uint32_t row = 0; row < graph->rows(); ++row) {
      if (reach.Has(row)) continue;
      // A near row that is reached: one of its own links, or the nearest of the sample.
      const std::uint32_t* links = graph->links(row);
      const std::uint32_t* link = std::find_if(links, links + kGraphDegree, [&](std::uint32_t to) {
        return to != kNoRow && reach.Has(to);
      });
      const std::uint32_t way_in =
          link != links + kGraphDegree ? *link : NearestOfSample(kernels, rows, sample, row);
      AddLink(graph, way_in, row);
      reach.WalkFrom(row);
      ++added;
    }
    if (added == 0) return;
  }
}

}  // namespace phenix::index::vector
