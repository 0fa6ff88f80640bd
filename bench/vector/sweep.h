// Recall against speed: the same queries at several beam widths, timed several times.
#ifndef BENCH_VECTOR_SWEEP_H_
#define BENCH_VECTOR_SWEEP_H_

#include <functional>
#include <string>
#include <vector>

#include "bench/vector/dataset.h"

namespace phenix::bench {

/// One setting of one engine. Rates count the searching thread's processor time, which is the
/// wall's on an idle machine and still comparable on a shared one; latencies are the wall's.
struct SweepPoint {
  std::size_t width = 0;
  double recall = 0.0;
  double qps_median = 0.0;
  double qps_best = 0.0;
  double p50_us = 0.0;
  double p99_us = 0.0;
};

/// Searches query number q; fills ids.
using SearchOne =
    std::function<void(std::size_t q, std::size_t width, std::vector<std::uint64_t>*)>;

struct SweepOptions {
  std::vector<std::size_t> widths;
  std::size_t queries = 0;
  std::size_t limit = 10;
  int repeats = 5;
  double recall_max = 0.9965;  ///< the sweep ends after the first point above
};

std::vector<SweepPoint> RunSweep(const Dataset& data, const std::vector<double>& limit_distances,
                                 const SweepOptions& options, const SearchOne& search);

/// Median QPS at `recall`, between the two points around it (logarithmically); 0 when never
/// reached.
double QpsAt(const std::vector<SweepPoint>& points, double recall);

/// Seconds since a fixed moment: on the wall, of the process's and of the thread's processor time.
double WallSeconds();
double CpuSeconds();
double ThreadSeconds();

/// Prints one engine's points as table rows.
void PrintSweep(const std::string& engine, const std::vector<SweepPoint>& points);
/// Prints "name: ours / peer = ratio (bar)" and whether the bars hold.
void PrintRatio(const std::string& name, double ours, double peer, double ours_bar,
                double ratio_bar);

/// One line of a plot.
struct PlotLine {
  std::string name;
  std::vector<SweepPoint> points;
};
/// Writes an SVG of recall (x) against queries per second (y, logarithmic).
bool WritePlot(const std::string& path, const std::string& title,
               const std::vector<PlotLine>& lines);

}  // namespace phenix::bench

#endif  // BENCH_VECTOR_SWEEP_H_
