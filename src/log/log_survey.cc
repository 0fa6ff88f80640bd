#include "log/log_survey.h"

#include <algorithm>
#include <utility>

#include "log/log_mark.h"
#include "log/segment_reader.h"

namespace phenix::log {
namespace {

/// A frame that the log must contain, and who says so.
struct RequiredHead {
  LogHead head;
  std::string source;
};

void Blame(LogSurvey& survey, VerifyOutcome outcome, std::string file, std::string what) {
  survey.outcome = outcome;
  survey.file = std::move(file);
  survey.offset = 0;
  survey.what = std::move(what);
}

/// A mark that does not read is a finding, any other failure stops the survey.
Result<std::optional<LogMark>> TakeMark(Result<std::optional<LogMark>> loaded, const char* file,
                                        LogSurvey& survey) {
  if (loaded.ok() || loaded.status().code() != StatusCode::kCorruption) return loaded;
  Blame(survey, VerifyOutcome::kTampered, file, std::string(loaded.status().message()));
  return std::optional<LogMark>();
}

class Surveyor {
 public:
  Surveyor(io::FileSystem& file_system, FrameChecker& checker, const SurveyOptions& options)
      : file_system_(file_system), checker_(checker), options_(options) {}

  Result<LogSurvey> Run(const WalkVisitor& visit) {
    PHENIX_RETURN_IF_ERROR(LoadMarks());
    PHENIX_RETURN_IF_ERROR(ChooseSegments());
    if (Sound()) PHENIX_RETURN_IF_ERROR(Walk(visit));
    if (survey_.outcome != VerifyOutcome::kTampered) CheckRequiredHeads();
    if (Sound()) CheckAnchorIsThere();
    return std::move(survey_);
  }

 private:
  [[nodiscard]] bool Sound() const { return survey_.outcome == VerifyOutcome::kClean; }

  Status LoadMarks() {
    PHENIX_ASSIGN_OR_RETURN(checkpoint_, TakeMark(LoadLogMark(file_system_, options_.directory,
                                                              MarkKind::kCheckpoint, checker_),
                                                  kCheckpointFileName, survey_));
    PHENIX_ASSIGN_OR_RETURN(anchor_, TakeMark(LoadLogMark(file_system_, options_.directory,
                                                          MarkKind::kAnchor, checker_),
                                              kAnchorFileName, survey_));
    survey_.end.lane = options_.lane;
    if (checkpoint_.has_value()) {
      survey_.end = {.next = NextSequence(checkpoint_->sequence),
                     .previous_hash = checkpoint_->chain_head,
                     .next_record_number = checkpoint_->next_record_number,
                     .epoch = checkpoint_->epoch,
                     .lane = checkpoint_->lane};
    }
    for (const auto* mark : {&checkpoint_, &anchor_}) {
      if (mark->has_value() && options_.lane.value_or((*mark)->lane) != (*mark)->lane) {
        Blame(survey_, VerifyOutcome::kTampered,
              mark == &anchor_ ? kAnchorFileName : kCheckpointFileName,
              "log mark: belongs to another lane");
      }
    }
    if (anchor_.has_value()) {
      survey_.anchored = anchor_->sequence;
      required_.push_back({{anchor_->sequence, anchor_->chain_head}, kAnchorFileName});
    }
    if (options_.expected_head.has_value()) {
      required_.push_back({*options_.expected_head, "the expected head"});
    }
    return Status::Ok();
  }

  Status ChooseSegments() {
    PHENIX_ASSIGN_OR_RETURN(segments_, ListSegments(file_system_, options_.directory));
    survey_.has_files =
        !segments_.empty() || checkpoint_.has_value() || anchor_.has_value() || !Sound();
    const auto first_kept = std::lower_bound(segments_.begin(), segments_.end(), survey_.end.next);
    if (checkpoint_.has_value()) survey_.leftovers.assign(segments_.begin(), first_kept);
    if (checkpoint_.has_value()) segments_.erase(segments_.begin(), first_kept);
    if (checkpoint_.has_value() && segments_.empty() && Sound()) {
      Blame(survey_, VerifyOutcome::kTampered, SegmentFileName(survey_.end.next),
            "the segment after the checkpoint is missing");
    }
    return Status::Ok();
  }

  Status Walk(const WalkVisitor& visit) {
    FrameWalker walker(file_system_, checker_,
                       {.directory = options_.directory,
                        .segments = segments_,
                        .start = survey_.end,
                        .tail = TailRule::kMayBeTorn});
    MeetHead(LogHead{LogSequence(survey_.end.next.value() - 1), survey_.end.previous_hash});
    for (;;) {
      const bool body = walker.position().next > options_.read_bodies_after;
      const ChainPosition before = walker.position();
      PHENIX_ASSIGN_OR_RETURN(WalkedFrame frame,
                              walker.Next(body ? ReadDepth::kBodies : ReadDepth::kHeaders));
      NoteSegment(walker, before);
      if (frame.finding != FrameFinding::kValid) {
        Finish(walker, frame);
        return Status::Ok();
      }
      Count(frame);
      PHENIX_RETURN_IF_ERROR(visit(frame));
    }
  }

  void NoteSegment(const FrameWalker& walker, const ChainPosition& before) {
    const std::optional<LogSequence> segment = walker.segment();
    if (segment.has_value() && *segment == before.next &&
        (survey_.segments.empty() || survey_.segments.back().next != *segment)) {
      survey_.segments.push_back(before);
    }
  }

  void Count(const WalkedFrame& frame) {
    if (survey_.frames == 0) survey_.first_sequence = frame.header.sequence;
    ++survey_.frames;
    survey_.records += frame.header.record_count;
    survey_.size_bytes += frame.header.FrameBytes();
    survey_.last_frame_bytes = frame.header.FrameBytes();
    survey_.last_timestamps = frame.header.timestamps;
    only_fences_ = only_fences_ && frame.header.Has(kFrameFlagFence);
    MeetHead(LogHead{frame.header.sequence, frame.chain_head});
  }

  void Finish(const FrameWalker& walker, const WalkedFrame& frame) {
    survey_.end = walker.position();
    survey_.end_offset = walker.offset();
    if (frame.finding == FrameFinding::kEnd) return;
    survey_.outcome =
        frame.finding == FrameFinding::kTorn ? VerifyOutcome::kTorn : VerifyOutcome::kTampered;
    survey_.file = SegmentFileName(frame.segment);
    survey_.offset = frame.offset;
    survey_.what = "sequence=" + std::to_string(survey_.end.next.value()) + ": " + frame.what;
  }

  /// Ticks off what is required of this frame, or blames the difference.
  void MeetHead(const LogHead& met) {
    for (const RequiredHead& required : required_) {
      if (required.head.sequence == met.sequence && required.head.chain_head != met.chain_head) {
        different_.push_back(required);
      }
    }
  }

  void CheckRequiredHeads() {
    for (const RequiredHead& required : different_) {
      Blame(survey_, VerifyOutcome::kTampered, required.source,
            "another frame than the one named by " + required.source +
                " is at sequence=" + std::to_string(required.head.sequence.value()));
    }
    if (!different_.empty()) return;
    for (const RequiredHead& required : required_) {
      if (required.head.sequence <= survey_.last_sequence()) continue;
      // A cut inside a frame that was acknowledged is no torn write.
      const bool torn = survey_.outcome == VerifyOutcome::kTorn;
      Blame(survey_, torn ? VerifyOutcome::kTampered : VerifyOutcome::kRolledBack, required.source,
            "the log ends at sequence=" + std::to_string(survey_.last_sequence().value()) +
                (torn ? " in a cut frame" : "") + ", but " + required.source +
                " names sequence=" + std::to_string(required.head.sequence.value()));
    }
  }

  /// Every opening writes the anchor right after its fence, before any other frame.
  void CheckAnchorIsThere() {
    if (anchor_.has_value() || only_fences_) return;
    Blame(survey_, VerifyOutcome::kTampered, kAnchorFileName, "the anchor is missing");
  }

  io::FileSystem& file_system_;
  FrameChecker& checker_;
  const SurveyOptions& options_;
  LogSurvey survey_;
  std::optional<LogMark> checkpoint_, anchor_;
  std::vector<LogSequence> segments_;
  std::vector<RequiredHead> required_, different_;
  bool only_fences_ = true;
};

}  // namespace

std::string_view VerifyOutcomeName(VerifyOutcome outcome) {
  switch (outcome) {
    case VerifyOutcome::kClean:
      return "clean";
    case VerifyOutcome::kTorn:
      return "torn";
    case VerifyOutcome::kTampered:
      return "tampered";
    case VerifyOutcome::kRolledBack:
      return "rolled_back";
  }
  return "unknown";
}

Result<LogSurvey> SurveyLog(io::FileSystem& file_system, FrameChecker& checker,
                            const SurveyOptions& options, const WalkVisitor& visit) {
  return Surveyor(file_system, checker, options).Run(visit);
}

}  // namespace phenix::log
