// Everything that one open database is made of, in the order in which it is opened; closed in the
// reverse order.
//
// Threads:   opened and closed by one thread; in between each part keeps its own rules.
// Ownership: owns all parts except the environment.
#ifndef DATABASE_OPEN_PARTS_H_
#define DATABASE_OPEN_PARTS_H_

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "database/directory.h"
#include "io/clock.h"
#include "io/file_system.h"
#include "io/random.h"
#include "log/file_log.h"
#include "phenix/database.h"
#include "security/key_provider.h"
#include "security/key_ring.h"
#include "storage/kv_engine.h"
#include "transaction/catalog.h"
#include "transaction/commit/commit_pipeline.h"
#include "transaction/commit/snapshot_registry.h"
#include "transaction/head_cache.h"

namespace phenix::database {

/// The machine as a database sees it. Tests stand in their own.
struct Environment {
  io::FileSystem* file_system = &io::PosixFileSystem();
  io::Clock* clock = &io::SystemClock();
  io::RandomSource* random = &io::SystemRandom();
};

/// Publishes the catalog that a committed schema change leads to.
class CatalogPublisher final : public transaction::ApplyListener {
 public:
  explicit CatalogPublisher(transaction::CatalogHistory& catalogs) : catalogs_(catalogs) {}
  Status OnApply(const transaction::DecodedPayload& payload) override;

 private:
  transaction::CatalogHistory& catalogs_;
};

struct OpenParts {
  Environment environment;
  std::string directory;
  DatabaseOptions options;
  RecoveryReport recovery;
  std::unique_ptr<security::KeyProvider> key_provider;
  std::optional<security::KeyRing> keys;
  std::unique_ptr<io::FileSystem> encrypted_files;  // null without encryption
  std::unique_ptr<storage::KvEngine> engine;
  std::unique_ptr<log::FileLog> log;
  transaction::CatalogHistory catalogs;
  std::atomic<std::uint64_t> next_ordinal{1};
  std::unique_ptr<CatalogPublisher> publisher;
  std::unique_ptr<transaction::HeadCache> cache;
  std::unique_ptr<transaction::SnapshotRegistry> snapshots;
  std::unique_ptr<transaction::CommitPipeline> pipeline;
};

/// Opens or creates the directory, replays what the state lacks, and starts the pipeline.
Result<std::unique_ptr<OpenParts>> OpenAll(const Environment& environment,
                                           const std::string& directory,
                                           const DatabaseOptions& options);

}  // namespace phenix::database

#endif  // DATABASE_OPEN_PARTS_H_
