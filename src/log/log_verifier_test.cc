#include "log/log_verifier.h"

#include <gtest/gtest.h>

#include <string>

#include "log/log_mark.h"
#include "log/log_test_support.h"
#include "sim/memory_file_system.h"

namespace phenix::log {
namespace {

/// A closed log of a fence and four frames in memory.
struct VerifyRig : LogRig {
  explicit VerifyRig(security::SigningMode signing = security::SigningMode::kBoth)
      : LogRig(memory) {
    options.signing = signing;
    options.compress = false;
    EXPECT_TRUE(Open().ok());
    for (int number = 0; number < 4; ++number) EXPECT_TRUE(Append(std::string(700, 'p')).ok());
    head = log->Head();
    EXPECT_TRUE(log->Close().ok());
  }
  Result<VerifyReport> Verify(const std::optional<LogHead>& expected = std::nullopt) {
    return VerifyLog(memory, kTestDirectory, PublicKeyOf(*keys), expected);
  }
  std::string AnchorPath() { return io::JoinPath(kTestDirectory, kAnchorFileName); }
  sim::MemoryFileSystem memory;
  LogHead head;
};

TEST(LogVerifier, ReportsACleanLogFromThePublicKeyAlone) {
  VerifyRig rig;
  const Result<VerifyReport> report = rig.Verify(rig.head);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->outcome, VerifyOutcome::kClean) << report->what;
  EXPECT_EQ(report->frames, 5U);
  EXPECT_EQ(report->records, 5U);
  EXPECT_EQ(report->first_sequence, LogSequence(1));
  EXPECT_EQ(report->last_sequence, LogSequence(5));
  EXPECT_EQ(report->chain_head, rig.head.chain_head);
  EXPECT_EQ(report->size_bytes, ReadAllOf(rig.memory, SegmentPath(1)).size());
  EXPECT_EQ(ExitCodeOf(report), VerifyExitCode::kClean);
}

TEST(LogVerifier, TellsATornTailFromTamperingByTheAnchor) {
  VerifyRig rig;
  const std::string bytes = ReadAllOf(rig.memory, SegmentPath(1));
  WriteAllOf(rig.memory, SegmentPath(1), ByteView(bytes).substr(0, bytes.size() - 1));
  EXPECT_EQ(rig.Verify()->outcome, VerifyOutcome::kTampered) << "the frame had been acknowledged";
  // A crash: the anchor is that of the opening.
  VerifyRig crashed;
  ASSERT_TRUE(crashed.Open().ok());
  ASSERT_TRUE(crashed.Append(std::string(700, 'q')).ok());
  crashed.log.reset();
  const std::string longer = ReadAllOf(crashed.memory, SegmentPath(1));
  WriteAllOf(crashed.memory, SegmentPath(1), ByteView(longer).substr(0, longer.size() - 1));
  const Result<VerifyReport> report = crashed.Verify();
  EXPECT_EQ(report->outcome, VerifyOutcome::kTorn);
  EXPECT_EQ(report->frames, 6U);
  EXPECT_EQ(report->file, SegmentFileName(LogSequence(1)));
  EXPECT_NE(report->what.find("sequence=7"), std::string::npos) << report->what;
  EXPECT_EQ(ExitCodeOf(report), VerifyExitCode::kTorn);
}

TEST(LogVerifier, ReportsAChangedByteWithItsPlace) {
  VerifyRig rig;
  std::string bytes = ReadAllOf(rig.memory, SegmentPath(1));
  const std::size_t third = FrameOffsets(bytes)[2];
  bytes[third + kFrameHeaderBytes + 50] ^= 1;
  WriteAllOf(rig.memory, SegmentPath(1), bytes);
  const Result<VerifyReport> report = rig.Verify();
  EXPECT_EQ(report->outcome, VerifyOutcome::kTampered);
  EXPECT_EQ(report->offset, third);
  EXPECT_EQ(report->frames, 2U);
  EXPECT_NE(report->what.find("sequence=3: body hash differs"), std::string::npos) << report->what;
  EXPECT_EQ(ExitCodeOf(report), VerifyExitCode::kTampered);
}

TEST(LogVerifier, ReportsAMissingTailAsRolledBack) {
  VerifyRig rig;
  const std::string bytes = ReadAllOf(rig.memory, SegmentPath(1));
  WriteAllOf(rig.memory, SegmentPath(1), ByteView(bytes).substr(0, FrameOffsets(bytes)[4]));
  Result<VerifyReport> report = rig.Verify();
  EXPECT_EQ(report->outcome, VerifyOutcome::kRolledBack) << report->what;
  EXPECT_EQ(ExitCodeOf(report), VerifyExitCode::kRolledBack);
  ASSERT_TRUE(rig.memory.RemoveFile(SegmentPath(1)).ok());
  EXPECT_EQ(rig.Verify()->outcome, VerifyOutcome::kRolledBack) << "all segments gone";
}

TEST(LogVerifier, ReportsAWholeOldCopyOnlyAgainstAHeadFromOutside) {
  VerifyRig rig;
  const std::string old_segment = ReadAllOf(rig.memory, SegmentPath(1));
  const std::string old_anchor = ReadAllOf(rig.memory, rig.AnchorPath());
  ASSERT_TRUE(rig.Open().ok());
  ASSERT_TRUE(rig.Append("later").ok());
  const LogHead head = rig.log->Head();
  rig.log.reset();
  WriteAllOf(rig.memory, SegmentPath(1), old_segment);
  WriteAllOf(rig.memory, rig.AnchorPath(), old_anchor);
  EXPECT_EQ(rig.Verify()->outcome, VerifyOutcome::kClean);
  EXPECT_EQ(rig.Verify(head)->outcome, VerifyOutcome::kRolledBack);
  LogHead forked = rig.head;
  forked.chain_head[0] ^= 1;
  EXPECT_EQ(rig.Verify(forked)->outcome, VerifyOutcome::kTampered) << "another history";
}

TEST(LogVerifier, MissesTheAnchorWhenItIsGone) {
  VerifyRig rig;
  ASSERT_TRUE(rig.memory.RemoveFile(rig.AnchorPath()).ok());
  EXPECT_EQ(rig.Verify()->outcome, VerifyOutcome::kTampered);
  EXPECT_EQ(rig.Verify()->file, kAnchorFileName);
}

TEST(LogVerifier, AcceptsAFirstOpeningThatCrashedBeforeItsAnchor) {
  sim::MemoryFileSystem memory;
  LogRig rig(memory);
  ASSERT_TRUE(rig.Open().ok());
  rig.log.reset();
  ASSERT_TRUE(memory.RemoveFile(io::JoinPath(kTestDirectory, kAnchorFileName)).ok());
  EXPECT_EQ(VerifyLog(memory, kTestDirectory, PublicKeyOf(*rig.keys), {})->outcome,
            VerifyOutcome::kClean);
  EXPECT_TRUE(rig.Open().ok());
}

TEST(LogVerifier, SaysSoWhenALogCarriesNoSignatures) {
  VerifyRig rig(security::SigningMode::kHmac);
  const Result<VerifyReport> report = rig.Verify();
  EXPECT_EQ(report->outcome, VerifyOutcome::kTampered);
  EXPECT_NE(report->what.find("nothing vouches for it"), std::string::npos) << report->what;
}

TEST(LogVerifier, RefusesAnotherPublicKeyAndAnEmptyPlace) {
  VerifyRig rig;
  const auto other = MakeKeys(9);
  EXPECT_EQ(VerifyLog(rig.memory, kTestDirectory, PublicKeyOf(*other), {})->outcome,
            VerifyOutcome::kTampered);
  const Result<VerifyReport> nothing =
      VerifyLog(rig.memory, "/nowhere", PublicKeyOf(*rig.keys), {});
  EXPECT_EQ(nothing.status().code(), StatusCode::kNotFound);
  EXPECT_EQ(ExitCodeOf(nothing), VerifyExitCode::kInputOutput);
}

TEST(LogVerifier, ChangesNoFile) {
  VerifyRig rig;
  const std::string bytes = ReadAllOf(rig.memory, SegmentPath(1));
  WriteAllOf(rig.memory, SegmentPath(1), ByteView(bytes).substr(0, bytes.size() - 3));
  ASSERT_TRUE(rig.Verify().ok());
  EXPECT_EQ(ReadAllOf(rig.memory, SegmentPath(1)).size(), bytes.size() - 3);
}

}  // namespace
}  // namespace phenix::log
