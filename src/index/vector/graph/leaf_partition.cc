#include "index/vector/graph/leaf_partition.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "index/vector/graph/centroids.h"

namespace phenix::index::vector {
namespace {

using Leaves = std::vector<std::vector<std::uint32_t>>;

// Even pieces of a group that its centres do not split (duplicates, for one).
void CutEvenly(std::vector<std::uint32_t> group, std::size_t leaf_rows, Leaves* leaves) {
  const std::size_t pieces = (group.size() + leaf_rows - 1) / leaf_rows;
  for (std::size_t piece = 0; piece < pieces; ++piece) {
    const auto begin = group.begin() + static_cast<std::ptrdiff_t>(group.size() * piece / pieces);
    const auto end =
        group.begin() + static_cast<std::ptrdiff_t>(group.size() * (piece + 1) / pieces);
    leaves->emplace_back(begin, end);
  }
}

Leaves SplitOnce(const distance::Kernels& kernels, const ByteRows& rows,
                 std::span<const std::uint32_t> group, const PartitionOptions& options) {
  const std::size_t memberships = group.size() * options.leaves_per_row;
  CentroidOptions training;
  training.count =
      std::max<std::size_t>(2, (memberships + options.leaf_rows - 1) / options.leaf_rows);
  training.seed = options.seed;
  const ByteRows centroids = TrainCentroids(kernels, rows, group, training);
  const std::size_t per_row = centroids.count < 2 ? 1 : options.leaves_per_row;
  const std::vector<std::uint32_t> nearest =
      NearestCentroids(kernels, rows, group, centroids, per_row);
  Leaves leaves(centroids.count);
  for (std::size_t i = 0; i < nearest.size(); ++i) {
    leaves[nearest[i]].push_back(group[i / per_row]);
  }
  std::erase_if(leaves, [](const std::vector<std::uint32_t>& leaf) { return leaf.empty(); });
  return leaves;
}

}  // namespace

Leaves PartitionRows(const distance::Kernels& kernels, const ByteRows& rows,
                     const PartitionOptions& options) {
  std::vector<std::uint32_t> all(rows.count);
  std::iota(all.begin(), all.end(), 0U);
  Leaves done;
  Leaves large;
  large.push_back(std::move(all));
  PartitionOptions step = options;
  while (!large.empty()) {
    std::vector<std::uint32_t> group = std::move(large.back());
    large.pop_back();
    if (group.size() <= 2 * options.leaf_rows) {
      done.push_back(std::move(group));
      continue;
    }
    Leaves parts = SplitOnce(kernels, rows, group, step);
    step.leaves_per_row = 1;  // Only the first split overlaps.
    ++step.seed;
    const bool stuck = std::any_of(parts.begin(), parts.end(), [&](const auto& part) {
      return part.size() * 10 > group.size() * 9;
    });
    for (std::vector<std::uint32_t>& part : parts) {
      if (stuck) {
        CutEvenly(std::move(part), options.leaf_rows, &done);
      } else {
        large.push_back(std::move(part));
      }
    }
  }
  return done;
}

}  // namespace phenix::index::vector
