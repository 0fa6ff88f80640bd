// phenix query: by vector, by filter, or both; exact.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/arguments.h"
#include "cli/command_line.h"
#include "cli/entity_json.h"
#include "cli/json_object.h"
#include "cli/read_options.h"

namespace phenix::cli {
namespace {

struct QueryOptions {
  explicit QueryOptions(CLI::App& command) : arguments(command, {}) {}
  Arguments arguments;
  ReadOptions read;
  std::string vector;
  std::string vector_of;
  std::string field;
  std::string filter = "{}";
  std::uint32_t count = 10;
  std::optional<double> radius;
  std::string cursor;
};

struct Answer {
  std::vector<std::string> entities;  // JSON
  std::vector<std::string> warnings;
  std::string next_cursor;
};

std::string NeighborJson(const Neighbor& neighbor, const std::string& collection) {
  std::string json = "{";
  AppendEntityMembers(json, neighbor.entity, collection, EntityStyle::kAnswer);
  json += ",\"score\":";
  model::AppendJsonDouble(json, neighbor.score);
  json += ",\"distance\":";
  model::AppendJsonDouble(json, neighbor.distance);
  return json + "}";
}

// The vector to look near to; the entity that it comes from is not an answer.
Result<std::vector<float>> QueryVector(const QueryOptions& options, Reader& reader) {
  if (options.vector_of.empty()) return ReadVector(options.vector);
  PHENIX_ASSIGN_OR_RETURN(
      const Entity entity,
      reader.Get(options.read.collection, options.vector_of, {.vectors = true, .edges = false}));
  const auto found = entity.vectors.find(options.field);
  if (found != entity.vectors.end()) return found->second;
  return Status(StatusCode::kNotFound,
                "'" + options.vector_of + "' has no vector '" + options.field + "'");
}

Result<Answer> Near(const QueryOptions& options, Reader& reader) {
  NearestRequest request;
  request.collection = options.read.collection;
  request.field = options.field;
  request.radius = options.radius;
  request.include = options.read.include;
  request.k = options.count;
  if (!options.vector_of.empty() && request.k < kNearestMax) ++request.k;
  PHENIX_ASSIGN_OR_RETURN(request.filter, Filter::Parse(options.filter));
  PHENIX_ASSIGN_OR_RETURN(request.vector, QueryVector(options, reader));
  PHENIX_ASSIGN_OR_RETURN(NearestPage page, reader.Nearest(request));
  Answer answer;
  answer.warnings = std::move(page.warnings);
  for (const Neighbor& neighbor : page.neighbors) {
    if (neighbor.entity.id == options.vector_of) continue;
    if (answer.entities.size() == options.count) break;
    answer.entities.push_back(NeighborJson(neighbor, options.read.collection));
  }
  return answer;
}

Result<Answer> Matching(const QueryOptions& options, Reader& reader) {
  ScanRequest request;
  request.collection = options.read.collection;
  request.include = options.read.include;
  request.limit = options.count;
  request.cursor = options.cursor;
  PHENIX_ASSIGN_OR_RETURN(request.filter, Filter::Parse(options.filter));
  PHENIX_ASSIGN_OR_RETURN(EntityPage page, reader.Scan(request));
  Answer answer;
  answer.warnings = std::move(page.warnings);
  answer.next_cursor = std::move(page.next_cursor);
  for (const Entity& entity : page.entities) {
    AppendEntity(answer.entities.emplace_back(), entity, options.read.collection,
                 EntityStyle::kAnswer);
  }
  return answer;
}

Status Print(const Answer& answer, std::uint64_t timestamp, Session& session) {
  Output& out = session.out();
  if (!session.json()) {
    for (const std::string& entity : answer.entities) PHENIX_RETURN_IF_ERROR(out.WriteLine(entity));
    for (const std::string& warning : answer.warnings) out.Note("warning: " + warning);
    if (!answer.next_cursor.empty()) out.Note("more with --cursor " + answer.next_cursor);
    return Status::Ok();
  }
  std::string array = "[";
  for (const std::string& entity : answer.entities) {
    if (array.size() > 1) array += ',';
    array += entity;
  }
  array += ']';
  return out.WriteLine(JsonObject()
                           .Json("entities", array)
                           .Timestamp("snapshot_ts", timestamp)
                           .Text("next_cursor", answer.next_cursor)
                           .Texts("warnings", answer.warnings)
                           .Finish());
}

Result<ExitCode> Query(const QueryOptions& options, Session& session) {
  PHENIX_RETURN_IF_ERROR(options.arguments.Take(session).status());
  const bool by_vector = !options.vector.empty() || !options.vector_of.empty();
  if (by_vector && !options.cursor.empty()) {
    return Status(StatusCode::kInvalidArgument, "--cursor: expected no vector beside it");
  }
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_ASSIGN_OR_RETURN(const auto reader, database->SnapshotAt(options.read.as_of));
  PHENIX_ASSIGN_OR_RETURN(const Answer answer,
                          by_vector ? Near(options, *reader) : Matching(options, *reader));
  PHENIX_RETURN_IF_ERROR(Print(answer, reader->timestamp(), session));
  return ExitCode::kOk;
}

}  // namespace

void AddQueryCommand(CommandLine& line) {
  CLI::App* command =
      line.root().add_subcommand("query", "find entities by vector, by filter, or both; exact");
  auto query = std::make_shared<QueryOptions>(*command);
  query->read.DeclareCollection(*command);
  CLI::Option* vector =
      command->add_option("--vector", query->vector, "nearest to this vector: [0.5, 1]");
  command->add_option("--vector-of", query->vector_of, "nearest to the vector of this entity")
      ->excludes(vector);
  command->add_option("--field", query->field, "the vector field (the unnamed one)");
  command->add_option("--filter", query->filter, "only entities that match this filter (JSON)");
  command->add_option("-k,--k,--limit", query->count, "at most so many (10)");
  command->add_option("--radius", query->radius, "only within this distance");
  command->add_option("--cursor", query->cursor, "go on behind the page that printed it");
  query->read.DeclareInclude(*command);
  query->read.DeclareAsOf(*command);
  line.OnRun(*command, [query](Session& session) { return Query(*query, session); });
}

}  // namespace phenix::cli
