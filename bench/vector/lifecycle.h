// The index under change: durable ingest beside searches, and churn.
#ifndef BENCH_VECTOR_LIFECYCLE_H_
#define BENCH_VECTOR_LIFECYCLE_H_

#include <cstdint>

namespace phenix::bench {

/// Appends `rows` synthetic 128-d rows in batches, each first written and synced to a log file,
/// while one thread searches and spare time builds graphs. Prints rates, recall and latencies.
void RunIngest(std::size_t rows);

/// `rounds` of 5 % erased and 5 % appended rows, chosen at random, by cluster, or oldest first;
/// prints recall and speed beside a fresh build.
void RunChurn(std::size_t rows, int rounds);

}  // namespace phenix::bench

#endif  // BENCH_VECTOR_LIFECYCLE_H_
