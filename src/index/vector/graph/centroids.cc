#include "index/vector/graph/centroids.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "index/vector/graph/pair_scan.h"
#include "index/vector/graph/seeded_sequence.h"

namespace phenix::index::vector {
namespace {

constexpr std::size_t kAssignBlock = 1024;

// Copies rows so that they lie one after another, as the left side of a pair scan must.
ByteRows Gather(const ByteRows& rows, std::span<const std::uint32_t> positions) {
  ByteRows copy = AllocateByteRows(rows.codec, positions.size());
  for (std::size_t i = 0; i < positions.size(); ++i) {
    std::copy_n(rows.row(positions[i]), rows.codec.stride(), copy.row(i));
  }
  return copy;
}

struct Nearest {
  float squared[2] = {std::numeric_limits<float>::infinity(),
                      std::numeric_limits<float>::infinity()};
  std::uint32_t centroid[2] = {0, 0};

  void Offer(float distance, std::uint32_t which) {
    if (distance < squared[0]) {
      squared[1] = squared[0];
      centroid[1] = centroid[0];
      squared[0] = distance;
      centroid[0] = which;
    } else if (distance < squared[1]) {
      squared[1] = distance;
      centroid[1] = which;
    }
  }
};

std::vector<Nearest> AssignRows(PairScan& scan, const ByteRows& rows, std::size_t per_row) {
  std::vector<Nearest> nearest(rows.count);
  scan.Run(
      rows.View(nullptr, rows.count),
      [&](std::size_t row) { return nearest[row].squared[per_row - 1]; },
      [&](std::size_t row, const std::uint32_t* places, const float* squared, std::size_t found) {
        for (std::size_t i = 0; i < found; ++i) nearest[row].Offer(squared[i], places[i]);
      });
  return nearest;
}

void EncodeCentroid(const distance::ByteRowCodec& codec, std::vector<float> mean,
                    std::uint8_t* row) {
  if (codec.kind() == distance::ByteRowKind::kExact) {
    for (float& value : mean) value = static_cast<float>(static_cast<int>(value + 0.5F));
  }
  std::fill_n(row, codec.stride(), std::uint8_t{0});
  codec.EncodeRow(mean, row);
}

// Rows that are farthest from their centre, for centres that lost all members.
std::vector<std::uint32_t> FarthestRows(const std::vector<Nearest>& nearest, std::size_t count) {
  std::vector<std::uint32_t> order(nearest.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
  count = std::min(count, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    [&](std::uint32_t a, std::uint32_t b) {
                      return nearest[a].squared[0] > nearest[b].squared[0];
                    });
  order.resize(count);
  return order;
}

void MoveCentroids(const ByteRows& sample, const std::vector<Nearest>& nearest,
                   ByteRows* centroids) {
  const std::size_t dimension = sample.codec.dimension();
  std::vector<double> sums(centroids->count * dimension, 0.0);
  std::vector<std::size_t> members(centroids->count, 0);
  std::vector<float> values(dimension);
  for (std::size_t r = 0; r < sample.count; ++r) {
    sample.codec.DecodeRow(sample.row(r), values);
    double* sum = sums.data() + nearest[r].centroid[0] * dimension;
    for (std::size_t i = 0; i < dimension; ++i) sum[i] += static_cast<double>(values[i]);
    ++members[nearest[r].centroid[0]];
  }
  const auto empty = static_cast<std::size_t>(std::count(members.begin(), members.end(), 0U));
  const std::vector<std::uint32_t> farthest = FarthestRows(nearest, empty);
  std::size_t next_farthest = 0;
  for (std::size_t c = 0; c < centroids->count; ++c) {
    if (members[c] == 0) {
      if (next_farthest == farthest.size()) continue;
      std::copy_n(sample.row(farthest[next_farthest++]), sample.codec.stride(), centroids->row(c));
      continue;
    }
    for (std::size_t i = 0; i < dimension; ++i) {
      values[i] = static_cast<float>(sums[c * dimension + i] / static_cast<double>(members[c]));
    }
    EncodeCentroid(sample.codec, values, centroids->row(c));
  }
}

}  // namespace

std::vector<std::uint32_t> SampleOf(std::span<const std::uint32_t> from, std::size_t count,
                                    std::uint64_t seed) {
  std::vector<std::uint32_t> sample;
  if (count >= from.size()) return {from.begin(), from.end()};
  sample.reserve(count);
  SeededSequence random(seed);
  std::size_t wanted = count;
  for (std::size_t i = 0; i < from.size() && wanted != 0; ++i) {
    if (random.Below(from.size() - i) >= wanted) continue;
    sample.push_back(from[i]);
    --wanted;
  }
  return sample;
}

ByteRows TrainCentroids(const distance::Kernels& kernels, const ByteRows& rows,
                        std::span<const std::uint32_t> positions, const CentroidOptions& options) {
  const std::size_t count = std::min(options.count, positions.size());
  const std::vector<std::uint32_t> chosen =
      SampleOf(positions, count * options.sample_per_centroid, options.seed);
  const ByteRows sample = Gather(rows, chosen);
  std::vector<std::uint32_t> places(sample.count);
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = static_cast<std::uint32_t>(i);
  ByteRows centroids = Gather(sample, SampleOf(places, count, options.seed + 1));
  PairScan scan(kernels, rows.codec);
  for (int iteration = 0; iteration < options.iterations; ++iteration) {
    scan.SetRight(centroids.View(nullptr, centroids.count));
    MoveCentroids(sample, AssignRows(scan, sample, 1), &centroids);
  }
  return centroids;
}

std::vector<std::uint32_t> NearestCentroids(const distance::Kernels& kernels, const ByteRows& rows,
                                            std::span<const std::uint32_t> positions,
                                            const ByteRows& centroids, std::size_t per_row) {
  std::vector<std::uint32_t> result;
  result.reserve(positions.size() * per_row);
  PairScan scan(kernels, rows.codec);
  scan.SetRight(centroids.View(nullptr, centroids.count));
  for (std::size_t first = 0; first < positions.size(); first += kAssignBlock) {
    const std::size_t count = std::min(kAssignBlock, positions.size() - first);
    const ByteRows block = Gather(rows, positions.subspan(first, count));
    for (const Nearest& nearest : AssignRows(scan, block, per_row)) {
      result.insert(result.end(), nearest.centroid, nearest.centroid + per_row);
    }
  }
  return result;
}

}  // namespace phenix::index::vector
