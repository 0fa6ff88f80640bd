#include "database/session.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "transaction/exact_search.h"
#include "transaction/request_reader.h"

namespace phenix::database {

transaction::ReadView MakeView(OpenParts& parts, CommitTimestamp at, bool as_of) {
  transaction::ReadView view;
  view.engine = parts.engine.get();
  view.cache = parts.cache.get();
  view.catalogs = &parts.catalogs;
  view.catalog = parts.catalogs.At(at);
  view.at = at;
  view.now_ms =
      as_of ? at.value() >> kTimestampCounterBits : parts.environment.clock->WallMilliseconds();
  return view;
}

Snapshot::Snapshot(OpenParts& parts, transaction::SnapshotRegistry::Pin pin, bool as_of)
    : pin_(std::move(pin)), reader_(MakeView(parts, pin_.at(), as_of)) {}

Result<Entity> Snapshot::Get(std::string_view collection, std::string_view id,
                             const Include& include) {
  PHENIX_RETURN_IF_ERROR(pin_.Check());
  return transaction::RequestReader(reader_).Get(collection, id, include);
}
Result<EntityPage> Snapshot::Scan(const ScanRequest& request) {
  PHENIX_RETURN_IF_ERROR(pin_.Check());
  return transaction::RequestReader(reader_).Scan(request);
}
Result<EdgePage> Snapshot::Edges(const EdgeRequest& request) {
  PHENIX_RETURN_IF_ERROR(pin_.Check());
  return transaction::RequestReader(reader_).Edges(request);
}
Result<NearestPage> Snapshot::Nearest(const NearestRequest& request) {
  PHENIX_RETURN_IF_ERROR(pin_.Check());
  return transaction::SearchExactly(reader_, request);
}
Result<std::uint64_t> Snapshot::Count(std::string_view collection, const Filter& filter) {
  PHENIX_RETURN_IF_ERROR(pin_.Check());
  return transaction::RequestReader(reader_).Count(collection, filter);
}
Result<CollectionSchema> Snapshot::Collection(std::string_view name) {
  return transaction::RequestReader(reader_).Collection(name);
}
Result<std::vector<CollectionSchema>> Snapshot::Collections() {
  return transaction::RequestReader(reader_).Collections();
}

struct OpenTransaction::Work {
  Work(OpenParts& parts, transaction::SnapshotRegistry::Pin from, bool serializable)
      : pin(std::move(from)),
        reads(serializable ? std::make_unique<transaction::ReadSet>() : nullptr),
        ordinals(parts.next_ordinal, kOrdinalRun),
        reader(View(parts)),
        writer(reader, writes, ordinals, parts.catalogs.Latest()) {}

  transaction::ReadView View(OpenParts& parts) {
    transaction::ReadView view = MakeView(parts, pin.at(), false);
    view.overlay = &writes;
    view.reads = reads.get();
    return view;
  }

  static constexpr std::uint64_t kOrdinalRun = 16;

  transaction::SnapshotRegistry::Pin pin;
  transaction::WriteSet writes;
  std::unique_ptr<transaction::ReadSet> reads;  // null with snapshot isolation
  transaction::OrdinalAllocator ordinals;
  transaction::StateReader reader;
  transaction::EntityWriter writer;
  std::vector<bool> leaves_version;  // per operation
};

OpenTransaction::OpenTransaction(OpenParts& parts, transaction::SnapshotRegistry::Pin pin,
                                 Isolation isolation, EnsureLabels ensure_labels)
    : parts_(parts),
      at_(pin.at()),
      ensure_labels_(std::move(ensure_labels)),
      work_(std::make_unique<Work>(parts, std::move(pin), isolation == Isolation::kSerializable)) {}

OpenTransaction::~OpenTransaction() { End(); }

void OpenTransaction::End() {
  if (work_ == nullptr) return;
  if (work_->reads != nullptr) parts_.pipeline->LeaveSerializable();
  work_.reset();
}

Status OpenTransaction::Check() const {
  if (work_ == nullptr) return {StatusCode::kUnavailable, "the transaction has ended"};
  PHENIX_RETURN_IF_ERROR(work_->pin.Check());
  return work_->reads == nullptr ? Status::Ok() : work_->reads->Check();
}

Result<Entity> OpenTransaction::Get(std::string_view collection, std::string_view id,
                                    const Include& include) {
  PHENIX_RETURN_IF_ERROR(Check());
  return transaction::RequestReader(work_->reader).Get(collection, id, include);
}
Result<EntityPage> OpenTransaction::Scan(const ScanRequest& request) {
  PHENIX_RETURN_IF_ERROR(Check());
  return transaction::RequestReader(work_->reader).Scan(request);
}
Result<EdgePage> OpenTransaction::Edges(const EdgeRequest& request) {
  PHENIX_RETURN_IF_ERROR(Check());
  return transaction::RequestReader(work_->reader).Edges(request);
}
Result<NearestPage> OpenTransaction::Nearest(const NearestRequest& request) {
  PHENIX_RETURN_IF_ERROR(Check());
  return transaction::SearchExactly(work_->reader, request);
}
Result<std::uint64_t> OpenTransaction::Count(std::string_view collection, const Filter& filter) {
  PHENIX_RETURN_IF_ERROR(Check());
  return transaction::RequestReader(work_->reader).Count(collection, filter);
}
Result<CollectionSchema> OpenTransaction::Collection(std::string_view name) {
  PHENIX_RETURN_IF_ERROR(Check());
  return transaction::RequestReader(work_->reader).Collection(name);
}
Result<std::vector<CollectionSchema>> OpenTransaction::Collections() {
  PHENIX_RETURN_IF_ERROR(Check());
  return transaction::RequestReader(work_->reader).Collections();
}

Status OpenTransaction::Apply(const WriteOperation& operation) {
  PHENIX_RETURN_IF_ERROR(Check());
  PHENIX_RETURN_IF_ERROR(CheckTransactionSize(parts_.options, work_->leaves_version.size() + 1,
                                              work_->writes.size_bytes()));
  std::vector<std::string> labels;
  CollectLabels(operation, labels);
  if (!labels.empty()) {
    PHENIX_RETURN_IF_ERROR(ensure_labels_(labels));
    work_->writer.SetLabels(parts_.catalogs.Latest());
  }
  PHENIX_RETURN_IF_ERROR(work_->writer.Apply(operation));
  work_->leaves_version.push_back(LeavesVersion(operation));
  return Status::Ok();
}

Result<CommitReceipt> OpenTransaction::Commit() {
  PHENIX_RETURN_IF_ERROR(Check());
  PHENIX_RETURN_IF_ERROR(CheckTransactionSize(parts_.options, work_->leaves_version.size(),
                                              work_->writes.size_bytes()));
  CommitReceipt receipt;
  const bool writes_nothing =
      work_->writes.size_bytes() == 0 && work_->writes.conflicts().checks().empty();
  if (writes_nothing) {
    // A read-only transaction is its snapshot: it is serializable at its read timestamp.
    receipt.commit_timestamp = at_.value();
    receipt.versions.assign(work_->leaves_version.size(), 0);
    End();
    return receipt;
  }
  const Result<CommitTimestamp> committed =
      parts_.pipeline->Commit({.writes = &work_->writes,
                               .reads = work_->reads.get(),
                               .read_at = at_,
                               .record_type = log::RecordType::kTransaction});
  if (committed.ok()) {
    receipt.commit_timestamp = committed->value();
    for (const bool leaves : work_->leaves_version) {
      receipt.versions.push_back(leaves ? committed->value() : 0);
    }
  }
  End();
  if (!committed.ok()) return committed.status();
  return receipt;
}

void OpenTransaction::Abort() { End(); }

void CollectLabels(const WriteOperation& operation, std::vector<std::string>& labels) {
  if (const auto* put = std::get_if<PutOperation>(&operation)) {
    for (const Edge& edge : put->edges) labels.push_back(edge.label);
  } else if (const auto* edge = std::get_if<PutEdgeOperation>(&operation)) {
    labels.push_back(edge->edge.label);
  }
}

bool LeavesVersion(const WriteOperation& operation) {
  return std::holds_alternative<PutOperation>(operation);
}

Status CheckTransactionSize(const DatabaseOptions& options, std::size_t operations,
                            std::size_t size_bytes) {
  if (operations > options.transaction_operations_max) {
    return {StatusCode::kResourceExhausted,
            "a transaction may have " + std::to_string(options.transaction_operations_max) +
                " operations (transaction_operations_max); use import for more"};
  }
  if (size_bytes > options.transaction_bytes_max) {
    return {StatusCode::kResourceExhausted,
            "a transaction may write " + std::to_string(options.transaction_bytes_max) +
                " bytes (transaction_bytes_max), this one has " + std::to_string(size_bytes) +
                "; use import for more"};
  }
  return Status::Ok();
}

}  // namespace phenix::database
