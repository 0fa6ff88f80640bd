// Makes sure of the newest frame of a log that was not closed in good order.
//
// Why: after a failed sync the system may go on showing bytes that never reached the disk (Rebello
// et al., "Can Applications Recover from fsync Failures?", 2020). Replaying such a frame and
// writing behind it would leave a hole once the power goes. So, unless the anchor vouches for it,
// the newest frame is copied to RESCUE, cut off, written and synced again; a crash at any step
// leaves it in one of the two places. Frames before it were synced with success, or it would not
// have been written. Steps: docs/protocols/group-commit.md.
#ifndef LOG_TAIL_RESCUE_H_
#define LOG_TAIL_RESCUE_H_

#include <cstdint>
#include <string>

#include "io/file_system.h"
#include "log/frame_seal.h"
#include "log/log_record.h"
#include "log/log_survey.h"
#include "phenix/status.h"

namespace phenix::log {

inline constexpr const char* kRescueFileName = "RESCUE";

/// True when an earlier SettleNewestFrame() was interrupted.
Result<bool> NeedsRescue(io::FileSystem& file_system, const std::string& directory);
/// Completes it. Leaves a log that is in no order to whoever reads it next. kCorruption if RESCUE
/// holds no frame of this log.
Status FinishRescue(io::FileSystem& file_system, FrameChecker& checker,
                    const SurveyOptions& options);
/// Writes the newest frame of a clean or torn log again, unless the anchor vouches for it.
Status SettleNewestFrame(io::FileSystem& file_system, const std::string& directory,
                         const LogSurvey& survey);

}  // namespace phenix::log

#endif  // LOG_TAIL_RESCUE_H_
