// Commands on edges: put, delete, list.
#include <memory>
#include <string>
#include <utility>

#include "cli/arguments.h"
#include "cli/command_line.h"
#include "cli/json_object.h"
#include "cli/read_options.h"

namespace phenix::cli {
namespace {

struct EdgeOptions {
  explicit EdgeOptions(CLI::App& command) : arguments(command, {"SOURCE", "TARGET"}) {
    command.add_option("-c,--collection", collection, "the source's collection (default)");
    command.add_option("--target-collection", target_collection,
                       "the target's collection (the source's)");
    command.add_option("--label", label, "the edge's label")->required();
  }
  Arguments arguments;
  std::string collection = kDefaultCollection;
  std::string target_collection;
  std::string label;
  double weight = 1.0;
  std::string properties = "{}";
  bool missing_ok = false;
};

Result<ExitCode> Commit(WriteOperation operation, Session& session) {
  WriteBatch batch;
  batch.operations.push_back(std::move(operation));
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_ASSIGN_OR_RETURN(const CommitReceipt receipt, database->Write(batch));
  if (session.json()) {
    PHENIX_RETURN_IF_ERROR(session.out().WriteLine(
        JsonObject().Timestamp("commit_ts", receipt.commit_timestamp).Finish()));
  } else {
    session.out().Note("committed at " + std::to_string(receipt.commit_timestamp));
  }
  return ExitCode::kOk;
}

Result<ExitCode> PutEdge(const EdgeOptions& options, Session& session) {
  PHENIX_ASSIGN_OR_RETURN(const auto words, options.arguments.Take(session));
  PutEdgeOperation put;
  put.collection = options.collection;
  put.source = words[0];
  put.edge.label = options.label;
  put.edge.target = {options.target_collection, words[1]};
  put.edge.weight = options.weight;
  PHENIX_ASSIGN_OR_RETURN(put.edge.properties, Document::FromJson(options.properties));
  return Commit(std::move(put), session);
}

Result<ExitCode> DeleteEdge(const EdgeOptions& options, Session& session) {
  PHENIX_ASSIGN_OR_RETURN(const auto words, options.arguments.Take(session));
  DeleteEdgeOperation operation;
  operation.collection = options.collection;
  operation.source = words[0];
  operation.target = {options.target_collection, words[1]};
  operation.label = options.label;
  operation.must_exist = !options.missing_ok;
  return Commit(std::move(operation), session);
}

struct ListOptions {
  explicit ListOptions(CLI::App& command) : arguments(command, {"ID"}) {
    read.DeclareCollection(command);
    read.DeclareAsOf(command);
    command.add_option("--label", label, "only edges of this label");
    command.add_option("--direction", direction, "out, in or any (out)");
    command.add_option("--limit", limit, "at most so many (100)");
    command.add_option("--cursor", cursor, "go on behind the page that printed it");
  }
  Arguments arguments;
  ReadOptions read;
  std::string label;
  std::string direction = "out";
  std::uint32_t limit = 100;
  std::string cursor;
};

Result<EdgeDirection> ParseDirection(const std::string& name) {
  if (name == "out") return EdgeDirection::kOut;
  if (name == "in") return EdgeDirection::kIn;
  if (name == "any") return EdgeDirection::kAny;
  return Status(StatusCode::kInvalidArgument, "--direction: expected out, in or any");
}

std::string EndJson(const EntityRef& end) {
  return JsonObject().Text("collection", end.collection).Text("id", end.id).Finish();
}

std::string EdgeJson(const IncidentEdge& edge) {
  std::string weight;
  model::AppendJsonDouble(weight, edge.weight);
  return JsonObject()
      .Json("source", EndJson(edge.source))
      .Text("label", edge.label)
      .Json("target", EndJson(edge.target))
      .Json("weight", weight)
      .Json("properties", edge.properties.ToJson())
      .Timestamp("version", edge.version)
      .Finish();
}

Result<ExitCode> ListEdges(const ListOptions& options, Session& session) {
  PHENIX_ASSIGN_OR_RETURN(const auto words, options.arguments.Take(session));
  EdgeRequest request;
  request.collection = options.read.collection;
  request.id = words[0];
  PHENIX_ASSIGN_OR_RETURN(request.direction, ParseDirection(options.direction));
  request.label = options.label;
  request.limit = options.limit;
  request.cursor = options.cursor;
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_ASSIGN_OR_RETURN(const auto reader, database->SnapshotAt(options.read.as_of));
  PHENIX_ASSIGN_OR_RETURN(const EdgePage page, reader->Edges(request));
  std::string array = "[";
  for (const IncidentEdge& edge : page.edges) {
    const std::string json = EdgeJson(edge);
    if (!session.json()) PHENIX_RETURN_IF_ERROR(session.out().WriteLine(json));
    if (array.size() > 1) array += ',';
    array += json;
  }
  array += ']';
  if (!session.json()) {
    if (!page.next_cursor.empty()) session.out().Note("more with --cursor " + page.next_cursor);
    return ExitCode::kOk;
  }
  PHENIX_RETURN_IF_ERROR(session.out().WriteLine(JsonObject()
                                                     .Json("edges", array)
                                                     .Text("next_cursor", page.next_cursor)
                                                     .Timestamp("snapshot_ts", reader->timestamp())
                                                     .Finish()));
  return ExitCode::kOk;
}

}  // namespace

void AddEdgeCommands(CommandLine& line) {
  CLI::App* parent = line.root().add_subcommand("edge", "put, delete, list");
  parent->require_subcommand(1);
  CLI::App* put_command = parent->add_subcommand("put", "write one edge");
  auto put = std::make_shared<EdgeOptions>(*put_command);
  put_command->add_option("--weight", put->weight, "a finite number (1)");
  put_command->add_option("--properties", put->properties, "a JSON object ({})");
  line.OnRun(*put_command, [put](Session& session) { return PutEdge(*put, session); });
  CLI::App* delete_command = parent->add_subcommand("delete", "remove one edge");
  auto remove = std::make_shared<EdgeOptions>(*delete_command);
  delete_command->add_flag("--missing-ok", remove->missing_ok, "no error when it does not exist");
  line.OnRun(*delete_command, [remove](Session& session) { return DeleteEdge(*remove, session); });
  CLI::App* list_command = parent->add_subcommand("list", "print the edges of an entity");
  auto list = std::make_shared<ListOptions>(*list_command);
  line.OnRun(*list_command, [list](Session& session) { return ListEdges(*list, session); });
}

}  // namespace phenix::cli
