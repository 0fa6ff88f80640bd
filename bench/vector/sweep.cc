#include "bench/vector/sweep.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>

#include "bench/vector/truth.h"
#include "io/clock.h"

namespace phenix::bench {
namespace {

double Quantile(std::vector<double> samples, double share) {
  if (samples.empty()) return 0.0;
  std::sort(samples.begin(), samples.end());
  return samples[static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1))];
}

double SecondsOf(clockid_t clock) {
  timespec time = {};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

SweepPoint MeasurePoint(const Dataset& data, const std::vector<double>& limit_distances,
                        const SweepOptions& options, std::size_t width, const SearchOne& search) {
  SweepPoint point;
  point.width = width;
  std::vector<std::uint64_t> ids;
  std::vector<double> latencies;
  for (std::size_t q = 0; q < options.queries; ++q) {
    const double start = WallSeconds();
    search(q, width, &ids);
    latencies.push_back((WallSeconds() - start) * 1e6);
    point.recall += RecallOfRows(data, data.query(q), limit_distances[q], ids, options.limit);
  }
  point.recall /= static_cast<double>(options.queries);
  std::vector<double> rates;
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    const double start = ThreadSeconds();
    for (std::size_t q = 0; q < options.queries; ++q) search(q, width, &ids);
    rates.push_back(static_cast<double>(options.queries) / (ThreadSeconds() - start));
  }
  point.qps_median = Quantile(rates, 0.5);
  point.qps_best = *std::max_element(rates.begin(), rates.end());
  point.p50_us = Quantile(latencies, 0.5);
  point.p99_us = Quantile(latencies, 0.99);
  return point;
}

}  // namespace

double WallSeconds() {
  return std::chrono::duration<double>(io::SystemClock().Monotonic()).count();
}

double CpuSeconds() { return SecondsOf(CLOCK_PROCESS_CPUTIME_ID); }
double ThreadSeconds() { return SecondsOf(CLOCK_THREAD_CPUTIME_ID); }

std::vector<SweepPoint> RunSweep(const Dataset& data, const std::vector<double>& limit_distances,
                                 const SweepOptions& options, const SearchOne& search) {
  std::vector<SweepPoint> points;
  for (const std::size_t width : options.widths) {
    points.push_back(MeasurePoint(data, limit_distances, options, width, search));
    if (points.back().recall > options.recall_max) break;
  }
  return points;
}

double QpsAt(const std::vector<SweepPoint>& points, double recall) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].recall < recall) continue;
    if (i == 0 || points[i].recall <= points[i - 1].recall) return points[i].qps_median;
    const double share =
        (recall - points[i - 1].recall) / (points[i].recall - points[i - 1].recall);
    return std::exp(std::log(points[i - 1].qps_median) * (1.0 - share) +
                    std::log(points[i].qps_median) * share);
  }
  return 0.0;
}

void PrintSweep(const std::string& engine, const std::vector<SweepPoint>& points) {
  std::printf("%-26s %6s %8s %12s %10s %9s %9s\n", engine.c_str(), "width", "recall", "QPS median",
              "QPS best", "p50 us", "p99 us");
  for (const SweepPoint& point : points) {
    std::printf("%-26s %6zu %8.4f %12.0f %10.0f %9.1f %9.1f\n", "", point.width, point.recall,
                point.qps_median, point.qps_best, point.p50_us, point.p99_us);
  }
  std::fflush(stdout);
}

void PrintRatio(const std::string& name, double ours, double peer, double ours_bar,
                double ratio_bar) {
  const double ratio = peer > 0.0 ? ours / peer : 0.0;
  std::printf("  %-44s ours %10.4g  peer %10.4g  ratio %6.2f", name.c_str(), ours, peer, ratio);
  if (ours_bar > 0.0)
    std::printf("  [bar %.4g: %s]", ours_bar, ours >= ours_bar ? "met" : "MISSED");
  if (ratio_bar > 0.0 && peer > 0.0) {
    std::printf("  [ratio bar %.2g: %s]", ratio_bar, ratio >= ratio_bar ? "met" : "MISSED");
  }
  std::printf("\n");
  std::fflush(stdout);
}

bool WritePlot(const std::string& path, const std::string& title,
               const std::vector<PlotLine>& lines) {
  constexpr double kLeft = 70, kTop = 40, kWidth = 560, kHeight = 320, kRecallMin = 0.85;
  const char* const colors[] = {"#c0392b", "#2c3e50", "#27ae60", "#8e44ad"};
  double low = 1e12;
  double high = 1;
  for (const PlotLine& line : lines) {
    for (const SweepPoint& point : line.points) {
      low = std::min(low, point.qps_median);
      high = std::max(high, point.qps_median);
    }
  }
  const double bottom_decade = std::floor(std::log10(low));
  const double decades = std::max(1.0, std::ceil(std::log10(high)) - bottom_decade);
  const auto x_of = [&](double recall) {
    return kLeft + kWidth * (recall - kRecallMin) / (1.0 - kRecallMin);
  };
  const auto y_of = [&](double qps) {
    return kTop + kHeight * (1.0 - (std::log10(qps) - bottom_decade) / decades);
  };
  std::ofstream svg(path);
  svg << "<svg xmlns='http://www.w3.org/2000/svg' width='720' height='420' "
         "font-family='sans-serif' font-size='12'>\n<rect width='720' height='420' "
         "fill='white'/>\n<text x='70' y='24' font-size='15'>"
      << title << "</text>\n";
  for (double recall = kRecallMin; recall <= 1.0001; recall += 0.05) {
    svg << "<line x1='" << x_of(recall) << "' x2='" << x_of(recall) << "' y1='" << kTop << "' y2='"
        << kTop + kHeight << "' stroke='#ddd'/><text x='" << x_of(recall) - 10 << "' y='"
        << kTop + kHeight + 18 << "'>" << std::round(recall * 100) / 100 << "</text>\n";
  }
  for (double decade = 0; decade <= decades; ++decade) {
    const double qps = std::pow(10.0, bottom_decade + decade);
    svg << "<line x1='" << kLeft << "' x2='" << kLeft + kWidth << "' y1='" << y_of(qps) << "' y2='"
        << y_of(qps) << "' stroke='#ddd'/><text x='8' y='" << y_of(qps) + 4 << "'>" << qps
        << "</text>\n";
  }
  svg << "<text x='300' y='410'>recall@10</text><text x='8' y='24'>QPS</text>\n";
  for (std::size_t l = 0; l < lines.size(); ++l) {
    svg << "<polyline fill='none' stroke-width='2' stroke='" << colors[l % 4] << "' points='";
    for (const SweepPoint& point : lines[l].points) {
      if (point.recall >= kRecallMin)
        svg << x_of(point.recall) << "," << y_of(point.qps_median) << " ";
    }
    svg << "'/>\n<text x='" << kLeft + 12 << "' y='"
        << kTop + kHeight - 12 - 16 * static_cast<double>(l) << "' fill='" << colors[l % 4] << "'>"
        << lines[l].name << "</text>\n";
  }
  svg << "</svg>\n";
  return static_cast<bool>(svg);
}

}  // namespace phenix::bench
