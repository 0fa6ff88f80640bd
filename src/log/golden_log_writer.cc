// Writes the committed files of format version 1 and the seeds of the fuzzers, from fixed seeds.
//
//   phenix_golden_log_writer TESTS_DIRECTORY
//
// Run once per format version; the files are then kept for ever.
#include <cstdio>
#include <string>
#include <vector>

#include "io/clock.h"
#include "io/file_system.h"
#include "io/random.h"
#include "log/file_log.h"
#include "log/frame_header.h"
#include "log/segment_reader.h"
#include "security/file_cipher.h"
#include "security/file_key_provider.h"
#include "security/key_ring.h"

namespace phenix::log {
namespace {

Status MakeKeyFiles(io::FileSystem& files, io::RandomSource& random, const std::string& directory) {
  PHENIX_RETURN_IF_ERROR(files.CreateDirectories(directory));
  const std::string master = io::JoinPath(directory, "master.key");
  PHENIX_RETURN_IF_ERROR(security::FileKeyProvider::Create(files, random, master));
  PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<security::FileKeyProvider> provider,
                          security::FileKeyProvider::Open(files, random, master));
  PHENIX_ASSIGN_OR_RETURN(
      security::KeyRing ring,
      security::KeyRing::Create(
          files, random, {.directory = directory, .provider = provider.get(), .encrypt = true}));
  return ring.RotateDataKey(files, random, *provider);
}

Status AppendFrames(FileLog& log, int count) {
  for (int number = 0; number < count; ++number) {
    const std::string first = "golden record " + std::to_string(number);
    const std::string second(static_cast<std::size_t>(100 * number),
                             static_cast<char>('a' + number));
    const std::vector<LogRecord> records = {
        {.type = RecordType::kTransaction, .transaction_id = {'g'}, .payload = first},
        {.type = RecordType::kSchema,
         .transaction_id = {},
         .payload = second,
         .shard = 1,
         .flags = 3}};
    const std::vector<std::uint64_t> shards = {10, 20};
    const CommitTimestamp time(1000 + static_cast<std::uint64_t>(number));
    PHENIX_RETURN_IF_ERROR(log.Append({.records = records,
                                       .timestamp_min = time,
                                       .timestamp_max = time,
                                       .closed = time,
                                       .shards = shards})
                               .status());
  }
  return Status::Ok();
}

/// Four openings: one plain, two encrypted, one that trims.
Status MakeLog(io::FileSystem& files, io::RandomSource& random, const std::string& directory) {
  PHENIX_RETURN_IF_ERROR(MakeKeyFiles(files, random, directory));
  PHENIX_ASSIGN_OR_RETURN(
      const std::unique_ptr<security::FileKeyProvider> provider,
      security::FileKeyProvider::Open(files, random, io::JoinPath(directory, "master.key")));
  PHENIX_ASSIGN_OR_RETURN(const security::KeyRing ring,
                          security::KeyRing::Open(files, directory, provider.get()));
  io::ManualClock clock(1700000000000);
  FileLogOptions options;
  options.directory = io::JoinPath(directory, "log");
  options.keys = &ring;
  options.segment_size_bytes = kSegmentBytesMin;
  const auto ignore = [](const DecodedFrame&) { return Status::Ok(); };
  for (const bool encrypt : {false, true, true}) {
    options.encrypt = encrypt;
    PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<FileLog> log,
                            FileLog::Open({files, clock, random}, options, LogSequence(0), ignore));
    PHENIX_RETURN_IF_ERROR(AppendFrames(*log, 9));
    PHENIX_RETURN_IF_ERROR(log->Close());
  }
  PHENIX_ASSIGN_OR_RETURN(const std::vector<LogSequence> segments,
                          ListSegments(files, options.directory));
  PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<FileLog> log,
                          FileLog::Open({files, clock, random}, options, LogSequence(0), ignore));
  PHENIX_RETURN_IF_ERROR(log->TrimBefore(segments[1]));
  PHENIX_RETURN_IF_ERROR(AppendFrames(*log, 2));
  return log->Close();
}

/// A small log under the keys that frame_fuzz.cc makes from seed 1; its files are the seeds.
Status MakeSeeds(io::FileSystem& files, const std::string& scratch, const std::string& corpus) {
  PHENIX_RETURN_IF_ERROR(io::RemoveTree(files, corpus));
  PHENIX_RETURN_IF_ERROR(files.CreateDirectories(corpus));
  PHENIX_RETURN_IF_ERROR(files.CreateDirectories(scratch));
  io::SeededRandom random(1);
  PHENIX_ASSIGN_OR_RETURN(
      const security::KeyRing ring,
      security::KeyRing::Create(files, random,
                                {.directory = scratch, .provider = nullptr, .encrypt = false}));
  io::ManualClock clock(1700000000000);
  FileLogOptions options;
  options.directory = corpus;
  options.keys = &ring;
  options.segment_size_bytes = kSegmentBytesMin;
  const auto ignore = [](const DecodedFrame&) { return Status::Ok(); };
  PHENIX_ASSIGN_OR_RETURN(const std::unique_ptr<FileLog> log,
                          FileLog::Open({files, clock, random}, options, LogSequence(0), ignore));
  PHENIX_RETURN_IF_ERROR(AppendFrames(*log, 12));
  PHENIX_RETURN_IF_ERROR(log->Close());
  PHENIX_RETURN_IF_ERROR(files.RemoveFile(io::JoinPath(corpus, "LOCK")));
  return io::RemoveTree(files, scratch);
}

Status CopyFile(io::FileSystem& files, const std::string& from, const std::string& to) {
  PHENIX_RETURN_IF_ERROR(files.CreateDirectories(io::ParentPath(to)));
  PHENIX_ASSIGN_OR_RETURN(const std::string bytes, io::ReadFile(files, from, 1 << 20));
  return io::WriteFileAtomically(files, to, bytes);
}

Status WriteAll(const std::string& tests) {
  io::FileSystem& files = io::PosixFileSystem();
  io::SeededRandom random(20240101);
  const std::string formats = tests + "/data/formats";
  const std::string corpus = tests + "/fuzz/corpus";
  PHENIX_RETURN_IF_ERROR(MakeKeyFiles(files, random, formats + "/keys-v1"));
  PHENIX_RETURN_IF_ERROR(MakeLog(files, random, formats + "/log-v1"));
  PHENIX_RETURN_IF_ERROR(files.RemoveFile(formats + "/log-v1/log/LOCK"));
  PHENIX_RETURN_IF_ERROR(MakeSeeds(files, tests + "/fuzz/scratch", corpus + "/frame_fuzz"));
  return CopyFile(files, formats + "/keys-v1/KEYS", corpus + "/key_file_fuzz/KEYS");
}

}  // namespace
}  // namespace phenix::log

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s TESTS_DIRECTORY\n", argv[0]);
    return 1;
  }
  const phenix::Status written = phenix::log::WriteAll(argv[1]);
  std::fprintf(stderr, "%s\n", written.ToString().c_str());
  return written.ok() ? 0 : 2;
}
