// bench/embedded: durable ingest, group commit, reads, reopening and memory of the embedded
// database, beside RocksDB alone and SQLite with the same rows, in one run on one directory's disk.
//
//   embedded_bench [--smoke] [--directory DIR]
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "bench/embedded/ingest.h"
#include "bench/embedded/measure.h"
#include "bench/embedded/reads.h"
#include "bench/embedded/workload.h"

namespace phenix::bench {
namespace {

Row IngestRow(const std::string& name, const IngestOutcome& outcome, double bar) {
  Row row = SpreadRow(name, "entities/s", outcome.per_second);
  row.median = outcome.entities_per_second;
  row.bar = bar;
  row.note = "(median column: mean of the whole time)";
  return row;
}

void PrintIngest(const std::string& directory, const Scale& scale, bool with_edges) {
  const std::string what = with_edges ? "128-d + document + edge" : "128-d + document";
  const std::string tag = with_edges ? "-edges" : "-plain";
  const IngestOutcome phenix = IngestPhenix(directory + "/phenix" + tag, scale, with_edges);
  Print(IngestRow("phenix: " + what + ", batches of 1000", phenix, with_edges ? 60'000 : 100'000));
  Row p50 = SingleRow("phenix: commit p50", "ms", Quantile(phenix.commit_ms, 0.5));
  p50.bar = 15;
  p50.lower_is_better = true;
  Print(p50);
  Print(SingleRow("phenix: commit p99", "ms", Quantile(phenix.commit_ms, 0.99)));
  const IngestOutcome rocks = IngestRocks(directory + "/rocks" + tag, scale, with_edges);
  Print(IngestRow("RocksDB alone, its WAL synced: " + what, rocks, 0));
  const IngestOutcome sqlite = IngestSqlite(directory + "/sqlite" + tag, scale, with_edges);
  Print(IngestRow("SQLite: " + what, sqlite, 0));
  Print(SingleRow("ratio phenix / RocksDB alone", "x",
                  phenix.entities_per_second / rocks.entities_per_second));
  Print(SingleRow("ratio phenix / SQLite", "x",
                  phenix.entities_per_second / sqlite.entities_per_second));
}

void PrintGroupCommit(const std::string& directory, const Scale& scale) {
  const double alone = SingleEntityCommits(directory + "/single1", scale, 1);
  Print(SingleRow("single-entity transactions, 1 thread", "commits/s", alone));
  const double together = SingleEntityCommits(directory + "/single64", scale, 64);
  Print(SingleRow("single-entity transactions, 64 threads", "commits/s", together));
  Row ratio = SingleRow("ratio 64 threads / 1 thread", "x", together / alone);
  ratio.bar = 20;
  Print(ratio);
}

void PrintReads(const std::string& directory, const Scale& scale) {
  const auto database = OpenFresh(directory + "/reads", scale);
  Fill(*database, scale.read_entities);
  for (const unsigned threads : {1U, 2U}) {
    Row row = SpreadRow("point read by id from cache, " + std::to_string(threads) + " thread(s)",
                        "reads/s/thread", PointReads(*database, scale, threads));
    row.bar = 300'000;
    Print(row);
  }
  Row scan = SpreadRow("scan of ids, 1 thread", "ids/s", IdScans(*database, scale));
  scan.bar = 1'000'000;
  Print(scan);
}

void PrintReopenAndMemory(const std::string& program, const std::string& directory,
                          const Scale& scale) {
  Row reopen =
      SingleRow("first read after kill -9, " + std::to_string(scale.reopen_entities) + " entities",
                "s", SecondsToFirstReadAfterKill(program, directory + "/reopen", scale));
  reopen.bar = 1;
  reopen.lower_is_better = true;
  Print(reopen);
  constexpr double kMebibyte = 1024.0 * 1024.0;
  Row peak = SingleRow("peak memory importing " + std::to_string(scale.import_entities), "MiB",
                       PeakBytesOfImport(program, directory + "/import", scale) / kMebibyte);
  peak.bar = static_cast<double>(scale.memory_budget_bytes) / kMebibyte;
  peak.lower_is_better = true;
  peak.note = "(bar: the configured budget)";
  Print(peak);
}

int RunChildFill(const std::string& directory, const std::string& count,
                 const std::string& budget) {
  Scale scale;
  scale.memory_budget_bytes = std::strtoull(budget.c_str(), nullptr, 10);
  const auto database = OpenFresh(directory, scale);
  Fill(*database, std::strtoull(count.c_str(), nullptr, 10));
  std::printf("filled %llu\n", static_cast<unsigned long long>(PeakResidentBytes()));
  std::fflush(stdout);
  getchar();  // until killed
  return 0;
}

int Run(const std::string& program, bool smoke, const std::string& directory) {
  const Scale scale = smoke ? SmokeScale() : FullScale();
  std::filesystem::create_directories(directory);
  PrintHeader("Durable ingest (2 client threads, " + std::to_string(scale.ingest.count()) + " s)");
  PrintIngest(directory, scale, false);
  PrintIngest(directory, scale, true);
  PrintHeader("Group commit");
  PrintGroupCommit(directory, scale);
  PrintHeader("Reads");
  PrintReads(directory, scale);
  PrintHeader("Reopening and memory");
  PrintReopenAndMemory(program, directory, scale);
  std::filesystem::remove_all(directory);
  return 0;
}

}  // namespace
}  // namespace phenix::bench

int main(int argc, char** argv) {
  bool smoke = false;
  std::string directory =
      (std::filesystem::temp_directory_path() / "phenix-bench-embedded").string();
  for (int position = 1; position < argc; ++position) {
    const std::string argument = argv[position];
    if (argument == "--child-fill" && position + 3 < argc) {
      return phenix::bench::RunChildFill(argv[position + 1], argv[position + 2],
                                         argv[position + 3]);
    }
    if (argument == "--smoke") smoke = true;
    if (argument == "--directory" && position + 1 < argc) directory = argv[++position];
  }
  std::filesystem::remove_all(directory);
  return phenix::bench::Run(std::filesystem::read_symlink("/proc/self/exe").string(), smoke,
                            directory);
}
