// phenix export: one collection as lines of JSON, in id order, of one snapshot.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "cli/arguments.h"
#include "cli/command_line.h"
#include "cli/entity_json.h"
#include "cli/progress.h"
#include "cli/read_options.h"

namespace phenix::cli {
namespace {

constexpr std::size_t kPageBytes = std::size_t{16} << 20U;
constexpr std::size_t kDocumentBytesGuess = 1024;
constexpr std::size_t kPageEntitiesMin = 16;
constexpr std::size_t kPageEntitiesMax = 1000;
constexpr std::size_t kWriteBytes = std::size_t{256} << 10U;

struct ExportOptions {
  explicit ExportOptions(CLI::App& command) : arguments(command, {}) {
    read.DeclareCollection(command);
    read.DeclareAsOf(command);
    command.add_option("--filter", filter, "only entities that match this filter (JSON)");
  }
  Arguments arguments;
  ReadOptions read;
  std::string filter = "{}";
};

std::uint32_t PageEntities(const CollectionSchema& schema) {
  std::size_t entity_bytes = kDocumentBytesGuess;
  for (const auto& [name, field] : schema.vectors) entity_bytes += sizeof(float) * field.dimension;
  return static_cast<std::uint32_t>(
      std::clamp(kPageBytes / entity_bytes, kPageEntitiesMin, kPageEntitiesMax));
}

// A scanned entity has at most a page of its edges; this gets the others.
Status FetchAllEdges(Reader& reader, const std::string& collection, Entity& entity) {
  EdgeRequest request;
  request.collection = collection;
  request.id = entity.id;
  request.limit = kEdgePageMax;
  entity.edges.clear();
  do {
    PHENIX_ASSIGN_OR_RETURN(EdgePage page, reader.Edges(request));
    for (IncidentEdge& edge : page.edges) {
      entity.edges.push_back({.label = std::move(edge.label),
                              .target = std::move(edge.target),
                              .weight = edge.weight,
                              .properties = std::move(edge.properties)});
    }
    request.cursor = std::move(page.next_cursor);
  } while (!request.cursor.empty());
  return Status::Ok();
}

Status ExportAll(Reader& reader, ScanRequest request, Session& session, std::uint64_t& count) {
  Progress progress(session.out(), "exported", 0);
  std::string buffer;
  do {
    PHENIX_ASSIGN_OR_RETURN(EntityPage page, reader.Scan(request));
    for (Entity& entity : page.entities) {
      if (entity.edges.size() >= kEdgePageMax) {
        PHENIX_RETURN_IF_ERROR(FetchAllEdges(reader, request.collection, entity));
      }
      AppendEntity(buffer, entity, request.collection, EntityStyle::kExport);
      buffer += '\n';
      if (buffer.size() < kWriteBytes) continue;
      PHENIX_RETURN_IF_ERROR(session.out().WriteData(buffer));
      buffer.clear();
    }
    count += page.entities.size();
    progress.Update({.entities = count, .bytes = 0});
    request.cursor = std::move(page.next_cursor);
  } while (!request.cursor.empty());
  PHENIX_RETURN_IF_ERROR(session.out().WriteData(buffer));
  PHENIX_RETURN_IF_ERROR(session.out().Flush());
  progress.Finish();
  return Status::Ok();
}

Result<ExitCode> Export(const ExportOptions& options, Session& session) {
  PHENIX_RETURN_IF_ERROR(options.arguments.Take(session).status());
  ScanRequest request;
  request.collection = options.read.collection;
  request.include = {.vectors = true, .edges = true};
  PHENIX_ASSIGN_OR_RETURN(request.filter, Filter::Parse(options.filter));
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_ASSIGN_OR_RETURN(const auto reader, database->SnapshotAt(options.read.as_of));
  PHENIX_ASSIGN_OR_RETURN(const auto schema, reader->Collection(request.collection));
  request.limit = PageEntities(schema);
  std::uint64_t count = 0;
  PHENIX_RETURN_IF_ERROR(ExportAll(*reader, std::move(request), session, count));
  return ExitCode::kOk;
}

}  // namespace

void AddExportCommand(CommandLine& line) {
  CLI::App* command =
      line.root().add_subcommand("export", "print a collection as lines of JSON, in id order");
  auto options = std::make_shared<ExportOptions>(*command);
  line.OnRun(*command, [options](Session& session) { return Export(*options, session); });
}

}  // namespace phenix::cli
