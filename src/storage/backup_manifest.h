// The list of the files of a backup: what is in it, how long, with which hash.
//
// Written last, so a directory without one is not a backup. The encoded bytes are canonical (one
// encoding per content), so that a signature over them is a signature over the backup.
//
// Invariants: paths are relative, normal, stay inside the directory, and rise strictly; attribute
//             names rise strictly.
// Threads:    values; one thread at a time per object.
// Format:     docs/formats/backup-manifest.md.
#ifndef STORAGE_BACKUP_MANIFEST_H_
#define STORAGE_BACKUP_MANIFEST_H_

#include <cstdint>
#include <map>
#include <string>

#include "io/file_system.h"
#include "phenix/status.h"
#include "security/digest.h"

namespace phenix::storage {

using base::ByteView;

inline constexpr const char* kBackupManifestFileName = "MANIFEST.phenix";
/// Larger ones are refused unread.
inline constexpr std::uint64_t kBackupManifestBytesMax = 256ULL << 20U;

struct BackupFile {
  std::uint64_t size_bytes = 0;
  security::Sha256Digest sha256{};
  bool operator==(const BackupFile&) const = default;
};

struct BackupManifest {
  /// What the backup is of: [a-z0-9_]+ to printable ASCII, e.g. "applied_position" to "1842".
  std::map<std::string, std::string> attributes;
  /// By path below the backup directory, '/' between parts.
  std::map<std::string, BackupFile> files;

  bool operator==(const BackupManifest&) const = default;
  [[nodiscard]] std::uint64_t TotalBytes() const;
  [[nodiscard]] std::string Encode() const;
  /// kCorruption naming the line that is wrong.
  static Result<BackupManifest> Decode(ByteView bytes);
};

/// True for a path that an invariant above allows.
bool IsBackupPath(ByteView path);

/// Writes the manifest into the directory, atomically; the last step of a backup.
Status WriteBackupManifest(io::FileSystem& file_system, const std::string& directory,
                           const BackupManifest& manifest);
/// kNotFound when the directory holds no finished backup.
Result<BackupManifest> ReadBackupManifest(io::FileSystem& file_system,
                                          const std::string& directory);

}  // namespace phenix::storage

#endif  // STORAGE_BACKUP_MANIFEST_H_
