// Names and directories of an in-memory file system; what a name stands for is the user's business.
//
// Invariants: every path is normal (no empty or "." part, no trailing slash) and its parent is a
//             directory of the tree, except for the roots "/" and "".
// Threads:    one at a time; the file systems that hold a tree lock around it.
// Ownership:  nodes are shared between names (hard links), open files and copies of the tree.
#ifndef SIM_FILE_TREE_H_
#define SIM_FILE_TREE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "io/file_system.h"
#include "phenix/status.h"

namespace phenix::sim {

template <typename Node>
class FileTree {
 public:
  /// "a//b/./c/" becomes "a/b/c".
  static std::string Normal(const std::string& path) {
    std::string normal;
    std::size_t start = 0;
    while (start <= path.size()) {
      std::size_t end = path.find('/', start);
      if (end == std::string::npos) end = path.size();
      const std::string part = path.substr(start, end - start);
      if (!part.empty() && part != ".") {
        if (!normal.empty() || path.front() == '/') normal.push_back('/');
        normal += part;
      }
      start = end + 1;
    }
    return normal;
  }
  static std::string Parent(const std::string& normal) {
    const std::size_t slash = normal.rfind('/');
    return slash == std::string::npos ? std::string() : normal.substr(0, slash);
  }

  [[nodiscard]] bool IsDirectory(const std::string& path) const {
    if (path.empty()) return true;
    const auto found = entries_.find(path);
    return found != entries_.end() && found->second == nullptr;
  }
  [[nodiscard]] bool Exists(const std::string& path) const {
    return path.empty() || entries_.count(path) > 0;
  }
  /// The file of that name; kNotFound, or kIoError for a directory.
  Result<std::shared_ptr<Node>> File(const std::string& path) const {
    const auto found = entries_.find(path);
    if (found == entries_.end()) return Absent("open", path);
    if (found->second == nullptr)
      return Status(StatusCode::kIoError, Say("open", path, "is a directory"));
    return found->second;
  }
  Status AddFile(const std::string& path, std::shared_ptr<Node> node) {
    if (!IsDirectory(Parent(path))) return Absent("open", path);
    if (Exists(path)) return {StatusCode::kAlreadyExists, Say("open", path, "exists")};
    entries_.emplace(path, std::move(node));
    return Status::Ok();
  }
  /// Adds one directory; OK if it is there.
  Status AddDirectory(const std::string& path) {
    if (IsDirectory(path)) return Status::Ok();
    if (!IsDirectory(Parent(path))) return Absent("mkdir", path);
    if (Exists(path)) return {StatusCode::kAlreadyExists, Say("mkdir", path, "is a file")};
    entries_.emplace(path, nullptr);
    return Status::Ok();
  }
  Status RemoveFile(const std::string& path) {
    PHENIX_RETURN_IF_ERROR(File(path).status());
    entries_.erase(path);
    return Status::Ok();
  }
  Status RemoveDirectory(const std::string& path) {
    if (!Exists(path)) return Absent("rmdir", path);
    if (!IsDirectory(path) || !List(path).empty()) {
      return {StatusCode::kIoError, Say("rmdir", path, "is not an empty directory")};
    }
    entries_.erase(path);
    return Status::Ok();
  }
  Status Rename(const std::string& from, const std::string& to) {
    if (!Exists(from)) return Absent("rename", from);
    if (!IsDirectory(Parent(to))) return Absent("rename", to);
    if (IsDirectory(to) && (!IsDirectory(from) || !List(to).empty())) {
      return {StatusCode::kIoError, Say("rename", to, "is a directory in the way")};
    }
    if (from == to) return Status::Ok();
    std::vector<std::pair<std::string, std::shared_ptr<Node>>> moved;
    moved.emplace_back(to, entries_.at(from));
    const std::string inside = from + "/";
    auto entry = entries_.lower_bound(inside);
    while (entry != entries_.end() && entry->first.compare(0, inside.size(), inside) == 0) {
      moved.emplace_back(to + entry->first.substr(from.size()), entry->second);
      entry = entries_.erase(entry);
    }
    entries_.erase(from);
    for (auto& [path, node] : moved) entries_[path] = std::move(node);
    return Status::Ok();
  }
  /// The entries of a directory, by name.
  [[nodiscard]] std::vector<io::DirectoryEntry> List(const std::string& directory) const {
    std::vector<io::DirectoryEntry> found;
    const std::string inside = directory.empty() ? "" : directory + "/";
    for (auto entry = entries_.lower_bound(inside); entry != entries_.end(); ++entry) {
      if (entry->first.compare(0, inside.size(), inside) != 0) break;
      const std::string name = entry->first.substr(inside.size());
      const bool below = name.find('/', 1) != std::string::npos;
      if (!name.empty() && !below) found.push_back({name, entry->second == nullptr});
    }
    return found;
  }

 private:
  static std::string Say(const char* call, const std::string& path, const char* reason) {
    return std::string(call) + " '" + path + "': " + reason;
  }
  static Status Absent(const char* call, const std::string& path) {
    return {StatusCode::kNotFound, Say(call, path, "no such file or directory")};
  }

  std::map<std::string, std::shared_ptr<Node>> entries_;  // nullptr: a directory
};

}  // namespace phenix::sim

#endif  // SIM_FILE_TREE_H_
