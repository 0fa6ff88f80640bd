// Copies directory trees for backup and restore, hashing every byte on the way.
//
// Durability: a call that returned OK has synced every file and directory it made.
// Cost:       one buffer of kCopyBufferBytes; one read and one write of every byte.
// Threads:    any; one call per target directory at a time.
// Errors:     kCorruption naming the file whose size or hash is not the manifest's; those of io::.
#ifndef STORAGE_BACKUP_COPY_H_
#define STORAGE_BACKUP_COPY_H_

#include <cstdint>
#include <string>

#include "io/file_system.h"
#include "storage/backup_manifest.h"

namespace phenix::storage {

inline constexpr std::size_t kCopyBufferBytes = std::size_t{1} << 20U;

/// A directory on a file system.
struct Tree {
  io::FileSystem& file_system;
  std::string directory;
};

/// Copies all files below `from` to `to`/`part` and lists them in `manifest` as "part/...". `part`
/// may be empty. Existing files in the target are kAlreadyExists. Crash point:
/// "backup.copied_file".
Status BackUpTree(const Tree& from, const Tree& to, const std::string& part,
                  BackupManifest& manifest);
/// Copies one file of `from` the same way; for files that must not be taken with their neighbors.
Status BackUpFile(const Tree& from, const std::string& name, const Tree& to,
                  const std::string& part, BackupManifest& manifest);

/// Reads every file of the manifest in the backup and compares size and hash; names the first that
/// differs or is missing. Files that the manifest does not list are kCorruption too.
Status VerifyBackup(const Tree& backup, const BackupManifest& manifest);

/// Copies the files "part/..." of a backup to `to`, without the prefix, and compares size and hash
/// on the way. After an error the target holds a part and must be removed.
Status RestoreTree(const Tree& backup, const BackupManifest& manifest, const std::string& part,
                   const Tree& to);

}  // namespace phenix::storage

#endif  // STORAGE_BACKUP_COPY_H_
