// Online backup, restore and verification. Steps and crash points: docs/protocols/backup.md.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/hex.h"
#include "database/directory.h"
#include "database/open_database.h"
#include "io/crash_point.h"
#include "log/log_verifier.h"
#include "security/key_ring.h"
#include "security/signature.h"
#include "storage/backup_copy.h"
#include "storage/backup_manifest.h"

namespace phenix::database {
namespace {

constexpr const char* kSignatureFileName = "MANIFEST.phenix.sig";
constexpr std::size_t kSmallFileBytesMax = 64 * 1024;

// Segments hold the frames; the small files say how far the log surely goes, so they go first.
Status CopyLog(const storage::Tree& database, const storage::Tree& backup,
               storage::BackupManifest& manifest) {
  const storage::Tree log{database.file_system,
                          io::JoinPath(database.directory, kLogDirectoryName)};
  PHENIX_ASSIGN_OR_RETURN(const auto entries, log.file_system.List(log.directory));
  constexpr std::string_view kSegmentSuffix = ".phl";
  for (const bool segments : {false, true}) {
    for (const io::DirectoryEntry& entry : entries) {
      if (entry.is_directory || entry.name == "LOCK") continue;
      if (entry.name.ends_with(kSegmentSuffix) != segments) continue;
      PHENIX_RETURN_IF_ERROR(
          storage::BackUpFile(log, entry.name, backup, kLogDirectoryName, manifest));
    }
  }
  return Status::Ok();
}

Status CopySmallFiles(const storage::Tree& database, const storage::Tree& backup,
                      storage::BackupManifest& manifest) {
  for (const char* name : {kFormatFileName, security::kKeyFileName, security::kPublicKeyFileName}) {
    PHENIX_RETURN_IF_ERROR(storage::BackUpFile(database, name, backup, "", manifest));
  }
  return Status::Ok();
}

Status CheckSignature(io::FileSystem& files, const std::string& backup) {
  PHENIX_ASSIGN_OR_RETURN(
      const std::string pem,
      io::ReadFile(files, io::JoinPath(backup, security::kPublicKeyFileName), kSmallFileBytesMax));
  PHENIX_ASSIGN_OR_RETURN(const auto key, security::Ed25519PublicKey::FromPem(pem));
  PHENIX_ASSIGN_OR_RETURN(
      const std::string manifest,
      io::ReadFile(files, io::JoinPath(backup, storage::kBackupManifestFileName),
                   storage::kBackupManifestBytesMax));
  PHENIX_ASSIGN_OR_RETURN(
      const std::string signature,
      io::ReadFile(files, io::JoinPath(backup, kSignatureFileName), kSmallFileBytesMax));
  if (key.Verify(manifest, signature)) return Status::Ok();
  return {StatusCode::kCorruption,
          "the backup's manifest does not carry the signature of its database: file=" +
              std::string(storage::kBackupManifestFileName)};
}

Status RestoreFiles(const storage::Tree& backup, const storage::Tree& target,
                    const storage::BackupManifest& manifest) {
  PHENIX_RETURN_IF_ERROR(storage::RestoreTree(backup, manifest, "", target));
  return target.file_system.SyncDirectory(io::ParentPath(target.directory));
}

std::optional<log::LogHead> ParseHead(const std::string& text) {
  const std::size_t colon = text.find(':');
  log::LogHead head;
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  std::uint64_t sequence = 0;
  for (const char c : text.substr(0, colon)) {
    if (c < '0' || c > '9') return std::nullopt;
    constexpr std::uint64_t kTen = 10;
    sequence = sequence * kTen + static_cast<std::uint64_t>(c - '0');
  }
  head.sequence = log::LogSequence(sequence);
  const std::optional<std::string> digest = base::BytesOfHex(text.substr(colon + 1));
  if (!digest.has_value() || digest->size() != head.chain_head.size()) return std::nullopt;
  std::copy(digest->begin(), digest->end(), head.chain_head.begin());
  return head;
}

}  // namespace

Status OpenDatabase::Backup(const std::string& directory) {
  // No checkpoint may trim the log between the copy of the state and that of the log.
  const base::MutexLock lock(maintenance_);
  io::FileSystem& files = *parts_->environment.file_system;
  PHENIX_ASSIGN_OR_RETURN(const bool exists, files.Exists(directory));
  if (exists) {
    return {StatusCode::kAlreadyExists,
            "backup target '" + directory + "' exists; name a new directory"};
  }
  PHENIX_RETURN_IF_ERROR(io::CreateDirectoriesDurably(files, directory));
  const std::string staging = io::JoinPath(parts_->directory, "backup-staging");
  PHENIX_RETURN_IF_ERROR(io::RemoveTree(files, staging));
  PHENIX_RETURN_IF_ERROR(parts_->engine->CheckpointTo(staging));
  io::CrashPoint("backup.state_checkpointed");
  storage::BackupManifest manifest;
  const storage::Tree database{files, parts_->directory};
  const storage::Tree backup{files, directory};
  PHENIX_RETURN_IF_ERROR(
      storage::BackUpTree({files, staging}, backup, kStateDirectoryName, manifest));
  PHENIX_RETURN_IF_ERROR(io::RemoveTree(files, staging));
  PHENIX_RETURN_IF_ERROR(CopyLog(database, backup, manifest));
  io::CrashPoint("backup.log_copied");
  PHENIX_RETURN_IF_ERROR(CopySmallFiles(database, backup, manifest));
  manifest.attributes["visible_timestamp"] = std::to_string(parts_->pipeline->visible().load());
  const security::Ed25519Signature signature = parts_->keys->node_key().Sign(manifest.Encode());
  PHENIX_RETURN_IF_ERROR(io::WriteFileAtomically(files, io::JoinPath(directory, kSignatureFileName),
                                                 {signature.data(), signature.size()}));
  PHENIX_RETURN_IF_ERROR(storage::WriteBackupManifest(files, directory, manifest));
  io::CrashPoint("backup.finished");
  return Status::Ok();
}

}  // namespace phenix::database

namespace phenix {

Status RestoreBackup(const std::string& backup, const std::string& directory) {
  io::FileSystem& files = io::PosixFileSystem();
  PHENIX_ASSIGN_OR_RETURN(const bool exists, files.Exists(directory));
  if (exists) {
    return {StatusCode::kAlreadyExists,
            "restore target '" + directory + "' exists; name a new directory"};
  }
  PHENIX_ASSIGN_OR_RETURN(const auto manifest, storage::ReadBackupManifest(files, backup));
  PHENIX_RETURN_IF_ERROR(database::CheckSignature(files, backup));
  const std::string unfinished = directory + ".restoring";
  PHENIX_RETURN_IF_ERROR(io::RemoveTree(files, unfinished));
  PHENIX_RETURN_IF_ERROR(files.CreateDirectories(unfinished));
  Status restored = database::RestoreFiles({files, backup}, {files, unfinished}, manifest);
  if (restored.ok()) restored = files.Rename(unfinished, directory);
  if (restored.ok()) return files.SyncDirectory(io::ParentPath(directory));
  const Status removed = io::RemoveTree(files, unfinished);
  static_cast<void>(removed);
  return restored;
}

Result<VerifyReport> VerifyDatabase(const std::string& directory,
                                    const std::string& public_key_path,
                                    const std::string& expected_head) {
  io::FileSystem& files = io::PosixFileSystem();
  PHENIX_ASSIGN_OR_RETURN(const std::string pem,
                          io::ReadFile(files, public_key_path, database::kSmallFileBytesMax));
  PHENIX_ASSIGN_OR_RETURN(const auto key, security::Ed25519PublicKey::FromPem(pem));
  std::optional<log::LogHead> head;
  if (!expected_head.empty()) {
    head = database::ParseHead(expected_head);
    if (!head.has_value()) {
      return Status(StatusCode::kInvalidArgument,
                    "expected head: expected SEQUENCE:HEX with 64 hexadecimal digits, got '" +
                        expected_head + "'");
    }
  }
  PHENIX_ASSIGN_OR_RETURN(
      const log::VerifyReport found,
      log::VerifyLog(files, io::JoinPath(directory, database::kLogDirectoryName), key, head));
  VerifyReport report;
  switch (found.outcome) {
    case log::VerifyOutcome::kClean:
      report.outcome = VerifyOutcome::kClean;
      break;
    case log::VerifyOutcome::kTorn:
      report.outcome = VerifyOutcome::kTorn;
      break;
    case log::VerifyOutcome::kTampered:
      report.outcome = VerifyOutcome::kTampered;
      break;
    case log::VerifyOutcome::kRolledBack:
      report.outcome = VerifyOutcome::kRolledBack;
      break;
  }
  report.frames = found.frames;
  report.records = found.records;
  report.first_sequence = found.first_sequence.value();
  report.last_sequence = found.last_sequence.value();
  report.chain_head = base::HexOf({found.chain_head.data(), found.chain_head.size()});
  if (!found.what.empty()) {
    report.detail = found.what + ": file=" + found.file + " offset=" + std::to_string(found.offset);
  }
  return report;
}

}  // namespace phenix
