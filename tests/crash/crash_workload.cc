#include "tests/crash/crash_workload.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/assert.h"

namespace phenix::crash {
namespace {

constexpr std::uint64_t kDeleteEvery = 7;
constexpr const char* kNextLabel = "next";
constexpr const char* kHubLabel = "hub";

std::string HeadId(unsigned writer) { return "head-" + std::to_string(writer); }

std::string GroupId(unsigned writer, std::uint64_t slot, std::uint64_t member) {
  return "w" + std::to_string(writer) + "-" + std::to_string(slot) + "-" + std::to_string(member);
}

Document Parse(const std::string& json) {
  Result<Document> document = Document::FromJson(json);
  PHENIX_ASSERT(document.ok());
  return *std::move(document);
}

// Text that neither compresses well nor repeats between transactions.
std::string Padding(std::uint64_t seed, std::size_t size_bytes) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  constexpr unsigned kLetterBits = 6;
  constexpr unsigned kLettersPerRound = 10;
  std::string text;
  text.reserve(size_bytes + kLettersPerRound);
  std::uint64_t state = seed;
  while (text.size() < size_bytes) {
    state += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = (state ^ (state >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed ^= mixed >> 27U;
    for (unsigned i = 0; i < kLettersPerRound; ++i, mixed >>= kLetterBits) {
      text += kLetters[mixed % kLetters.size()];
    }
  }
  text.resize(size_bytes);
  return text;
}

bool IsAbsent(const Status& status) { return status.code() == StatusCode::kNotFound; }

}  // namespace

Status CrashWorkload::Setup(Database& database) const {
  CollectionSchema schema;
  schema.name = kCollection;
  schema.vectors[""] = {.dimension = 4, .metric = Metric::kL2};
  schema.unique_paths = {"key"};
  return database.CreateCollection(schema);
}

PutOperation CrashWorkload::GroupPut(unsigned writer, std::uint64_t number,
                                     std::uint64_t member) const {
  const std::uint64_t slot = number % shape_.slots;
  PutOperation put;
  put.collection = kCollection;
  put.id = GroupId(writer, slot, member);
  put.document =
      Parse("{\"key\":\"" + put.id + "\",\"number\":" + std::to_string(number) + ",\"padding\":\"" +
            Padding(number * shape_.group_entities + member, shape_.padding_bytes) + "\"}");
  put.vectors[""] = {static_cast<float>(number), static_cast<float>(writer),
                     static_cast<float>(member), 1.0F};
  const std::uint64_t next = (member + 1) % shape_.group_entities;
  put.edges.push_back({.label = kNextLabel,
                       .target = {kCollection, GroupId(writer, slot, next)},
                       .weight = static_cast<double>(number),
                       .properties = {}});
  put.edges.push_back({.label = kHubLabel,
                       .target = {kCollection, HeadId(writer)},
                       .weight = static_cast<double>(number),
                       .properties = {}});
  return put;
}

std::vector<WriteOperation> CrashWorkload::Operations(unsigned writer, std::uint64_t number) const {
  std::vector<WriteOperation> operations;
  PutOperation head;
  head.collection = kCollection;
  head.id = HeadId(writer);
  head.document = Parse("{\"number\":" + std::to_string(number) + "}");
  operations.emplace_back(std::move(head));
  for (std::uint64_t member = 0; member < shape_.group_entities; ++member) {
    if (number % kDeleteEvery != 0) {
      operations.emplace_back(GroupPut(writer, number, member));
      continue;
    }
    DeleteOperation remove;
    remove.collection = kCollection;
    remove.id = GroupId(writer, number % shape_.slots, member);
    operations.emplace_back(std::move(remove));
  }
  return operations;
}

Status CrashWorkload::Commit(Database& database, unsigned writer, std::uint64_t number) const {
  if (number % 2 != 0) {
    WriteBatch batch;
    batch.operations = Operations(writer, number);
    return database.Write(batch).status();
  }
  PHENIX_ASSIGN_OR_RETURN(const auto transaction, database.Begin({}));
  for (const WriteOperation& operation : Operations(writer, number)) {
    PHENIX_RETURN_IF_ERROR(transaction->Apply(operation));
  }
  return transaction->Commit().status();
}

Result<std::uint64_t> CrashWorkload::Newest(Database& database, unsigned writer) {
  PHENIX_ASSIGN_OR_RETURN(const auto reader, database.SnapshotAt(std::nullopt));
  const auto head = reader->Get(kCollection, HeadId(writer), {});
  if (!head.ok() && IsAbsent(head.status())) return std::uint64_t{0};
  if (!head.ok()) return head.status();
  PHENIX_ASSIGN_OR_RETURN(const std::string number, head->document.ValueAt("number"));
  return std::uint64_t{std::stoull(number)};
}

std::uint64_t CrashWorkload::LastInSlot(std::uint64_t slot, std::uint64_t newest) const {
  for (std::uint64_t number = newest; number > 0 && number + shape_.slots > newest; --number) {
    if (number % shape_.slots == slot) return number;
  }
  return 0;
}

std::string CrashWorkload::CheckGroup(Reader& reader, unsigned writer, std::uint64_t number,
                                      std::uint64_t slot) const {
  for (std::uint64_t member = 0; member < shape_.group_entities; ++member) {
    const std::string id = GroupId(writer, slot, member);
    auto entity = reader.Get(kCollection, id, {.vectors = true, .edges = true});
    if (number == 0 || number % kDeleteEvery == 0) {
      if (!entity.ok() && IsAbsent(entity.status())) continue;
      return id + " should be absent after transaction " + std::to_string(number);
    }
    const std::string where = id + " of transaction " + std::to_string(number) + ": ";
    if (!entity.ok()) return where + entity.status().ToString();
    PutOperation put = GroupPut(writer, number, member);
    const auto by_label = [](const Edge& a, const Edge& b) { return a.label < b.label; };
    std::sort(put.edges.begin(), put.edges.end(), by_label);
    std::sort(entity->edges.begin(), entity->edges.end(), by_label);
    if (entity->document != *put.document) {
      return where + "document is " + entity->document.ToJson().substr(0, 100);
    }
    if (entity->vectors != put.vectors) return where + "another vector";
    if (entity->edges.size() != put.edges.size()) return where + "another number of edges";
    for (std::size_t i = 0; i < put.edges.size(); ++i) {
      if (entity->edges[i].target.collection.empty()) {
        entity->edges[i].target.collection = kCollection;
      }
      if (entity->edges[i] != put.edges[i]) return where + "another edge " + put.edges[i].label;
    }
  }
  return "";
}

std::string CrashWorkload::CheckWriter(Reader& reader, unsigned writer, std::uint64_t newest,
                                       Counts& counts) const {
  if (newest == 0) return "";
  std::uint64_t grouped = 0;
  for (std::uint64_t slot = 0; slot < shape_.slots; ++slot) {
    const std::uint64_t number = LastInSlot(slot, newest);
    const std::string wrong = CheckGroup(reader, writer, number, slot);
    if (!wrong.empty()) return wrong;
    if (number != 0 && number % kDeleteEvery != 0) grouped += shape_.group_entities;
  }
  EdgeRequest request;
  request.collection = kCollection;
  request.id = HeadId(writer);
  request.direction = EdgeDirection::kIn;
  request.limit = kEdgePageMax;
  const auto hub = reader.Edges(request);
  if (!hub.ok()) return "edges to " + request.id + ": " + hub.status().ToString();
  if (hub->edges.size() != grouped) {
    return request.id + " has " + std::to_string(hub->edges.size()) + " edges in, not " +
           std::to_string(grouped);
  }
  counts.entities += grouped + 1;
  counts.vectors += grouped;
  return "";
}

std::string CrashWorkload::CheckTotals(Reader& reader, const Counts& counts) {
  const auto entities = reader.Count(kCollection, Filter());
  if (!entities.ok()) return "count: " + entities.status().ToString();
  if (*entities != counts.entities) {
    return std::to_string(*entities) + " entities, not " + std::to_string(counts.entities);
  }
  NearestRequest request;
  request.collection = kCollection;
  request.vector = {0, 0, 0, 0};
  request.k = kNearestMax;
  const auto nearest = reader.Nearest(request);
  if (!nearest.ok()) return "nearest: " + nearest.status().ToString();
  if (nearest->neighbors.size() == counts.vectors) return "";
  return std::to_string(nearest->neighbors.size()) + " vectors found, not " +
         std::to_string(counts.vectors);
}

std::string CrashWorkload::Check(Database& database,
                                 const std::vector<Acknowledged>& acknowledged) const {
  const auto reader = database.SnapshotAt(std::nullopt);
  if (!reader.ok()) return "snapshot: " + reader.status().ToString();
  const auto schema = (*reader)->Collection(kCollection);
  if (!schema.ok() && !IsAbsent(schema.status())) return schema.status().ToString();
  Counts counts;
  for (unsigned writer = 0; writer < acknowledged.size(); ++writer) {
    const Acknowledged& known = acknowledged[writer];
    const auto newest = Newest(database, writer);
    if (!newest.ok()) return "head: " + newest.status().ToString();
    if (*newest < known.low || *newest > known.high) {
      return "writer " + std::to_string(writer) + " stands at " + std::to_string(*newest) +
             ", acknowledged were " + std::to_string(known.low) + ", begun " +
             std::to_string(known.high);
    }
    const std::string wrong = CheckWriter(**reader, writer, *newest, counts);
    if (!wrong.empty()) return wrong;
  }
  return schema.ok() ? CheckTotals(**reader, counts) : "";
}

}  // namespace phenix::crash
