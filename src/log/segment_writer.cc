#include "log/segment_writer.h"

#include "io/crash_point.h"
#include "log/segment_reader.h"

namespace phenix::log {

Status SegmentWriter::Continue(LogSequence first, std::uint64_t size_bytes) {
  const std::string path = io::JoinPath(options_.directory, SegmentFileName(first));
  PHENIX_ASSIGN_OR_RETURN(file_, file_system_.OpenWritable(path, io::OpenMode::kAppend));
  if (file_->Size() > size_bytes) {
    io::CrashPoint("log.open_before_cut");
    PHENIX_RETURN_IF_ERROR(file_->Truncate(size_bytes));
  }
  segment_ = first;
  PHENIX_RETURN_IF_ERROR(file_->Sync());
  // The directory too: a crash may have come between making the segment and syncing its name.
  PHENIX_RETURN_IF_ERROR(file_system_.SyncDirectory(options_.directory));
  io::CrashPoint("log.open_synced");
  ReserveSpace();
  return Status::Ok();
}

/// Only a hint: with too little space left, the appends themselves will say so.
void SegmentWriter::ReserveSpace() {
  static_cast<void>(file_->Preallocate(options_.segment_size_bytes).ok());
}

Status SegmentWriter::Append(ByteView frame, LogSequence sequence) {
  if (!failure_.ok()) {
    return {StatusCode::kUnavailable, "the log refuses appends since: " + failure_.ToString()};
  }
  const bool full = file_ != nullptr && file_->Size() > 0 &&
                    file_->Size() + frame.size() > options_.segment_size_bytes;
  if (file_ == nullptr || full) PHENIX_RETURN_IF_ERROR(Roll(sequence));
  return Write(frame);
}

Status SegmentWriter::Write(ByteView frame) {
  const std::uint64_t before_bytes = file_->Size();
  io::CrashPoint("log.append_before_write");
  const Status written = file_->Append(frame);
  if (!written.ok()) return Undo(before_bytes, written);
  io::CrashPoint("log.append_written");
  const Status synced = file_->Sync();
  if (!synced.ok()) return Fail(StatusCode::kUnknownOutcome, synced);
  io::CrashPoint("log.append_synced");
  return Status::Ok();
}

/// Takes a write that failed half-way back. Only if that succeeds is the outcome known.
Status SegmentWriter::Undo(std::uint64_t size_bytes, const Status& cause) {
  if (file_->Size() > size_bytes && !file_->Truncate(size_bytes).ok()) {
    return Fail(StatusCode::kUnknownOutcome, cause);
  }
  if (!file_->Sync().ok()) return Fail(StatusCode::kUnknownOutcome, cause);
  if (cause.code() == StatusCode::kResourceExhausted) return cause;
  return Fail(StatusCode::kIoError, cause);
}

Status SegmentWriter::Fail(StatusCode code, const Status& cause) {
  failure_ = Status(code, "log append failed: " + std::string(cause.message()));
  return failure_;
}

Status SegmentWriter::Roll(LogSequence first) {
  if (file_ != nullptr) {
    // Preallocated zeros may stay behind the frames of the newest segment only.
    Status ended = file_->Truncate(file_->Size());
    if (ended.ok()) ended = file_->Sync();
    if (!ended.ok()) return Fail(StatusCode::kIoError, ended);
  }
  io::CrashPoint("log.roll_before_create");
  const std::string path = io::JoinPath(options_.directory, SegmentFileName(first));
  // A file of that name can only be left from a roll that failed: this sequence was never durable.
  Result<std::unique_ptr<io::WritableFile>> created =
      file_system_.OpenWritable(path, io::OpenMode::kCreateOrTruncate);
  if (!created.ok()) {
    if (created.status().code() == StatusCode::kResourceExhausted) return created.status();
    return Fail(StatusCode::kIoError, created.status());
  }
  const Status named = file_system_.SyncDirectory(options_.directory);
  if (!named.ok()) return Fail(StatusCode::kIoError, named);
  io::CrashPoint("log.roll_created");
  if (file_ != nullptr) {
    const Status closed = file_->Close();
    if (!closed.ok()) return Fail(StatusCode::kIoError, closed);
  }
  file_ = *std::move(created);
  segment_ = first;
  ReserveSpace();
  return Status::Ok();
}

Status SegmentWriter::Close() {
  if (file_ == nullptr) return Status::Ok();
  const Status closed = file_->Close();
  file_.reset();
  if (failure_.ok()) failure_ = Status(StatusCode::kUnavailable, "the log is closed");
  return closed;
}

}  // namespace phenix::log
