#include "security/file_cipher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "io/random.h"
#include "security/file_key_provider.h"
#include "sim/memory_file_system.h"

namespace phenix::security {
namespace {

/// A key ring with one DEK, in memory.
struct Keys {
  explicit Keys(std::uint64_t seed = 5) : random(seed) {
    EXPECT_TRUE(files.CreateDirectories("/db").ok());
    EXPECT_TRUE(FileKeyProvider::Create(files, random, "/db/master").ok());
    provider = *FileKeyProvider::Open(files, random, "/db/master");
    ring.emplace(*KeyRing::Create(
        files, random, {.directory = "/db", .provider = provider.get(), .encrypt = true}));
  }
  sim::MemoryFileSystem files;
  io::SeededRandom random;
  std::unique_ptr<FileKeyProvider> provider;
  std::optional<KeyRing> ring;
};

std::string SealFile(Keys& keys, ByteView plain, ChunkSize size) {
  Result<FileSealer> sealer =
      FileSealer::Create(*keys.ring, keys.random, FilePurpose::kTable, size);
  EXPECT_TRUE(sealer.ok());
  std::string file(kCipherHeaderBytes, '\0');
  sealer->header().Encode(file.data());
  do {
    const ByteView chunk = plain.substr(0, ChunkBytes(size));
    plain.remove_prefix(chunk.size());
    const std::size_t end = file.size();
    file.resize(end + chunk.size() + kAesGcmTagBytes);
    EXPECT_TRUE(sealer
                    ->SealNext(chunk, plain.empty() ? ChunkPlace::kLast : ChunkPlace::kInner,
                               file.data() + end)
                    .ok());
  } while (!plain.empty());
  return file;
}

Result<std::string> OpenFile(const Keys& keys, const std::string& file) {
  PHENIX_ASSIGN_OR_RETURN(const CipherHeader header, CipherHeader::Decode(file));
  PHENIX_ASSIGN_OR_RETURN(const FileOpener opener,
                          FileOpener::Create(*keys.ring, header, FilePurpose::kTable));
  PHENIX_ASSIGN_OR_RETURN(const CipherLayout layout,
                          CipherLayout::OfFile(header.chunk_size, file.size()));
  std::string plain(layout.plain_bytes, '\0');
  for (std::uint64_t number = layout.chunk_count; number-- > 0;) {  // any order will do
    const ByteView sealed =
        ByteView(file).substr(layout.ChunkOffset(number), layout.SealedBytes(number));
    PHENIX_RETURN_IF_ERROR(opener.OpenChunk(number, layout.PlaceOf(number), sealed,
                                            plain.data() + number * ChunkBytes(header.chunk_size)));
  }
  return plain;
}

TEST(FileCipher, OpensWhatItSealedForSizesAroundTheChunkSize) {
  Keys keys;
  for (const ChunkSize size : {ChunkSize::k4Kib, ChunkSize::k64Kib}) {
    const std::size_t chunk = ChunkBytes(size);
    for (const std::size_t plain_bytes :
         {std::size_t{0}, std::size_t{1}, chunk - 1, chunk, chunk + 1, 3 * chunk, 3 * chunk + 17}) {
      const std::string plain = keys.random.Bytes(plain_bytes);
      const std::string file = SealFile(keys, plain, size);
      const Result<std::string> opened = OpenFile(keys, file);
      ASSERT_TRUE(opened.ok()) << plain_bytes << ": " << opened.status().ToString();
      EXPECT_EQ(*opened, plain);
    }
  }
}

TEST(FileCipher, SealsTheSameBytesDifferentlyInEachFile) {
  Keys keys;
  const std::string plain(5000, 'p');
  EXPECT_NE(SealFile(keys, plain, ChunkSize::k4Kib).substr(kCipherHeaderBytes),
            SealFile(keys, plain, ChunkSize::k4Kib).substr(kCipherHeaderBytes));
}

TEST(FileCipher, DetectsEveryFlippedByteAndEveryCut) {
  Keys keys;
  const std::string file = SealFile(keys, keys.random.Bytes(4096 + 300), ChunkSize::k4Kib);
  for (std::size_t position = 0; position < file.size(); ++position) {
    std::string bad = file;
    bad[position] = static_cast<char>(bad[position] ^ 0x10);
    EXPECT_FALSE(OpenFile(keys, bad).ok()) << "flip at " << position;
    EXPECT_FALSE(OpenFile(keys, file.substr(0, position)).ok()) << "cut at " << position;
  }
  std::printf("[ covered  ] %zu mutations of an encrypted file tried\n", 2 * file.size());
}

TEST(FileCipher, DetectsSwappedRemovedAndForeignChunks) {
  Keys keys;
  const std::size_t sealed = ChunkBytes(ChunkSize::k4Kib) + kAesGcmTagBytes;
  const std::string plain = keys.random.Bytes(4 * 4096);
  const std::string file = SealFile(keys, plain, ChunkSize::k4Kib);
  const std::string foreign = SealFile(keys, plain, ChunkSize::k4Kib);
  std::string swapped = file;
  std::swap_ranges(swapped.begin() + kCipherHeaderBytes,
                   swapped.begin() + static_cast<std::ptrdiff_t>(kCipherHeaderBytes + sealed),
                   swapped.begin() + static_cast<std::ptrdiff_t>(kCipherHeaderBytes + sealed));
  EXPECT_FALSE(OpenFile(keys, swapped).ok());
  EXPECT_FALSE(OpenFile(keys, file.substr(0, file.size() - sealed)).ok()) << "last chunk removed";
  std::string removed = file;
  removed.erase(kCipherHeaderBytes + sealed, sealed);
  EXPECT_FALSE(OpenFile(keys, removed).ok()) << "inner chunk removed";
  std::string pasted = file;
  pasted.replace(kCipherHeaderBytes, sealed, foreign, kCipherHeaderBytes, sealed);
  EXPECT_FALSE(OpenFile(keys, pasted).ok()) << "chunk of another file";
}

TEST(FileCipher, RefusesAnotherPurposeAnotherDatabaseAndAMissingKey) {
  Keys keys;
  Keys other(6);
  const std::string file = SealFile(keys, "plain", ChunkSize::k4Kib);
  const Result<CipherHeader> header = CipherHeader::Decode(file);
  EXPECT_EQ(FileOpener::Create(*keys.ring, *header, FilePurpose::kBackup).status().code(),
            StatusCode::kCorruption);
  EXPECT_EQ(FileOpener::Create(*other.ring, *header, FilePurpose::kTable).status().code(),
            StatusCode::kCorruption);
  CipherHeader later = *header;
  later.data_key_version = 9;
  EXPECT_EQ(FileOpener::Create(*keys.ring, later, FilePurpose::kTable).status().code(),
            StatusCode::kPermissionDenied);
}

TEST(FileCipher, OpensOldFilesAfterTheDataKeyWasRotated) {
  Keys keys;
  const std::string file = SealFile(keys, "old plain", ChunkSize::k4Kib);
  ASSERT_TRUE(keys.ring->RotateDataKey(keys.files, keys.random, *keys.provider).ok());
  EXPECT_EQ(*OpenFile(keys, file), "old plain");
  EXPECT_EQ(CipherHeader::Decode(SealFile(keys, "x", ChunkSize::k4Kib))->data_key_version, 2U);
}

TEST(FileSealer, RefusesChunksThatDoNotFit) {
  Keys keys;
  std::vector<char> into(70000);
  Result<FileSealer> sealer = FileSealer::Create(*keys.ring, keys.random, FilePurpose::kTable,
                                                 ChunkSize::k4Kib, /*chunk_count_max=*/2);
  const std::string full(4096, 'f');
  EXPECT_EQ(sealer->SealNext("short", ChunkPlace::kInner, into.data()).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(sealer->SealNext(full + "x", ChunkPlace::kLast, into.data()).code(),
            StatusCode::kInvalidArgument);
  EXPECT_TRUE(sealer->SealNext(full, ChunkPlace::kInner, into.data()).ok());
  EXPECT_TRUE(sealer->SealNext(full, ChunkPlace::kInner, into.data()).ok());
  EXPECT_EQ(sealer->SealNext(full, ChunkPlace::kLast, into.data()).code(),
            StatusCode::kResourceExhausted);
  Result<FileSealer> one =
      FileSealer::Create(*keys.ring, keys.random, FilePurpose::kTable, ChunkSize::k4Kib);
  EXPECT_TRUE(one->SealNext("", ChunkPlace::kLast, into.data()).ok());
  EXPECT_EQ(one->SealNext("", ChunkPlace::kLast, into.data()).code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace phenix::security
