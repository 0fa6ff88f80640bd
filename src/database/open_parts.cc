#include "database/open_parts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "io/crash_point.h"
#include "storage/encrypted_file_system.h"
#include "storage/memory_kv_engine.h"
#include "storage/rocks_kv_engine.h"
#include "transaction/collector.h"
#include "transaction/limits.h"
#include "transaction/schema_writer.h"
#include "transaction/state_rows.h"

namespace phenix::database {
namespace {

// Shares of the memory budget; the rest is for readers, iterators and the allocator.
constexpr std::uint64_t kEngineShare = 60;  // percent: blocks, filters and memtables
constexpr std::uint64_t kWriteBufferShare = 25;
constexpr std::uint64_t kHeadCacheShare = 20;
constexpr std::uint64_t kPercent = 100;

security::SigningMode ToLogSigning(SigningMode mode) {
  switch (mode) {
    case SigningMode::kHmac:
      return security::SigningMode::kHmac;
    case SigningMode::kEd25519:
      return security::SigningMode::kEd25519;
    case SigningMode::kBoth:
      return security::SigningMode::kBoth;
  }
  return security::SigningMode::kBoth;
}

Status OpenKeys(OpenParts& parts, bool create) {
  const EncryptionOptions& encryption = parts.options.encryption;
  if (encryption.enabled) {
    if (encryption.kms_endpoint.empty()) {
      return {StatusCode::kInvalidArgument,
              "encryption needs kms_endpoint, for example file:/etc/phenix/master.key"};
    }
    PHENIX_ASSIGN_OR_RETURN(
        parts.key_provider,
        security::OpenKeyProvider(*parts.environment.file_system, *parts.environment.random,
                                  encryption.kms_endpoint));
  }
  if (create) {
    PHENIX_ASSIGN_OR_RETURN(
        parts.keys,
        security::KeyRing::Create(*parts.environment.file_system, *parts.environment.random,
                                  {.directory = parts.directory,
                                   .provider = parts.key_provider.get(),
                                   .encrypt = encryption.enabled}));
    return Status::Ok();
  }
  PHENIX_ASSIGN_OR_RETURN(parts.keys,
                          security::KeyRing::Open(*parts.environment.file_system, parts.directory,
                                                  parts.key_provider.get()));
  return Status::Ok();
}

Status OpenEngine(OpenParts& parts) {
  io::FileSystem* files = parts.environment.file_system;
  if (parts.keys->encrypts()) {
    parts.encrypted_files =
        std::make_unique<storage::EncryptedFileSystem>(storage::EncryptedFileSystem::Parts{
            .file_system = *files, .keys = *parts.keys, .random = *parts.environment.random});
    files = parts.encrypted_files.get();
  }
  const std::string directory = io::JoinPath(parts.directory, kStateDirectoryName);
  const std::uint64_t budget = parts.options.memory_budget_bytes;
  if (parts.options.state_engine == StateEngine::kMemory) {
    PHENIX_ASSIGN_OR_RETURN(parts.engine, storage::MemoryKvEngine::Open(
                                              {.file_system = files, .directory = directory}));
    return Status::Ok();
  }
  storage::RocksKvEngineOptions options;
  options.directory = directory;
  // The real file system goes through RocksDB's own file layer, which is faster.
  options.file_system = files == &io::PosixFileSystem() ? nullptr : files;
  options.memory_bytes = budget * kEngineShare / kPercent;
  options.write_buffer_bytes = budget * kWriteBufferShare / kPercent;
  PHENIX_ASSIGN_OR_RETURN(parts.engine, storage::RocksKvEngine::Open(options));
  return Status::Ok();
}

// Applies one frame of the log to the state, as the pipeline would have.
class Replayer {
 public:
  Replayer(OpenParts& parts, transaction::AppliedPosition& position)
      : parts_(parts), position_(position) {}

  Status OnFrame(const log::DecodedFrame& frame) {
    storage::KvBatch batch;
    for (const log::LogRecord& record : frame.records) {
      if (record.type != log::RecordType::kTransaction && record.type != log::RecordType::kSchema) {
        continue;
      }
      PHENIX_ASSIGN_OR_RETURN(const auto payload, transaction::DecodePayload(record.payload));
      transaction::AppendToBatch(payload, batch);
      PHENIX_RETURN_IF_ERROR(parts_.publisher->OnApply(payload));
      position_.timestamp = std::max(position_.timestamp, payload.timestamp);
      NoteOrdinals(payload);
      ++parts_.recovery.transactions_replayed;
    }
    position_.sequence = frame.header.sequence;
    ++parts_.recovery.frames_replayed;
    batch.Put(storage::Family::kSystem, transaction::kAppliedKey,
              transaction::EncodeAppliedPosition(position_));
    return parts_.engine->Write(batch);
  }

 private:
  void NoteOrdinals(const transaction::DecodedPayload& payload) {
    for (const transaction::PayloadOperation& operation : payload.operations) {
      if (operation.family != storage::Family::kOrdinal) continue;
      const std::uint64_t first = base::LoadBig64(operation.key.data());
      position_.next_ordinal =
          std::max(position_.next_ordinal, first + transaction::kOrdinalsPerRow);
    }
  }

  OpenParts& parts_;
  transaction::AppliedPosition& position_;
};

Status OpenLog(OpenParts& parts, transaction::AppliedPosition& position) {
  log::FileLogOptions options;
  options.directory = io::JoinPath(parts.directory, kLogDirectoryName);
  options.keys = &*parts.keys;
  options.signing = ToLogSigning(parts.options.signing);
  options.encrypt = parts.keys->encrypts();
  options.compress = parts.options.compress_log;
  Replayer replayer(parts, position);
  PHENIX_ASSIGN_OR_RETURN(
      parts.log,
      log::FileLog::Open({.file_system = *parts.environment.file_system,
                          .clock = *parts.environment.clock,
                          .random = *parts.environment.random},
                         options, position.sequence, [&replayer](const log::DecodedFrame& frame) {
                           return replayer.OnFrame(frame);
                         }));
  parts.recovery.torn_bytes_cut = parts.log->open_report().torn_bytes;
  return Status::Ok();
}

Result<transaction::AppliedPosition> ReadApplied(storage::KvEngine& engine) {
  PHENIX_ASSIGN_OR_RETURN(const auto stored,
                          engine.Get(storage::Family::kSystem, transaction::kAppliedKey));
  if (!stored.has_value()) return transaction::AppliedPosition{};
  return transaction::DecodeAppliedPosition(*stored);
}

// Removes what an interrupted creation leaves; refuses a directory that holds anything else.
Status RemoveUnfinished(OpenParts& parts) {
  io::FileSystem& files = *parts.environment.file_system;
  const std::set<std::string> unfinished = {
      security::kKeyFileName, security::kPublicKeyFileName,
      std::string(kFormatFileName) + io::kTemporarySuffix,
      std::string(security::kKeyFileName) + io::kTemporarySuffix,
      std::string(security::kPublicKeyFileName) + io::kTemporarySuffix};
  PHENIX_ASSIGN_OR_RETURN(const auto entries, files.List(parts.directory));
  for (const io::DirectoryEntry& entry : entries) {
    if (unfinished.contains(entry.name)) continue;
    return {StatusCode::kInvalidArgument,
            "'" + parts.directory + "' is not empty and holds no database: '" + entry.name +
                "' was found; name an empty or a new directory"};
  }
  for (const io::DirectoryEntry& entry : entries) {
    PHENIX_RETURN_IF_ERROR(files.RemoveFile(io::JoinPath(parts.directory, entry.name)));
  }
  return Status::Ok();
}

// The format file is written last, so a directory without one was never finished.
Result<bool> PrepareDirectory(OpenParts& parts) {
  io::FileSystem& files = *parts.environment.file_system;
  const Result<DirectoryFormat> format = ReadFormat(files, parts.directory);
  if (format.ok()) {
    PHENIX_RETURN_IF_ERROR(CheckOptions(*format, parts.options));
    return false;
  }
  if (format.status().code() != StatusCode::kNotFound) return format.status();
  if (!parts.options.create_if_missing) {
    return Status(StatusCode::kNotFound, "'" + parts.directory + "' holds no database");
  }
  PHENIX_RETURN_IF_ERROR(io::CreateDirectoriesDurably(files, parts.directory));
  PHENIX_RETURN_IF_ERROR(RemoveUnfinished(parts));
  return true;
}

}  // namespace

Status CatalogPublisher::OnApply(const transaction::DecodedPayload& payload) {
  PHENIX_ASSIGN_OR_RETURN(auto catalog, transaction::CatalogAfter(*catalogs_.Latest(), payload));
  if (catalog != nullptr) catalogs_.Publish(payload.timestamp, std::move(catalog));
  return Status::Ok();
}

Result<std::unique_ptr<OpenParts>> OpenAll(const Environment& environment,
                                           const std::string& directory,
                                           const DatabaseOptions& options) {
  auto parts = std::make_unique<OpenParts>();
  parts->environment = environment;
  parts->directory = directory;
  parts->options = options;
  PHENIX_ASSIGN_OR_RETURN(const bool create, PrepareDirectory(*parts));
  io::CrashPoint("create.directory_made");
  PHENIX_RETURN_IF_ERROR(OpenKeys(*parts, create));
  io::CrashPoint("create.keys_made");
  if (create) {
    PHENIX_RETURN_IF_ERROR(WriteFormat(*environment.file_system, directory,
                                       {.state_engine = options.state_engine,
                                        .encrypted = options.encryption.enabled,
                                        .signing = options.signing}));
  }
  PHENIX_RETURN_IF_ERROR(OpenEngine(*parts));
  PHENIX_RETURN_IF_ERROR(transaction::LoadCatalogs(*parts->engine, parts->catalogs));
  parts->publisher = std::make_unique<CatalogPublisher>(parts->catalogs);
  PHENIX_ASSIGN_OR_RETURN(transaction::AppliedPosition position, ReadApplied(*parts->engine));
  PHENIX_RETURN_IF_ERROR(OpenLog(*parts, position));
  parts->next_ordinal.store(position.next_ordinal);
  parts->cache = std::make_unique<transaction::HeadCache>(
      options.memory_budget_bytes * kHeadCacheShare / kPercent, position.timestamp);
  parts->snapshots = std::make_unique<transaction::SnapshotRegistry>(
      *environment.clock, static_cast<std::uint64_t>(options.transaction_age_max.count()));
  PHENIX_ASSIGN_OR_RETURN(const CommitTimestamp safepoint,
                          transaction::ReadSafepoint(*parts->engine));
  parts->snapshots->AdvanceSafepoint(safepoint);
  parts->pipeline = std::make_unique<transaction::CommitPipeline>(
      transaction::CommitParts{.log = parts->log.get(),
                               .engine = parts->engine.get(),
                               .cache = parts->cache.get(),
                               .clock = environment.clock,
                               .listener = parts->publisher.get(),
                               .next_ordinal = &parts->next_ordinal},
      position);
  return parts;
}

}  // namespace phenix::database
