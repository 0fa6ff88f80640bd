// A log of format version 1, written once and committed, still opens and verifies.
#include <gtest/gtest.h>

#include <string>

#include "io/file_system.h"
#include "log/log_test_support.h"
#include "log/log_verifier.h"
#include "sim/memory_file_system.h"

namespace phenix::log {
namespace {

constexpr const char* kGolden = PHENIX_SOURCE_DIR "/tests/data/formats/log-v1";

/// A copy in memory of the committed directory, so that a test may open it for writing.
struct GoldenCopy {
  GoldenCopy() {
    EXPECT_TRUE(memory.CreateDirectories(kTestDirectory).ok());
    io::FileSystem& files = io::PosixFileSystem();
    const std::string from = io::JoinPath(kGolden, "log");
    const std::vector<io::DirectoryEntry> entries = *files.List(from);
    for (const io::DirectoryEntry& entry : entries) {
      WriteAllOf(memory, io::JoinPath(kTestDirectory, entry.name),
                 ReadAllOf(files, io::JoinPath(from, entry.name)));
    }
    provider = *security::FileKeyProvider::Open(files, io::SystemRandom(),
                                                io::JoinPath(kGolden, "master.key"));
    keys.emplace(*security::KeyRing::Open(files, kGolden, provider.get()));
  }
  sim::MemoryFileSystem memory;
  std::unique_ptr<security::FileKeyProvider> provider;
  std::optional<security::KeyRing> keys;
};

TEST(GoldenLog, VerifiesWithItsPublicKeyAlone) {
  io::FileSystem& files = io::PosixFileSystem();
  const Result<security::Ed25519PublicKey> public_key = security::Ed25519PublicKey::FromPem(
      ReadAllOf(files, io::JoinPath(kGolden, security::kPublicKeyFileName)));
  ASSERT_TRUE(public_key.ok());
  const Result<VerifyReport> report =
      VerifyLog(files, io::JoinPath(kGolden, "log"), *public_key, {});
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_EQ(report->outcome, VerifyOutcome::kClean) << report->what;
  EXPECT_EQ(report->last_sequence, LogSequence(34));
  EXPECT_GT(report->first_sequence, LogSequence(1)) << "the golden log is a trimmed one";
}

TEST(GoldenLog, OpensAndHoldsWhatWasWritten) {
  GoldenCopy copy;
  io::SeededRandom random(1);
  io::ManualClock clock(1);
  FileLogOptions options;
  options.directory = kTestDirectory;
  options.keys = &*copy.keys;
  const LogSequence first = ListSegments(copy.memory, kTestDirectory)->front();
  std::uint64_t transactions = 0, fences = 0, trims = 0;
  const auto opened = FileLog::Open(
      {copy.memory, clock, random}, options, LogSequence(first.value() - 1),
      [&](const DecodedFrame& frame) {
        fences += frame.records.front().type == RecordType::kFence ? 1 : 0;
        trims += frame.records.front().type == RecordType::kTrim ? 1 : 0;
        if (frame.records.front().type != RecordType::kTransaction) return Status::Ok();
        const std::uint64_t number = frame.header.timestamps.min.value() - 1000;
        EXPECT_EQ(frame.records.size(), 2U);
        EXPECT_EQ(frame.records[0].payload, "golden record " + std::to_string(number));
        EXPECT_EQ(frame.records[1].payload,
                  std::string(100 * number, static_cast<char>('a' + number)));
        EXPECT_EQ(frame.records[1].flags, 3U);
        EXPECT_EQ(frame.shards, (std::vector<std::uint64_t>{10, 20}));
        ++transactions;
        return Status::Ok();
      });
  ASSERT_TRUE(opened.ok()) << opened.status().ToString();
  EXPECT_EQ(fences, 3U);
  EXPECT_EQ(trims, 1U);
  EXPECT_EQ(transactions, 34 - first.value() + 1 - fences - trims);
  EXPECT_EQ((*opened)->open_report().epoch, LogEpoch(5));
  std::printf("[ covered  ] %llu transactions of a version 1 log read\n",
              static_cast<unsigned long long>(transactions));
}

}  // namespace
}  // namespace phenix::log
