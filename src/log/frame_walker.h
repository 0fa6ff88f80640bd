// Walks the frames of one lane in order, over segments, and tells what it finds: a valid frame, the
// end, a torn tail, or damage.
//
// The torn-tail rule: only the newest frame can be torn, since the one before it was synced before
// it was written. A tail counts as torn if no valid frame lies behind it and it looks like a write
// that did not finish: the file ends inside the frame, or a part of it as large as a disk sector
// (512 bytes, or what of it lies inside the frame) is all zero. Anything else is damage.
//
// Threads:   one at a time. Ownership: borrows file system and checker.
// Errors:    a Status only for what stops the reading (kIoError, …); findings are in WalkedFrame.
#ifndef LOG_FRAME_WALKER_H_
#define LOG_FRAME_WALKER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/file_system.h"
#include "log/frame_body.h"
#include "log/frame_header.h"
#include "log/frame_seal.h"
#include "log/log_record.h"
#include "log/segment_reader.h"
#include "phenix/status.h"

namespace phenix::log {

/// What the next frame must continue.
struct ChainPosition {
  LogSequence next{1};
  Sha256Digest previous_hash{};
  std::uint64_t next_record_number = 0;
  std::optional<LogEpoch> epoch = LogEpoch(0);  ///< Nothing: take it from the next frame.
  std::optional<LaneId> lane;                   ///< Nothing: take it from the next frame.
};

enum class FrameFinding : std::uint8_t { kValid, kEnd, kTorn, kBad };

/// What lies at one place of the log.
struct WalkedFrame {
  FrameFinding finding = FrameFinding::kEnd;
  FrameHeader header;         ///< When valid.
  Sha256Digest chain_head{};  ///< When valid.
  /// When valid and the body was read.
  std::optional<FrameBuffer> body;
  LogSequence segment;  ///< Which file.
  std::uint64_t offset = 0;
  std::string what;  ///< When torn or bad: the rule that does not hold.
};

/// Whether the last segment may end in a torn frame or zeros. A reader beside a writer stops before
/// the tail and says kWhole.
enum class TailRule : std::uint8_t { kMayBeTorn, kWhole };

class FrameWalker {
 public:
  struct Options {
    std::string directory;
    std::vector<LogSequence> segments;  ///< Ascending; the first one starts at `start.next`.
    ChainPosition start;
    TailRule tail = TailRule::kMayBeTorn;
  };
  FrameWalker(io::FileSystem& file_system, FrameChecker& checker, Options options);

  /// The next frame. With kHeaders its body is skipped, except that of the newest frame. After any
  /// other finding than kValid the walk is over.
  Result<WalkedFrame> Next(ReadDepth depth);
  /// What a frame after the last valid one must continue.
  [[nodiscard]] const ChainPosition& position() const { return position_; }
  /// Where in the current segment the last valid frame ends.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  /// The segment that the walk is in; nothing before the first call and without segments.
  [[nodiscard]] std::optional<LogSequence> segment() const;

 private:
  Result<bool> MoveToNextSegment();
  [[nodiscard]] bool InLastSegment() const { return next_segment_ == options_.segments.size(); }
  Result<WalkedFrame> ReadFrame(ByteView encoded, ReadDepth depth);
  [[nodiscard]] std::string CheckPlace(const FrameHeader& header) const;
  Result<WalkedFrame> ReadBody(WalkedFrame frame);
  Result<bool> ClosesTheLog(std::uint64_t end);
  Result<WalkedFrame> Judge(std::string what, bool looks_unfinished);
  Result<std::optional<std::uint64_t>> FindLaterFrame();
  Result<bool> LooksUnwritten(std::uint64_t begin, std::uint64_t end);
  [[nodiscard]] WalkedFrame Finding(FrameFinding finding, std::string what) const;

  io::FileSystem& file_system_;
  FrameChecker& checker_;
  const Options options_;
  ChainPosition position_;
  std::size_t next_segment_ = 0;
  std::optional<SegmentReader> reader_;
  std::uint64_t offset_ = 0;
};

}  // namespace phenix::log

#endif  // LOG_FRAME_WALKER_H_
