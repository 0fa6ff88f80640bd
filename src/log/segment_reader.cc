#include "log/segment_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/assert.h"

namespace phenix::log {
namespace {

constexpr std::string_view kExtension = ".phl";
constexpr std::size_t kDigitCount = 16;
constexpr int kHexadecimal = 16;

}  // namespace

std::string SegmentFileName(LogSequence first) {
  std::array<char, kDigitCount> digits{};
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), first.value(), kHexadecimal);
  PHENIX_ASSERT(error == std::errc());
  const auto length = static_cast<std::size_t>(end - digits.data());
  std::string name(kDigitCount - length, '0');
  name.append(digits.data(), length);
  return name.append(kExtension);
}

std::optional<LogSequence> SequenceOfFileName(std::string_view name) {
  if (name.size() != kDigitCount + kExtension.size()) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + kDigitCount, value, kHexadecimal);
  if (error != std::errc() || end != name.data() + kDigitCount) return std::nullopt;
  const LogSequence sequence(value);
  return SegmentFileName(sequence) == name ? std::optional(sequence) : std::nullopt;
}

Result<std::vector<LogSequence>> ListSegments(io::FileSystem& file_system,
                                              const std::string& directory) {
  std::vector<LogSequence> segments;
  PHENIX_ASSIGN_OR_RETURN(const bool exists, file_system.Exists(directory));
  if (!exists) return segments;
  PHENIX_ASSIGN_OR_RETURN(const std::vector<io::DirectoryEntry> entries,
                          file_system.List(directory));
  for (const io::DirectoryEntry& entry : entries) {
    const std::optional<LogSequence> first = SequenceOfFileName(entry.name);
    if (first.has_value() && !entry.is_directory) segments.push_back(*first);
  }
  std::sort(segments.begin(), segments.end());
  return segments;
}

SegmentReader::SegmentReader(std::string name, std::unique_ptr<io::ReadableFile> file,
                             std::uint64_t size_bytes)
    : name_(std::move(name)),
      file_(std::move(file)),
      size_bytes_(size_bytes),
      window_(
          new char[static_cast<std::size_t>(std::min<std::uint64_t>(size_bytes, kWindowBytes))]) {}

Result<SegmentReader> SegmentReader::Open(io::FileSystem& file_system, const std::string& directory,
                                          LogSequence first) {
  std::string name = SegmentFileName(first);
  PHENIX_ASSIGN_OR_RETURN(std::unique_ptr<io::ReadableFile> file,
                          file_system.OpenReadable(io::JoinPath(directory, name)));
  PHENIX_ASSIGN_OR_RETURN(const std::uint64_t size_bytes, file->Size());
  return SegmentReader(std::move(name), std::move(file), size_bytes);
}

Result<ByteView> SegmentReader::Peek(std::uint64_t offset, std::size_t size_bytes) {
  PHENIX_ASSERT(size_bytes <= kWindowBytes);
  if (offset >= size_bytes_) return ByteView();
  const std::uint64_t wanted = std::min<std::uint64_t>(size_bytes, size_bytes_ - offset);
  const bool inside = offset >= window_offset_ && offset + wanted <= window_offset_ + window_bytes_;
  if (!inside) {
    const auto room =
        static_cast<std::size_t>(std::min<std::uint64_t>(kWindowBytes, size_bytes_ - offset));
    window_bytes_ = 0;
    PHENIX_ASSIGN_OR_RETURN(window_bytes_, file_->ReadAt(offset, room, window_.get()));
    window_offset_ = offset;
    // A writer that closes the segment cuts preallocated zeros off its end.
    if (window_bytes_ < room) size_bytes_ = offset + window_bytes_;
  }
  const std::uint64_t got = std::min(wanted, window_offset_ + window_bytes_ - offset);
  return ByteView(window_.get() + (offset - window_offset_), static_cast<std::size_t>(got));
}

Status SegmentReader::Read(std::uint64_t offset, std::size_t size_bytes, char* into) const {
  PHENIX_ASSIGN_OR_RETURN(const std::size_t got, file_->ReadAt(offset, size_bytes, into));
  if (got == size_bytes) return Status::Ok();
  return {StatusCode::kIoError, "log segment became shorter while it was read: file=" + name_};
}

Result<bool> SegmentReader::IsZero(std::uint64_t begin, std::uint64_t end) {
  while (begin < end) {
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(kWindowBytes, end - begin));
    PHENIX_ASSIGN_OR_RETURN(const ByteView bytes, Peek(begin, step));
    if (bytes.size() != step || bytes.find_first_not_of('\0') != ByteView::npos) return false;
    begin += step;
  }
  return true;
}

}  // namespace phenix::log
