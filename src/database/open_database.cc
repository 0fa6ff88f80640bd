#include "database/open_database.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "database/session.h"
#include "transaction/change_feed.h"
#include "transaction/limits.h"

namespace phenix::database {

using transaction::EntityWriter;
using transaction::StateReader;
using transaction::WriteSet;

OpenDatabase::OpenDatabase(std::unique_ptr<OpenParts> parts)
    : parts_(std::move(parts)), collector_(*parts_->engine, parts_->catalogs) {
  if (parts_->options.background_maintenance) {
    background_ = std::thread([this] { MaintainInBackground(); });
  }
}

OpenDatabase::~OpenDatabase() {
  {
    const base::MutexLock lock(stop_mutex_);
    stopping_ = true;
    stop_wake_.NotifyAll();
  }
  if (background_.joinable()) background_.join();
  // The log knows how to end in good order; what is not flushed is replayed from it.
  const Status closed = parts_->log->Close();
  static_cast<void>(closed);
}

Status OpenDatabase::CommitSchema(const SchemaChange& change) {
  Status status;
  for (unsigned attempt = 0; attempt < transaction::kBatchAttemptsMax; ++attempt) {
    const auto pin = parts_->snapshots->PinVisible(parts_->pipeline->visible());
    WriteSet writes;
    transaction::ReadView view = MakeView(*parts_, pin.at(), false);
    view.overlay = &writes;
    const StateReader reader(view);
    transaction::SchemaWriter writer(reader, writes);
    PHENIX_RETURN_IF_ERROR(change(writer));
    if (writes.size_bytes() == 0) return Status::Ok();
    status = parts_->pipeline
                 ->Commit({.writes = &writes,
                           .reads = nullptr,
                           .read_at = pin.at(),
                           .record_type = log::RecordType::kSchema})
                 .status();
    if (status.code() != StatusCode::kConflict) return status;
  }
  return status;
}

Status OpenDatabase::CreateCollection(const CollectionSchema& schema) {
  return CommitSchema([&](transaction::SchemaWriter& writer) { return writer.Create(schema); });
}

Status OpenDatabase::AlterCollection(const CollectionSchema& schema) {
  return CommitSchema([&](transaction::SchemaWriter& writer) { return writer.Alter(schema); });
}

Status OpenDatabase::DropCollection(std::string_view name) {
  return CommitSchema([&](transaction::SchemaWriter& writer) { return writer.Drop(name); });
}

Status OpenDatabase::AddLabels(const std::vector<std::string>& labels) {
  const auto catalog = parts_->catalogs.Latest();
  const bool all_known = std::all_of(labels.begin(), labels.end(), [&](const std::string& label) {
    return catalog->FindLabel(label).has_value();
  });
  if (all_known) return Status::Ok();
  return CommitSchema([&](transaction::SchemaWriter& writer) { return writer.AddLabels(labels); });
}

Status OpenDatabase::CreateMissingCollections(const WriteBatch& batch) {
  const auto catalog = parts_->catalogs.Latest();
  std::set<std::string> seen;
  for (const WriteOperation& operation : batch.operations) {
    const auto* put = std::get_if<PutOperation>(&operation);
    if (put == nullptr || catalog->Find(put->collection) != nullptr) continue;
    if (!seen.insert(put->collection).second) continue;
    CollectionSchema schema;
    schema.name = put->collection;
    for (const auto& [field, elements] : put->vectors) {
      schema.vectors[field] = {.dimension = static_cast<std::uint32_t>(elements.size()),
                               .metric = Metric::kCosine};
    }
    const Status created = CreateCollection(schema);
    // Somebody else may have created it meanwhile; then theirs counts.
    if (!created.ok() && created.code() != StatusCode::kAlreadyExists) return created;
  }
  return Status::Ok();
}

Result<CommitReceipt> OpenDatabase::TryWrite(const WriteBatch& batch) {
  const auto pin = parts_->snapshots->PinVisible(parts_->pipeline->visible());
  WriteSet writes;
  transaction::ReadView view = MakeView(*parts_, pin.at(), false);
  view.overlay = &writes;
  const StateReader reader(view);
  transaction::OrdinalAllocator ordinals(
      parts_->next_ordinal,
      std::min<std::uint64_t>(batch.operations.size(), transaction::kOrdinalsPerRow));
  EntityWriter writer(reader, writes, ordinals, parts_->catalogs.Latest());
  for (std::size_t position = 0; position < batch.operations.size(); ++position) {
    const Status staged = writer.Apply(batch.operations[position]);
    if (!staged.ok()) {
      return Status(staged.code(),
                    "operation " + std::to_string(position) + ": " + std::string(staged.message()));
    }
    if (writes.size_bytes() > parts_->options.transaction_bytes_max) break;
  }
  PHENIX_RETURN_IF_ERROR(
      CheckTransactionSize(parts_->options, batch.operations.size(), writes.size_bytes()));
  CommitReceipt receipt;
  receipt.commit_timestamp = pin.at().value();
  if (writes.size_bytes() > 0 || !writes.conflicts().checks().empty()) {
    PHENIX_ASSIGN_OR_RETURN(
        const CommitTimestamp committed,
        parts_->pipeline->Commit({.writes = &writes,
                                  .reads = nullptr,
                                  .read_at = pin.at(),
                                  .record_type = log::RecordType::kTransaction}));
    receipt.commit_timestamp = committed.value();
  }
  for (const WriteOperation& operation : batch.operations) {
    receipt.versions.push_back(LeavesVersion(operation) ? receipt.commit_timestamp : 0);
  }
  return receipt;
}

Result<CommitReceipt> OpenDatabase::Write(const WriteBatch& batch) {
  PHENIX_RETURN_IF_ERROR(CheckTransactionSize(parts_->options, batch.operations.size(), 0));
  if (batch.create_missing_collections) PHENIX_RETURN_IF_ERROR(CreateMissingCollections(batch));
  std::vector<std::string> labels;
  for (const WriteOperation& operation : batch.operations) CollectLabels(operation, labels);
  if (!labels.empty()) PHENIX_RETURN_IF_ERROR(AddLabels(labels));
  Result<CommitReceipt> receipt = TryWrite(batch);
  for (unsigned attempt = 1; attempt < transaction::kBatchAttemptsMax; ++attempt) {
    if (receipt.ok() || receipt.status().code() != StatusCode::kConflict) return receipt;
    if (attempt < transaction::kBatchAttemptsUnordered) {
      receipt = TryWrite(batch);
    } else {
      const base::MutexLock turn(turns_);
      receipt = TryWrite(batch);
    }
  }
  return receipt;
}

Result<std::unique_ptr<Transaction>> OpenDatabase::Begin(const TransactionOptions& options) {
  if (options.isolation == Isolation::kSerializable) parts_->pipeline->EnterSerializable();
  return std::unique_ptr<Transaction>(std::make_unique<OpenTransaction>(
      *parts_, parts_->snapshots->PinVisible(parts_->pipeline->visible()), options.isolation,
      [this](const std::vector<std::string>& labels) { return AddLabels(labels); }));
}

Result<std::unique_ptr<Reader>> OpenDatabase::SnapshotAt(std::optional<std::uint64_t> as_of) {
  if (!as_of.has_value()) {
    return std::unique_ptr<Reader>(std::make_unique<Snapshot>(
        *parts_, parts_->snapshots->PinVisible(parts_->pipeline->visible()), false));
  }
  const std::uint64_t visible = parts_->pipeline->visible().load(std::memory_order_acquire);
  if (*as_of > visible) {
    return Status(StatusCode::kInvalidArgument, "as_of: expected a timestamp up to " +
                                                    std::to_string(visible) + ", got " +
                                                    std::to_string(*as_of));
  }
  transaction::SnapshotRegistry::Pin pin;
  if (!parts_->snapshots->PinAt(CommitTimestamp(*as_of), &pin)) {
    return Status(StatusCode::kInvalidArgument,
                  "as_of: timestamp " + std::to_string(*as_of) + " is older than the retention");
  }
  return std::unique_ptr<Reader>(std::make_unique<Snapshot>(*parts_, std::move(pin), true));
}

Result<ChangePage> OpenDatabase::Changes(std::uint64_t after, std::uint32_t limit) {
  if (limit < 1 || limit > kPageLimitMax) {
    return Status(
        StatusCode::kInvalidArgument,
        "limit: expected 1 to " + std::to_string(kPageLimitMax) + ", got " + std::to_string(limit));
  }
  const CommitTimestamp until(parts_->pipeline->visible().load(std::memory_order_acquire));
  transaction::SnapshotRegistry::Pin pin;
  if (!parts_->snapshots->PinAt(CommitTimestamp(after), &pin)) {
    return Status(StatusCode::kInvalidArgument,
                  "after: the change feed no longer reaches back to " + std::to_string(after));
  }
  return transaction::ReadChanges(*parts_->engine, parts_->catalogs, CommitTimestamp(after), until,
                                  limit);
}

DatabaseStats OpenDatabase::Stats() {
  DatabaseStats stats;
  const storage::KvStats state = parts_->engine->Stats();
  const transaction::CommitCounters counters = parts_->pipeline->counters();
  const auto keys = [&](storage::Family family) {
    return state.keys_estimated[static_cast<std::size_t>(family)];
  };
  stats.visible_timestamp = parts_->pipeline->visible().load();
  stats.collections = parts_->catalogs.Latest()->collections().size();
  stats.entities_estimated = keys(storage::Family::kEntity);
  stats.vectors_estimated = keys(storage::Family::kVector);
  stats.edges_estimated = keys(storage::Family::kEdgeOut);
  stats.state_disk_bytes = state.disk_bytes;
  stats.memory_bytes = state.memtable_bytes + state.cache_bytes + parts_->cache->size_bytes();
  stats.commits = counters.commits;
  stats.conflicts = counters.conflicts;
  stats.log_frames = counters.frames;
  stats.log_syncs = counters.frames;
  stats.head_cache_hits = parts_->cache->hits();
  stats.head_cache_misses = parts_->cache->misses();
  stats.snapshots_open = parts_->snapshots->count();
  io::FileSystem& files = *parts_->environment.file_system;
  const std::string log_directory = io::JoinPath(parts_->directory, kLogDirectoryName);
  const auto entries = files.List(log_directory);
  if (entries.ok()) {
    for (const io::DirectoryEntry& entry : *entries) {
      const auto size = files.FileSize(io::JoinPath(log_directory, entry.name));
      if (size.ok()) stats.log_disk_bytes += *size;
    }
  }
  return stats;
}

Result<std::unique_ptr<Database>> OpenWithEnvironment(const Environment& environment,
                                                      const std::string& directory,
                                                      const DatabaseOptions& options) {
  PHENIX_ASSIGN_OR_RETURN(auto parts, OpenAll(environment, directory, options));
  return std::unique_ptr<Database>(std::make_unique<OpenDatabase>(std::move(parts)));
}

}  // namespace phenix::database

namespace phenix {

Result<std::unique_ptr<Database>> Database::Open(const std::string& directory,
                                                 const DatabaseOptions& options) {
  return database::OpenWithEnvironment({}, directory, options);
}

}  // namespace phenix
