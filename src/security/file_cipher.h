// Authenticated encryption of immutable files that are read at random places: SSTs, index segments,
// backups. A header, then chunks of one plain size, each sealed by AES-256-GCM on its own.
//
// Invariants: one key per file, HKDF(DEK, the header's random salt); nonce = chunk number, so no
//             nonce repeats; a chunk opens only in its file, at its place, and as what it is (inner
//             or last), so swapped, cut and foreign chunks fail.
// Threads:    FileSealer by one thread; FileOpener by any number at once.
// Ownership:  copies what it needs from the key ring.
// Format:     docs/formats/key-file.md, "Cipher header".
// Cost:       16 bytes and a half microsecond per chunk, then about 4.7 GB/s.
#ifndef SECURITY_FILE_CIPHER_H_
#define SECURITY_FILE_CIPHER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/bytes.h"
#include "io/random.h"
#include "phenix/status.h"
#include "security/aes_gcm.h"
#include "security/key_ring.h"
#include "security/secret_bytes.h"

namespace phenix::security {

/// What a file is for; bound to every chunk. The numbers are on disk: never change or reuse one.
enum class FilePurpose : std::uint8_t { kTable = 1, kIndexSegment = 2, kBackup = 3, kCache = 4 };

/// Plain bytes per chunk, as a power of two.
enum class ChunkSize : std::uint8_t { k4Kib = 12, k64Kib = 16 };
inline std::size_t ChunkBytes(ChunkSize size) {
  return std::size_t{1} << static_cast<unsigned>(size);
}

/// The last chunk of a file may be short, also empty; every other one is full.
enum class ChunkPlace : std::uint8_t { kInner = 0, kLast = 1 };

inline constexpr std::size_t kCipherHeaderBytes = 80;
inline constexpr std::size_t kCipherSaltBytes = 16;
/// SP 800-38D bounds the messages under one key; counting nonces would allow more.
inline constexpr std::uint64_t kChunkCountMax = std::uint64_t{1} << 32U;

/// The 80 bytes in front of an encrypted file.
struct CipherHeader {
  FilePurpose purpose = FilePurpose::kTable;
  ChunkSize chunk_size = ChunkSize::k4Kib;
  std::uint32_t data_key_version = 0;
  std::array<char, kCipherSaltBytes> salt{};
  /// Derived from the file's key: says before any chunk is read whether the key is the right one.
  std::array<char, 32> key_commitment{};

  /// Writes kCipherHeaderBytes to `into`, checksum included.
  void Encode(char* into) const;
  /// kCorruption naming the rule that does not hold.
  static Result<CipherHeader> Decode(ByteView bytes);
};

/// Where the chunks of an encrypted file lie, from sizes alone.
struct CipherLayout {
  ChunkSize chunk_size = ChunkSize::k4Kib;
  std::uint64_t plain_bytes = 0;
  std::uint64_t chunk_count = 1;

  /// The layout of a file of `file_bytes`, header included; kCorruption if no file has that size.
  static Result<CipherLayout> OfFile(ChunkSize chunk_size, std::uint64_t file_bytes);
  [[nodiscard]] std::uint64_t ChunkOffset(std::uint64_t number) const;
  [[nodiscard]] std::size_t SealedBytes(std::uint64_t number) const;
  [[nodiscard]] ChunkPlace PlaceOf(std::uint64_t number) const {
    return number + 1 == chunk_count ? ChunkPlace::kLast : ChunkPlace::kInner;
  }
};

/// Seals the chunks of one new file in order, each once.
class FileSealer {
 public:
  /// A fresh salt under the newest DEK; kPermissionDenied if the ring has none.
  static Result<FileSealer> Create(const KeyRing& keys, io::RandomSource& random,
                                   FilePurpose purpose, ChunkSize chunk_size,
                                   std::uint64_t chunk_count_max = kChunkCountMax);

  [[nodiscard]] const CipherHeader& header() const { return header_; }
  /// Writes plain.size() + kAesGcmTagBytes bytes to `into`. kInvalidArgument for an inner chunk
  /// that is not full, a chunk that is too large, or one after the last; kResourceExhausted beyond
  /// the most chunks.
  Status SealNext(ByteView plain, ChunkPlace place, char* into);

 private:
  FileSealer(const CipherHeader& header, SecretBytes key, std::uint64_t chunk_count_max)
      : header_(header), key_(std::move(key)), chunk_count_max_(chunk_count_max) {}

  CipherHeader header_;
  SecretBytes key_;
  std::uint64_t chunk_count_max_;
  std::uint64_t next_number_ = 0;
  bool finished_ = false;
};

/// Opens chunks of one file in any order.
class FileOpener {
 public:
  /// kPermissionDenied without the file's DEK version; kCorruption if the header belongs to another
  /// key or `purpose` is not the file's.
  static Result<FileOpener> Create(const KeyRing& keys, const CipherHeader& header,
                                   FilePurpose purpose);

  [[nodiscard]] const CipherHeader& header() const { return header_; }
  /// Writes sealed.size() - kAesGcmTagBytes bytes to `into`; kCorruption if anything differs.
  Status OpenChunk(std::uint64_t number, ChunkPlace place, ByteView sealed, char* into) const;

 private:
  FileOpener(const CipherHeader& header, SecretBytes key) : header_(header), key_(std::move(key)) {}

  CipherHeader header_;
  SecretBytes key_;
};

}  // namespace phenix::security

#endif  // SECURITY_FILE_CIPHER_H_
