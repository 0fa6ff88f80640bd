#include "tests/isolation/verdict.h"

#include <algorithm>
#include <array>
#include <utility>

namespace phenix::isolation {
namespace {

constexpr std::array<std::string_view, kAnomalyCount> kNames = {"G0",
                                                                "G1a",
                                                                "G1b",
                                                                "G1c",
                                                                "garbage-read",
                                                                "duplicate",
                                                                "incompatible",
                                                                "internal",
                                                                "lost-update",
                                                                "G-single",
                                                                "G-nonadjacent",
                                                                "G2-item",
                                                                "G2",
                                                                "snapshot-read",
                                                                "timestamps",
                                                                "real-time",
                                                                "dangling",
                                                                "invariant",
                                                                "linearizability"};
static_assert(static_cast<std::size_t>(Anomaly::kNotLinearizable) + 1 == kAnomalyCount);

const char* OrderSuffix(OrderNeeded order) {
  switch (order) {
    case OrderNeeded::kNone:
      return "";
    case OrderNeeded::kSession:
      return " (with session order)";
    case OrderNeeded::kRealTime:
      return " (with real-time order)";
  }
  return "";
}

}  // namespace

std::string_view AnomalyName(Anomaly anomaly) { return kNames[static_cast<std::size_t>(anomaly)]; }

bool IsPermitted(Level level, Anomaly anomaly) {
  switch (anomaly) {
    case Anomaly::kWriteSkew:
    case Anomaly::kPhantom:
      return level != Level::kSerializable;
    case Anomaly::kLostUpdate:
    case Anomaly::kReadSkew:
    case Anomaly::kNonadjacent:
      return level == Level::kReadCommitted;
    default:
      return false;
  }
}

void Verdict::Add(Finding finding) {
  const std::size_t count = ++counts_[finding.anomaly];
  if (count <= kFindingsKeptMax) findings_.push_back(std::move(finding));
}

void Verdict::Merge(const Verdict& other) {
  for (const auto& [anomaly, count] : other.counts_) counts_[anomaly] += count;
  findings_.insert(findings_.end(), other.findings_.begin(), other.findings_.end());
}

std::size_t Verdict::Count(Anomaly anomaly) const {
  const auto found = counts_.find(anomaly);
  return found == counts_.end() ? 0 : found->second;
}

bool Verdict::Satisfies(Level level) const {
  return std::all_of(counts_.begin(), counts_.end(),
                     [level](const auto& entry) { return IsPermitted(level, entry.first); });
}

std::string Verdict::Summary() const {
  if (IsClean()) return "clean";
  std::string text;
  for (const auto& [anomaly, count] : counts_) {
    if (!text.empty()) text += ", ";
    text += std::string(AnomalyName(anomaly)) + " " + std::to_string(count);
  }
  for (const Finding& finding : findings_) {
    text += "\n  " + std::string(AnomalyName(finding.anomaly)) + OrderSuffix(finding.order) + ": " +
            finding.explanation;
  }
  return text;
}

}  // namespace phenix::isolation
