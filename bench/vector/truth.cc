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

// The queries as byte rows, and their nearest distances so far.
class TruthScan {
 public:
  TruthScan(const Dataset& data, std::size_t queries, std::size_t limit)
      : data_(data),
        exact_(data.metric == distance::Metric::kL2 && distance::IsByteVector(data.base) &&
               distance::IsByteVector(data.queries) &&
               data.dimension <= distance::kExactDimensionMax),
        codec_(exact_ ? distance::ByteRowCodec::Exact(data.dimension)
                      : distance::ByteRowCodec::Scaled(std::vector<float>(data.dimension, 0.0F))),
        encoded_(vector::AllocateByteRows(codec_, queries)),
        scan_(distance::KernelsFor(distance::DetectedSimdLevel()), codec_),
        nearest_(queries, Nearest(limit)) {
    for (std::size_t q = 0; q < queries; ++q) Encode(data.query(q), encoded_.row(q));
  }

  // Candidates by all-pairs over rounded rows with slack, judged by exact distances.
  void Offer(std::span<const std::size_t> rows) {
    vector::ByteRows block = vector::AllocateByteRows(codec_, rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) Encode(data_.row(rows[i]), block.row(i));
    scan_.SetRight(block.View(nullptr, rows.size()));
    scan_.Run(
        encoded_.View(nullptr, encoded_.count), [&](std::size_t q) { return BoundOf(q); },
        [&](std::size_t q, const std::uint32_t* places, const float*, std::size_t found) {
          for (std::size_t i = 0; i < found; ++i) {
            nearest_[q].Offer(ExactDistance(data_, data_.query(q), rows[places[i]]));
          }
        });
  }
  [[nodiscard]] std::vector<double> Limits() const {
    std::vector<double> limits;
    for (const Nearest& nearest : nearest_) limits.push_back(nearest.worst());
    return limits;
  }

 private:
  void Encode(std::span<const float> values, std::uint8_t* row) {
    prepared_.resize(values.size());
    vector::PrepareVector(data_.metric, values, prepared_);
    codec_.EncodeRow(prepared_, row);
  }
  [[nodiscard]] float BoundOf(std::size_t q) const {
    const double worst = nearest_[q].worst();
    const double squared = data_.metric == distance::Metric::kL2 ? worst * worst : 2.0 * worst;
    return static_cast<float>(squared) * (exact_ ? 1.0001F : 1.1F);
  }

  const Dataset& data_;
  bool exact_;
  distance::ByteRowCodec codec_;
  vector::ByteRows encoded_;
  vector::PairScan scan_;
  std::vector<Nearest> nearest_;
  std::vector<float> prepared_;
};

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
  TruthScan scan(data, queries, limit);
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    if (passes(row)) rows.push_back(row);
    if (rows.size() < kBlockRows && row + 1 != data.rows()) continue;
    scan.Offer(rows);
    rows.clear();
  }
  return scan.Limits();
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
