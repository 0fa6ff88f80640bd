// Reads, reopening and memory.
#ifndef BENCH_EMBEDDED_READS_H_
#define BENCH_EMBEDDED_READS_H_

#include <string>

#include "bench/embedded/measure.h"
#include "bench/embedded/workload.h"

namespace phenix::bench {

/// Writes `count` entities in batches; used by children that are killed or measured.
void Fill(Database& database, std::uint64_t count);
/// Point reads by random id, per second and thread, each sample one second.
Samples PointReads(Database& database, const Scale& scale, unsigned threads);
/// Ids scanned per second by one thread.
Samples IdScans(Database& database, const Scale& scale);
/// Runs this program as `--child-fill`, kills it with SIGKILL when all is committed, and measures
/// seconds from opening to the first read.
double SecondsToFirstReadAfterKill(const std::string& program, const std::string& directory,
                                   const Scale& scale);
/// Peak resident bytes of a child that imports `import_entities`.
double PeakBytesOfImport(const std::string& program, const std::string& directory,
                         const Scale& scale);

}  // namespace phenix::bench

#endif  // BENCH_EMBEDDED_READS_H_
