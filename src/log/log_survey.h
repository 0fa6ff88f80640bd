// Looks at a whole log, marks and segments, and says what state it is in: the one reading that both
// recovery and verification stand on. Changes nothing.
//
// Errors: a Status only for what stops the reading; what is wrong with the log is in the survey.
#ifndef LOG_LOG_SURVEY_H_
#define LOG_LOG_SURVEY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.h"
#include "log/frame_seal.h"
#include "log/frame_walker.h"
#include "log/log_record.h"
#include "phenix/status.h"

namespace phenix::log {

/// What a log is worth. Torn: the newest frame was cut while it was written, which a crash
/// explains. Rolled back: it ends before a frame that it once held.
enum class VerifyOutcome : std::uint8_t { kClean, kTorn, kTampered, kRolledBack };
/// "clean", "torn", "tampered", "rolled_back".
std::string_view VerifyOutcomeName(VerifyOutcome outcome);

struct SurveyOptions {
  std::string directory;
  std::optional<LaneId> lane;     ///< Nothing: any one lane.
  LogSequence read_bodies_after;  ///< Bodies and signatures are checked of the frames after it.
  std::optional<LogHead> expected_head;
};

struct LogSurvey {
  VerifyOutcome outcome = VerifyOutcome::kClean;
  std::uint64_t frames = 0;
  std::uint64_t records = 0;
  std::uint64_t size_bytes = 0;         ///< Of the valid frames.
  LogSequence first_sequence;           ///< Of the frames kept; 0 for an empty log.
  ChainPosition end;                    ///< What the next frame must continue.
  FrameTimestamps last_timestamps;      ///< Of the last valid frame.
  std::vector<ChainPosition> segments;  ///< What each segment continues at its start.
  std::vector<LogSequence> leftovers;   ///< Segments that an interrupted trim did not remove.
  std::uint64_t end_offset = 0;         ///< Where the valid bytes of the last segment end.
  std::uint64_t last_frame_bytes = 0;   ///< Of the last valid frame.
  LogSequence anchored;                 ///< As the anchor says; 0 without one.
  bool has_files = false;               ///< False for a directory that never held a log.
  std::string file;                     ///< Unless clean: where it shows.
  std::uint64_t offset = 0;
  std::string what;

  [[nodiscard]] LogSequence last_sequence() const { return LogSequence(end.next.value() - 1); }
};

/// Called for every valid frame; may take the body. An error stops the survey and is handed on.
using WalkVisitor = std::function<Status(WalkedFrame& frame)>;

Result<LogSurvey> SurveyLog(io::FileSystem& file_system, FrameChecker& checker,
                            const SurveyOptions& options, const WalkVisitor& visit);

}  // namespace phenix::log

#endif  // LOG_LOG_SURVEY_H_
