#include "bench/vector/dataset.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <random>
#include <sstream>
#include <string_view>

namespace phenix::bench {
namespace {

constexpr std::size_t kComponents = 2000;
constexpr std::size_t kIntrinsicDimension = 20;

// Pixels of an IDX file, as floats.
Result<std::vector<float>> ReadImages(const std::string& path) {
  constexpr int kHeaderBytes = 16;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return Status(StatusCode::kNotFound, "no file " + path);
  std::vector<unsigned char> bytes;
  std::vector<unsigned char> buffer(1U << 20U);
  for (int got = 0;
       (got = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0;) {
    bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + got);
  }
  gzclose(file);
  if (bytes.size() < kHeaderBytes) return Status(StatusCode::kCorruption, "short file " + path);
  return std::vector<float>(bytes.begin() + kHeaderBytes, bytes.end());
}

// Numbers of the next array at or after *place; empty at the end of the text.
std::vector<float> NextArray(const std::string& text, std::size_t* place) {
  std::vector<float> numbers;
  // Keys may hold brackets, so the end of a key is looked for too.
  constexpr std::string_view kAfterKey = "\":[";
  const std::size_t open = text.find(kAfterKey, *place);
  if (open == std::string::npos) return numbers;
  const char* at = text.c_str() + open + kAfterKey.size();
  while (*at != ']' && *at != '\0') {
    char* end = nullptr;
    numbers.push_back(std::strtof(at, &end));
    if (end == at) return {};
    at = *end == ',' ? end + 1 : end;
  }
  *place = static_cast<std::size_t>(at - text.c_str()) + 1;
  return numbers;
}

class Mixture {
 public:
  Mixture(std::uint32_t dimension, std::uint64_t seed, bool bytes)
      : dimension_(dimension),
        bytes_(bytes),
        random_(seed),
        centers_(kComponents * kIntrinsicDimension),
        embedding_(kIntrinsicDimension * dimension) {
    for (float& value : centers_) value = 2.0F * normal_(random_);
    const float scale = 1.0F / std::sqrt(static_cast<float>(kIntrinsicDimension));
    for (float& value : embedding_) value = scale * normal_(random_);
  }

  std::vector<float> Sample(std::size_t count) {
    std::vector<float> rows(count * dimension_, 0.0F);
    for (std::size_t r = 0; r < count; ++r) {
      float* row = rows.data() + r * dimension_;
      const float* center = centers_.data() + random_() % kComponents * kIntrinsicDimension;
      for (std::size_t j = 0; j < kIntrinsicDimension; ++j) {
        const float weight = center[j] + normal_(random_);
        const float* direction = embedding_.data() + j * dimension_;
        for (std::size_t i = 0; i < dimension_; ++i) row[i] += weight * direction[i];
      }
      for (std::size_t i = 0; i < dimension_; ++i) {
        row[i] += 0.1F * (static_cast<float>(random_() % 2001) / 1000.0F - 1.0F);
        if (bytes_) row[i] = std::clamp(std::round(row[i] * 16.0F + 128.0F), 0.0F, 255.0F);
      }
    }
    return rows;
  }

 private:
  std::size_t dimension_;
  bool bytes_;
  std::mt19937_64 random_;
  std::normal_distribution<float> normal_;
  std::vector<float> centers_;
  std::vector<float> embedding_;
};

}  // namespace

Result<Dataset> FashionMnist() {
  const std::string directory = "/usr/share/datasets/fashion-mnist/";
  Dataset data;
  data.name = "Fashion-MNIST 60,000 x 784, l2";
  data.dimension = 784;
  PHENIX_ASSIGN_OR_RETURN(data.base, ReadImages(directory + "train-images-idx3-ubyte.gz"));
  PHENIX_ASSIGN_OR_RETURN(data.queries, ReadImages(directory + "t10k-images-idx3-ubyte.gz"));
  return data;
}

Result<Dataset> WordVectors(const std::string& path, std::size_t queries) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Status(StatusCode::kNotFound, "no file " + path);
  std::stringstream buffer;
  buffer << file.rdbuf();
  const std::string text = std::move(buffer).str();
  std::size_t place = text.find("\"vectors\":");
  if (place == std::string::npos) return Status(StatusCode::kCorruption, "no vectors in " + path);
  Dataset data;
  data.name = "GloVe word vectors 100-d, cosine";
  data.metric = distance::Metric::kCosine;
  data.dimension = 100;
  std::vector<std::vector<float>> words;
  place += std::string_view("\"vectors\":").size();
  const std::size_t end = text.find("\"unkVector\"", place);
  while (place < end) {
    std::vector<float> numbers = NextArray(text, &place);
    if (numbers.size() < data.dimension || place > end) break;
    numbers.resize(data.dimension);
    words.push_back(std::move(numbers));
  }
  std::shuffle(words.begin(), words.end(), std::mt19937_64(7));
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::vector<float>& into = i + queries < words.size() ? data.base : data.queries;
    into.insert(into.end(), words[i].begin(), words[i].end());
  }
  return data;
}

Dataset Synthetic(const SyntheticOptions& options) {
  Mixture mixture(options.dimension, options.seed, options.bytes);
  Dataset data;
  data.dimension = options.dimension;
  data.base = mixture.Sample(options.rows);
  data.queries = mixture.Sample(options.queries);
  data.name = "synthetic mixture " + std::to_string(options.rows) + " x " +
              std::to_string(options.dimension) + (options.bytes ? ", bytes, l2" : ", floats, l2");
  return data;
}

}  // namespace phenix::bench
