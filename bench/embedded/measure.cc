#include "bench/embedded/measure.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace phenix::bench {

double Quantile(Samples samples, double share) {
  if (samples.empty()) return 0;
  std::sort(samples.begin(), samples.end());
  const auto position = static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1));
  return samples[position];
}

Row SpreadRow(const std::string& name, const std::string& unit, const Samples& samples) {
  Row row;
  row.name = name;
  row.unit = unit;
  row.median = Quantile(samples, 0.5);
  row.low = Quantile(samples, 0);
  row.high = Quantile(samples, 1);
  return row;
}

Row SingleRow(const std::string& name, const std::string& unit, double value) {
  return SpreadRow(name, unit, {value});
}

void PrintHeader(const std::string& title) {
  std::printf("\n%s\n%-52s %12s %12s %12s  %-12s %s\n", title.c_str(), "what", "median", "min",
              "max", "unit", "bar");
}

void Print(const Row& row) {
  std::printf("%-52s %12.6g %12.6g %12.6g  %-12s", row.name.c_str(), row.median, row.low, row.high,
              row.unit.c_str());
  if (row.bar > 0) {
    const bool reached = row.lower_is_better ? row.median <= row.bar : row.median >= row.bar;
    std::printf(" %s %g %s", row.lower_is_better ? "<=" : ">=", row.bar,
                reached ? "reached" : "MISSED");
  }
  if (!row.note.empty()) std::printf(" %s", row.note.c_str());
  std::printf("\n");
  std::fflush(stdout);
}

std::uint64_t PeakResidentBytes() {
  std::ifstream status("/proc/self/status");
  std::string line;
  constexpr std::uint64_t kKibibyte = 1024;
  while (std::getline(status, line)) {
    if (!line.starts_with("VmHWM:")) continue;
    std::istringstream fields(line.substr(6));
    std::uint64_t kibibytes = 0;
    fields >> kibibytes;
    return kibibytes * kKibibyte;
  }
  return 0;
}

}  // namespace phenix::bench
