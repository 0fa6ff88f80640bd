#include "tests/isolation/phenix/phenix_store.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace phenix::isolation {
namespace {

constexpr const char* kLabel = "to";
constexpr std::uint32_t kPageLimit = 3;
constexpr std::uint32_t kDimension = 2;

std::string ToJson(const std::vector<Element>& elements) {
  std::string json = R"({"list":[)";
  for (const Element element : elements) {
    if (json.back() != '[') json += ',';
    json += std::to_string(element);
  }
  return json + "]}";
}

/// The integers of a JSON text that holds nothing else but punctuation.
std::vector<Element> ParseIntegers(std::string_view json) {
  std::vector<Element> elements;
  while (!json.empty()) {
    Element element = 0;
    const auto [end, error] = std::from_chars(json.data(), json.data() + json.size(), element);
    if (error == std::errc()) {
      elements.push_back(element);
      json.remove_prefix(static_cast<std::size_t>(end - json.data()));
    } else {
      json.remove_prefix(1);
    }
  }
  return elements;
}

bool IsNotFound(const Status& status) { return status.code() == StatusCode::kNotFound; }

/// Answers the reads of a history from a snapshot or transaction.
class HistoryReader {
 public:
  explicit HistoryReader(Reader& reader) : reader_(reader) {}

  Status operator()(ReadList& op) { return ReadIntegers(op.key, "list", op.observed); }
  Status operator()(Read& op) {
    std::vector<Element> values;
    PHENIX_RETURN_IF_ERROR(ReadIntegers(op.key, "value", values));
    op.observed = values.empty() ? std::nullopt : std::optional(values.front());
    return Status::Ok();
  }
  Status operator()(PredicateRead& op) {
    PHENIX_ASSIGN_OR_RETURN(const Filter filter,
                            Filter::Parse(R"({"value":{"$gte":)" + std::to_string(op.low) +
                                          R"(,"$lte":)" + std::to_string(op.high) + "}}"));
    ScanRequest request;
    request.collection = kCollectionName;
    request.filter = filter;
    request.id_from = op.prefix;
    request.id_to = op.prefix;
    ++request.id_to.back();
    request.limit = kPageLimit;
    request.ids_only = true;
    op.observed.clear();
    do {
      PHENIX_ASSIGN_OR_RETURN(EntityPage page, reader_.Scan(request));
      for (Entity& entity : page.entities) op.observed.push_back(std::move(entity.id));
      request.cursor = std::move(page.next_cursor);
    } while (!request.cursor.empty());
    return Status::Ok();
  }
  Status operator()(ListOut& op) { return ReadEdges(op.source, EdgeDirection::kOut, op.observed); }
  Status operator()(ListIn& op) { return ReadEdges(op.target, EdgeDirection::kIn, op.observed); }
  Status operator()(Nearest& op) {
    NearestRequest request;
    request.collection = kCollectionName;
    request.vector = op.query;
    request.k = static_cast<std::uint32_t>(op.count_max);
    PHENIX_ASSIGN_OR_RETURN(const NearestPage page, reader_.Nearest(request));
    op.observed.clear();
    for (const Neighbor& neighbor : page.neighbors) op.observed.push_back(neighbor.entity.id);
    return Status::Ok();
  }
  template <typename WriteKind>
  Status operator()(WriteKind&) {
    return {StatusCode::kInternal, "not a read"};
  }

 private:
  Status ReadIntegers(const std::string& key, std::string_view path, std::vector<Element>& into) {
    into.clear();
    const Result<Entity> entity = reader_.Get(kCollectionName, key, {});
    if (IsNotFound(entity.status())) return Status::Ok();
    PHENIX_RETURN_IF_ERROR(entity.status());
    const Result<std::string> json = entity->document.ValueAt(path);
    if (IsNotFound(json.status())) return Status::Ok();
    PHENIX_RETURN_IF_ERROR(json.status());
    into = ParseIntegers(*json);
    return Status::Ok();
  }

  Status ReadEdges(const std::string& end, EdgeDirection direction,
                   std::vector<std::string>& others) {
    others.clear();
    EdgeRequest request;
    request.collection = kCollectionName;
    request.id = end;
    request.direction = direction;
    request.label = kLabel;
    request.limit = kPageLimit;
    do {
      Result<EdgePage> page = reader_.Edges(request);
      if (IsNotFound(page.status())) break;
      PHENIX_RETURN_IF_ERROR(page.status());
      for (IncidentEdge& edge : page->edges) {
        EntityRef& other = direction == EdgeDirection::kOut ? edge.target : edge.source;
        others.push_back(std::move(other.id));
      }
      request.cursor = std::move(page->next_cursor);
    } while (!request.cursor.empty());
    std::sort(others.begin(), others.end());
    return Status::Ok();
  }

  Reader& reader_;
};

/// Turns a write of a history into one of the database; `reader` serves Append, which reads first.
class HistoryWriter {
 public:
  explicit HistoryWriter(Reader& reader) : reader_(reader) {}

  Result<WriteOperation> operator()(const Append& op) {
    ReadList before{op.key, {}};
    PHENIX_RETURN_IF_ERROR(HistoryReader(reader_)(before));
    before.observed.push_back(op.element);
    return PutDocument(op.key, ToJson(before.observed));
  }
  Result<WriteOperation> operator()(const Write& op) {
    if (op.value) return PutDocument(op.key, R"({"value":)" + std::to_string(*op.value) + "}");
    DeleteOperation gone;
    gone.collection = kCollectionName;
    gone.id = op.key;
    gone.must_exist = true;
    return WriteOperation(std::move(gone));
  }
  Result<WriteOperation> operator()(const PutVector& op) {
    PutOperation put;
    put.collection = kCollectionName;
    put.id = op.key;
    put.vectors[""] = op.vector;
    put.mode = PutMode::kUpdate;
    return WriteOperation(std::move(put));
  }
  Result<WriteOperation> operator()(const PutEdge& op) {
    PutEdgeOperation put;
    put.collection = kCollectionName;
    put.source = op.source;
    put.edge.label = kLabel;
    put.edge.target.id = op.target;
    return WriteOperation(std::move(put));
  }
  Result<WriteOperation> operator()(const RemoveEdge& op) {
    DeleteEdgeOperation gone;
    gone.collection = kCollectionName;
    gone.source = op.source;
    gone.target.id = op.target;
    gone.label = kLabel;
    gone.must_exist = true;
    return WriteOperation(std::move(gone));
  }
  template <typename ReadKind>
  Result<WriteOperation> operator()(const ReadKind&) {
    return Status(StatusCode::kInternal, "not a write");
  }

 private:
  static Result<WriteOperation> PutDocument(const std::string& key, const std::string& json) {
    PHENIX_ASSIGN_OR_RETURN(Document document, Document::FromJson(json));
    PutOperation put;
    put.collection = kCollectionName;
    put.id = key;
    put.document = std::move(document);
    return WriteOperation(std::move(put));
  }

  Reader& reader_;
};

/// What a commit or a batch answered, in the words of a history.
CommitAnswer ToAnswer(const Result<CommitReceipt>& receipt) {
  if (receipt.ok()) return {Outcome::kCommitted, receipt->commit_timestamp, {}};
  const bool is_unknown = receipt.status().code() == StatusCode::kUnknownOutcome;
  return {is_unknown ? Outcome::kUnknown : Outcome::kAborted, {}, receipt.status()};
}

class InteractiveTransaction final : public StoreTransaction {
 public:
  InteractiveTransaction(std::unique_ptr<phenix::Transaction> transaction, Isolation isolation)
      : transaction_(std::move(transaction)),
        snapshot_(transaction_->timestamp()),
        isolation_(isolation) {}

  Status Execute(Operation& operation) override {
    if (!IsWrite(operation)) return std::visit(HistoryReader(*transaction_), operation);
    PHENIX_ASSIGN_OR_RETURN(const WriteOperation write,
                            std::visit(HistoryWriter(*transaction_), operation));
    return transaction_->Apply(write);
  }
  [[nodiscard]] std::optional<Timestamp> snapshot() const override { return snapshot_; }
  [[nodiscard]] Level level() const override {
    return isolation_ == Isolation::kSerializable ? Level::kSerializable : Level::kSnapshot;
  }
  CommitAnswer Commit() override { return ToAnswer(transaction_->Commit()); }
  void Abort() override { transaction_->Abort(); }

 private:
  std::unique_ptr<phenix::Transaction> transaction_;
  const Timestamp snapshot_;
  const Isolation isolation_;
};

/// Reads from one snapshot, writes in one batch.
class SingleCalls final : public StoreTransaction {
 public:
  SingleCalls(Database& database, std::unique_ptr<Reader> reader)
      : database_(database), reader_(std::move(reader)) {}

  Status Execute(Operation& operation) override {
    if (!IsWrite(operation)) return std::visit(HistoryReader(*reader_), operation);
    PHENIX_ASSIGN_OR_RETURN(WriteOperation write, std::visit(HistoryWriter(*reader_), operation));
    batch_.operations.push_back(std::move(write));
    return Status::Ok();
  }
  [[nodiscard]] std::optional<Timestamp> snapshot() const override {
    if (!batch_.operations.empty()) return std::nullopt;
    return reader_->timestamp();
  }
  [[nodiscard]] Level level() const override { return Level::kSnapshot; }
  CommitAnswer Commit() override {
    if (batch_.operations.empty()) return {};
    return ToAnswer(database_.Write(batch_));
  }
  void Abort() override { batch_.operations.clear(); }

 private:
  Database& database_;
  std::unique_ptr<Reader> reader_;
  WriteBatch batch_;
};

class PhenixSession final : public StoreSession {
 public:
  PhenixSession(Database& database, Isolation isolation, CallStyle style)
      : database_(database), isolation_(isolation), style_(style) {}

  Result<std::unique_ptr<StoreTransaction>> Begin() override {
    if (style_ == CallStyle::kSingleCalls) {
      PHENIX_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, database_.SnapshotAt(std::nullopt));
      return std::unique_ptr<StoreTransaction>(
          std::make_unique<SingleCalls>(database_, std::move(reader)));
    }
    TransactionOptions options;
    options.isolation = isolation_;
    if (style_ == CallStyle::kMixedLevels) {
      const bool is_serializable = begun_count_++ % kSerializableOneIn == 0;
      options.isolation = is_serializable ? Isolation::kSerializable : Isolation::kSnapshot;
    }
    PHENIX_ASSIGN_OR_RETURN(std::unique_ptr<phenix::Transaction> transaction,
                            database_.Begin(options));
    return std::unique_ptr<StoreTransaction>(
        std::make_unique<InteractiveTransaction>(std::move(transaction), options.isolation));
  }

 private:
  Database& database_;
  const Isolation isolation_;
  const CallStyle style_;
  std::uint64_t begun_count_ = 0;
};

}  // namespace

Status PhenixStore::Reset() {
  CollectionSchema schema;
  schema.name = kCollectionName;
  schema.vectors[""] = VectorField{kDimension, Metric::kL2};
  return database_.CreateCollection(schema);
}

Result<std::unique_ptr<StoreSession>> PhenixStore::Connect() {
  return std::unique_ptr<StoreSession>(
      std::make_unique<PhenixSession>(database_, isolation_, style_));
}

Status PhenixStore::ReadAsOf(Timestamp timestamp, Operation& read) {
  PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, database_.SnapshotAt(timestamp));
  return std::visit(HistoryReader(*reader), read);
}

}  // namespace phenix::isolation
