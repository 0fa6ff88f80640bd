// Durable ingest: our own, and two baselines that store the same bytes.
#ifndef BENCH_EMBEDDED_INGEST_H_
#define BENCH_EMBEDDED_INGEST_H_

#include <string>

#include "bench/embedded/measure.h"
#include "bench/embedded/workload.h"

namespace phenix::bench {

struct IngestOutcome {
  double entities_per_second = 0;  ///< over the whole time
  Samples per_second;              ///< entities in each second
  Samples commit_ms;
};

/// Two client threads upsert batches of kBatchEntities for `duration` into a fresh directory.
IngestOutcome IngestPhenix(const std::string& directory, const Scale& scale, bool with_edges);
/// RocksDB alone: its WAL synced at each batch, two keys an entity, one more pair with an edge.
IngestOutcome IngestRocks(const std::string& directory, const Scale& scale, bool with_edges);
/// SQLite: one transaction a batch, WAL journal, synchronous=FULL, the same rows and indexes.
IngestOutcome IngestSqlite(const std::string& directory, const Scale& scale, bool with_edges);

/// Single-entity transactions per second from `threads` threads.
double SingleEntityCommits(const std::string& directory, const Scale& scale, unsigned threads);

}  // namespace phenix::bench

#endif  // BENCH_EMBEDDED_INGEST_H_
