// The torn-tail rule: only the newest frame may be cut; a bad frame before a valid one refuses.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "log/log_test_support.h"
#include "log/log_verifier.h"
#include "sim/memory_file_system.h"

namespace phenix::log {
namespace {

/// A log whose writer went away without closing: the anchor knows of the fence only.
struct CrashRig : LogRig {
  explicit CrashRig(bool encrypt = true, std::size_t payload_bytes = 900) : LogRig(memory) {
    options.encrypt = encrypt;
    options.compress = false;
    EXPECT_TRUE(Open().ok());
    io::SeededRandom payload(3);
    for (int number = 0; number < 4; ++number)
      EXPECT_TRUE(Append(payload.Bytes(payload_bytes)).ok());
    log.reset();
    bytes = ReadAllOf(memory, SegmentPath(1));
    last = FrameOffsets(bytes)[4];
  }
  void Put(const std::string& content) { WriteAllOf(memory, SegmentPath(1), content); }
  std::vector<OwnedFrame> AllButLast() { return {written.begin(), written.end() - 1}; }

  sim::MemoryFileSystem memory;
  std::string bytes;
  std::size_t last = 0;  ///< Where the newest frame starts.
};

TEST(TornTail, IsCutAwayAtEveryPositionOfTheNewestFrame) {
  CrashRig rig;
  for (std::size_t cut = rig.last; cut < rig.bytes.size(); ++cut) {
    CrashRig crashed;
    crashed.Put(rig.bytes.substr(0, cut));
    const Result<VerifyReport> report =
        VerifyLog(crashed.memory, kTestDirectory, PublicKeyOf(*crashed.keys), {});
    ASSERT_EQ(report->outcome, cut == rig.last ? VerifyOutcome::kClean : VerifyOutcome::kTorn)
        << cut;
    ASSERT_TRUE(crashed.Open().ok()) << cut;
    ASSERT_EQ(crashed.replayed, crashed.AllButLast());
    ASSERT_EQ(crashed.log->open_report().torn_bytes, cut - rig.last);
    if (cut > rig.last) {
      ASSERT_EQ(crashed.log->open_report().torn_offset, rig.last);
    }
    ASSERT_TRUE(crashed.Append("goes on").ok());
    ASSERT_TRUE(crashed.Open().ok()) << "after the cut was made good";
    ASSERT_EQ(crashed.log->open_report().torn_bytes, 0U);
    ASSERT_EQ(crashed.replayed.back().records.front().payload, "goes on");
  }
  std::printf("[ covered  ] %zu cuts of the newest frame\n", rig.bytes.size() - rig.last);
}

TEST(TornTail, MayMissAnySectorOfTheNewestFrame) {
  CrashRig rig(true, 3000);
  std::size_t tried = 0;
  for (std::size_t sector = rig.last / 512; sector <= rig.bytes.size() / 512; ++sector) {
    CrashRig crashed(true, 3000);
    std::string torn = rig.bytes;
    const std::size_t begin = std::max(rig.last, sector * 512);
    const std::size_t end = std::min(torn.size(), (sector + 1) * 512);
    if (begin >= end) continue;
    std::fill(torn.begin() + static_cast<std::ptrdiff_t>(begin),
              torn.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    crashed.Put(torn);
    ASSERT_TRUE(crashed.Open().ok()) << sector;
    ASSERT_EQ(crashed.replayed, crashed.AllButLast());
    ASSERT_EQ(crashed.log->open_report().torn_bytes, rig.bytes.size() - rig.last);
    ++tried;
  }
  std::printf("[ covered  ] %zu lost sectors\n", tried);
}

TEST(TornTail, IsNotSeenInPreallocatedZeros) {
  for (const std::size_t zeros : {std::size_t{1}, std::size_t{319}, std::size_t{320},
                                  std::size_t{5000}, std::size_t{200000}}) {
    CrashRig rig;
    rig.Put(rig.bytes + std::string(zeros, '\0'));
    EXPECT_EQ(VerifyLog(rig.memory, kTestDirectory, PublicKeyOf(*rig.keys), {})->outcome,
              VerifyOutcome::kClean);
    ASSERT_TRUE(rig.Open().ok()) << zeros;
    EXPECT_EQ(rig.replayed, rig.written);
    EXPECT_EQ(rig.log->open_report().torn_bytes, 0U);
    ASSERT_TRUE(rig.Append("behind the zeros").ok());
    ASSERT_TRUE(rig.Open().ok());
    EXPECT_EQ(rig.replayed, rig.written);
  }
}

TEST(TornTail, InPreallocatedZerosIsCutAwayAtEverySector) {
  CrashRig rig(true, 3000);
  for (std::size_t cut = (rig.last / 512 + 1) * 512; cut < rig.bytes.size(); cut += 512) {
    CrashRig crashed(true, 3000);
    crashed.Put(rig.bytes.substr(0, cut) + std::string(4096, '\0'));
    ASSERT_TRUE(crashed.Open().ok()) << cut;
    ASSERT_EQ(crashed.replayed, crashed.AllButLast());
  }
}

TEST(TornTail, IsCheckedEvenWhenNothingIsReplayed) {
  CrashRig rig;
  rig.Put(rig.bytes.substr(0, rig.bytes.size() - 1));
  EXPECT_EQ(rig.Open(LogSequence(5)).code(), StatusCode::kCorruption) << "the state had frame 5";
  ASSERT_TRUE(rig.Open(LogSequence(4)).ok());
  EXPECT_EQ(rig.log->open_report().torn_bytes, rig.bytes.size() - 1 - rig.last);
}

TEST(TornTail, IsNoExcuseForABadFrameBeforeAValidOne) {
  CrashRig rig;
  std::size_t tried = 0;
  for (std::size_t position = 0; position < rig.last; position += 13) {
    CrashRig damaged;
    // A lost sector, as a torn write would leave it, but not in the newest frame.
    std::string bad = rig.bytes;
    const std::size_t end = std::min(position + 600, rig.last);
    std::fill(bad.begin() + static_cast<std::ptrdiff_t>(position),
              bad.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    damaged.Put(bad);
    const Status opened = damaged.Open();
    ASSERT_EQ(opened.code(), StatusCode::kCorruption) << position;
    ASSERT_NE(opened.message().find("sequence="), std::string_view::npos);
    ASSERT_NE(opened.message().find("offset="), std::string_view::npos);
    ASSERT_NE(opened.message().find(SegmentFileName(LogSequence(1))), std::string_view::npos);
    ++tried;
  }
  std::printf("[ covered  ] %zu bad places before a valid frame refused\n", tried);
}

TEST(TornTail, IsNoExcuseForAFlippedByteInAWholeNewestFrame) {
  CrashRig rig;
  for (std::size_t position = rig.last; position < rig.bytes.size(); ++position) {
    std::string bad = rig.bytes;
    bad[position] = static_cast<char>(bad[position] ^ 0x20);
    rig.Put(bad);
    ASSERT_EQ(rig.Open().code(), StatusCode::kCorruption) << position;
  }
}

TEST(TornTail, IsNotMistakenForCorruptionByAFrameInsideAPayload) {
  CrashRig donor;
  CrashRig rig;
  // The newest frame carries a copy of a whole older frame of this very log, then is cut.
  ASSERT_TRUE(rig.Open().ok());
  const std::string older = rig.bytes.substr(FrameOffsets(rig.bytes)[1], 320);
  rig.options.encrypt = false;
  ASSERT_TRUE(rig.Open().ok());
  ASSERT_TRUE(rig.Append(older + std::string(500, 'x')).ok());
  rig.log.reset();
  const std::string bytes = ReadAllOf(rig.memory, SegmentPath(1));
  rig.Put(bytes.substr(0, bytes.size() - 10));
  ASSERT_TRUE(rig.Open().ok());
  EXPECT_GT(rig.log->open_report().torn_bytes, 0U);
}

TEST(TornTail, IsCutInAFreshSegmentToo) {
  for (const bool first_frame_whole : {false, true}) {
    sim::MemoryFileSystem memory;
    LogRig rig(memory);
    rig.options.compress = false;
    rig.options.segment_size_bytes = kSegmentBytesMin;
    ASSERT_TRUE(rig.Open().ok());
    while (ListSegments(memory, kTestDirectory)->size() < 2) {
      ASSERT_TRUE(rig.Append(std::string(500, 'p')).ok());
    }
    // The anchor written with the first frame of a segment vouches for that frame.
    if (first_frame_whole) {
      ASSERT_TRUE(rig.Append(std::string(500, 'p')).ok());
    }
    const LogSequence second = ListSegments(memory, kTestDirectory)->back();
    rig.log.reset();
    const std::string bytes = ReadAllOf(memory, SegmentPath(second.value()));
    WriteAllOf(memory, SegmentPath(second.value()), bytes.substr(0, bytes.size() - 200));
    const Status opened = rig.Open();
    EXPECT_EQ(opened.code(), first_frame_whole ? StatusCode::kOk : StatusCode::kCorruption);
    if (opened.ok()) {
      EXPECT_EQ(rig.replayed.size(), rig.written.size() - 1);
    }
  }
}

TEST(TornTail, LeavesAnEmptyNewSegmentInUse) {
  CrashRig rig;
  WriteAllOf(rig.memory, SegmentPath(6), "");
  ASSERT_TRUE(rig.Open().ok());
  EXPECT_EQ(rig.replayed, rig.written);
  ASSERT_TRUE(rig.Append("in the new segment").ok());
  EXPECT_EQ(ListSegments(rig.memory, kTestDirectory)->size(), 2U);
  ASSERT_TRUE(rig.Open().ok());
  EXPECT_EQ(rig.replayed, rig.written);
}

}  // namespace
}  // namespace phenix::log
