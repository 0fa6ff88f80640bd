#include "log/file_log.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/thread_annotations.h"
#include "io/crash_point.h"
#include "log/control_record.h"
#include "log/frame_seal.h"
#include "log/log_mark.h"
#include "log/log_survey.h"
#include "log/segment_reader.h"
#include "log/segment_writer.h"
#include "log/tail_rescue.h"

namespace phenix::log {
namespace {

constexpr const char* kLockFileName = "LOCK";

/// The frames that are safe, as every thread may know them.
struct DurableLog {
  ChainPosition end;
  FrameTimestamps last_timestamps;
  std::vector<ChainPosition> segments;
};

Status CheckOptions(const FileLogOptions& options) {
  const auto refuse = [](const std::string& why) {
    return Status(StatusCode::kInvalidArgument, "log options: " + why);
  };
  if (options.directory.empty()) return refuse("no directory");
  if (options.keys == nullptr) return refuse("no keys");
  if (options.encrypt && !options.keys->encrypts()) {
    return refuse("encryption is on, but the key ring has no data key");
  }
  if (options.segment_size_bytes < kSegmentBytesMin ||
      options.segment_size_bytes > kSegmentBytesMax) {
    return refuse("segment size out of range: size_bytes=" +
                  std::to_string(options.segment_size_bytes));
  }
  return Status::Ok();
}

Status AsCorruption(const FileLogOptions& options, const LogSurvey& survey) {
  return {StatusCode::kCorruption, "log is " + std::string(VerifyOutcomeName(survey.outcome)) +
                                       ": " + survey.what +
                                       ": file=" + io::JoinPath(options.directory, survey.file) +
                                       " offset=" + std::to_string(survey.offset)};
}

/// A state that is older than the log's beginning or newer than its end does not belong to it.
Status CheckReplayStart(const FileLogOptions& options, const LogSurvey& survey,
                        LogSequence replay_after) {
  const std::uint64_t first_kept =
      survey.segments.empty() ? 1 : survey.segments.front().next.value();
  const bool too_old = replay_after.value() + 1 < first_kept;
  const bool too_new = replay_after > survey.last_sequence();
  if (!too_old && !too_new) return Status::Ok();
  return {StatusCode::kCorruption,
          "log and state do not belong together: log_first=" + std::to_string(first_kept) +
              " log_last=" + std::to_string(survey.last_sequence().value()) +
              " state=" + std::to_string(replay_after.value()) + " directory=" + options.directory};
}

/// Reads the log and hands frames after `replay_after` to `replay`.
Result<LogSurvey> ReadAll(io::FileSystem& file_system, const FileLogOptions& options,
                          LogSequence replay_after, const FrameVisitor& replay) {
  FrameChecker checker(*options.keys);
  SurveyOptions survey_options{.directory = options.directory,
                               .lane = options.lane,
                               .read_bodies_after = replay_after,
                               .expected_head = std::nullopt};
  PHENIX_ASSIGN_OR_RETURN(const bool rescue, NeedsRescue(file_system, options.directory));
  if (rescue && options.read_only) {
    return Status(StatusCode::kUnavailable,
                  "an interrupted recovery must be finished by opening the log for writing: "
                  "directory=" +
                      options.directory);
  }
  if (rescue) PHENIX_RETURN_IF_ERROR(FinishRescue(file_system, checker, survey_options));
  survey_options.expected_head = options.expected_head;
  const auto visit = [&](WalkedFrame& frame) -> Status {
    if (frame.header.sequence <= replay_after) return Status::Ok();
    PHENIX_ASSERT(frame.body.has_value());
    PHENIX_ASSIGN_OR_RETURN(DecodedFrame decoded,
                            OpenFrameBody(*options.keys, frame.header, *std::move(frame.body)));
    decoded.chain_head = frame.chain_head;
    return replay(decoded);
  };
  PHENIX_ASSIGN_OR_RETURN(LogSurvey survey, SurveyLog(file_system, checker, survey_options, visit));
  if (survey.outcome == VerifyOutcome::kTampered || survey.outcome == VerifyOutcome::kRolledBack) {
    return AsCorruption(options, survey);
  }
  PHENIX_RETURN_IF_ERROR(CheckReplayStart(options, survey, replay_after));
  return survey;
}

OpenReport ReportOf(const LogSurvey& survey, LogSequence replay_after) {
  OpenReport report;
  report.frames = survey.frames;
  report.first_sequence = survey.first_sequence;
  report.last_sequence = survey.last_sequence();
  report.epoch = survey.end.epoch.value_or(LogEpoch(0));
  const std::uint64_t skipped = std::max(replay_after.value() + 1, survey.first_sequence.value());
  if (survey.frames > 0 && report.last_sequence.value() >= skipped) {
    report.replayed_frames = report.last_sequence.value() - skipped + 1;
  }
  return report;
}

}  // namespace

struct FileLog::State {
  State(const LogEnvironment& from, const FileLogOptions& chosen)
      : environment(from),
        options(chosen),
        writer(from.file_system, {chosen.directory, chosen.segment_size_bytes}) {}

  Status Recover(const LogSurvey& survey);
  Result<AppendedFrame> Append(PreparedBody body, const FrameTimestamps& timestamps)
      PHENIX_REQUIRES(append_mutex);
  /// One record that the log writes about itself.
  Status AppendControl(RecordType type, const std::string& payload) PHENIX_REQUIRES(append_mutex);
  Status AppendFence() PHENIX_REQUIRES(append_mutex);
  Status StoreMark(MarkKind kind, const ChainPosition& after) PHENIX_REQUIRES(append_mutex);
  Status RemoveSegments(const std::vector<LogSequence>& segments);
  [[nodiscard]] ChainPosition End() const {
    const base::MutexLock lock(mutex);
    return durable.end;
  }
  [[nodiscard]] DurableLog Durable() const {
    const base::MutexLock lock(mutex);
    return durable;
  }

  const LogEnvironment environment;
  const FileLogOptions options;
  OpenReport report;
  FrameBodyOptions body_options;
  std::optional<FrameSealer> sealer;
  std::unique_ptr<io::FileLock> directory_lock;
  base::Mutex append_mutex;
  SegmentWriter writer PHENIX_GUARDED_BY(append_mutex);
  mutable base::Mutex mutex;
  DurableLog durable PHENIX_GUARDED_BY(mutex);
};

FileLog::FileLog(std::unique_ptr<State> state) : state_(std::move(state)) {}
FileLog::~FileLog() = default;

Result<std::unique_ptr<FileLog>> FileLog::Open(const LogEnvironment& environment,
                                               const FileLogOptions& options,
                                               LogSequence replay_after,
                                               const FrameVisitor& replay) {
  PHENIX_RETURN_IF_ERROR(CheckOptions(options));
  auto state = std::make_unique<State>(environment, options);
  if (!options.read_only) {
    PHENIX_RETURN_IF_ERROR(environment.file_system.CreateDirectories(options.directory));
    PHENIX_RETURN_IF_ERROR(
        environment.file_system.SyncDirectory(io::ParentPath(options.directory)));
    PHENIX_ASSIGN_OR_RETURN(state->directory_lock, environment.file_system.Lock(io::JoinPath(
                                                       options.directory, kLockFileName)));
  }
  PHENIX_ASSIGN_OR_RETURN(const LogSurvey survey,
                          ReadAll(environment.file_system, options, replay_after, replay));
  state->report = ReportOf(survey, replay_after);
  PHENIX_RETURN_IF_ERROR(state->Recover(survey));
  return std::unique_ptr<FileLog>(new FileLog(std::move(state)));
}

/// Takes over what the survey found, and unless the log is read only puts it in order and opens the
/// next epoch.
Status FileLog::State::Recover(const LogSurvey& survey) {
  {
    const base::MutexLock durable_lock(mutex);
    durable = {survey.end, survey.last_timestamps, survey.segments};
    durable.end.lane = options.lane;
  }
  if (survey.outcome == VerifyOutcome::kTorn) {
    report.torn_file = survey.file;
    report.torn_offset = survey.offset;
    PHENIX_ASSIGN_OR_RETURN(
        const std::uint64_t size_bytes,
        environment.file_system.FileSize(io::JoinPath(options.directory, survey.file)));
    report.torn_bytes = size_bytes - survey.offset;
  }
  if (options.read_only) return Status::Ok();
  const base::MutexLock append_lock(append_mutex);
  PHENIX_RETURN_IF_ERROR(RemoveSegments(survey.leftovers));
  report.segments_removed = survey.leftovers.size();
  PHENIX_RETURN_IF_ERROR(SettleNewestFrame(environment.file_system, options.directory, survey));
  if (!survey.segments.empty()) {
    PHENIX_RETURN_IF_ERROR(writer.Continue(survey.segments.back().next, survey.end_offset));
  }
  return AppendFence();
}

Status FileLog::State::AppendFence() {
  const ChainPosition end = End();
  report.epoch = LogEpoch(end.epoch.value_or(LogEpoch(0)).value() + 1);
  body_options = {.keys = options.keys,
                  .random = &environment.random,
                  .lane = options.lane,
                  .epoch = report.epoch,
                  .incarnation = environment.random.Next64(),
                  .signing = options.signing,
                  .encrypt = options.encrypt,
                  .compress = options.compress};
  sealer.emplace(*options.keys, options.lane, report.epoch);
  FenceRecord fence{.epoch = report.epoch,
                    .window = 1,
                    .wall_milliseconds = environment.clock.WallMilliseconds(),
                    .database_id = options.keys->database_id(),
                    .public_key = {}};
  const ByteView public_key = options.keys->node_key().public_raw();
  std::copy(public_key.begin(), public_key.end(), fence.public_key.begin());
  PHENIX_RETURN_IF_ERROR(AppendControl(RecordType::kFence, fence.Encode()));
  io::CrashPoint("log.fence_appended");
  PHENIX_RETURN_IF_ERROR(StoreMark(MarkKind::kAnchor, End()));
  io::CrashPoint("log.fence_anchored");
  return Status::Ok();
}

Status FileLog::State::AppendControl(RecordType type, const std::string& payload) {
  const std::array<LogRecord, 1> records = {
      LogRecord{.type = type, .transaction_id = {}, .payload = payload}};
  PHENIX_ASSIGN_OR_RETURN(PreparedBody body, BuildFrameBody(body_options, records, {}));
  const FrameTimestamps last = Durable().last_timestamps;
  return Append(std::move(body), {last.max, last.max, last.closed}).status();
}

Result<AppendedFrame> FileLog::State::Append(PreparedBody body, const FrameTimestamps& timestamps) {
  PHENIX_ASSERT(body.header.incarnation == body_options.incarnation &&
                body.bytes.size() == body.header.FrameBytes());
  if (timestamps.min > timestamps.max) {
    return Status(StatusCode::kInvalidArgument, "log frame: timestamps in wrong order");
  }
  const ChainPosition before = End();
  FrameHeader& header = body.header;
  header.sequence = before.next;
  header.previous_hash = before.previous_hash;
  header.first_record_number = before.next_record_number;
  header.timestamps = timestamps;
  sealer->Seal(header, body.bytes.data());
  const AppendedFrame appended{.sequence = header.sequence,
                               .size_bytes = header.FrameBytes(),
                               .chain_head = FrameChainHead(body.bytes.data())};
  PHENIX_RETURN_IF_ERROR(writer.Append(body.bytes.view(), header.sequence));

  bool new_segment = false;
  const ChainPosition end{.next = NextSequence(header.sequence),
                          .previous_hash = appended.chain_head,
                          .next_record_number = before.next_record_number + header.record_count,
                          .epoch = header.epoch,
                          .lane = header.lane};
  {
    const base::MutexLock durable_lock(mutex);
    durable.end = end;
    durable.last_timestamps = timestamps;
    new_segment = durable.segments.empty() || durable.segments.back().next != writer.segment();
    if (new_segment) durable.segments.push_back(before);
  }
  // The frame is durable, whatever becomes of the anchor; an old anchor only proves less.
  if (new_segment) static_cast<void>(StoreMark(MarkKind::kAnchor, end).ok());
  return appended;
}

Status FileLog::State::StoreMark(MarkKind kind, const ChainPosition& after) {
  const LogMark mark{.kind = kind,
                     .lane = options.lane,
                     .epoch = after.epoch.value_or(LogEpoch(0)),
                     .sequence = LogSequence(after.next.value() - 1),
                     .next_record_number = after.next_record_number,
                     .wall_milliseconds = environment.clock.WallMilliseconds(),
                     .chain_head = after.previous_hash};
  return StoreLogMark(environment.file_system, options.directory,
                      EncodeLogMark(mark, *options.keys, options.signing), kind);
}

Status FileLog::State::RemoveSegments(const std::vector<LogSequence>& segments) {
  if (segments.empty()) return Status::Ok();
  for (const LogSequence first : segments) {
    PHENIX_RETURN_IF_ERROR(environment.file_system.RemoveFile(
        io::JoinPath(options.directory, SegmentFileName(first))));
    io::CrashPoint("log.trim_removed_one");
  }
  return environment.file_system.SyncDirectory(options.directory);
}

Result<PreparedBody> FileLog::PrepareBody(std::span<const LogRecord> records,
                                          std::span<const std::uint64_t> shards) const {
  if (state_->options.read_only) {
    return Status(StatusCode::kPermissionDenied, "the log was opened read only");
  }
  return BuildFrameBody(state_->body_options, records, shards);
}

Result<AppendedFrame> FileLog::AppendPrepared(PreparedBody body,
                                              const FrameTimestamps& timestamps) {
  const base::MutexLock lock(state_->append_mutex);
  return state_->Append(std::move(body), timestamps);
}

Status FileLog::ReadFrom(LogSequence from, const FrameVisitor& visit) const {
  const DurableLog durable = state_->Durable();
  if (from >= durable.end.next || durable.segments.empty()) return Status::Ok();
  if (from < durable.segments.front().next) {
    return {StatusCode::kNotFound,
            "log was trimmed: wanted=" + std::to_string(from.value()) +
                " first=" + std::to_string(durable.segments.front().next.value())};
  }
  FrameWalker::Options walk{.directory = state_->options.directory,
                            .segments = {},
                            .start = {},
                            .tail = TailRule::kWhole};
  for (const ChainPosition& segment : durable.segments) {
    if (segment.next <= from) {
      walk.start = segment;
      walk.segments.clear();
    }
    walk.segments.push_back(segment.next);
  }
  FrameChecker checker(*state_->options.keys);
  FrameWalker walker(state_->environment.file_system, checker, std::move(walk));
  while (walker.position().next < durable.end.next) {
    const bool wanted = walker.position().next >= from;
    PHENIX_ASSIGN_OR_RETURN(WalkedFrame frame,
                            walker.Next(wanted ? ReadDepth::kBodies : ReadDepth::kHeaders));
    if (frame.finding != FrameFinding::kValid) {
      return {StatusCode::kCorruption,
              "log frame: " + frame.what + ": file=" + SegmentFileName(frame.segment) +
                  " offset=" + std::to_string(frame.offset) +
                  " sequence=" + std::to_string(walker.position().next.value())};
    }
    if (!wanted) continue;
    PHENIX_ASSIGN_OR_RETURN(DecodedFrame decoded, OpenFrameBody(*state_->options.keys, frame.header,
                                                                *std::move(frame.body)));
    decoded.chain_head = frame.chain_head;
    PHENIX_RETURN_IF_ERROR(visit(decoded));
  }
  return Status::Ok();
}

LogSequence FileLog::DurableSequence() const { return Head().sequence; }

LogSequence FileLog::FirstSequence() const {
  const base::MutexLock lock(state_->mutex);
  return state_->durable.segments.empty() ? LogSequence(1) : state_->durable.segments.front().next;
}

Status FileLog::TrimBefore(LogSequence watermark) {
  if (state_->options.read_only) {
    return {StatusCode::kPermissionDenied, "the log was opened read only"};
  }
  const base::MutexLock append_lock(state_->append_mutex);
  const std::vector<ChainPosition> segments = state_->Durable().segments;
  std::size_t kept = 0;
  while (kept + 1 < segments.size() && segments[kept + 1].next <= watermark) ++kept;
  if (kept == 0) return Status::Ok();
  const TrimRecord record{.watermark = watermark,
                          .first_kept = segments[kept].next,
                          .chain_head = segments[kept].previous_hash};
  PHENIX_RETURN_IF_ERROR(state_->AppendControl(RecordType::kTrim, record.Encode()));
  io::CrashPoint("log.trim_recorded");
  PHENIX_RETURN_IF_ERROR(state_->StoreMark(MarkKind::kAnchor, state_->End()));
  PHENIX_RETURN_IF_ERROR(state_->StoreMark(MarkKind::kCheckpoint, segments[kept]));
  io::CrashPoint("log.trim_checkpointed");
  std::vector<LogSequence> removed;
  {
    const base::MutexLock durable_lock(state_->mutex);
    std::vector<ChainPosition>& all = state_->durable.segments;
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(kept);
    std::for_each(all.begin(), end, [&](const ChainPosition& s) { removed.push_back(s.next); });
    all.erase(all.begin(), end);
  }
  PHENIX_RETURN_IF_ERROR(state_->RemoveSegments(removed));
  io::CrashPoint("log.trim_done");
  return Status::Ok();
}

Status FileLog::Close() {
  const base::MutexLock append_lock(state_->append_mutex);
  if (state_->options.read_only || state_->directory_lock == nullptr) return Status::Ok();
  Status anchored;
  if (state_->writer.failure().ok()) {
    anchored = state_->StoreMark(MarkKind::kAnchor, state_->End());
    io::CrashPoint("log.close_anchored");
  }
  const Status closed = state_->writer.Close();
  state_->directory_lock.reset();
  return anchored.ok() ? closed : anchored;
}

LogHead FileLog::Head() const {
  const ChainPosition end = state_->End();
  return {LogSequence(end.next.value() - 1), end.previous_hash};
}

const OpenReport& FileLog::open_report() const { return state_->report; }

}  // namespace phenix::log
