// Ends the process at every named step of opening, appending, rolling, trimming and closing, then
// opens the log again: every acknowledged frame is there, and nothing else but whole frames.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "io/clock.h"
#include "io/crash_point.h"
#include "io/file_system.h"
#include "io/random.h"
#include "log/file_log.h"
#include "log/log_verifier.h"
#include "log/segment_reader.h"
#include "security/key_ring.h"

namespace phenix::log {
namespace {

constexpr int kAppends = 24;
constexpr std::uint64_t kKeptFrames = 8;

std::string PayloadOf(int number) {
  return std::to_string(number) + ":" + std::string(static_cast<std::size_t>(200 + number), 'p');
}

/// A database directory on the real file system.
struct Place {
  // The process id keeps two runs on one machine apart.
  explicit Place(const std::string& name)
      : directory(testing::TempDir() + "/phenix_log_" + name + "_" + std::to_string(getpid())) {
    io::FileSystem& files = io::PosixFileSystem();
    EXPECT_TRUE(io::RemoveTree(files, directory).ok());
    EXPECT_TRUE(files.CreateDirectories(directory).ok());
    EXPECT_TRUE(
        security::KeyRing::Create(files, io::SystemRandom(),
                                  {.directory = directory, .provider = nullptr, .encrypt = false})
            .ok());
  }
  ~Place() { EXPECT_TRUE(io::RemoveTree(io::PosixFileSystem(), directory).ok()); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  std::string directory;
};

struct Opened {
  std::unique_ptr<security::KeyRing> keys;
  std::unique_ptr<FileLog> log;
  std::set<std::string> payloads;
  std::uint64_t torn_bytes = 0;
};

Result<Opened> OpenAt(const std::string& directory, std::uint64_t replay_after) {
  io::FileSystem& files = io::PosixFileSystem();
  Opened opened;
  PHENIX_ASSIGN_OR_RETURN(security::KeyRing keys,
                          security::KeyRing::Open(files, directory, nullptr));
  opened.keys = std::make_unique<security::KeyRing>(std::move(keys));
  const FileLogOptions options{.directory = directory + "/log",
                               .lane = LaneId(0),
                               .keys = opened.keys.get(),
                               .signing = security::SigningMode::kBoth,
                               .encrypt = false,
                               .compress = false,
                               .segment_size_bytes = kSegmentBytesMin,
                               .read_only = false,
                               .expected_head = std::nullopt};
  PHENIX_ASSIGN_OR_RETURN(
      opened.log, FileLog::Open({files, io::SystemClock(), io::SystemRandom()}, options,
                                LogSequence(replay_after), [&](const DecodedFrame& frame) {
                                  if (frame.records.front().type == RecordType::kTransaction) {
                                    opened.payloads.emplace(frame.records.front().payload);
                                  }
                                  return Status::Ok();
                                }));
  opened.torn_bytes = opened.log->open_report().torn_bytes;
  return opened;
}

/// Ends a child that met an error which no crash explains.
void Require(const Status& status, const char* what) {
  if (status.ok()) return;
  std::fprintf(stderr, "child: %s: %s\n", what, status.ToString().c_str());
  _exit(1);
}

/// What a child process does; it writes down each acknowledged number and each trim watermark.
void WorkOnce(const std::string& directory, std::uint64_t state) {
  Result<Opened> opened = OpenAt(directory, state);
  Require(opened.status(), "open");
  std::ofstream acknowledged(directory + "/acknowledged", std::ios::app);
  std::ofstream watermark(directory + "/watermark", std::ios::app);
  for (int number = 0; number < kAppends; ++number) {
    const std::string payload = PayloadOf(number);
    const LogRecord record{
        .type = RecordType::kTransaction, .transaction_id = {}, .payload = payload};
    const Result<AppendedFrame> appended = opened->log->Append({.records = {&record, 1},
                                                                .timestamp_min = {},
                                                                .timestamp_max = {},
                                                                .closed = {},
                                                                .shards = {}});
    Require(appended.status(), "append");
    acknowledged << appended->sequence.value() << " " << number << "\n" << std::flush;
    if (number % 10 == 9) {
      const std::uint64_t until = appended->sequence.value() - kKeptFrames;
      watermark << until << "\n" << std::flush;
      Require(opened->log->TrimBefore(LogSequence(until)), "trim");
    }
  }
  Require(opened->log->Close(), "close");
}

int RunChild(const std::string& directory, std::uint64_t state, const std::string& point,
             unsigned visit) {
  const pid_t child = fork();
  if (child == 0) {
    io::ArmCrashPoint(point, visit);
    WorkOnce(directory, state);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::uint64_t LastLineOf(const std::string& path) {
  std::ifstream lines(path);
  std::uint64_t last = 0;
  for (std::uint64_t value = 0; lines >> value;) last = value;
  return last;
}

/// Opens after a crash and compares with what was written down.
void CheckReopened(const std::string& directory) {
  const std::uint64_t watermark = LastLineOf(directory + "/watermark");
  const std::uint64_t state = watermark > 0 ? watermark - 1 : 0;
  const Result<Opened> opened = OpenAt(directory, state);
  ASSERT_TRUE(opened.ok()) << opened.status().ToString();
  std::ifstream lines(directory + "/acknowledged");
  std::uint64_t sequence = 0;
  for (int number = 0; lines >> sequence >> number;) {
    if (sequence <= state) continue;
    ASSERT_EQ(opened->payloads.count(PayloadOf(number)), 1U) << "lost frame " << sequence;
  }
  const Result<VerifyReport> report =
      VerifyLog(io::PosixFileSystem(), directory + "/log",
                *security::Ed25519PublicKey::FromRaw(opened->keys->node_key().public_raw()), {});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->outcome, VerifyOutcome::kClean) << report->what;
}

/// Leaves the beginning of a frame at the end of the log, as a write that did not finish would.
void TearTail(const std::string& directory) {
  const std::vector<LogSequence> segments =
      *ListSegments(io::PosixFileSystem(), directory + "/log");
  ASSERT_FALSE(segments.empty());
  std::ofstream tail(directory + "/log/" + SegmentFileName(segments.back()),
                     std::ios::app | std::ios::binary);
  tail << "PHXL and no more";
}

std::vector<std::string> AllPoints() {
  const Place place("record");
  io::RecordCrashPoints(true);
  // Twice, so that the second opening finds frames that no anchor vouches for.
  for (int round = 0; round < 2; ++round) {
    Result<Opened> opened = OpenAt(place.directory, 0);
    EXPECT_TRUE(opened.ok());
    const LogRecord record{.type = RecordType::kTransaction, .transaction_id = {}, .payload = "x"};
    EXPECT_TRUE(opened->log
                    ->Append({.records = {&record, 1},
                              .timestamp_min = {},
                              .timestamp_max = {},
                              .closed = {},
                              .shards = {}})
                    .ok());
  }
  WorkOnce(place.directory, 0);
  TearTail(place.directory);
  EXPECT_TRUE(OpenAt(place.directory, LastLineOf(place.directory + "/watermark") - 1).ok());
  io::RecordCrashPoints(false);
  return io::RecordedCrashPoints();
}

TEST(FileLogCrash, KeepsAcknowledgedFramesFromEveryNamedStepOn) {
  const std::vector<std::string> points = AllPoints();
  std::uint64_t crashes = 0;
  std::set<std::string> reached;
  // Two crashes in a row: the second one hits the recovery of the first. After the first of these
  // the anchor knows every frame, after the second it does not.
  struct FirstCrash {
    const char* point;
    unsigned visit;
  };
  std::vector<std::pair<FirstCrash, std::string>> cases;
  for (const std::string& point : points) {
    cases.push_back({{"log.fence_anchored", 1}, point});
    cases.push_back({{"log.append_written", 4}, point});
  }
  for (const auto& [before, point] : cases) {
    for (const unsigned visit : {1U, 2U, 7U}) {
      SCOPED_TRACE(point + " visit " + std::to_string(visit) + " after " + before.point);
      const Place place("crash");
      ASSERT_EQ(RunChild(place.directory, 0, before.point, before.visit), io::kCrashPointExitCode);
      TearTail(place.directory);
      const int exit_code = RunChild(place.directory, 0, point, visit);
      ASSERT_TRUE(exit_code == 0 || exit_code == io::kCrashPointExitCode) << exit_code;
      crashes += exit_code == io::kCrashPointExitCode ? 1 : 0;
      if (exit_code == io::kCrashPointExitCode) reached.insert(point);
      CheckReopened(place.directory);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_EQ(reached.size(), points.size()) << "some step was never crashed at";
  std::printf("[ covered  ] %zu steps, %llu crashes:", points.size(),
              static_cast<unsigned long long>(crashes));
  for (const std::string& point : points) std::printf(" %s", point.c_str());
  std::printf("\n");
}

}  // namespace
}  // namespace phenix::log
