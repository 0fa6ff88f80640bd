// Arbitrary bytes as frame header, as mark, as frame body and as a whole segment: refused or read,
// never a crash; a header that is read writes back to the same bytes.
//
// Bytes from a fuzzer seldom carry right checksums, so a header is also tried with its checksum
// mended, and a body on its own behind a header whose checks are met.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "base/checksum.h"
#include "io/random.h"
#include "log/control_record.h"
#include "log/frame_body.h"
#include "log/frame_compression.h"
#include "log/frame_header.h"
#include "log/frame_seal.h"
#include "log/frame_walker.h"
#include "log/log_mark.h"
#include "security/key_ring.h"

namespace phenix::log {
namespace {

/// A file system with one readable file, the input, that forgets what is written.
class OneFileSystem final : public io::FileSystem {
 public:
  explicit OneFileSystem(ByteView content) : content_(content) {}
  static Status No() { return {StatusCode::kIoError, "not here"}; }
  Result<std::unique_ptr<io::WritableFile>> OpenWritable(const std::string&,
                                                         io::OpenMode) override {
    return Result<std::unique_ptr<io::WritableFile>>(std::make_unique<Sink>());
  }
  Result<std::unique_ptr<io::ReadableFile>> OpenReadable(const std::string&) override {
    return Result<std::unique_ptr<io::ReadableFile>>(std::make_unique<Source>(content_));
  }
  Result<std::vector<io::DirectoryEntry>> List(const std::string&) override { return No(); }
  Result<bool> Exists(const std::string&) override { return false; }
  Result<std::uint64_t> FileSize(const std::string&) override { return No(); }
  Status CreateDirectories(const std::string&) override { return {}; }
  Status RemoveFile(const std::string&) override { return {}; }
  Status RemoveDirectory(const std::string&) override { return {}; }
  Status Rename(const std::string&, const std::string&) override { return {}; }
  Status Link(const std::string&, const std::string&) override { return {}; }
  Status SyncDirectory(const std::string&) override { return {}; }
  Result<std::unique_ptr<io::FileLock>> Lock(const std::string&) override { return No(); }

 private:
  class Sink final : public io::WritableFile {
   public:
    Status Append(ByteView) override { return {}; }
    Status Sync() override { return {}; }
    Status Truncate(std::uint64_t) override { return {}; }
    Status Preallocate(std::uint64_t) override { return {}; }
    [[nodiscard]] std::uint64_t Size() const override { return 0; }
    Status Close() override { return {}; }
  };
  class Source final : public io::ReadableFile {
   public:
    explicit Source(ByteView content) : content_(content) {}
    Result<std::size_t> ReadAt(std::uint64_t offset, std::size_t size_bytes,
                               char* into) const override {
      if (offset >= content_.size()) return std::size_t{0};
      return content_.copy(into, size_bytes, static_cast<std::size_t>(offset));
    }
    Result<std::uint64_t> Size() const override { return std::uint64_t{content_.size()}; }

   private:
    const ByteView content_;
  };

  const ByteView content_;
};

const security::KeyRing& Keys() {
  static const auto* const keys = [] {
    OneFileSystem files{ByteView()};
    io::SeededRandom random(1);
    auto made = security::KeyRing::Create(files, random, {});
    if (!made.ok()) std::abort();
    return new security::KeyRing(*std::move(made));
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

/// The input as the only segment of a log, to its end or the first finding.
void TrySegment(ByteView bytes) {
  OneFileSystem files(bytes);
  FrameChecker checker(Keys());
  FrameWalker walker(
      files, checker,
      {.directory = "", .segments = {LogSequence(1)}, .start = {}, .tail = TailRule::kMayBeTorn});
  std::uint64_t valid_bytes = 0;
  for (;;) {
    Result<WalkedFrame> frame = walker.Next(ReadDepth::kBodies);
    if (!frame.ok()) std::abort();
    if (frame->finding != FrameFinding::kValid) break;
    valid_bytes += frame->header.FrameBytes();
    if (valid_bytes > bytes.size() || !frame->body.has_value()) std::abort();
    static_cast<void>(OpenFrameBody(Keys(), frame->header, *std::move(frame->body)).ok());
  }
}

void TryEverything(ByteView bytes) {
  TryHeader(bytes);
  TryBody(bytes);
  TrySegment(bytes);
  if (bytes.size() > kFrameHeaderBytes) {
    TryBody(bytes.substr(kFrameHeaderBytes));
    std::string mended(bytes);
    const std::uint32_t checksum = base::Crc32c(bytes.substr(0, frame_offset::kChecksum));
    std::memcpy(mended.data() + frame_offset::kChecksum, &checksum, sizeof(checksum));
    TryHeader(mended);
    TrySegment(mended);
  }
  constexpr std::size_t kPlainBytes = 4096;
  static_cast<void>(Decompress(bytes, kPlainBytes).ok());
  const FrameChecker checker(Keys());
  static_cast<void>(DecodeLogMark(bytes, checker).ok());
  static_cast<void>(FenceRecord::Decode(bytes).ok());
  static_cast<void>(TrimRecord::Decode(bytes).ok());
}

}  // namespace
}  // namespace phenix::log

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  phenix::log::TryEverything({reinterpret_cast<const char*>(data), size});
  return 0;
}
