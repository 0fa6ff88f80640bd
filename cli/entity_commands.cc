// Commands on single entities: put, get, delete, count.
#include <memory>
#include <string>
#include <utility>

#include "cli/arguments.h"
#include "cli/command_line.h"
#include "cli/entity_json.h"
#include "cli/json_object.h"
#include "cli/put_mode.h"
#include "cli/read_options.h"
#include "io/clock.h"

namespace phenix::cli {
namespace {

constexpr std::size_t kInputBytesMax = std::size_t{128} << 20U;

struct PutOptions {
  explicit PutOptions(CLI::App& command)
      : arguments(command, {"ENTITY"}, LastWord::kOptionalJson) {}
  Arguments arguments;
  std::string collection = kDefaultCollection;
  PutModeOptions mode;
  std::optional<std::uint64_t> if_version;
  bool if_absent = false;
  std::string if_filter;
};

Result<PutOperation> ReadPut(const PutOptions& options, const std::string& word, Session& session) {
  PutDefaults defaults;
  defaults.collection = options.collection;
  defaults.now_ms = io::SystemClock().WallMilliseconds();
  PHENIX_RETURN_IF_ERROR(options.mode.ApplyTo(defaults));
  std::string json = word;
  if (word.empty() || word == "-") {
    PHENIX_ASSIGN_OR_RETURN(json, session.ReadInput(kInputBytesMax));
  }
  EntityReader reader;
  PHENIX_ASSIGN_OR_RETURN(PutOperation put, reader.Read(json, defaults));
  if (options.if_version.has_value()) put.precondition.if_version = options.if_version;
  put.precondition.if_absent |= options.if_absent;
  if (!options.if_filter.empty()) {
    PHENIX_ASSIGN_OR_RETURN(put.precondition.if_filter, Filter::Parse(options.if_filter));
  }
  return put;
}

Status PrintReceipt(const std::string& id, const CommitReceipt& receipt, Session& session) {
  if (!session.json()) {
    session.out().Note("committed at " + std::to_string(receipt.commit_timestamp));
    return Status::Ok();
  }
  JsonObject object;
  object.Text("id", id).Timestamp("commit_ts", receipt.commit_timestamp);
  if (!receipt.versions.empty() && receipt.versions.front() != 0) {
    object.Timestamp("version", receipt.versions.front());
  }
  return session.out().WriteLine(object.Finish());
}

Result<ExitCode> Put(const PutOptions& options, Session& session) {
  PHENIX_ASSIGN_OR_RETURN(const auto words, options.arguments.Take(session));
  PHENIX_ASSIGN_OR_RETURN(PutOperation put, ReadPut(options, words[0], session));
  const std::string id = put.id;
  WriteBatch batch;
  batch.create_missing_collections = true;
  batch.operations.emplace_back(std::move(put));
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_ASSIGN_OR_RETURN(const CommitReceipt receipt, database->Write(batch));
  PHENIX_RETURN_IF_ERROR(PrintReceipt(id, receipt, session));
  return ExitCode::kOk;
}

struct GetOptions {
  explicit GetOptions(CLI::App& command) : arguments(command, {"ID"}) {
    read.DeclareCollection(command);
    read.DeclareAsOf(command);
    read.DeclareInclude(command);
  }
  Arguments arguments;
  ReadOptions read;
};

Result<ExitCode> Get(const GetOptions& options, Session& session) {
  PHENIX_ASSIGN_OR_RETURN(const auto words, options.arguments.Take(session));
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_ASSIGN_OR_RETURN(const auto reader, database->SnapshotAt(options.read.as_of));
  PHENIX_ASSIGN_OR_RETURN(const Entity entity,
                          reader->Get(options.read.collection, words[0], options.read.include));
  std::string line;
  AppendEntity(line, entity, options.read.collection, EntityStyle::kAnswer);
  PHENIX_RETURN_IF_ERROR(session.out().WriteLine(line));
  return ExitCode::kOk;
}

struct DeleteOptions {
  explicit DeleteOptions(CLI::App& command) : arguments(command, {"ID"}) {}
  Arguments arguments;
  std::string collection = kDefaultCollection;
  std::optional<std::uint64_t> if_version;
  bool missing_ok = false;
};

Result<ExitCode> Delete(const DeleteOptions& options, Session& session) {
  PHENIX_ASSIGN_OR_RETURN(const auto words, options.arguments.Take(session));
  DeleteOperation operation;
  operation.collection = options.collection;
  operation.id = words[0];
  operation.must_exist = !options.missing_ok;
  operation.precondition.if_version = options.if_version;
  WriteBatch batch;
  batch.operations.emplace_back(std::move(operation));
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_ASSIGN_OR_RETURN(const CommitReceipt receipt, database->Write(batch));
  PHENIX_RETURN_IF_ERROR(PrintReceipt(words[0], receipt, session));
  return ExitCode::kOk;
}

struct CountOptions {
  explicit CountOptions(CLI::App& command) : arguments(command, {}) {
    read.DeclareCollection(command);
    read.DeclareAsOf(command);
    command.add_option("--filter", filter, "only entities that match this filter (JSON)");
  }
  Arguments arguments;
  ReadOptions read;
  std::string filter = "{}";
};

Result<ExitCode> Count(const CountOptions& options, Session& session) {
  PHENIX_RETURN_IF_ERROR(options.arguments.Take(session).status());
  PHENIX_ASSIGN_OR_RETURN(const Filter filter, Filter::Parse(options.filter));
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_ASSIGN_OR_RETURN(const auto reader, database->SnapshotAt(options.read.as_of));
  PHENIX_ASSIGN_OR_RETURN(const std::uint64_t count,
                          reader->Count(options.read.collection, filter));
  const std::string object =
      JsonObject().Number("count", count).Timestamp("snapshot_ts", reader->timestamp()).Finish();
  PHENIX_RETURN_IF_ERROR(session.out().WriteLine(session.json() ? object : std::to_string(count)));
  return ExitCode::kOk;
}

void AddPut(CommandLine& line) {
  CLI::App* command =
      line.root().add_subcommand("put", "write one entity, given as JSON or on standard input");
  auto put = std::make_shared<PutOptions>(*command);
  command->add_option("-c,--collection", put->collection, "the collection (default)");
  put->mode.Declare(*command);
  command->add_option("--if-version", put->if_version, "only if this is the entity's version");
  command->add_flag("--if-absent", put->if_absent, "only if the entity does not exist");
  command->add_option("--if", put->if_filter, "only if the entity matches this filter (JSON)");
  line.OnRun(*command, [put](Session& session) { return Put(*put, session); });
}

void AddDelete(CommandLine& line) {
  CLI::App* command = line.root().add_subcommand("delete", "remove an entity and its edges");
  auto options = std::make_shared<DeleteOptions>(*command);
  command->add_option("-c,--collection", options->collection, "the collection (default)");
  command->add_option("--if-version", options->if_version, "only if this is the entity's version");
  command->add_flag("--missing-ok", options->missing_ok, "no error when it does not exist");
  line.OnRun(*command, [options](Session& session) { return Delete(*options, session); });
}

}  // namespace

void AddEntityCommands(CommandLine& line) {
  AddPut(line);
  CLI::App* get_command = line.root().add_subcommand("get", "print one entity");
  auto get_options = std::make_shared<GetOptions>(*get_command);
  line.OnRun(*get_command, [get_options](Session& session) { return Get(*get_options, session); });
  AddDelete(line);
  CLI::App* count_command = line.root().add_subcommand("count", "count entities");
  auto count_options = std::make_shared<CountOptions>(*count_command);
  line.OnRun(*count_command,
             [count_options](Session& session) { return Count(*count_options, session); });
}

}  // namespace phenix::cli
