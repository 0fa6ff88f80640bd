// Arbitrary bytes as frame header, as mark, as frame body and as a whole segment: refused or read,
// never a crash; a header that is read writes back to the same bytes.
//
// Bytes from a fuzzer never carry right hashes, so the body is also opened on its own behind a header
// whose checks are met, plain and packed.
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "io/random.h"
#include "log/control_record.h"
#include "log/frame_body.h"
#include "log/frame_compression.h"
#include "log/frame_header.h"
#include "log/frame_seal.h"
#include "log/log_mark.h"
#include "security/key_ring.h"

namespace {

using phenix::base::ByteView;
using namespace phenix::log;

/// A file system that holds nothing but what a key ring writes.
class NowhereFileSystem final : public phenix::io::FileSystem {
 public:
  using Status = phenix::Status;
  template <typename T>
  using Result = phenix::Result<T>;
  static Status No() { return {phenix::StatusCode::kIoError, "nowhere"}; }
  Result<std::unique_ptr<phenix::io::WritableFile>> OpenWritable(const std::string&,
                                                                 phenix::io::OpenMode) override {
    return Result<std::unique_ptr<phenix::io::WritableFile>>(std::make_unique<Sink>());
  }
  Result<std::unique_ptr<phenix::io::ReadableFile>> OpenReadable(const std::string&) override {
    return No();
  }
  Result<std::vector<phenix::io::DirectoryEntry>> List(const std::string&) override { return No(); }
  Result<bool> Exists(const std::string&) override { return false; }
  Result<std::uint64_t> FileSize(const std::string&) override { return No(); }
  Status CreateDirectories(const std::string&) override { return {}; }
  Status RemoveFile(const std::string&) override { return {}; }
  Status RemoveDirectory(const std::string&) override { return {}; }
  Status Rename(const std::string&, const std::string&) override { return {}; }
  Status Link(const std::string&, const std::string&) override { return {}; }
  Status SyncDirectory(const std::string&) override { return {}; }
  Result<std::unique_ptr<phenix::io::FileLock>> Lock(const std::string&) override { return No(); }

 private:
  class Sink final : public phenix::io::WritableFile {
   public:
    Status Append(ByteView) override { return {}; }
    Status Sync() override { return {}; }
    Status Truncate(std::uint64_t) override { return {}; }
    Status Preallocate(std::uint64_t) override { return {}; }
    [[nodiscard]] std::uint64_t Size() const override { return 0; }
    Status Close() override { return {}; }
  };
};

const phenix::security::KeyRing& Keys() {
  static const auto* const keys = [] {
    NowhereFileSystem files;
    phenix::io::SeededRandom random(1);
    auto made = phenix::security::KeyRing::Create(files, random, {});
    if (!made.ok()) std::abort();
    return new phenix::security::KeyRing(*std::move(made));
  }();
  return *keys;
}

void TryHeader(ByteView bytes) {
  const auto header = DecodeFrameHeader(bytes);
  if (!header.ok()) return;
  char again[kFrameHeaderBytes];
  EncodeFrameHeader(*header, again);
  if (bytes.substr(0, sizeof(again)) != ByteView(again, sizeof(again))) std::abort();
  FrameChecker checker(Keys());
  static_cast<void>(checker.Check(bytes.data(), *header, ReadDepth::kBodies).ok());
  const ByteView stored = bytes.substr(kFrameHeaderBytes);
  static_cast<void>(FrameBodyHashMatches(*header, stored));
  FrameBuffer body(stored.size());
  stored.copy(body.data(), stored.size());
  static_cast<void>(OpenFrameBody(Keys(), *header, std::move(body)).ok());
}

void TryBody(ByteView bytes) {
  if (bytes.empty()) return;
  FrameHeader header;
  header.record_count = static_cast<std::uint8_t>(bytes.front()) % 4U;
  header.plain_bytes = bytes.size();
  FrameBuffer body(bytes.size());
  bytes.copy(body.data(), bytes.size());
  const auto frame = OpenFrameBody(Keys(), header, std::move(body));
  if (frame.ok() && frame->records.size() != header.record_count) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView bytes(reinterpret_cast<const char*>(data), size);
  TryHeader(bytes);
  TryBody(bytes);
  if (size > kFrameHeaderBytes) TryBody(bytes.substr(kFrameHeaderBytes));
  constexpr std::size_t kPlainBytes = 4096;
  static_cast<void>(Decompress(bytes, kPlainBytes).ok());
  const FrameChecker checker(Keys());
  static_cast<void>(DecodeLogMark(bytes, checker).ok());
  static_cast<void>(FenceRecord::Decode(bytes).ok());
  static_cast<void>(TrimRecord::Decode(bytes).ok());
  return 0;
}
