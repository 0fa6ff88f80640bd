#include "cli/import/resume_file.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/checksum.h"
#include "cli/json_object.h"
#include "io/file_system.h"
#include "model/value_view.h"
#include "phenix/document.h"
#include "security/key_ring.h"

namespace phenix::cli {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::uint64_t kFileBytesMax = 4096;
constexpr std::uint64_t kCheckedBytes = 4096;

std::string Hexadecimal(std::uint32_t number) {
  std::array<char, 9> text{};
  static_cast<void>(std::snprintf(text.data(), text.size(), "%08x", number));
  return text.data();
}

// Reads one member after another; the first that is missing or of another type sticks.
class MemberReader {
 public:
  explicit MemberReader(const Document& document) : root_(model::RootOf(document)) {}

  std::uint64_t Number(std::string_view key) {
    const model::ValueView value = root_.Find(key);
    const bool good = value.type() == model::ValueType::kInt && value.AsInt() >= 0;
    ok_ = ok_ && good;
    return good ? static_cast<std::uint64_t>(value.AsInt()) : 0;
  }
  std::string Text(std::string_view key) {
    const model::ValueView value = root_.Find(key);
    const bool good = value.type() == model::ValueType::kString;
    ok_ = ok_ && good;
    return good ? std::string(value.AsString()) : std::string();
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  const model::ValueView root_;
  bool ok_ = true;
};

}  // namespace

Result<ResumePoint> ReadResumeFile(const std::string& path) {
  PHENIX_ASSIGN_OR_RETURN(const std::string text,
                          io::ReadFile(io::PosixFileSystem(), path, kFileBytesMax));
  const Status wrong(StatusCode::kInvalidArgument,
                     "'" + path + "' is no resume file of this version; remove it to begin again");
  const Result<Document> document = Document::FromJson(text);
  if (!document.ok()) return wrong;
  MemberReader reader(*document);
  const std::uint64_t format = reader.Number("phenix_resume");
  ResumePoint point;
  point.database = reader.Text("database");
  point.collection = reader.Text("collection");
  point.next.number = reader.Number("next_line");
  point.next.offset = reader.Number("next_byte");
  point.entities = reader.Number("entities");
  point.commit_timestamp = reader.Number("commit_ts");
  point.input = reader.Text("input");
  if (!reader.ok() || format != kFormat || point.next.number == 0) return wrong;
  return point;
}

Status WriteResumeFile(const std::string& path, const ResumePoint& point) {
  const std::string text = JsonObject()
                               .Number("phenix_resume", kFormat)
                               .Text("database", point.database)
                               .Text("collection", point.collection)
                               .Number("next_line", point.next.number)
                               .Number("next_byte", point.next.offset)
                               .Number("entities", point.entities)
                               .Number("commit_ts", point.commit_timestamp)
                               .Text("input", point.input)
                               .Finish();
  return io::WriteFileAtomically(io::PosixFileSystem(), path, text + "\n");
}

Status RemoveResumeFile(const std::string& path) {
  const Status removed = io::PosixFileSystem().RemoveFile(path);
  return removed.code() == StatusCode::kNotFound ? Status::Ok() : removed;
}

Result<std::string> ChecksumBefore(const std::string& input, std::uint64_t offset) {
  PHENIX_ASSIGN_OR_RETURN(const auto file, io::PosixFileSystem().OpenReadable(input));
  const std::uint64_t from = offset - std::min(offset, kCheckedBytes);
  std::string bytes(offset - from, '\0');
  PHENIX_ASSIGN_OR_RETURN(const std::size_t got, file->ReadAt(from, bytes.size(), bytes.data()));
  bytes.resize(got);
  return Hexadecimal(base::Crc32c(bytes));
}

Result<std::string> ChecksumOfDatabase(const std::string& directory) {
  PHENIX_ASSIGN_OR_RETURN(
      const std::string key,
      io::ReadFile(io::PosixFileSystem(), io::JoinPath(directory, security::kPublicKeyFileName),
                   kFileBytesMax));
  return Hexadecimal(base::Crc32c(key));
}

}  // namespace phenix::cli
