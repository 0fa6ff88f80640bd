#include "bench/embedded/reads.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace phenix::bench {
namespace {

using Clock = std::chrono::steady_clock;

void Require(bool ok, const std::string& what) {
  if (ok) return;
  std::fprintf(stderr, "benchmark failed: %s\n", what.c_str());
  std::exit(1);
}

/// Starts this program again and returns the first line it prints and its process.
std::pair<pid_t, std::string> RunChild(const std::string& program,
                                       const std::vector<std::string>& arguments) {
  int pipe_ends[2];
  Require(pipe2(pipe_ends, O_CLOEXEC) == 0, "pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  Require(posix_spawn(&child, program.c_str(), &actions, nullptr, argv.data(), environ) == 0,
          "spawn");
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);
  std::string line;
  for (char c = 0; read(pipe_ends[0], &c, 1) == 1 && c != '\n';) line.push_back(c);
  close(pipe_ends[0]);
  return {child, line};
}

}  // namespace

void Fill(Database& database, std::uint64_t count) {
  BatchMaker maker(1);
  for (std::uint64_t first = 0; first < count; first += kBatchEntities) {
    const auto receipt = database.Write(maker.Make(first, kBatchEntities, false));
    Require(receipt.ok(), receipt.status().ToString());
  }
}

Samples PointReads(Database& database, const Scale& scale, unsigned threads) {
  Samples samples;
  for (int round = 0; round < scale.read.count(); ++round) {
    std::vector<std::thread> readers;
    std::vector<std::uint64_t> counts(threads);
    const Clock::time_point start = Clock::now();
    for (unsigned thread = 0; thread < threads; ++thread) {
      readers.emplace_back([&, thread] {
        std::mt19937_64 random(thread + 1);
        const auto reader = *database.SnapshotAt(std::nullopt);
        std::uint64_t reads = 0;
        while (Clock::now() - start < std::chrono::seconds(1)) {
          for (int n = 0; n < 64; ++n, ++reads) {
            const auto entity =
                reader->Get(kCollection, EntityIdOf(random() % scale.read_entities), {});
            Require(entity.ok(), entity.status().ToString());
          }
        }
        counts[thread] = reads;
      });
    }
    for (std::thread& reader : readers) reader.join();
    std::uint64_t total = 0;
    for (const std::uint64_t count : counts) total += count;
    samples.push_back(static_cast<double>(total) / SecondsSince(start) / threads);
  }
  return samples;
}

Samples IdScans(Database& database, const Scale& scale) {
  Samples samples;
  for (int round = 0; round < scale.read.count(); ++round) {
    const auto reader = *database.SnapshotAt(std::nullopt);
    ScanRequest request;
    request.collection = kCollection;
    request.ids_only = true;
    request.limit = kPageLimitMax;
    std::uint64_t ids = 0;
    const Clock::time_point start = Clock::now();
    do {
      const auto page = reader->Scan(request);
      Require(page.ok(), page.status().ToString());
      ids += page->entities.size();
      request.cursor = page->next_cursor;
    } while (!request.cursor.empty());
    samples.push_back(static_cast<double>(ids) / SecondsSince(start));
  }
  return samples;
}

double SecondsToFirstReadAfterKill(const std::string& program, const std::string& directory,
                                   const Scale& scale) {
  const auto [child, line] =
      RunChild(program, {"--child-fill", directory, std::to_string(scale.reopen_entities),
                         std::to_string(scale.memory_budget_bytes)});
  Require(line.starts_with("filled"), "child answered '" + line + "'");
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  const Clock::time_point start = Clock::now();
  const auto database = Database::Open(directory, BenchOptions(scale));
  Require(database.ok(), database.status().ToString());
  const auto entity = (*(*database)->SnapshotAt(std::nullopt))
                          ->Get(kCollection, EntityIdOf(scale.reopen_entities - 1), {});
  const double seconds = SecondsSince(start);
  Require(entity.ok(), entity.status().ToString());
  return seconds;
}

double PeakBytesOfImport(const std::string& program, const std::string& directory,
                         const Scale& scale) {
  const auto [child, line] =
      RunChild(program, {"--child-fill", directory, std::to_string(scale.import_entities),
                         std::to_string(scale.memory_budget_bytes)});
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  Require(line.starts_with("filled "), "child answered '" + line + "'");
  return std::atof(line.c_str() + std::string("filled ").size());
}

}  // namespace phenix::bench
