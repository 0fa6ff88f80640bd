#include "log/tail_rescue.h"

#include <memory>

#include "io/crash_point.h"
#include "log/frame_body.h"
#include "log/frame_header.h"
#include "log/limits.h"
#include "log/segment_reader.h"

namespace phenix::log {
namespace {

Status RemoveRescue(io::FileSystem& file_system, const std::string& directory) {
  PHENIX_RETURN_IF_ERROR(file_system.RemoveFile(io::JoinPath(directory, kRescueFileName)));
  return file_system.SyncDirectory(directory);
}

/// Ends the segment at `offset` and puts `frame` there, each step durable.
Status Rewrite(io::FileSystem& file_system, const std::string& segment_path, std::uint64_t offset,
               ByteView frame) {
  PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<io::WritableFile> file,
                          file_system.OpenWritable(segment_path, io::OpenMode::kAppend));
  PHENIX_RETURN_IF_ERROR(file->Truncate(offset));
  PHENIX_RETURN_IF_ERROR(file->Sync());
  io::CrashPoint("log.rescue_cut");
  PHENIX_RETURN_IF_ERROR(file->Append(frame));
  PHENIX_RETURN_IF_ERROR(file->Sync());
  io::CrashPoint("log.rescue_appended");
  return file->Close();
}

/// OK if `frame` is whole and the one that `position` waits for.
Status CheckRescued(ByteView frame, const ChainPosition& position, FrameChecker& checker) {
  PHENIX_ASSIGN_OR_RETURN(const FrameHeader header, DecodeFrameHeader(frame));
  const bool fits = header.sequence == position.next &&
                    header.previous_hash == position.previous_hash &&
                    header.FrameBytes() == frame.size() &&
                    FrameBodyHashMatches(header, frame.substr(kFrameHeaderBytes));
  if (!fits) return {StatusCode::kCorruption, "the frame does not continue the log"};
  return checker.Check(frame.data(), header, ReadDepth::kBodies);
}

}  // namespace

Result<bool> NeedsRescue(io::FileSystem& file_system, const std::string& directory) {
  return file_system.Exists(io::JoinPath(directory, kRescueFileName));
}

Status FinishRescue(io::FileSystem& file_system, FrameChecker& checker,
                    const SurveyOptions& options) {
  const std::string path = io::JoinPath(options.directory, kRescueFileName);
  PHENIX_ASSIGN_OR_RETURN(const std::string frame,
                          io::ReadFile(file_system, path, kFrameHeaderBytes + kFrameBodyBytesMax));
  PHENIX_ASSIGN_OR_RETURN(
      const LogSurvey survey,
      SurveyLog(file_system, checker, options, [](WalkedFrame&) { return Status::Ok(); }));
  const bool in_order =
      survey.outcome == VerifyOutcome::kClean || survey.outcome == VerifyOutcome::kTorn;
  if (!in_order) return Status::Ok();
  const Result<FrameHeader> header = DecodeFrameHeader(frame);
  if (header.ok() && header->sequence <= survey.last_sequence()) {
    return RemoveRescue(file_system, options.directory);
  }
  const Status checked = CheckRescued(frame, survey.end, checker);
  if (!checked.ok() || survey.segments.empty()) {
    return {StatusCode::kCorruption,
            "rescued log frame: " + std::string(checked.message()) + ": file=" + path};
  }
  const std::string segment_path =
      io::JoinPath(options.directory, SegmentFileName(survey.segments.back().next));
  PHENIX_RETURN_IF_ERROR(Rewrite(file_system, segment_path, survey.end_offset, frame));
  return RemoveRescue(file_system, options.directory);
}

Status SettleNewestFrame(io::FileSystem& file_system, const std::string& directory,
                         const LogSurvey& survey) {
  // A segment without frames was made after the newest frame had been synced.
  if (survey.frames == 0 || survey.end_offset == 0) return Status::Ok();
  if (survey.anchored >= survey.last_sequence()) return Status::Ok();
  const LogSequence segment = survey.segments.back().next;
  const std::uint64_t begin = survey.end_offset - survey.last_frame_bytes;
  std::string frame(static_cast<std::size_t>(survey.last_frame_bytes), '\0');
  {
    PHENIX_ASSIGN_OR_RETURN(const SegmentReader reader,
                            SegmentReader::Open(file_system, directory, segment));
    PHENIX_RETURN_IF_ERROR(reader.Read(begin, frame.size(), frame.data()));
  }
  PHENIX_RETURN_IF_ERROR(
      io::WriteFileAtomically(file_system, io::JoinPath(directory, kRescueFileName), frame));
  io::CrashPoint("log.rescue_stored");
  PHENIX_RETURN_IF_ERROR(
      Rewrite(file_system, io::JoinPath(directory, SegmentFileName(segment)), begin, frame));
  return RemoveRescue(file_system, directory);
}

}  // namespace phenix::log
