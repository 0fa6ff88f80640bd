// Commands on the database directory as a whole: init, stats, verify, backup, restore.
#include <memory>
#include <string>
#include <utility>

#include "cli/arguments.h"
#include "cli/command_line.h"
#include "cli/json_object.h"
#include "database/directory.h"
#include "io/file_system.h"
#include "io/random.h"
#include "security/file_key_provider.h"
#include "security/key_ring.h"

namespace phenix::cli {
namespace {

struct InitOptions {
  explicit InitOptions(CLI::App& command) : arguments(command, {}) {}
  Arguments arguments;
  bool encrypt = false;
  std::string signing = "both";
};

Result<SigningMode> ParseSigning(const std::string& name) {
  if (name == "hmac") return SigningMode::kHmac;
  if (name == "ed25519") return SigningMode::kEd25519;
  if (name == "both") return SigningMode::kBoth;
  return Status(StatusCode::kInvalidArgument, "--signing: expected hmac, ed25519 or both");
}

// Development only: a master key that is not there yet is made, for its owner's eyes only.
Status MakeMasterKey(const std::string& endpoint, Output& out) {
  constexpr std::string_view kFileScheme = "file:";
  if (endpoint.compare(0, kFileScheme.size(), kFileScheme) != 0) return Status::Ok();
  std::string path = endpoint.substr(kFileScheme.size());
  if (path.compare(0, 3, "///") == 0) path.erase(0, 2);
  const Status made =
      security::FileKeyProvider::Create(io::PosixFileSystem(), io::SystemRandom(), path);
  if (made.code() == StatusCode::kAlreadyExists) return Status::Ok();
  if (made.ok())
    out.Note("made the master key " + path + "; without it the database cannot be read");
  return made;
}

Result<ExitCode> Init(const InitOptions& init, Session& session) {
  PHENIX_RETURN_IF_ERROR(init.arguments.Take(session).status());
  PHENIX_ASSIGN_OR_RETURN(const std::string directory, session.Directory());
  io::FileSystem& files = io::PosixFileSystem();
  if (database::ReadFormat(files, directory).ok()) {
    return Status(StatusCode::kAlreadyExists, "'" + directory + "' holds a database already");
  }
  DatabaseOptions options;
  PHENIX_ASSIGN_OR_RETURN(options.signing, ParseSigning(init.signing));
  options.encryption.enabled = init.encrypt;
  options.background_maintenance = false;
  if (init.encrypt) {
    options.encryption.kms_endpoint = session.options().kms;
    if (options.encryption.kms_endpoint.empty()) {
      return Status(StatusCode::kInvalidArgument,
                    "--encrypt: expected --kms file:PATH, which says where the master key is");
    }
    PHENIX_RETURN_IF_ERROR(MakeMasterKey(options.encryption.kms_endpoint, session.out()));
  }
  PHENIX_RETURN_IF_ERROR(Database::Open(directory, options).status());
  const std::string key = io::JoinPath(directory, security::kPublicKeyFileName);
  if (session.json()) {
    PHENIX_RETURN_IF_ERROR(session.out().WriteLine(
        JsonObject().Text("directory", directory).Text("public_key", key).Finish()));
  } else {
    session.out().Note("made the database " + directory + "; its log is verified with " + key);
  }
  return ExitCode::kOk;
}

std::vector<std::pair<const char*, std::uint64_t>> StatsRows(const DatabaseStats& stats) {
  return {{"collections", stats.collections},
          {"entities_estimated", stats.entities_estimated},
          {"vectors_estimated", stats.vectors_estimated},
          {"edges_estimated", stats.edges_estimated},
          {"state_disk_bytes", stats.state_disk_bytes},
          {"log_disk_bytes", stats.log_disk_bytes},
          {"memory_bytes", stats.memory_bytes}};
}

Result<ExitCode> Stats(const Arguments& arguments, Session& session) {
  PHENIX_RETURN_IF_ERROR(arguments.Take(session).status());
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  const DatabaseStats stats = database->Stats();
  const RecoveryReport& recovery = database->recovery();
  auto rows = StatsRows(stats);
  rows.emplace_back("frames_replayed", recovery.frames_replayed);
  rows.emplace_back("transactions_replayed", recovery.transactions_replayed);
  rows.emplace_back("torn_bytes_cut", recovery.torn_bytes_cut);
  JsonObject object;
  std::string lines = "visible_timestamp " + std::to_string(stats.visible_timestamp) + "\n";
  object.Timestamp("visible_timestamp", stats.visible_timestamp);
  for (const auto& [name, value] : rows) {
    object.Number(name, value);
    lines += std::string(name) + " " + std::to_string(value) + "\n";
  }
  PHENIX_RETURN_IF_ERROR(session.json() ? session.out().WriteLine(object.Finish())
                                        : session.out().WriteData(lines));
  return ExitCode::kOk;
}

struct VerifyOptions {
  explicit VerifyOptions(CLI::App& command) : arguments(command, {}) {}
  Arguments arguments;
  std::string public_key;
  std::string expected_head;
};

const char* OutcomeName(VerifyOutcome outcome) {
  switch (outcome) {
    case VerifyOutcome::kClean:
      return "clean";
    case VerifyOutcome::kTorn:
      return "torn";
    case VerifyOutcome::kTampered:
      return "tampered";
    case VerifyOutcome::kRolledBack:
      return "rolled_back";
  }
  return "unknown";
}

Status PrintReport(const VerifyReport& report, Session& session) {
  const std::string head = std::to_string(report.last_sequence) + ":" + report.chain_head;
  if (session.json()) {
    return session.out().WriteLine(JsonObject()
                                       .Text("outcome", OutcomeName(report.outcome))
                                       .Number("frames", report.frames)
                                       .Number("records", report.records)
                                       .Number("first_sequence", report.first_sequence)
                                       .Number("last_sequence", report.last_sequence)
                                       .Text("head", head)
                                       .Text("detail", report.detail)
                                       .Finish());
  }
  std::string text = std::string(OutcomeName(report.outcome)) + ": " +
                     std::to_string(report.frames) + " frames with " +
                     std::to_string(report.records) + " records, sequences " +
                     std::to_string(report.first_sequence) + " to " +
                     std::to_string(report.last_sequence) + "\nhead " + head;
  if (!report.detail.empty()) text += "\n" + report.detail;
  return session.out().WriteLine(text);
}

Result<ExitCode> Verify(const VerifyOptions& verify, Session& session) {
  PHENIX_RETURN_IF_ERROR(verify.arguments.Take(session).status());
  PHENIX_ASSIGN_OR_RETURN(const std::string directory, session.Directory());
  const std::string key = verify.public_key.empty()
                              ? io::JoinPath(directory, security::kPublicKeyFileName)
                              : verify.public_key;
  const auto report = VerifyDatabase(directory, key, verify.expected_head);
  if (!report.ok()) {
    // Beside its own codes this command knows only wrong usage and what could not be read.
    const bool usage = report.status().code() == StatusCode::kInvalidArgument;
    return usage ? report.status()
                 : Status(StatusCode::kIoError, std::string(report.status().message()));
  }
  PHENIX_RETURN_IF_ERROR(PrintReport(*report, session));
  return ExitCodeOf(report->outcome);
}

Result<ExitCode> Backup(const Arguments& arguments, Session& session) {
  PHENIX_ASSIGN_OR_RETURN(const auto words, arguments.Take(session));
  PHENIX_ASSIGN_OR_RETURN(const auto database, session.Open(false));
  PHENIX_RETURN_IF_ERROR(database->Backup(words[0]));
  session.out().Note("backed up to " + words[0]);
  if (session.json()) {
    PHENIX_RETURN_IF_ERROR(session.out().WriteLine(JsonObject().Text("backup", words[0]).Finish()));
  }
  return ExitCode::kOk;
}

Result<ExitCode> Restore(const Arguments& arguments, Session& session) {
  PHENIX_ASSIGN_OR_RETURN(const auto words, arguments.Take(session));
  PHENIX_ASSIGN_OR_RETURN(const std::string directory, session.Directory());
  PHENIX_RETURN_IF_ERROR(RestoreBackup(words[0], directory));
  session.out().Note("restored " + words[0] + " to " + directory);
  if (session.json()) {
    PHENIX_RETURN_IF_ERROR(
        session.out().WriteLine(JsonObject().Text("directory", directory).Finish()));
  }
  return ExitCode::kOk;
}

void AddInit(CommandLine& line) {
  CLI::App* command = line.root().add_subcommand("init", "make an empty database");
  auto init = std::make_shared<InitOptions>(*command);
  command->add_flag("--encrypt", init->encrypt, "encrypt log and state; needs --kms");
  command->add_option("--signing", init->signing,
                      "signatures of the log: hmac, ed25519, both (both)");
  line.OnRun(*command, [init](Session& session) { return Init(*init, session); });
}

void AddVerify(CommandLine& line) {
  CLI::App* command =
      line.root().add_subcommand("verify", "check the log with nothing but the public key");
  auto verify = std::make_shared<VerifyOptions>(*command);
  command->add_option("--pubkey", verify->public_key, "PEM file (DIR/public-key.pem)");
  command->add_option("--expected-head", verify->expected_head,
                      "SEQUENCE:HEX as printed earlier; a log without it was rolled back");
  line.OnRun(*command, [verify](Session& session) { return Verify(*verify, session); });
}

using DirectoryAction = Result<ExitCode> (*)(const Arguments&, Session&);

void AddPlain(CommandLine& line, CLI::App* command, std::vector<std::string> names,
              DirectoryAction action) {
  auto arguments = std::make_shared<Arguments>(*command, std::move(names));
  line.OnRun(*command,
             [arguments, action](Session& session) { return action(*arguments, session); });
}

}  // namespace

void AddDirectoryCommands(CommandLine& line) {
  CLI::App& root = line.root();
  AddInit(line);
  AddPlain(line, root.add_subcommand("stats", "print counts and sizes"), {}, Stats);
  AddVerify(line);
  AddPlain(line, root.add_subcommand("backup", "write a consistent copy into a new directory"),
           {"BACKUP"}, Backup);
  AddPlain(line, root.add_subcommand("restore", "make a database of a backup that was checked"),
           {"BACKUP"}, Restore);
}

}  // namespace phenix::cli
