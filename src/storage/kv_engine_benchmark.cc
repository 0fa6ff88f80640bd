// Measures the RocksDB engine: sustained ingest, version reads that hit and that miss, scans.
//
//   phenix_kv_benchmark --directory=DIR [--seconds=20] [--batch=1000] [--shuffled]
//
// Each entity is two keys: a row of 250 bytes in kEntity under a semi-sequential id, and a vector
// of 520 bytes in kVector under a rising ordinal. Vector bytes are random, rows are half random,
// half words, so that they compress about as documents do.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "io/clock.h"
#include "io/random.h"
#include "storage/rocks_kv_engine.h"
#include "storage/versioned_key.h"

namespace phenix::storage {
namespace {

constexpr std::size_t kRowBytes = 250;
constexpr std::size_t kVectorBytes = 520;
constexpr std::uint64_t kReads = 300'000;

double Seconds() { return std::chrono::duration<double>(io::SystemClock().Monotonic()).count(); }

void Check(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

bool shuffled_ids = false;

/// Ids that rise with a little disorder, as imports have them, or in no order at all.
std::string EntityKey(std::uint64_t number) {
  constexpr std::uint64_t kOdd = 0x9E3779B1U;
  const std::uint64_t id =
      shuffled_ids ? number * kOdd % (1ULL << 36U) : number ^ (number * kOdd % 64);
  char digits[24];
  std::snprintf(digits, sizeof(digits), "e%012llu", static_cast<unsigned long long>(id));
  return std::string("c001/").append(digits);
}
std::string VectorKey(std::uint64_t number) {
  std::string key("c001f1");
  base::PutBig64(key, number);
  return key;
}

struct Arguments {
  std::string directory;
  double seconds = 20;
  std::uint64_t batch = 1000;
};

class Load {
 public:
  Load() : random_(7) {
    pool_ = random_.Bytes(1U << 20U);
    while (words_.size() < kRowBytes) words_ += "a row of ordinary words, ";
  }
  void Add(KvBatch& batch, std::uint64_t number, CommitTimestamp at) {
    row_.assign(pool_, (number * 61) % (pool_.size() - kRowBytes), kRowBytes / 2);
    row_.append(words_, 0, kRowBytes / 2);
    row_[0] = 1;
    batch.Put(Family::kEntity, VersionedKey(EntityKey(number), at), row_);
    const base::ByteView vector =
        base::ByteView(pool_).substr((number * 97) % (pool_.size() - kVectorBytes), kVectorBytes);
    batch.Put(Family::kVector, VersionedKey(VectorKey(number), at), vector);
  }

 private:
  io::SeededRandom random_;
  std::string pool_;
  std::string words_;
  std::string row_;
};

std::uint64_t Ingest(KvEngine& engine, const Arguments& arguments) {
  Load load;
  KvBatch batch;
  std::vector<double> batch_seconds;
  std::uint64_t number = 0;
  const double start = Seconds();
  double reported = start;
  std::uint64_t reported_number = 0;
  while (Seconds() - start < arguments.seconds) {
    batch.Clear();
    for (std::uint64_t in_batch = 0; in_batch < arguments.batch; ++in_batch, ++number) {
      load.Add(batch, number, CommitTimestamp(1000 + number / arguments.batch));
    }
    const double before = Seconds();
    Check(engine.Write(batch));
    const double after = Seconds();
    batch_seconds.push_back(after - before);
    if (after - reported > 2) {
      std::printf("  %5.1f s: %.0f keys/s\n", after - start,
                  2.0 * static_cast<double>(number - reported_number) / (after - reported));
      reported = after;
      reported_number = number;
    }
  }
  const double took = Seconds() - start;
  std::sort(batch_seconds.begin(), batch_seconds.end());
  const auto at = [&](double share) {
    return 1000 * batch_seconds[static_cast<std::size_t>(
                      share * static_cast<double>(batch_seconds.size() - 1))];
  };
  std::printf("ingest: %.0f keys/s, batches p50 %.2f p99 %.2f p99.9 %.2f max %.2f ms\n",
              2.0 * static_cast<double>(number) / took, at(0.5), at(0.99), at(0.999), at(1));
  return number;
}

void ReadVersions(KvEngine& engine, const char* name, std::uint64_t entities, bool present) {
  io::SeededRandom random(11);
  std::vector<std::string> keys;
  for (std::uint64_t read = 0; read < kReads; ++read) {
    // Hits stay in one range of 100,000 ids, so that they come from the cache after a first round.
    const std::uint64_t number = random.Next64() % std::min<std::uint64_t>(entities, 100'000);
    keys.push_back(present ? EntityKey(number) : EntityKey(number) + "x");
  }
  for (int round = 0; round < 2; ++round) {
    std::uint64_t found = 0;
    const double start = Seconds();
    for (const std::string& key : keys) {
      Result<std::optional<VersionedValue>> value =
          engine.GetVersion(Family::kEntity, key, CommitTimestamp(UINT64_MAX));
      Check(value.status());
      found += value->has_value() ? 1U : 0U;
    }
    std::printf("%s round %d: %.0f reads/s, %llu found\n", name, round,
                static_cast<double>(kReads) / (Seconds() - start),
                static_cast<unsigned long long>(found));
  }
}

void Scan(KvEngine& engine) {
  const double start = Seconds();
  std::uint64_t keys = 0;
  const auto iterator = engine.NewIterator(Family::kEntity, {});
  for (iterator->SeekToFirst(); iterator->Valid() && keys < 2'000'000; iterator->Next()) ++keys;
  Check(iterator->status());
  std::printf("scan: %.0f keys/s\n", static_cast<double>(keys) / (Seconds() - start));
}

void Report(KvEngine& engine) {
  const KvStats stats = engine.Stats();
  std::printf("disk %llu MB, memtables %llu MB, cache %llu MB\n",
              static_cast<unsigned long long>(stats.disk_bytes >> 20U),
              static_cast<unsigned long long>(stats.memtable_bytes >> 20U),
              static_cast<unsigned long long>(stats.cache_bytes >> 20U));
}

int Run(const Arguments& arguments) {
  RocksKvEngineOptions options;
  options.directory = arguments.directory;
  Result<std::unique_ptr<RocksKvEngine>> engine = RocksKvEngine::Open(options);
  Check(engine.status());
  const std::uint64_t entities = Ingest(**engine, arguments);
  Report(**engine);
  ReadVersions(**engine, "absent", entities, false);
  ReadVersions(**engine, "present", entities, true);
  const double start = Seconds();
  Check((*engine)->Flush());
  std::printf("flush: %.2f s\n", Seconds() - start);
  ReadVersions(**engine, "absent after flush", entities, false);
  ReadVersions(**engine, "present after flush", entities, true);
  Scan(**engine);
  Report(**engine);
  return 0;
}

bool TakeFlag(const std::string& argument, const std::string& name, std::string& value) {
  if (argument.rfind(name + "=", 0) != 0) return false;
  value = argument.substr(name.size() + 1);
  return true;
}

}  // namespace
}  // namespace phenix::storage

int main(int argument_count, char** argument_values) {
  phenix::storage::Arguments arguments;
  for (int position = 1; position < argument_count; ++position) {
    const std::string argument(argument_values[position]);
    std::string value;
    if (phenix::storage::TakeFlag(argument, "--directory", value)) arguments.directory = value;
    if (phenix::storage::TakeFlag(argument, "--seconds", value))
      arguments.seconds = std::stod(value);
    if (phenix::storage::TakeFlag(argument, "--batch", value)) arguments.batch = std::stoull(value);
    if (argument == "--shuffled") phenix::storage::shuffled_ids = true;
  }
  if (arguments.directory.empty()) {
    std::fprintf(stderr, "usage: %s --directory=DIR [--seconds=20] [--batch=1000] [--shuffled]\n",
                 argument_values[0]);
    return 2;
  }
  return phenix::storage::Run(arguments);
}
