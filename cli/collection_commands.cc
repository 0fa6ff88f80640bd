// Commands on collections: create, alter, drop, list, show.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "cli/arguments.h"
#include "cli/command_line.h"
#include "cli/json_object.h"
#include "model/schema_codec.h"

namespace phenix::cli {
namespace {

struct SchemaOptions {
  explicit SchemaOptions(CLI::App& command) : arguments(command, {"NAME"}) {}
  Arguments arguments;
  std::string definition;
  std::string field;
  std::uint32_t dimension = 0;
  std::string metric = "cosine";
  std::vector<std::string> unique;
  std::vector<std::string> drop_fields;
  std::vector<std::string> drop_unique;
  std::string document_schema;
  bool no_document_schema = false;
};

std::string SchemaLine(const CollectionSchema& schema) {
  std::string line = JsonObject().Text("name", schema.name).Finish();
  const std::string members = model::SchemaToJson(schema);
  if (members.size() <= 2) return line;
  line.back() = ',';
  return line + members.substr(1);
}

// What `options` say on top of `schema`.
Result<CollectionSchema> WithOptions(CollectionSchema schema, const SchemaOptions& options) {
  if (!options.definition.empty()) return model::SchemaFromJson(schema.name, options.definition);
  if (options.dimension > 0) {
    PHENIX_ASSIGN_OR_RETURN(const Metric metric, ParseMetric(options.metric));
    schema.vectors[options.field] = {.dimension = options.dimension, .metric = metric};
  }
  for (const std::string& field : options.drop_fields) {
    if (schema.vectors.erase(field) > 0) continue;
    return Status(StatusCode::kNotFound, "there is no vector field '" + field + "'");
  }
  auto& paths = schema.unique_paths;
  for (const std::string& path : options.drop_unique) {
    const auto found = std::find(paths.begin(), paths.end(), path);
    if (found == paths.end()) {
      return Status(StatusCode::kNotFound, "'" + path + "' is not unique");
    }
    paths.erase(found);
  }
  for (const std::string& path : options.unique) {
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  }
  if (!options.document_schema.empty()) {
    PHENIX_ASSIGN_OR_RETURN(schema.document_schema, Document::FromJson(options.document_schema));
  }
  if (options.no_document_schema) schema.document_schema.reset();
  return schema;
}

Status PrintSchema(const CollectionSchema& schema, Session& session) {
  return session.out().WriteLine(SchemaLine(schema));
}

Result<ExitCode> Create(const SchemaOptions& options, Session& session) {
  PHENIX_ASSIGN_OR_RETURN(const auto words, options.arguments.Take(session));
  CollectionSchema schema;
  schema.name = words[0];
  PHENIX_ASSIGN_OR_RETURN(schema, WithOptions(std::move(schema), options));
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_RETURN_IF_ERROR(database->CreateCollection(schema));
  PHENIX_RETURN_IF_ERROR(PrintSchema(schema, session));
  return ExitCode::kOk;
}

Result<CollectionSchema> ReadSchema(Database& database, const std::string& name) {
  PHENIX_ASSIGN_OR_RETURN(const auto reader, database.SnapshotAt(std::nullopt));
  return reader->Collection(name);
}

Result<ExitCode> Alter(const SchemaOptions& options, Session& session) {
  PHENIX_ASSIGN_OR_RETURN(const auto words, options.arguments.Take(session));
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_ASSIGN_OR_RETURN(auto schema, ReadSchema(*database, words[0]));
  PHENIX_ASSIGN_OR_RETURN(schema, WithOptions(std::move(schema), options));
  PHENIX_RETURN_IF_ERROR(database->AlterCollection(schema));
  PHENIX_RETURN_IF_ERROR(PrintSchema(schema, session));
  return ExitCode::kOk;
}

Result<ExitCode> Drop(const Arguments& arguments, Session& session) {
  PHENIX_ASSIGN_OR_RETURN(const auto words, arguments.Take(session));
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_RETURN_IF_ERROR(database->DropCollection(words[0]));
  session.out().Note("dropped the collection " + words[0]);
  if (session.json()) {
    PHENIX_RETURN_IF_ERROR(
        session.out().WriteLine(JsonObject().Text("dropped", words[0]).Finish()));
  }
  return ExitCode::kOk;
}

Result<ExitCode> Show(const Arguments& arguments, Session& session) {
  PHENIX_ASSIGN_OR_RETURN(const auto words, arguments.Take(session));
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_ASSIGN_OR_RETURN(const auto schema, ReadSchema(*database, words[0]));
  PHENIX_RETURN_IF_ERROR(PrintSchema(schema, session));
  return ExitCode::kOk;
}

Result<ExitCode> List(const Arguments& arguments, Session& session) {
  PHENIX_RETURN_IF_ERROR(arguments.Take(session).status());
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_ASSIGN_OR_RETURN(const auto reader, database->SnapshotAt(std::nullopt));
  PHENIX_ASSIGN_OR_RETURN(const auto schemas, reader->Collections());
  std::string array = "[";
  for (const CollectionSchema& schema : schemas) {
    if (!session.json()) PHENIX_RETURN_IF_ERROR(PrintSchema(schema, session));
    if (array.size() > 1) array += ',';
    array += SchemaLine(schema);
  }
  array += ']';
  if (session.json()) {
    PHENIX_RETURN_IF_ERROR(
        session.out().WriteLine(JsonObject().Json("collections", array).Finish()));
  }
  return ExitCode::kOk;
}

void DeclareSchema(CLI::App& command, SchemaOptions& options) {
  command.add_option("--dimension", options.dimension, "floats per vector");
  command.add_option("--metric", options.metric, "cosine, l2 or dot (cosine)");
  command.add_option("--field", options.field, "the vector field of --dimension (the unnamed one)");
  command.add_option("--unique", options.unique, "a path whose values no two entities share")
      ->allow_extra_args(false);
  command.add_option("--document-schema", options.document_schema,
                     "JSON Schema that documents must fit");
  command.add_option("--definition", options.definition,
                     "the whole definition as JSON: vectors, unique, indexes, schema");
}

using SchemaAction = Result<ExitCode> (*)(const SchemaOptions&, Session&);
using NameAction = Result<ExitCode> (*)(const Arguments&, Session&);

std::shared_ptr<SchemaOptions> AddWithSchema(CommandLine& line, CLI::App* command,
                                             SchemaAction action) {
  auto options = std::make_shared<SchemaOptions>(*command);
  DeclareSchema(*command, *options);
  line.OnRun(*command, [options, action](Session& session) { return action(*options, session); });
  return options;
}

void AddWithName(CommandLine& line, CLI::App* command, std::vector<std::string> names,
                 NameAction action) {
  auto arguments = std::make_shared<Arguments>(*command, std::move(names));
  line.OnRun(*command,
             [arguments, action](Session& session) { return action(*arguments, session); });
}

}  // namespace

void AddCollectionCommands(CommandLine& line) {
  CLI::App* parent = line.root().add_subcommand("collection", "create, alter, drop, list, show");
  parent->require_subcommand(1);
  AddWithSchema(line, parent->add_subcommand("create", "make a collection"), Create);
  CLI::App* alter = parent->add_subcommand("alter", "change what a collection accepts");
  const auto options = AddWithSchema(line, alter, Alter);
  alter->add_option("--drop-field", options->drop_fields, "remove a vector field and its vectors")
      ->allow_extra_args(false);
  alter
      ->add_option("--drop-unique", options->drop_unique, "a path that need not be unique any more")
      ->allow_extra_args(false);
  alter->add_flag("--no-document-schema", options->no_document_schema, "accept any document");
  AddWithName(line, parent->add_subcommand("drop", "remove a collection and its entities"),
              {"NAME"}, Drop);
  AddWithName(line, parent->add_subcommand("list", "print every collection"), {}, List);
  AddWithName(line, parent->add_subcommand("show", "print one collection"), {"NAME"}, Show);
}

}  // namespace phenix::cli
