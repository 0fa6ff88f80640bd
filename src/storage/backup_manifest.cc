#include "storage/backup_manifest.h"

#include <charconv>
#include <cstdio>
#include <optional>
#include <vector>

#include "base/assert.h"
#include "base/checksum.h"
#include "io/crash_point.h"

namespace phenix::storage {
namespace {

constexpr ByteView kFirstLine = "phenix-backup-manifest 1";
constexpr std::size_t kPathBytesMax = 4096;
constexpr std::size_t kChecksumDigits = 8;
constexpr char kHexDigits[] = "0123456789abcdef";

std::string ToHex(ByteView bytes) {
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.push_back(kHexDigits[byte >> 4U]);
    hex.push_back(kHexDigits[byte & 0xFU]);
  }
  return hex;
}

std::optional<security::Sha256Digest> DigestFromHex(ByteView hex) {
  security::Sha256Digest digest{};
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t position = 0; position < digest.size(); ++position) {
    const std::size_t high = ByteView(kHexDigits).find(hex[2 * position]);
    const std::size_t low = ByteView(kHexDigits).find(hex[2 * position + 1]);
    if (high > 0xF || low > 0xF) return std::nullopt;
    digest[position] = static_cast<char>(high << 4U | low);
  }
  return digest;
}

std::optional<std::uint64_t> NumberFrom(ByteView text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  const bool canonical = text == "0" || (!text.empty() && text.front() != '0');
  return whole && canonical ? std::optional(number) : std::nullopt;
}

bool IsAttributeName(ByteView name) {
  constexpr ByteView kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
  return !name.empty() && name.find_first_not_of(kAllowed) == ByteView::npos;
}

bool IsPrintable(ByteView text) {
  for (const char c : text) {
    if (c < ' ' || c > '~') return false;
  }
  return true;
}

std::string ChecksumLine(ByteView body) {
  char line[sizeof("crc32c ") + kChecksumDigits + 1];
  std::snprintf(line, sizeof(line), "crc32c %08x\n", base::Crc32c(body));
  return line;
}

/// Cuts the text before the first space off `line`.
ByteView TakeWord(ByteView& line) {
  const std::size_t space = line.find(' ');
  const ByteView word = line.substr(0, space);
  line.remove_prefix(space == ByteView::npos ? line.size() : space + 1);
  return word;
}

bool DecodeAttribute(ByteView line, BackupManifest& manifest) {
  const ByteView name = TakeWord(line);
  if (!IsAttributeName(name) || !IsPrintable(line)) return false;
  const bool rises = manifest.attributes.empty() || manifest.attributes.rbegin()->first < name;
  if (!rises || !manifest.files.empty()) return false;
  manifest.attributes.emplace(name, line);
  return true;
}

bool DecodeFile(ByteView line, BackupManifest& manifest) {
  const std::optional<std::uint64_t> size_bytes = NumberFrom(TakeWord(line));
  const std::optional<security::Sha256Digest> sha256 = DigestFromHex(TakeWord(line));
  if (!size_bytes.has_value() || !sha256.has_value() || !IsBackupPath(line)) return false;
  if (!manifest.files.empty() && manifest.files.rbegin()->first >= line) return false;
  manifest.files.emplace(line, BackupFile{*size_bytes, *sha256});
  return true;
}

Status Damaged(std::uint64_t line, const char* what) {
  return {StatusCode::kCorruption, "backup manifest, line " + std::to_string(line) + ": " + what};
}

}  // namespace

std::uint64_t BackupManifest::TotalBytes() const {
  std::uint64_t total = 0;
  for (const auto& [path, file] : files) total += file.size_bytes;
  return total;
}

std::string BackupManifest::Encode() const {
  std::string text(kFirstLine);
  text += "\n";
  for (const auto& [name, value] : attributes) {
    PHENIX_ASSERT(IsAttributeName(name) && IsPrintable(value));
    text += "attribute " + name + " " + value + "\n";
  }
  for (const auto& [path, file] : files) {
    PHENIX_ASSERT(IsBackupPath(path));
    text += "file " + std::to_string(file.size_bytes) + " " + ToHex(security::AsView(file.sha256)) +
            " " + path + "\n";
  }
  text += "files " + std::to_string(files.size()) + "\n";
  return text + ChecksumLine(text);
}

Result<BackupManifest> BackupManifest::Decode(ByteView bytes) {
  BackupManifest manifest;
  std::uint64_t line_number = 0;
  bool counted = false;
  std::size_t start = 0;
  while (start < bytes.size()) {
    ++line_number;
    const std::size_t end = bytes.find('\n', start);
    if (end == ByteView::npos) return Damaged(line_number, "is cut");
    ByteView line = bytes.substr(start, end - start);
    if (counted) {
      const bool last = end + 1 == bytes.size();
      const bool good = bytes.substr(start) == ChecksumLine(bytes.substr(0, start));
      if (!last || !good) return Damaged(line_number, "checksum differs");
      return manifest;
    }
    start = end + 1;
    if (line_number == 1) {
      if (line != kFirstLine) return Damaged(line_number, "unknown format");
      continue;
    }
    const ByteView kind = TakeWord(line);
    counted = kind == "files" && NumberFrom(line) == manifest.files.size();
    const bool good = counted || (kind == "attribute" && DecodeAttribute(line, manifest)) ||
                      (kind == "file" && DecodeFile(line, manifest));
    if (!good) return Damaged(line_number, "is not as it should be");
  }
  return Damaged(line_number + 1, "is missing");
}

bool IsBackupPath(ByteView path) {
  if (path.empty() || path.size() > kPathBytesMax || path.front() == '/' || path.back() == '/') {
    return false;
  }
  for (const char c : path) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return false;
  }
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const ByteView part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    path.remove_prefix(slash == ByteView::npos ? path.size() : slash + 1);
  }
  return true;
}

Status WriteBackupManifest(io::FileSystem& file_system, const std::string& directory,
                           const BackupManifest& manifest) {
  PHENIX_RETURN_IF_ERROR(io::WriteFileAtomically(
      file_system, io::JoinPath(directory, kBackupManifestFileName), manifest.Encode()));
  io::CrashPoint("backup.manifest_written");
  return Status::Ok();
}

Result<BackupManifest> ReadBackupManifest(io::FileSystem& file_system,
                                          const std::string& directory) {
  PHENIX_ASSIGN_OR_RETURN(
      const std::string bytes,
      io::ReadFile(file_system, io::JoinPath(directory, kBackupManifestFileName),
                   kBackupManifestBytesMax));
  return BackupManifest::Decode(bytes);
}

}  // namespace phenix::storage
