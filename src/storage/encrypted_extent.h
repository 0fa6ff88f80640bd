// The parts of an encrypted file: extents, each sealed once, each under a key of its own.
//
// An extent is a 32-byte frame that says where it belongs, then one run of security/file_cipher.h:
// the 80-byte cipher header with a fresh salt, then chunks of 4 KiB. The sealed plain bytes start
// with a 32-byte preamble that repeats the frame and names the file, so an extent opens only in its
// file and at its place.
//
// Threads:    functions from any thread; an ExtentReader from any thread.
// Format:     docs/formats/encrypted-file.md.
#ifndef STORAGE_ENCRYPTED_EXTENT_H_
#define STORAGE_ENCRYPTED_EXTENT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/file_system.h"
#include "io/random.h"
#include "security/file_cipher.h"
#include "security/key_ring.h"

namespace phenix::storage {

using base::ByteView;

inline constexpr std::size_t kExtentFrameBytes = 32;
inline constexpr std::size_t kExtentPreambleBytes = 32;
inline constexpr std::size_t kFileIdBytes = 16;
/// Preamble and content of a full extent fill 256 chunks.
inline constexpr std::size_t kExtentContentBytesMax =
    (std::size_t{1} << 20U) - kExtentPreambleBytes;

/// Random, the same in all extents of one file.
using EncryptedFileId = std::array<char, kFileIdBytes>;

/// Where an extent is, in the file and in its content.
struct Extent {
  std::uint64_t file_offset = 0;
  std::uint64_t content_offset = 0;
  std::uint32_t number = 0;
  std::uint32_t content_bytes = 0;

  /// How long an extent of so much content is in the file, frame included.
  static std::uint64_t FileBytes(std::uint64_t content_bytes);
  [[nodiscard]] std::uint64_t file_end() const { return file_offset + FileBytes(content_bytes); }
  [[nodiscard]] std::uint64_t content_end() const { return content_offset + content_bytes; }
};

/// The bytes of a whole extent: frame, cipher header, chunks. `content` is not empty and at most
/// kExtentContentBytesMax; of `extent` only the number and content offset are read.
Result<std::string> SealExtent(const security::KeyRing& keys, io::RandomSource& random,
                               const EncryptedFileId& file_id, const Extent& extent,
                               ByteView content);

/// Opens the content of one extent.
class ExtentReader {
 public:
  /// Reads and checks header and preamble. kCorruption if they are not this extent's.
  static Result<ExtentReader> Open(const security::KeyRing& keys, const io::ReadableFile& file,
                                   const Extent& extent);

  [[nodiscard]] const EncryptedFileId& file_id() const { return file_id_; }
  /// Copies `size_bytes` of content from `offset` inside the extent to `into`.
  Status Read(const io::ReadableFile& file, std::uint64_t offset, std::size_t size_bytes,
              char* into) const;

 private:
  ExtentReader(const Extent& extent, security::FileOpener opener)
      : extent_(extent), opener_(std::move(opener)) {}
  [[nodiscard]] security::CipherLayout layout() const;

  Extent extent_;
  security::FileOpener opener_;
  EncryptedFileId file_id_{};
};

/// All extents of a file, found without opening more than the last.
struct ExtentList {
  std::vector<Extent> extents;
  /// What follows the last extent is the rest of an append that a crash cut off.
  std::uint64_t torn_bytes = 0;

  [[nodiscard]] std::uint64_t content_bytes() const {
    return extents.empty() ? 0 : extents.back().content_end();
  }
  [[nodiscard]] std::uint64_t file_bytes() const {
    return extents.empty() ? 0 : extents.back().file_end();
  }
  /// kCorruption if something other than the last extent is damaged, or the first.
  static Result<ExtentList> Find(const security::KeyRing& keys, const io::ReadableFile& file);
};

}  // namespace phenix::storage

#endif  // STORAGE_ENCRYPTED_EXTENT_H_
