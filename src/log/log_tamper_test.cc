// Every single-byte flip, cut, swap, removal and repetition in a log of 200 frames is detected: it
// is never read as data that was not written, and never ends the process.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "log/log_mark.h"
#include "log/log_test_support.h"
#include "log/log_verifier.h"
#include "sim/memory_file_system.h"

namespace phenix::log {
namespace {

constexpr std::uint64_t kFrameCount = 200;

/// A closed log of 200 frames, the same bytes in every run.
struct TamperRig : LogRig {
  TamperRig(security::SigningMode signing, std::uint64_t segment_size_bytes, std::uint64_t frames)
      : LogRig(memory) {
    options.signing = signing;
    options.encrypt = true;
    options.segment_size_bytes = segment_size_bytes;
    EXPECT_TRUE(Open().ok());
    io::SeededRandom payload(7);
    while (log->DurableSequence().value() < frames) {
      EXPECT_TRUE(Append(payload.Bytes(1 + payload.Next64() % 24)).ok());
    }
    segments = *ListSegments(memory, kTestDirectory);
    EXPECT_TRUE(log->Close().ok());
    log.reset();
    options.read_only = true;
  }
  /// Replaces the checkpoint, so that reading starts at `first`.
  void StartAt(LogSequence first) {
    LogMark mark{.kind = MarkKind::kCheckpoint,
                 .lane = {},
                 .epoch = LogEpoch(1),
                 .sequence = LogSequence(first.value() - 1),
                 .next_record_number = first.value() - 1,
                 .wall_milliseconds = 0,
                 .chain_head = {}};
    mark.chain_head =
        DecodeFrameHeader(ReadAllOf(memory, SegmentPath(first.value())))->previous_hash;
    ASSERT_TRUE(StoreLogMark(memory, kTestDirectory, EncodeLogMark(mark, *keys, options.signing),
                             MarkKind::kCheckpoint)
                    .ok());
  }
  /// True if opening refuses the log, and handed out no frame that differs from what was written.
  bool Refused(LogSequence after) {
    const Status opened = Open(after);
    for (const OwnedFrame& frame : replayed) {
      const std::size_t position = frame.sequence - 2;  // the fence is frame 1
      if (position >= written.size() || written[position] != frame) return false;
    }
    return opened.code() == StatusCode::kCorruption;
  }
  sim::MemoryFileSystem memory;
  std::vector<LogSequence> segments;
};

TEST(LogTampering, RefusesEveryFlippedByteAndEveryCutOf200Frames) {
  TamperRig rig(security::SigningMode::kHmac, kSegmentBytesMin, kFrameCount);
  ASSERT_EQ(rig.written.size(), kFrameCount - 1);
  io::SeededRandom choice(11);
  std::uint64_t flips = 0, cuts = 0;
  // Segment by segment with a checkpoint before each, so that no run reads what it does not change.
  for (const LogSequence segment : rig.segments) {
    if (segment > LogSequence(1)) rig.StartAt(segment);
    const LogSequence after(segment.value() - 1);
    const std::string path = SegmentPath(segment.value());
    const std::string good = ReadAllOf(rig.memory, path);
    std::string bad = good;
    for (std::size_t position = 0; position < good.size(); ++position) {
      bad[position] =
          static_cast<char>(good[position] ^ static_cast<char>(1 + choice.Next64() % 255));
      WriteAllOf(rig.memory, path, bad);
      ASSERT_TRUE(rig.Refused(after)) << "flip at " << position << " of " << path;
      bad[position] = good[position];
      ++flips;
      WriteAllOf(rig.memory, path, ByteView(good).substr(0, position));
      ASSERT_TRUE(rig.Refused(after)) << "cut at " << position << " of " << path;
      ++cuts;
    }
    WriteAllOf(rig.memory, path, good);
  }
  std::printf("[ covered  ] %llu frames in %zu segments: %llu flips and %llu cuts refused\n",
              static_cast<unsigned long long>(kFrameCount), rig.segments.size(),
              static_cast<unsigned long long>(flips), static_cast<unsigned long long>(cuts));
}

/// The frames of a log in one segment, each as bytes.
std::vector<std::string> FramesOf(const std::string& segment) {
  const std::vector<std::size_t> offsets = FrameOffsets(segment);
  std::vector<std::string> frames;
  for (std::size_t number = 0; number + 1 < offsets.size(); ++number) {
    frames.push_back(segment.substr(offsets[number], offsets[number + 1] - offsets[number]));
  }
  return frames;
}

std::string Joined(const std::vector<std::string>& frames) {
  std::string bytes;
  for (const std::string& frame : frames) bytes.append(frame);
  return bytes;
}

/// The frames of a log of many segments, each to be changed on its own. Reading starts at the first
/// segment that differs, since the ones before it are as they were.
class FrameTable {
 public:
  explicit FrameTable(TamperRig& rig) : rig_(rig) {
    for (const LogSequence segment : rig.segments) {
      segments_.push_back(FramesOf(ReadAllOf(rig.memory, SegmentPath(segment.value()))));
      for (std::size_t place = 0; place < segments_.back().size(); ++place) {
        places_.push_back({segments_.size() - 1, place});
      }
    }
  }
  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] const std::string& frame(std::size_t position) const {
    return segments_[places_[position].segment][places_[position].place];
  }
  /// Puts `bytes` where the frame at `position` was.
  void Put(std::size_t position, const std::string& bytes) { changed_[position] = bytes; }
  /// Writes the changes, opens, and takes them back. True if the log was refused.
  bool Refused() {
    const std::size_t first = places_[changed_.begin()->first].segment;
    std::set<std::size_t> touched;
    for (const auto& [position, bytes] : changed_) touched.insert(places_[position].segment);
    for (const std::size_t segment : touched) Write(segment);
    changed_.clear();
    const LogSequence start = rig_.segments[first];
    const bool refused = rig_.Refused(LogSequence(start.value() - 1));
    for (const std::size_t segment : touched) Write(segment);
    return refused;
  }
  /// To be called before the first change in `position`'s segment.
  void StartAt(std::size_t position) {
    const LogSequence start = rig_.segments[places_[position].segment];
    if (start > LogSequence(1)) rig_.StartAt(start);
  }

 private:
  struct Place {
    std::size_t segment, place;
  };
  void Write(std::size_t segment) {
    std::vector<std::string> frames = segments_[segment];
    for (const auto& [position, bytes] : changed_) {
      if (places_[position].segment == segment) frames[places_[position].place] = bytes;
    }
    WriteAllOf(rig_.memory, SegmentPath(rig_.segments[segment].value()), Joined(frames));
  }

  TamperRig& rig_;
  std::vector<std::vector<std::string>> segments_;
  std::vector<Place> places_;
  std::map<std::size_t, std::string> changed_;
};

TEST(LogTampering, RefusesEverySwapRemovalAndRepetitionOf200Frames) {
  TamperRig rig(security::SigningMode::kHmac, kSegmentBytesMin, kFrameCount);
  FrameTable table(rig);
  ASSERT_EQ(table.size(), kFrameCount);
  std::uint64_t swaps = 0, removals = 0, repetitions = 0;
  for (std::size_t first = 0; first < table.size(); ++first) {
    table.StartAt(first);
    for (std::size_t second = first + 1; second < table.size(); ++second) {
      table.Put(first, table.frame(second));
      table.Put(second, table.frame(first));
      ASSERT_TRUE(table.Refused()) << "swap of " << first << " and " << second;
      ++swaps;
    }
    for (std::size_t count = 1; first + count <= table.size(); count += 1 + count / 2) {
      for (std::size_t gone = first; gone < first + count; ++gone) table.Put(gone, "");
      ASSERT_TRUE(table.Refused()) << "removal of " << count << " from " << first;
      ++removals;
    }
    table.Put(first, table.frame(first) + table.frame(first));
    ASSERT_TRUE(table.Refused()) << "repetition of " << first;
    ++repetitions;
  }
  EXPECT_TRUE(rig.Open(LogSequence(rig.segments.back().value() - 1)).ok()) << "all taken back";
  std::printf("[ covered  ] %llu swaps, %llu removals, %llu repetitions refused\n",
              static_cast<unsigned long long>(swaps), static_cast<unsigned long long>(removals),
              static_cast<unsigned long long>(repetitions));
}

TEST(LogTampering, RefusesFramesOfAnotherLogAndAnotherEpoch) {
  TamperRig rig(security::SigningMode::kHmac, kSegmentBytesDefault, 20);
  TamperRig other(security::SigningMode::kHmac, kSegmentBytesDefault, 20);
  other.options.read_only = false;
  ASSERT_TRUE(other.Open().ok());
  ASSERT_TRUE(other.Append("second epoch").ok());
  const std::string path = SegmentPath(1);
  const std::vector<std::string> good = FramesOf(ReadAllOf(rig.memory, path));
  const std::vector<std::string> foreign = FramesOf(ReadAllOf(other.memory, path));
  for (std::size_t position = 0; position < good.size(); ++position) {
    std::vector<std::string> bad = good;
    bad[position] = foreign[position == 0 ? 20 : position];
    if (bad[position] == good[position]) continue;
    WriteAllOf(rig.memory, path, Joined(bad));
    EXPECT_TRUE(rig.Refused(LogSequence(0))) << position;
  }
  std::vector<std::string> longer = good;
  longer.push_back(foreign[21]);
  WriteAllOf(rig.memory, path, Joined(longer));
  EXPECT_TRUE(rig.Refused(LogSequence(0))) << "a frame whose fence is missing";
}

TEST(LogTampering, ShowsEveryFlippedByteToThePublicKeyAlone) {
  constexpr std::uint64_t kFrames = 12;
  TamperRig rig(security::SigningMode::kEd25519, kSegmentBytesDefault, kFrames);
  const security::Ed25519PublicKey public_key = PublicKeyOf(*rig.keys);
  std::uint64_t tried = 0;
  for (const std::string& path : {SegmentPath(1), io::JoinPath(kTestDirectory, kAnchorFileName)}) {
    const std::string good = ReadAllOf(rig.memory, path);
    std::string bad = good;
    for (std::size_t position = 0; position < good.size(); ++position) {
      bad[position] = static_cast<char>(good[position] ^ 0x08);
      WriteAllOf(rig.memory, path, bad);
      const Result<VerifyReport> report = VerifyLog(rig.memory, kTestDirectory, public_key, {});
      ASSERT_TRUE(report.ok()) << report.status().ToString();
      ASSERT_EQ(report->outcome, VerifyOutcome::kTampered)
          << "flip at " << position << " of " << path;
      bad[position] = good[position];
      ++tried;
    }
    WriteAllOf(rig.memory, path, good);
  }
  EXPECT_EQ(VerifyLog(rig.memory, kTestDirectory, public_key, {})->outcome, VerifyOutcome::kClean);
  std::printf("[ covered  ] %llu flips shown by VerifyLog\n",
              static_cast<unsigned long long>(tried));
}

TEST(LogTampering, RefusesEveryFlippedByteAndCutOfTheMarks) {
  TamperRig rig(security::SigningMode::kBoth, kSegmentBytesMin, 30);
  ASSERT_GT(rig.segments.size(), 2U);
  rig.StartAt(rig.segments[1]);
  ASSERT_TRUE(rig.memory.RemoveFile(SegmentPath(1)).ok());
  const LogSequence after(rig.segments[1].value() - 1);
  ASSERT_TRUE(rig.Open(after).ok());
  std::uint64_t tried = 0;
  for (const char* const name : {kAnchorFileName, kCheckpointFileName}) {
    const std::string path = io::JoinPath(kTestDirectory, name);
    const std::string good = ReadAllOf(rig.memory, path);
    for (std::size_t position = 0; position < good.size(); ++position) {
      std::string bad = good;
      bad[position] = static_cast<char>(bad[position] ^ 0x80);
      WriteAllOf(rig.memory, path, bad);
      ASSERT_TRUE(rig.Refused(after)) << "flip at " << position << " of " << path;
      WriteAllOf(rig.memory, path, ByteView(good).substr(0, position));
      ASSERT_TRUE(rig.Refused(after)) << "cut at " << position << " of " << path;
      tried += 2;
    }
    ASSERT_TRUE(rig.memory.RemoveFile(path).ok());
    EXPECT_TRUE(rig.Refused(after)) << path << " removed";
    WriteAllOf(rig.memory, path, good);
  }
  EXPECT_TRUE(rig.Open(after).ok());
  std::printf("[ covered  ] %llu mutations of marks refused\n",
              static_cast<unsigned long long>(tried));
}

TEST(LogTampering, RefusesEveryMissingOrRenamedSegment) {
  TamperRig rig(security::SigningMode::kHmac, kSegmentBytesMin, 60);
  for (const LogSequence segment : rig.segments) {
    const std::string path = SegmentPath(segment.value());
    const std::string other = SegmentPath(segment.value() + 1);
    const std::string good = ReadAllOf(rig.memory, path);
    ASSERT_TRUE(rig.memory.RemoveFile(path).ok());
    EXPECT_TRUE(rig.Refused(LogSequence(0))) << path << " removed";
    WriteAllOf(rig.memory, other, good);
    EXPECT_TRUE(rig.Refused(LogSequence(0))) << path << " renamed";
    ASSERT_TRUE(rig.memory.RemoveFile(other).ok());
    WriteAllOf(rig.memory, path, "");
    EXPECT_TRUE(rig.Refused(LogSequence(0))) << path << " emptied";
    WriteAllOf(rig.memory, path, good + std::string(100, '\0'));
    const bool last = segment == rig.segments.back();
    EXPECT_EQ(rig.Refused(LogSequence(0)), !last) << path << " with zeros behind";
    WriteAllOf(rig.memory, path, good);
  }
  EXPECT_TRUE(rig.Open().ok());
}

}  // namespace
}  // namespace phenix::log
