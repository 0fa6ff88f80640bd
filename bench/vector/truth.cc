#include "bench/vector/truth.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

#include "distance/byte_row.h"
#include "distance/simd_level.h"
#include "index/vector/full_rows.h"
#include "index/vector/graph/pair_scan.h"

namespace phenix::bench {
namespace {

namespace vector = index::vector;

constexpr std::size_t kBlockRows = 8192;

// The smallest distances of one query and their bound.
class Nearest {
 public:
  explicit Nearest(std::size_t limit) : limit_(limit) {}
  void Offer(double distance) {
    if (heap_.size() == limit_ && distance >= heap_.top()) return;
    heap_.push(distance);
    if (heap_.size() > limit_) heap_.pop();
  }
  [[nodiscard]] bool full() const { return heap_.size() == limit_; }
  [[nodiscard]] double worst() const {
    return full() ? heap_.top() : std::numeric_limits<double>::infinity();
  }

 private:
  std::size_t limit_;
  std::priority_queue<double> heap_;
};

// Candidates by all-pairs over rounded rows with slack, judged by exact distances.
void OfferBlock(const Dataset& data, std::span<const std::size_t> rows,
                vector::PairScan& scan, const vector::ByteRows& queries,
                const distance::ByteRowCodec& codec, float slack, std::vector<Nearest>* nearest) {
  vector::ByteRows block = vector::AllocateByteRows(codec, rows.size());
  std::vector<float> prepared(data.dimension);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    vector::PrepareVector(data.metric, data.row(rows[i]), prepared);
    codec.EncodeRow(prepared, block.row(i));
  }
  scan.SetRight(block.View(nullptr, rows.size()));
  scan.Run(
      queries.View(nullptr, queries.count),
      [&](std::size_t q) {
        const double worst = (*nearest)[q].worst();
        const double squared = data.metric == distance::Metric::kL2 ? worst * worst : 2.0 * worst;
        return static_cast<float>(squared) * slack;
      },
      [&](std::size_t q, const std::uint32_t* places, const float*, std::size_t found) {
        for (std::size_t i = 0; i < found; ++i) {
          (*nearest)[q].Offer(ExactDistance(data, data.query(q), rows[places[i]]));
        }
      });
}

}  // namespace

double ExactDistance(const Dataset& data, std::span<const float> query, std::size_t row) {
  const std::span<const float> values = data.row(row);
  double squares = 0.0;
  double dot = 0.0;
  double left = 0.0;
  double right = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double a = static_cast<double>(query[i]);
    const double b = static_cast<double>(values[i]);
    squares += (a - b) * (a - b);
    dot += a * b;
    left += a * a;
    right += b * b;
  }
  if (data.metric == distance::Metric::kL2) return std::sqrt(squares);
  return left == 0.0 || right == 0.0 ? 1.0 : 1.0 - dot / std::sqrt(left * right);
}

std::vector<double> LimitDistances(const Dataset& data, std::size_t queries, std::size_t limit,
                                   const std::function<bool(std::size_t)>& passes) {
  const distance::Kernels& kernels = distance::KernelsFor(distance::DetectedSimdLevel());
  const bool exact =
      data.metric == distance::Metric::kL2 && distance::IsByteVector(data.base) &&
      distance::IsByteVector(data.queries) && data.dimension <= distance::kExactDimensionMax;
  const distance::ByteRowCodec codec =
      exact ? distance::ByteRowCodec::Exact(data.dimension)
            : distance::ByteRowCodec::Scaled(std::vector<float>(data.dimension, 0.0F));
  vector::ByteRows encoded = vector::AllocateByteRows(codec, queries);
  std::vector<float> prepared(data.dimension);
  for (std::size_t q = 0; q < queries; ++q) {
    vector::PrepareVector(data.metric, data.query(q), prepared);
    codec.EncodeRow(prepared, encoded.row(q));
  }
  std::vector<Nearest> nearest(queries, Nearest(limit));
  vector::PairScan scan(kernels, encoded.codec);
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    if (passes(row)) rows.push_back(row);
    if (rows.size() < kBlockRows && row + 1 != data.rows()) continue;
    OfferBlock(data, rows, scan, encoded, codec, exact ? 1.0001F : 1.1F, &nearest);
    rows.clear();
  }
  std::vector<double> limits(queries);
  for (std::size_t q = 0; q < queries; ++q) limits[q] = nearest[q].worst();
  return limits;
}

double RecallOfRows(const Dataset& data, std::span<const float> query, double limit_distance,
                    std::span<const std::uint64_t> rows, std::size_t limit) {
  std::size_t found = 0;
  for (const std::uint64_t row : rows) {
    found += ExactDistance(data, query, row) <= limit_distance * (1.0 + 1e-6) + 1e-7 ? 1 : 0;
  }
  return static_cast<double>(std::min(found, limit)) / static_cast<double>(limit);
}

}  // namespace phenix::bench
