#include "bench/vector/filters.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <string>

#include "bench/vector/curves.h"
#include "bench/vector/peer.h"
#include "bench/vector/sweep.h"
#include "bench/vector/truth.h"
#include "index/vector/row_filter.h"

namespace phenix::bench {
namespace {

using index::vector::RowFilter;
using index::vector::SearchRequest;
using index::vector::Strategy;
using index::vector::VectorIndex;

constexpr std::size_t kLimit = 10;
constexpr double kRecallWanted = 0.95;

// A set of rows and the queries that are asked of it.
struct Cell {
  std::string name;
  std::vector<std::uint64_t> words;
  std::uint64_t matches = 0;
  Dataset asked;  // the queries; rows are those of the whole set
  std::vector<double> limits;

  [[nodiscard]] bool Has(std::size_t row) const {
    return ((words[row / 64] >> (row % 64)) & 1U) != 0;
  }
};

struct Outcome {
  double recall = 0.0;
  double recall_p5 = 0.0;
  double microseconds = 0.0;
  std::string strategy;
};

// Rows (or queries) by distance to an anchor row.
std::vector<std::size_t> ByDistance(const Dataset& data, std::size_t anchor, bool queries) {
  const std::size_t count = queries ? data.query_count() : data.rows();
  std::vector<double> distances(count);
  for (std::size_t i = 0; i < count; ++i) {
    distances[i] = ExactDistance(data, queries ? data.query(i) : data.row(i), anchor);
  }
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return distances[a] < distances[b]; });
  return order;
}

enum class Kind { kRandom, kCorrelated, kAnticorrelated, kConjunction };

Cell MakeCell(const Dataset& data, double share, Kind kind, std::size_t queries) {
  Cell cell;
  std::mt19937_64 random(static_cast<std::uint64_t>(share * 1e6) +
                         static_cast<std::uint64_t>(kind));
  const auto wanted = std::max<std::size_t>(
      kLimit, static_cast<std::size_t>(share * static_cast<double>(data.rows())));
  const std::size_t anchor = random() % data.rows();
  std::vector<std::size_t> rows = ByDistance(data, anchor, false);
  std::vector<std::size_t> asked = ByDistance(data, anchor, true);
  const char* const names[] = {"random", "correlated", "anti-correlated", "conjunction"};
  cell.name = names[static_cast<int>(kind)];
  if (kind == Kind::kRandom) {
    std::shuffle(rows.begin(), rows.end(), random);
    std::shuffle(asked.begin(), asked.end(), random);
  }
  if (kind == Kind::kAnticorrelated) std::reverse(asked.begin(), asked.end());
  if (kind == Kind::kConjunction) {
    // A quarter, at random, of four times as many rows near the anchor.
    rows.resize(std::min(rows.size(), 4 * wanted));
    std::shuffle(rows.begin(), rows.end(), random);
  }
  rows.resize(std::min(rows.size(), wanted));
  cell.words.assign(data.rows() / 64 + 1, 0);
  for (const std::size_t row : rows) cell.words[row / 64] |= 1ULL << (row % 64);
  cell.matches = rows.size();
  cell.asked.metric = data.metric;
  cell.asked.dimension = data.dimension;
  for (std::size_t i = 0; i < std::min(queries, asked.size()); ++i) {
    const auto query = data.query(asked[i]);
    cell.asked.queries.insert(cell.asked.queries.end(), query.begin(), query.end());
  }
  return cell;
}

Outcome Summarize(std::vector<double> recalls, double seconds, std::string strategy) {
  Outcome outcome;
  std::sort(recalls.begin(), recalls.end());
  const auto count = static_cast<double>(recalls.size());
  outcome.recall = std::accumulate(recalls.begin(), recalls.end(), 0.0) / count;
  outcome.recall_p5 = recalls[recalls.size() / 20];
  outcome.microseconds = seconds * 1e6 / count;
  outcome.strategy = std::move(strategy);
  return outcome;
}

Outcome Measure(const VectorIndex& index, const Dataset& data, const Cell& cell,
                std::optional<Strategy> strategy) {
  const RowFilter filter = RowFilter::Bitmap(cell.words, 0, cell.matches);
  std::vector<double> recalls;
  std::map<std::string, int> used;
  double seconds = 0.0;
  for (std::size_t q = 0; q < cell.asked.query_count(); ++q) {
    SearchRequest request;
    request.query = cell.asked.query(q);
    request.limit = kLimit;
    request.filter = &filter;
    request.strategy = strategy;
    const double start = ThreadSeconds();
    const auto answer = index.Search(request);
    seconds += ThreadSeconds() - start;
    if (!answer.ok()) std::abort();
    std::vector<std::uint64_t> ids;
    for (const auto& hit : answer->hits) ids.push_back(hit.vector_id);
    recalls.push_back(RecallOfRows(data, request.query, cell.limits[q], ids, kLimit));
    const auto& first = answer->segments.front();
    ++used[std::string(StrategyName(first.strategy)) + (first.fell_back ? "*" : "")];
  }
  const auto most = std::max_element(
      used.begin(), used.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return Summarize(std::move(recalls), seconds, most->first);
}

// The peer has no filter: it is asked for more and more rows until enough pass.
Outcome MeasurePeer(PeerIndex& peer, const Dataset& data, const Cell& cell) {
  const double share = static_cast<double>(cell.matches) / static_cast<double>(data.rows());
  Outcome outcome;
  for (const double factor : {1.5, 3.0, 6.0, 12.0, 24.0}) {
    const auto fetched = std::min(
        data.rows(), static_cast<std::size_t>(factor * static_cast<double>(kLimit) / share));
    peer.SetWidth(fetched);
    std::vector<double> recalls;
    std::vector<std::uint64_t> ids;
    double seconds = 0.0;
    for (std::size_t q = 0; q < cell.asked.query_count(); ++q) {
      const double start = ThreadSeconds();
      peer.Search(cell.asked.query(q).data(), fetched, &ids);
      std::erase_if(ids, [&](std::uint64_t row) { return !cell.Has(row); });
      seconds += ThreadSeconds() - start;
      recalls.push_back(RecallOfRows(data, cell.asked.query(q), cell.limits[q], ids, kLimit));
    }
    outcome = Summarize(std::move(recalls), seconds, "over-fetch");
    if (outcome.recall >= kRecallWanted || fetched == data.rows()) break;
    if (outcome.microseconds > 50000.0) break;
  }
  return outcome;
}

void RunCell(const VectorIndex& index, PeerIndex* peer, const Dataset& data, Cell& cell) {
  Dataset joined = cell.asked;
  joined.base = data.base;
  cell.limits = LimitDistances(joined, joined.query_count(), kLimit,
                               [&](std::size_t row) { return cell.Has(row); });
  const Outcome planned = Measure(index, data, cell, std::nullopt);
  Outcome best;
  for (const Strategy strategy :
       {Strategy::kGather, Strategy::kTraverse, Strategy::kTwoHop, Strategy::kPostingLists}) {
    const double share = static_cast<double>(cell.matches) / static_cast<double>(data.rows());
    if (strategy == Strategy::kTraverse && share < 0.005) continue;
    const Outcome fixed = Measure(index, data, cell, strategy);
    if (fixed.recall < kRecallWanted) continue;
    if (best.microseconds == 0.0 || fixed.microseconds < best.microseconds) best = fixed;
  }
  std::printf("%7.2f%% %-16s %-15s %8.3f %8.3f %10.1f   %-15s %10.1f %6.2f",
              100.0 * static_cast<double>(cell.matches) / static_cast<double>(data.rows()),
              cell.name.c_str(), planned.strategy.c_str(), planned.recall, planned.recall_p5,
              planned.microseconds, best.strategy.c_str(), best.microseconds,
              planned.microseconds / std::max(best.microseconds, 1e-9));
  if (peer != nullptr) {
    const Outcome other = MeasurePeer(*peer, data, cell);
    std::printf("   %8.3f %10.1f %8.1f", other.recall, other.microseconds,
                other.microseconds / planned.microseconds);
  }
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace

void RunFilterGrid(const Dataset& data, std::size_t queries, bool with_peer) {
  double wall = 0.0;
  double cpu = 0.0;
  const auto index = BuildIndex(data, 1, &wall, &cpu);
  std::unique_ptr<PeerIndex> peer;
  if (with_peer) {
    peer = MakeHnswlib({data.dimension, data.rows(), false, 16, 100, 2});
    if (peer) peer->Add(data.base, 0);
  }
  std::printf("\n== filters: %s, recall target 0.95, k = 10, times are processor time ==\n",
              data.name.c_str());
  std::printf("%8s %-16s %-15s %8s %8s %10s   %-15s %10s %6s%s\n", "passing", "which", "planner",
              "recall", "p5", "us", "best fixed", "us", "regret",
              peer ? "     peer recall      us    ratio" : "");
  for (const double share : {0.5, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0001}) {
    for (const Kind kind :
         {Kind::kRandom, Kind::kCorrelated, Kind::kAnticorrelated, Kind::kConjunction}) {
      Cell cell = MakeCell(data, share, kind, queries);
      RunCell(*index, peer.get(), data, cell);
    }
  }
}

}  // namespace phenix::bench
