// What the log costs: bodies alone, and appends with their sync, in frames of 1 MiB and 4 KiB.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "io/clock.h"
#include "io/file_system.h"
#include "io/random.h"
#include "log/file_log.h"
#include "security/file_key_provider.h"
#include "security/key_ring.h"

namespace phenix::log {
namespace {

constexpr std::size_t kRecordBytes = 750;  // a vector of 128 floats and a document of 200 bytes

std::string BenchDirectory() {
  const char* const chosen = std::getenv("PHENIX_BENCH_DIR");
  return io::JoinPath(chosen != nullptr ? chosen : "/tmp", "phenix_log_benchmark");
}

/// Records of which two thirds are noise, as float vectors are, and the rest text.
struct Content {
  explicit Content(std::size_t frame_bytes) {
    for (std::size_t done = 0; done < frame_bytes; done += kRecordBytes) {
      std::string payload = io::SystemRandom().Bytes(512);
      payload.append("{\"name\":\"entity\",\"number\":" + std::to_string(done) + "}");
      payload.resize(kRecordBytes, 'x');
      payloads.push_back(std::move(payload));
    }
    for (const std::string& payload : payloads) {
      records.push_back(
          {.type = RecordType::kTransaction, .transaction_id = {}, .payload = payload});
    }
  }
  std::vector<std::string> payloads;
  std::vector<LogRecord> records;
};

struct BenchLog {
  BenchLog(bool encrypt, bool compress) {
    io::FileSystem& files = io::PosixFileSystem();
    const std::string directory = BenchDirectory();
    Require(io::RemoveTree(files, directory));
    Require(files.CreateDirectories(directory));
    const std::string master = io::JoinPath(directory, "master");
    Require(security::FileKeyProvider::Create(files, io::SystemRandom(), master));
    provider = Value(security::FileKeyProvider::Open(files, io::SystemRandom(), master));
    keys = std::make_unique<security::KeyRing>(Value(security::KeyRing::Create(
        files, io::SystemRandom(),
        {.directory = directory, .provider = provider.get(), .encrypt = true})));
    FileLogOptions options;
    options.directory = io::JoinPath(directory, "log");
    options.keys = keys.get();
    options.encrypt = encrypt;
    options.compress = compress;
    log = Value(FileLog::Open({files, io::SystemClock(), io::SystemRandom()}, options,
                              LogSequence(0), [](const DecodedFrame&) { return Status::Ok(); }));
  }
  ~BenchLog() {
    log.reset();
    Require(io::RemoveTree(io::PosixFileSystem(), BenchDirectory()));
  }
  static void Require(const Status& status) {
    if (status.ok()) return;
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    std::abort();
  }
  template <typename T>
  static T Value(Result<T> result) {
    Require(result.status());
    return *std::move(result);
  }
  std::unique_ptr<security::FileKeyProvider> provider;
  std::unique_ptr<security::KeyRing> keys;
  std::unique_ptr<FileLog> log;
};

void SetBytes(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}

void PrepareBody(benchmark::State& state) {
  BenchLog bench(state.range(1) != 0, state.range(2) != 0);
  const Content content(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(bench.log->PrepareBody(content.records, {}).ok());
  }
  SetBytes(state);
}

void AppendAndSync(benchmark::State& state) {
  BenchLog bench(state.range(1) != 0, state.range(2) != 0);
  const Content content(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    BenchLog::Require(bench.log
                          ->Append({.records = content.records,
                                    .timestamp_min = {},
                                    .timestamp_max = {},
                                    .closed = {},
                                    .shards = {}})
                          .status());
    if (bench.log->DurableSequence().value() % 256 == 0) {
      BenchLog::Require(bench.log->TrimBefore(bench.log->DurableSequence()));
    }
  }
  SetBytes(state);
}

void ReadVerified(benchmark::State& state) {
  BenchLog bench(state.range(1) != 0, state.range(2) != 0);
  const Content content(static_cast<std::size_t>(state.range(0)));
  constexpr int kFrames = 32;
  for (int number = 0; number < kFrames; ++number) {
    BenchLog::Require(bench.log
                          ->Append({.records = content.records,
                                    .timestamp_min = {},
                                    .timestamp_max = {},
                                    .closed = {},
                                    .shards = {}})
                          .status());
  }
  for (auto _ : state) {
    BenchLog::Require(
        bench.log->ReadFrom(LogSequence(1), [](const DecodedFrame&) { return Status::Ok(); }));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0) * kFrames);
}

// Arguments: frame bytes, encrypt, compress.
void Modes(benchmark::internal::Benchmark* benchmark) {
  constexpr std::int64_t kFrameBytes = 1 << 20;
  for (const bool encrypt : {false, true}) {
    for (const bool compress : {false, true}) benchmark->Args({kFrameBytes, encrypt, compress});
  }
  benchmark->Args({4096, 1, 1});
}
BENCHMARK(PrepareBody)->Apply(Modes)->UseRealTime();
BENCHMARK(AppendAndSync)->Apply(Modes)->UseRealTime();
BENCHMARK(ReadVerified)->Apply(Modes)->UseRealTime();

}  // namespace
}  // namespace phenix::log

BENCHMARK_MAIN();
