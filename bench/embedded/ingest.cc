#include "bench/embedded/ingest.h"

#include <rocksdb/db.h>
#include <sqlite3.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>

namespace phenix::bench {
namespace {

using Clock = std::chrono::steady_clock;

void Require(bool ok, const std::string& what) {
  if (ok) return;
  std::fprintf(stderr, "benchmark failed: %s\n", what.c_str());
  std::exit(1);
}

/// Calls `write_batch(first)` from `threads` threads until `duration` is over.
IngestOutcome Drive(std::chrono::seconds duration, unsigned threads,
                    const std::function<void(unsigned thread, std::uint64_t first)>& write_batch) {
  IngestOutcome outcome;
  std::mutex mutex;
  std::atomic<std::uint64_t> next{0}, done{0};
  const Clock::time_point start = Clock::now();
  const auto client = [&](unsigned thread) {
    Samples latencies;
    while (Clock::now() - start < duration) {
      const std::uint64_t first = next.fetch_add(kBatchEntities);
      const Clock::time_point began = Clock::now();
      write_batch(thread, first);
      latencies.push_back(SecondsSince(began) * 1e3);
      done += kBatchEntities;
    }
    const std::scoped_lock lock(mutex);
    outcome.commit_ms.insert(outcome.commit_ms.end(), latencies.begin(), latencies.end());
  };
  std::vector<std::thread> clients;
  for (unsigned thread = 0; thread < threads; ++thread) clients.emplace_back(client, thread);
  std::uint64_t before = 0;
  for (int second = 1; std::chrono::seconds(second) <= duration; ++second) {
    std::this_thread::sleep_until(start + std::chrono::seconds(second));
    const std::uint64_t now = done.load();
    outcome.per_second.push_back(static_cast<double>(now - before));
    before = now;
  }
  for (std::thread& thread : clients) thread.join();
  outcome.entities_per_second = static_cast<double>(done.load()) / SecondsSince(start);
  return outcome;
}

}  // namespace

IngestOutcome IngestPhenix(const std::string& directory, const Scale& scale, bool with_edges) {
  const auto database = OpenFresh(directory, scale);
  BatchMaker maker(1);
  return Drive(scale.ingest, 2, [&](unsigned, std::uint64_t first) {
    const auto receipt = database->Write(maker.Make(first, kBatchEntities, with_edges));
    Require(receipt.ok(), receipt.status().ToString());
  });
}

IngestOutcome IngestRocks(const std::string& directory, const Scale& scale, bool with_edges) {
  rocksdb::DB* raw = nullptr;
  rocksdb::Options options;
  options.create_if_missing = true;
  Require(rocksdb::DB::Open(options, directory, &raw).ok(), "RocksDB opens");
  const std::unique_ptr<rocksdb::DB> database(raw);
  BatchMaker maker(1);
  return Drive(scale.baseline, 2, [&](unsigned, std::uint64_t first) {
    rocksdb::WriteBatch batch;
    for (std::uint64_t number = first; number < first + kBatchEntities; ++number) {
      const std::string id = EntityIdOf(number);
      const std::string_view document = maker.DocumentOf(number).binary();
      batch.Put("e" + id, rocksdb::Slice(document.data(), document.size()));
      batch.Put("v" + id, maker.VectorBytes(number));
      if (!with_edges || number == 0) continue;
      const std::string other = EntityIdOf(number - 1);
      batch.Put("o" + id + other, "12345678");
      batch.Put("i" + other + id, "12345678");
    }
    rocksdb::WriteOptions write;
    write.sync = true;
    Require(database->Write(write, &batch).ok(), "RocksDB writes");
  });
}

IngestOutcome IngestSqlite(const std::string& directory, const Scale& scale, bool with_edges) {
  sqlite3* database = nullptr;
  Require(sqlite3_open((directory + ".sqlite").c_str(), &database) == SQLITE_OK, "SQLite opens");
  const auto run = [&](const char* sql) {
    Require(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql);
  };
  run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-200000;"
      "CREATE TABLE entity(id TEXT PRIMARY KEY, document TEXT, vector BLOB) WITHOUT ROWID;"
      "CREATE TABLE edge(source TEXT, label TEXT, target TEXT, weight REAL,"
      " PRIMARY KEY(source, label, target)) WITHOUT ROWID;"
      "CREATE INDEX edge_in ON edge(target, label, source);");
  sqlite3_stmt* put = nullptr;
  sqlite3_stmt* link = nullptr;
  sqlite3_prepare_v2(database, "INSERT OR REPLACE INTO entity VALUES(?,?,?)", -1, &put, nullptr);
  sqlite3_prepare_v2(database, "INSERT OR REPLACE INTO edge VALUES(?,'next',?,?)", -1, &link,
                     nullptr);
  BatchMaker maker(1);
  IngestOutcome outcome = Drive(scale.baseline, 1, [&](unsigned, std::uint64_t first) {
    run("BEGIN");
    for (std::uint64_t number = first; number < first + kBatchEntities; ++number) {
      const std::string id = EntityIdOf(number);
      const std::string document = DocumentJson(number);
      const std::string& vector = maker.VectorBytes(number);
      sqlite3_bind_text(put, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
      sqlite3_bind_text(put, 2, document.data(), static_cast<int>(document.size()), SQLITE_STATIC);
      sqlite3_bind_blob(put, 3, vector.data(), static_cast<int>(vector.size()), SQLITE_STATIC);
      Require(sqlite3_step(put) == SQLITE_DONE, "SQLite writes");
      sqlite3_reset(put);
      if (!with_edges || number == 0) continue;
      const std::string other = EntityIdOf(number - 1);
      sqlite3_bind_text(link, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
      sqlite3_bind_text(link, 2, other.data(), static_cast<int>(other.size()), SQLITE_STATIC);
      sqlite3_bind_double(link, 3, 1.0);
      Require(sqlite3_step(link) == SQLITE_DONE, "SQLite writes");
      sqlite3_reset(link);
    }
    run("COMMIT");
  });
  sqlite3_finalize(put);
  sqlite3_finalize(link);
  sqlite3_close(database);
  return outcome;
}

double SingleEntityCommits(const std::string& directory, const Scale& scale, unsigned threads) {
  const auto database = OpenFresh(directory, scale);
  BatchMaker maker(1);
  std::atomic<std::uint64_t> next{0}, done{0};
  const Clock::time_point start = Clock::now();
  std::vector<std::thread> clients;
  for (unsigned thread = 0; thread < threads; ++thread) {
    clients.emplace_back([&] {
      while (Clock::now() - start < scale.single) {
        const auto receipt = database->Write(maker.Make(next.fetch_add(1), 1, false));
        Require(receipt.ok(), receipt.status().ToString());
        ++done;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  return static_cast<double>(done.load()) / SecondsSince(start);
}

}  // namespace phenix::bench
