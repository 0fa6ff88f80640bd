// Samples, their spread, and the table that is printed.
#ifndef BENCH_EMBEDDED_MEASURE_H_
#define BENCH_EMBEDDED_MEASURE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace phenix::bench {

/// Numbers of one quantity; unsorted.
using Samples = std::vector<double>;
/// The value below which `share` (0 to 1) of the samples lie; 0 for none.
double Quantile(Samples samples, double share);

/// One line: what was measured, its spread, and the bar to reach, if there is one.
struct Row {
  std::string name;
  std::string unit;
  double median = 0, low = 0, high = 0;
  double bar = 0;  ///< 0 = none
  bool lower_is_better = false;
  std::string note;
};
Row SpreadRow(const std::string& name, const std::string& unit, const Samples& samples);
Row SingleRow(const std::string& name, const std::string& unit, double value);
void PrintHeader(const std::string& title);
/// Prints the row as soon as it is known.
void Print(const Row& row);
/// Peak resident memory of this process, in bytes.
std::uint64_t PeakResidentBytes();

}  // namespace phenix::bench

#endif  // BENCH_EMBEDDED_MEASURE_H_
