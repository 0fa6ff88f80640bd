#include "sim/fault_disk.h"

#include <algorithm>
#include <set>

namespace phenix::sim {
namespace {

std::vector<std::string> PartsOf(const std::string& path) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  while (start <= path.size()) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    if (end > start && path.compare(start, end - start, ".") != 0) {
      parts.push_back(path.substr(start, end - start));
    }
    start = end + 1;
  }
  return parts;
}

std::uint64_t BytesBelow(const FaultNode& node, std::set<const FaultNode*>& seen) {
  if (!seen.insert(&node).second) return 0;
  std::uint64_t bytes = node.content.visible().size();
  for (const auto& [name, child] : node.names.visible()) bytes += BytesBelow(*child, seen);
  return bytes;
}

Status NoPower(const std::string& path) {
  return {StatusCode::kIoError, "disk of '" + path + "' has no power"};
}

}  // namespace

FaultDisk::Disk::Disk(std::uint64_t seed) : random_(seed), root_(std::make_shared<FaultNode>()) {
  root_->is_directory = true;
}

NodePointer FaultDisk::Disk::Place::node() const {
  if (name.empty()) return directory;
  const auto found = directory->names.visible().find(name);
  return found == directory->names.visible().end() ? nullptr : found->second;
}

Status FaultDisk::Disk::Read(const std::string& path) {
  if (!power.on) return NoPower(path);
  if (!Takes(FaultKind::kReadError, path)) return Status::Ok();
  return {StatusCode::kIoError, "read '" + path + "': injected error"};
}

Status FaultDisk::Disk::Change(FaultKind kind, const std::string& path) {
  if (!power.on) return NoPower(path);
  ++operations;
  if (operations >= power.cut_at_operation) {
    power.on = false;
    return NoPower(path);
  }
  if (!Takes(kind, path)) return Status::Ok();
  return {StatusCode::kIoError, "change '" + path + "': injected error"};
}

bool FaultDisk::Disk::Takes(FaultKind kind, const std::string& path) {
  for (FaultRule& rule : rules) {
    const bool matches = rule.kind == kind && path.find(rule.path_part) != std::string::npos;
    if (!matches || rule.count == 0) continue;
    if (rule.skip > 0) {
      --rule.skip;
      continue;
    }
    --rule.count;
    ++fault_count;
    return true;
  }
  return false;
}

Status FaultDisk::Disk::Append(FaultNode& node, const std::string& path, ByteView bytes) {
  PHENIX_RETURN_IF_ERROR(Change(FaultKind::kWriteError, path));
  if (!bytes.empty() && Takes(FaultKind::kShortWrite, path)) {
    node.content.Append(bytes.substr(0, static_cast<std::size_t>(random_.Next64() % bytes.size())));
    return {StatusCode::kIoError, "write '" + path + "': injected short write"};
  }
  if (space_bytes_max != UINT64_MAX) {
    const std::uint64_t used = UsedBytes();
    const std::uint64_t left = used < space_bytes_max ? space_bytes_max - used : 0;
    if (bytes.size() > left) {
      ++fault_count;
      node.content.Append(bytes.substr(0, static_cast<std::size_t>(left)));
      return {StatusCode::kResourceExhausted, "write '" + path + "': no space left on device"};
    }
  }
  node.content.Append(bytes);
  return Status::Ok();
}

Result<FaultDisk::Disk::Place> FaultDisk::Disk::Find(const std::string& path) {
  std::vector<std::string> parts = PartsOf(path);
  if (parts.empty()) return Place{root_, ""};
  Place place{root_, std::move(parts.back())};
  parts.pop_back();
  for (const std::string& part : parts) {
    const auto found = place.directory->names.visible().find(part);
    if (found == place.directory->names.visible().end() || !found->second->is_directory) {
      return Status(StatusCode::kNotFound, "open '" + path + "': no such file or directory");
    }
    place.directory = found->second;
  }
  return place;
}

Result<NodePointer> FaultDisk::Disk::Existing(const std::string& path) {
  PHENIX_ASSIGN_OR_RETURN(const Place place, Find(path));
  NodePointer node = place.node();
  if (node != nullptr) return node;
  return Status(StatusCode::kNotFound, "open '" + path + "': no such file or directory");
}

void FaultDisk::Disk::LosePower(Survival survival) {
  std::set<const FaultNode*> seen;
  LosePowerBelow(*root_, survival, seen);
  locked.clear();
  rules.clear();
  power = {.on = true, .generation = power.generation + 1, .cut_at_operation = UINT64_MAX};
}

std::uint64_t FaultDisk::Disk::UsedBytes() const {
  std::set<const FaultNode*> seen;
  return BytesBelow(*root_, seen);
}

void FaultDisk::Disk::LosePowerBelow(FaultNode& node, Survival survival,
                                     std::set<const FaultNode*>& seen) {
  if (!seen.insert(&node).second) return;
  node.content.LosePower(survival, random_);
  // First the names, so that only those that survived are followed.
  node.names.LosePower(survival, random_);
  for (const auto& [name, child] : node.names.visible()) LosePowerBelow(*child, survival, seen);
}

}  // namespace phenix::sim
