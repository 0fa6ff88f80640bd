#include "cli/import/line_source.h"

namespace phenix::cli {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;

}  // namespace

Result<std::unique_ptr<LineSource>> LineSource::OpenFile(const std::string& path,
                                                         const LinePlace& start) {
  std::unique_ptr<LineSource> source(new LineSource());
  PHENIX_ASSIGN_OR_RETURN(source->file_, io::PosixFileSystem().OpenReadable(path));
  PHENIX_ASSIGN_OR_RETURN(source->size_bytes_, source->file_->Size());
  source->next_ = start;
  source->read_to_ = start.offset;
  return source;
}

Result<bool> LineSource::Fill() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t before = buffer_.size();
  buffer_.resize(before + kPieceBytes);
  std::size_t got = 0;
  if (file_ != nullptr) {
    PHENIX_ASSIGN_OR_RETURN(got, file_->ReadAt(read_to_, kPieceBytes, buffer_.data() + before));
  } else {
    in_->read(buffer_.data() + before, static_cast<std::streamsize>(kPieceBytes));
    got = static_cast<std::size_t>(in_->gcount());
    if (in_->bad()) return Status(StatusCode::kIoError, "standard input cannot be read");
  }
  read_to_ += got;
  buffer_.resize(before + got);
  return got > 0;
}

Result<std::optional<std::string_view>> LineSource::Next() {
  std::size_t searched = begin_;
  std::size_t end = buffer_.find('\n', searched);
  bool more = true;
  while (end == std::string::npos && more) {
    searched = buffer_.size() - begin_;  // where it will be after Fill()
    if (searched > kLineBytesMax) {
      return Status(StatusCode::kResourceExhausted, "line " + std::to_string(next_.number) +
                                                        " (byte " + std::to_string(next_.offset) +
                                                        "): expected at most " +
                                                        std::to_string(kLineBytesMax) + " bytes");
    }
    PHENIX_ASSIGN_OR_RETURN(more, Fill());
    end = buffer_.find('\n', searched);
  }
  if (end == std::string::npos && begin_ == buffer_.size()) {
    return std::optional<std::string_view>();
  }
  const bool has_break = end != std::string::npos;
  if (!has_break) end = buffer_.size();
  std::string_view line(buffer_.data() + begin_, end - begin_);
  place_ = next_;
  next_ = {.number = next_.number + 1, .offset = next_.offset + line.size() + (has_break ? 1 : 0)};
  begin_ = end + (has_break ? 1 : 0);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return std::optional(line);
}

}  // namespace phenix::cli
