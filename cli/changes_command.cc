// phenix changes: what was committed after a timestamp.
#include <memory>
#include <string>

#include "cli/arguments.h"
#include "cli/command_line.h"
#include "cli/json_object.h"

namespace phenix::cli {
namespace {

struct ChangesOptions {
  explicit ChangesOptions(CLI::App& command) : arguments(command, {}) {}
  Arguments arguments;
  std::uint64_t after = 0;
  std::uint32_t limit = 1000;
};

const char* KindName(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kPutEntity:
      return "put_entity";
    case ChangeKind::kDeleteEntity:
      return "delete_entity";
    case ChangeKind::kPutEdge:
      return "put_edge";
    case ChangeKind::kDeleteEdge:
      return "delete_edge";
    case ChangeKind::kSchema:
      return "schema";
  }
  return "unknown";
}

std::string ChangeJson(const Change& change) {
  JsonObject object;
  object.Timestamp("commit_ts", change.commit_timestamp)
      .Text("kind", KindName(change.kind))
      .Text("collection", change.entity.collection);
  if (change.kind == ChangeKind::kSchema) return object.Finish();
  object.Text("id", change.entity.id);
  if (change.kind == ChangeKind::kPutEdge || change.kind == ChangeKind::kDeleteEdge) {
    object.Text("label", change.label)
        .Text("target_collection", change.target.collection)
        .Text("target", change.target.id);
  }
  return object.Finish();
}

Result<ExitCode> Changes(const ChangesOptions& options, Session& session) {
  PHENIX_RETURN_IF_ERROR(options.arguments.Take(session).status());
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_ASSIGN_OR_RETURN(const ChangePage page, database->Changes(options.after, options.limit));
  std::string array = "[";
  for (const Change& change : page.changes) {
    const std::string json = ChangeJson(change);
    if (!session.json()) PHENIX_RETURN_IF_ERROR(session.out().WriteLine(json));
    if (array.size() > 1) array += ',';
    array += json;
  }
  array += ']';
  if (!session.json()) {
    session.out().Note("more with --after " + std::to_string(page.next_timestamp));
    return ExitCode::kOk;
  }
  PHENIX_RETURN_IF_ERROR(session.out().WriteLine(
      JsonObject().Json("changes", array).Timestamp("next_after", page.next_timestamp).Finish()));
  return ExitCode::kOk;
}

}  // namespace

void AddChangesCommand(CommandLine& line) {
  CLI::App* command = line.root().add_subcommand("changes", "print what was committed, in order");
  auto options = std::make_shared<ChangesOptions>(*command);
  command->add_option("--after", options->after, "only commits after this timestamp (0)");
  command->add_option("--limit", options->limit, "about so many; whole commits (1000)");
  line.OnRun(*command, [options](Session& session) { return Changes(*options, session); });
}

}  // namespace phenix::cli
