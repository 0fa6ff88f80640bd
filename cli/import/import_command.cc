// phenix import: lines of JSON into one collection.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/arguments.h"
#include "cli/command_line.h"
#include "cli/import/import_batch.h"
#include "cli/import/importer.h"
#include "cli/json_object.h"
#include "cli/put_mode.h"
#include "cli/read_options.h"
#include "io/clock.h"

namespace phenix::cli {
namespace {

constexpr std::size_t kOperationsMax = 10'000;

struct ImportOptions {
  explicit ImportOptions(CLI::App& command) : arguments(command, {"FILE"}) {}
  Arguments arguments;
  std::string collection = kDefaultCollection;
  PutModeOptions mode;
  std::uint32_t dimension = 0;
  std::string metric = "cosine";
  std::string field;
  std::size_t batch = 1000;
  std::string on_error = "stop";
  bool resume = false;
  std::string resume_file;
};

struct Input {
  std::string name;
  std::string path;         // empty for standard input
  std::string resume_path;  // empty for standard input
  ResumePoint start;
  bool resumed = false;
};

// The schema of a collection that is not there yet: as asked for, or as the first vectors are.
Result<CollectionSchema> NewSchema(const ImportOptions& options, const ImportBatch& first) {
  CollectionSchema schema;
  schema.name = options.collection;
  PHENIX_ASSIGN_OR_RETURN(const Metric metric, ParseMetric(options.metric));
  if (options.dimension > 0) {
    schema.vectors[options.field] = {.dimension = options.dimension, .metric = metric};
    return schema;
  }
  for (const WriteOperation& operation : first.writes.operations) {
    const auto* put = std::get_if<PutOperation>(&operation);
    if (put == nullptr) continue;
    for (const auto& [field, elements] : put->vectors) {
      const VectorField found{.dimension = static_cast<std::uint32_t>(elements.size()),
                              .metric = metric};
      if (!elements.empty()) schema.vectors.try_emplace(field, found);
    }
  }
  return schema;
}

Status CreateIfMissing(Database& database, const ImportOptions& options, const ImportBatch& first) {
  PHENIX_ASSIGN_OR_RETURN(const auto reader, database.SnapshotAt(std::nullopt));
  const auto existing = reader->Collection(options.collection);
  if (existing.ok()) return Status::Ok();
  if (existing.status().code() != StatusCode::kNotFound) return existing.status();
  PHENIX_ASSIGN_OR_RETURN(const CollectionSchema schema, NewSchema(options, first));
  return database.CreateCollection(schema);
}

Status CheckResumePoint(const ResumePoint& found, const Input& input, Database& database) {
  const auto refuse = [&](const std::string& why) {
    return Status(StatusCode::kPreconditionFailed,
                  "--resume: " + why + "; remove '" + input.resume_path + "' to begin again");
  };
  if (found.database != input.start.database) return refuse("the file is of another database");
  if (found.collection != input.start.collection)
    return refuse("the file is of another collection");
  if (found.commit_timestamp > database.Stats().visible_timestamp) {
    return refuse("the database has lost commits since, it may be an older backup");
  }
  PHENIX_ASSIGN_OR_RETURN(const std::string before, ChecksumBefore(input.path, found.next.offset));
  if (before != found.input) return refuse("the input has changed before that place");
  return Status::Ok();
}

Result<Input> PrepareInput(const ImportOptions& options, const std::string& word,
                           const Session& session, Database& database) {
  Input input;
  input.name = word == "-" ? "standard input" : word;
  input.start.collection = options.collection;
  input.start.next = {.number = 1, .offset = 0};
  if (word == "-") {
    if (!options.resume) return input;
    return Status(StatusCode::kInvalidArgument, "--resume: expected a file, not standard input");
  }
  input.path = word;
  input.resume_path = options.resume_file.empty() ? word + ".phenix-resume" : options.resume_file;
  PHENIX_ASSIGN_OR_RETURN(const std::string directory, session.Directory());
  PHENIX_ASSIGN_OR_RETURN(input.start.database, ChecksumOfDatabase(directory));
  if (!options.resume) return input;
  const auto found = ReadResumeFile(input.resume_path);
  if (!found.ok() && found.status().code() == StatusCode::kNotFound) return input;
  if (!found.ok()) return found.status();
  PHENIX_RETURN_IF_ERROR(CheckResumePoint(*found, input, database));
  input.start = *found;
  input.resumed = true;
  return input;
}

Result<BatchRules> MakeRules(const ImportOptions& options) {
  BatchRules rules;
  rules.defaults.collection = options.collection;
  rules.defaults.now_ms = io::SystemClock().WallMilliseconds();
  PHENIX_RETURN_IF_ERROR(options.mode.ApplyTo(rules.defaults));
  if (options.batch < 1 || options.batch > kOperationsMax) {
    return Status(StatusCode::kInvalidArgument,
                  "--batch: expected 1 to " + std::to_string(kOperationsMax));
  }
  rules.operations_max = options.batch;
  if (options.on_error != "stop" && options.on_error != "skip") {
    return Status(StatusCode::kInvalidArgument, "--on-error: expected stop or skip");
  }
  rules.stop_at_fault = options.on_error == "stop";
  return rules;
}

Status Report(const ImportCounts& counts, Session& session) {
  if (!session.json()) {
    if (counts.skipped > 0) session.out().Note("skipped " + Grouped(counts.skipped) + " lines");
    return Status::Ok();
  }
  return session.out().WriteLine(JsonObject()
                                     .Number("entities", counts.entities)
                                     .Number("skipped", counts.skipped)
                                     .Number("commits", counts.commits)
                                     .Timestamp("commit_ts", counts.commit_timestamp)
                                     .Finish());
}

Result<ExitCode> RunImport(const ImportOptions& options, const Input& input, Database& database,
                           Session& session) {
  std::unique_ptr<LineSource> source;
  if (input.path.empty()) {
    source = std::make_unique<LineSource>(session.in());
  } else {
    PHENIX_ASSIGN_OR_RETURN(source, LineSource::OpenFile(input.path, input.start.next));
  }
  PHENIX_ASSIGN_OR_RETURN(const BatchRules rules, MakeRules(options));
  Progress progress(session.out(), "imported", source->size_bytes());
  Importer importer({.database = database,
                     .out = session.out(),
                     .progress = progress,
                     .input_name = input.name,
                     .resume_path = input.resume_path,
                     .input_path = input.path},
                    rules.stop_at_fault ? FaultRule::kStop : FaultRule::kSkip, input.start);
  BatchParser parser(*source, rules);
  bool more = true;
  for (bool first = true; more; first = false) {
    ImportBatch batch = parser.Next();
    more = !batch.is_last;
    if (first) PHENIX_RETURN_IF_ERROR(CreateIfMissing(database, options, batch));
    PHENIX_RETURN_IF_ERROR(importer.Take(std::move(batch)));
  }
  // What is in the state need not be replayed by the command that comes next.
  PHENIX_RETURN_IF_ERROR(database.Maintain(true));
  if (!input.resume_path.empty()) PHENIX_RETURN_IF_ERROR(RemoveResumeFile(input.resume_path));
  progress.Finish();
  PHENIX_RETURN_IF_ERROR(Report(importer.counts(), session));
  return importer.counts().skipped > 0 ? ExitCode::kSkippedLines : ExitCode::kOk;
}

Result<ExitCode> Import(const ImportOptions& options, Session& session) {
  PHENIX_ASSIGN_OR_RETURN(const auto words, options.arguments.Take(session));
  PHENIX_RETURN_IF_ERROR(MakeRules(options).status());
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(true));
  PHENIX_ASSIGN_OR_RETURN(const Input input, PrepareInput(options, words[0], session, *database));
  if (input.resumed) {
    session.out().Note("going on at line " + Grouped(input.start.next.number) + "; " +
                       Grouped(input.start.entities) + " entities are in");
  }
  return RunImport(options, input, *database, session);
}

}  // namespace

void AddImportCommand(CommandLine& line) {
  CLI::App* command =
      line.root().add_subcommand("import", "write entities, one JSON object a line; FILE or -");
  auto options = std::make_shared<ImportOptions>(*command);
  command->add_option("-c,--collection", options->collection, "the collection (default)");
  options->mode.Declare(*command);
  command->add_option("--dimension", options->dimension,
                      "floats per vector of a new collection (those of the first vectors)");
  command->add_option("--metric", options->metric, "of a new collection: cosine, l2, dot (cosine)");
  command->add_option("--field", options->field,
                      "the vector field of --dimension (the unnamed one)");
  command->add_option("--batch", options->batch, "entities per commit (1000)");
  command->add_option("--on-error", options->on_error, "stop or skip (stop)");
  command->add_flag("--resume", options->resume, "go on where an interrupted import ended");
  command->add_option("--resume-file", options->resume_file,
                      "where that is written down (FILE.phenix-resume)");
  line.OnRun(*command, [options](Session& session) { return Import(*options, session); });
}

}  // namespace phenix::cli
