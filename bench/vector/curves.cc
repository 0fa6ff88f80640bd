#include "bench/vector/curves.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <thread>

#include "bench/vector/peer.h"
#include "bench/vector/sweep.h"
#include "bench/vector/truth.h"
#include "distance/simd_level.h"
#include "index/vector/full_rows.h"

namespace phenix::bench {
namespace {

using index::vector::SearchRequest;
using index::vector::VectorIndex;

template <typename T>
T OrExit(Result<T> result) {
  if (result.ok()) return *std::move(result);
  std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
  std::exit(1);
}

void OrExit(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

// Runs tasks until none is left, in `threads` threads.
void BuildToRest(VectorIndex& index, int threads) {
  const auto work = [&] {
    while (index.NextTask().has_value()) {
      if (!OrExit(index.RunOne(CommitTimestamp(1)))) std::this_thread::yield();
    }
  };
  std::vector<std::thread> helpers;
  for (int t = 1; t < threads; ++t) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
}

void SearchOurs(const VectorIndex& index, const Dataset& data, std::size_t q, std::size_t width,
                std::vector<std::uint64_t>* ids) {
  SearchRequest request;
  request.query = data.query(q);
  request.beam_width = static_cast<std::uint32_t>(width);
  ids->clear();
  for (const auto& hit : OrExit(index.Search(request)).hits) ids->push_back(hit.vector_id);
}

double RecallAtTarget(const VectorIndex& index, const Dataset& data,
                      const std::vector<double>& limits, double target) {
  double recall = 0.0;
  for (std::size_t q = 0; q < limits.size(); ++q) {
    SearchRequest request;
    request.query = data.query(q);
    request.recall_target = target;
    std::vector<std::uint64_t> ids;
    for (const auto& hit : OrExit(index.Search(request)).hits) ids.push_back(hit.vector_id);
    recall += RecallOfRows(data, data.query(q), limits[q], ids, 10);
  }
  return recall / static_cast<double>(limits.size());
}

struct PeerCurve {
  std::vector<SweepPoint> points;
  double build_wall = 0.0;
  double build_cpu = 0.0;
  std::size_t bytes_per_row = 0;
};

PeerCurve RunPeer(const Dataset& data, const CurveOptions& options,
                  const std::vector<double>& limits) {
  PeerCurve curve;
  Dataset prepared = data;
  for (std::vector<float>* rows : {&prepared.base, &prepared.queries}) {
    for (std::size_t i = 0; i < rows->size(); i += data.dimension) {
      const std::span<float> row(rows->data() + i, data.dimension);
      index::vector::PrepareVector(data.metric, row, row);
    }
  }
  PeerOptions peer_options;
  peer_options.dimension = data.dimension;
  peer_options.rows_max = data.rows();
  peer_options.inner_product = data.metric == distance::Metric::kCosine;
  peer_options.build_width = options.peer_build_width;
  peer_options.threads = options.threads;
  const double wall = WallSeconds();
  const double cpu = CpuSeconds();
  const std::unique_ptr<PeerIndex> peer = MakeHnswlib(peer_options);
  if (!peer) return curve;
  peer->Add(prepared.base, 0);
  curve.build_wall = WallSeconds() - wall;
  curve.build_cpu = CpuSeconds() - cpu;
  curve.bytes_per_row = peer->bytes_per_row();
  SweepOptions sweep;
  sweep.widths = {10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768};
  sweep.queries = limits.size();
  sweep.repeats = options.repeats;
  curve.points = RunSweep(data, limits, sweep,
                          [&](std::size_t q, std::size_t width, std::vector<std::uint64_t>* ids) {
                            peer->SetWidth(width);
                            peer->Search(prepared.query(q).data(), 10, ids);
                          });
  return curve;
}

}  // namespace

index::vector::VectorIndexOptions IndexOptionsFor(const Dataset& data) {
  index::vector::VectorIndexOptions options;
  options.dimension = data.dimension;
  options.metric = data.metric;
  options.simd_level = distance::DetectedSimdLevel();
  return options;
}

std::unique_ptr<VectorIndex> BuildIndex(const Dataset& data, int threads, double* wall_seconds,
                                        double* cpu_seconds) {
  const double wall = WallSeconds();
  const double cpu = CpuSeconds();
  auto index = OrExit(index::vector::CreateVectorIndex(IndexOptionsFor(data)));
  std::vector<std::uint64_t> ids(data.rows());
  std::iota(ids.begin(), ids.end(), 0ULL);
  OrExit(index->Append({ids, data.base}, CommitTimestamp(1)));
  BuildToRest(*index, threads);
  *wall_seconds = WallSeconds() - wall;
  *cpu_seconds = CpuSeconds() - cpu;
  return index;
}

void RunCurves(const Dataset& data, const CurveOptions& options) {
  std::printf("\n== %s, %zu rows, %zu queries, k = 10, search on one thread, build on %d ==\n",
              data.name.c_str(), data.rows(), data.query_count(), options.threads);
  const std::vector<double> limits =
      LimitDistances(data, data.query_count(), 10, [](std::size_t) { return true; });
  double wall = 0.0;
  double cpu = 0.0;
  const std::unique_ptr<VectorIndex> index = BuildIndex(data, options.threads, &wall, &cpu);
  const auto stats = index->Stats();
  SweepOptions sweep;
  sweep.widths = {10, 12, 14, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 384, 512};
  sweep.queries = data.query_count();
  sweep.repeats = options.repeats;
  const std::vector<SweepPoint> ours = RunSweep(
      data, limits, sweep, [&](std::size_t q, std::size_t width, std::vector<std::uint64_t>* ids) {
        SearchOurs(*index, data, q, width, ids);
      });
  PrintSweep("phenix", ours);
  std::printf("  build %.2f s wall, %.2f s processor; %.0f bytes/vector; %llu segments\n", wall,
              cpu, static_cast<double>(stats.memory_bytes) / static_cast<double>(data.rows()),
              static_cast<unsigned long long>(stats.segments));
  for (const double target : {0.90, 0.95, 0.99}) {
    std::printf("  recall asked %.2f, got %.4f\n", target,
                RecallAtTarget(*index, data, limits, target));
  }
  PeerCurve peer;
  if (options.peer) peer = RunPeer(data, options, limits);
  if (!peer.points.empty()) {
    PrintSweep("hnswlib", peer.points);
    std::printf("  build %.2f s wall, %.2f s processor; %zu bytes/vector\n", peer.build_wall,
                peer.build_cpu, peer.bytes_per_row);
  }
  PrintRatio("QPS at recall 0.95", QpsAt(ours, 0.95), QpsAt(peer.points, 0.95), options.qps_bar_95,
             options.ratio_bar);
  PrintRatio("QPS at recall 0.99", QpsAt(ours, 0.99), QpsAt(peer.points, 0.99), options.qps_bar_99,
             options.ratio_bar);
  PrintRatio("rows built per processor second", static_cast<double>(data.rows()) / cpu,
             peer.build_cpu > 0.0 ? static_cast<double>(data.rows()) / peer.build_cpu : 0.0, 0.0,
             3.0);
  if (options.results_directory.empty() || options.plot_name.empty()) return;
  WritePlot(options.results_directory + "/" + options.plot_name + ".svg", data.name,
            {{"phenix", ours}, {"hnswlib 0.6.2", peer.points}});
}

}  // namespace phenix::bench
