#include "io/file_system.h"

namespace phenix::io {

Result<std::string> ReadFile(FileSystem& file_system, const std::string& path,
                             std::uint64_t size_bytes_max) {
  PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<ReadableFile> file, file_system.OpenReadable(path));
  PHENIX_ASSIGN_OR_RETURN(const std::uint64_t size_bytes, file->Size());
  if (size_bytes > size_bytes_max) {
    return Status(StatusCode::kResourceExhausted,
                  "file '" + path + "' is larger than allowed: size_bytes=" +
                      std::to_string(size_bytes) + " max=" + std::to_string(size_bytes_max));
  }
  std::string content(static_cast<std::size_t>(size_bytes), '\0');
  PHENIX_ASSIGN_OR_RETURN(const std::size_t got, file->ReadAt(0, content.size(), content.data()));
  content.resize(got);
  return content;
}

Status WriteFileAtomically(FileSystem& file_system, const std::string& path, ByteView content) {
  const std::string temporary = path + kTemporarySuffix;
  {
    PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<WritableFile> file,
                            file_system.OpenWritable(temporary, OpenMode::kCreateOrTruncate));
    PHENIX_RETURN_IF_ERROR(file->Append(content));
    PHENIX_RETURN_IF_ERROR(file->Sync());
    PHENIX_RETURN_IF_ERROR(file->Close());
  }
  PHENIX_RETURN_IF_ERROR(file_system.Rename(temporary, path));
  return file_system.SyncDirectory(ParentPath(path));
}

Status CreateDirectoriesDurably(FileSystem& file_system, const std::string& path) {
  PHENIX_RETURN_IF_ERROR(file_system.CreateDirectories(path));
  for (std::string made = path; made != "/" && made != "."; made = ParentPath(made)) {
    PHENIX_RETURN_IF_ERROR(file_system.SyncDirectory(ParentPath(made)));
  }
  return Status::Ok();
}

Status RemoveTree(FileSystem& file_system, const std::string& path) {
  Result<std::vector<DirectoryEntry>> entries = file_system.List(path);
  if (!entries.ok()) {
    const bool absent = entries.status().code() == StatusCode::kNotFound;
    return absent ? Status::Ok() : entries.status();
  }
  for (const DirectoryEntry& entry : *entries) {
    const std::string child = JoinPath(path, entry.name);
    PHENIX_RETURN_IF_ERROR(entry.is_directory ? RemoveTree(file_system, child)
                                              : file_system.RemoveFile(child));
  }
  return file_system.RemoveDirectory(path);
}

std::string JoinPath(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty() && path.back() != '/') path.push_back('/');
  path.append(name);
  return path;
}

std::string ParentPath(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(slash == 0 ? "/" : path.substr(0, slash));
}

}  // namespace phenix::io
