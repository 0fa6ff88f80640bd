#include "storage/backup_copy.h"

#include <set>
#include <vector>

#include "io/crash_point.h"

namespace phenix::storage {
namespace {

Status Differs(const std::string& path, const std::string& what) {
  return {StatusCode::kCorruption, "backup file '" + path + "': " + what};
}

/// Reads the file to its end, hands every piece to `take`, and returns size and hash of it all.
template <typename Take>
Result<BackupFile> ReadWhole(io::FileSystem& file_system, const std::string& path, Take take) {
  PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<io::ReadableFile> file,
                          file_system.OpenReadable(path));
  std::string buffer(kCopyBufferBytes, '\0');
  security::Sha256 hash;
  BackupFile read;
  for (;;) {
    PHENIX_ASSIGN_OR_RETURN(const std::size_t got,
                            file->ReadAt(read.size_bytes, buffer.size(), buffer.data()));
    if (got == 0) break;
    const ByteView piece(buffer.data(), got);
    hash.Update(piece);
    PHENIX_RETURN_IF_ERROR(take(piece));
    read.size_bytes += got;
  }
  read.sha256 = hash.Finish();
  return read;
}

Result<BackupFile> CopyFile(const Tree& from, const std::string& from_path, const Tree& to,
                            const std::string& to_path) {
  const std::string target = io::JoinPath(to.directory, to_path);
  PHENIX_RETURN_IF_ERROR(to.file_system.CreateDirectories(io::ParentPath(target)));
  PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<io::WritableFile> file,
                          to.file_system.OpenWritable(target, io::OpenMode::kCreateNew));
  PHENIX_ASSIGN_OR_RETURN(const BackupFile copied,
                          ReadWhole(from.file_system, io::JoinPath(from.directory, from_path),
                                    [&](ByteView piece) { return file->Append(piece); }));
  PHENIX_RETURN_IF_ERROR(file->Sync());
  PHENIX_RETURN_IF_ERROR(file->Close());
  return copied;
}

/// All files below `directory`, as paths relative to it.
Status ListTree(const Tree& tree, const std::string& below, std::vector<std::string>& paths) {
  PHENIX_ASSIGN_OR_RETURN(const std::vector<io::DirectoryEntry> entries,
                          tree.file_system.List(io::JoinPath(tree.directory, below)));
  for (const io::DirectoryEntry& entry : entries) {
    std::string path = below.empty() ? entry.name : io::JoinPath(below, entry.name);
    if (entry.is_directory) {
      PHENIX_RETURN_IF_ERROR(ListTree(tree, path, paths));
    } else {
      paths.push_back(std::move(path));
    }
  }
  return Status::Ok();
}

/// Syncs the tree's directory, its parent, and the directories of `paths` in it.
Status SyncDirectories(const Tree& tree, const std::vector<std::string>& paths) {
  std::set<std::string> directories{tree.directory, io::ParentPath(tree.directory)};
  for (const std::string& path : paths) {
    std::string directory = io::ParentPath(path);
    for (; directory != "."; directory = io::ParentPath(directory)) {
      directories.insert(io::JoinPath(tree.directory, directory));
    }
  }
  for (const std::string& directory : directories) {
    PHENIX_RETURN_IF_ERROR(tree.file_system.SyncDirectory(directory));
  }
  return Status::Ok();
}

std::string PathIn(const std::string& part, const std::string& name) {
  return part.empty() ? name : part + "/" + name;
}

Status BackUpOne(const Tree& from, const std::string& name, const Tree& to, const std::string& path,
                 BackupManifest& manifest) {
  if (!IsBackupPath(path)) {
    return {StatusCode::kInvalidArgument, "a backup cannot hold the file name '" + path + "'"};
  }
  PHENIX_ASSIGN_OR_RETURN(const BackupFile copied, CopyFile(from, name, to, path));
  manifest.files[path] = copied;
  io::CrashPoint("backup.copied_file");
  return Status::Ok();
}

Status Compare(const std::string& path, const BackupFile& expected, const BackupFile& found) {
  if (found.size_bytes != expected.size_bytes) {
    return Differs(path, "size differs: expected=" + std::to_string(expected.size_bytes) +
                             " got=" + std::to_string(found.size_bytes));
  }
  return found.sha256 == expected.sha256 ? Status::Ok() : Differs(path, "hash differs");
}

Status NameIfMissing(const std::string& path, Status status) {
  return status.code() == StatusCode::kNotFound ? Differs(path, "is missing") : std::move(status);
}

}  // namespace

Status BackUpTree(const Tree& from, const Tree& to, const std::string& part,
                  BackupManifest& manifest) {
  std::vector<std::string> names;
  PHENIX_RETURN_IF_ERROR(ListTree(from, "", names));
  std::vector<std::string> paths;
  for (const std::string& name : names) {
    paths.push_back(PathIn(part, name));
    PHENIX_RETURN_IF_ERROR(BackUpOne(from, name, to, paths.back(), manifest));
  }
  PHENIX_RETURN_IF_ERROR(to.file_system.CreateDirectories(to.directory));
  return SyncDirectories(to, paths);
}

Status BackUpFile(const Tree& from, const std::string& name, const Tree& to,
                  const std::string& part, BackupManifest& manifest) {
  const std::string path = PathIn(part, name);
  PHENIX_RETURN_IF_ERROR(BackUpOne(from, name, to, path, manifest));
  return SyncDirectories(to, {path});
}

Status VerifyBackup(const Tree& backup, const BackupManifest& manifest) {
  for (const auto& [path, expected] : manifest.files) {
    const Result<BackupFile> found =
        ReadWhole(backup.file_system, io::JoinPath(backup.directory, path),
                  [](ByteView /*piece*/) { return Status::Ok(); });
    if (!found.ok()) return NameIfMissing(path, found.status());
    PHENIX_RETURN_IF_ERROR(Compare(path, expected, *found));
  }
  std::vector<std::string> paths;
  PHENIX_RETURN_IF_ERROR(ListTree(backup, "", paths));
  for (const std::string& path : paths) {
    // The manifest and what is derived from it (its signature) lie beside the files.
    const bool about_manifest = path.rfind(kBackupManifestFileName, 0) == 0;
    if (!about_manifest && manifest.files.count(path) == 0) return Differs(path, "is not listed");
  }
  return Status::Ok();
}

Status RestoreTree(const Tree& backup, const BackupManifest& manifest, const std::string& part,
                   const Tree& to) {
  const std::string prefix = part.empty() ? "" : part + "/";
  PHENIX_RETURN_IF_ERROR(to.file_system.CreateDirectories(to.directory));
  std::vector<std::string> names;
  for (const auto& [path, expected] : manifest.files) {
    if (path.compare(0, prefix.size(), prefix) != 0) continue;
    names.push_back(path.substr(prefix.size()));
    const Result<BackupFile> copied = CopyFile(backup, path, to, names.back());
    if (!copied.ok()) return NameIfMissing(path, copied.status());
    PHENIX_RETURN_IF_ERROR(Compare(path, expected, *copied));
  }
  return SyncDirectories(to, names);
}

}  // namespace phenix::storage
