// What a crash test covered, for its last line of output.
// Threads: one at a time.
#ifndef TESTS_CRASH_CRASH_REPORT_H_
#define TESTS_CRASH_CRASH_REPORT_H_

#include <iostream>
#include <map>
#include <string>

namespace phenix::crash {

class CrashReport {
 public:
  void Count(const std::string& what, unsigned long long times = 1) { counts_[what] += times; }
  void Add(const CrashReport& other) {
    for (const auto& [what, times] : other.counts_) counts_[what] += times;
  }
  void Print(const std::string& title) const {
    std::cout << "[ covered  ] " << title << ":";
    for (const auto& [what, times] : counts_) std::cout << ' ' << what << " x" << times << ',';
    std::cout << '\n';
  }

 private:
  std::map<std::string, unsigned long long> counts_;
};

}  // namespace phenix::crash

#endif  // TESTS_CRASH_CRASH_REPORT_H_
