#include "storage/backup_manifest.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "storage/backup_copy.h"

namespace phenix::storage {
namespace {

BackupManifest Example() {
  BackupManifest manifest;
  manifest.attributes = {{"applied_position", "1842"}, {"format", "1"}};
  manifest.files["log/0001.log"] = {3, security::Sha256Of("abc")};
  manifest.files["state/CURRENT"] = {0, security::Sha256Of("")};
  return manifest;
}

// The example of docs/formats/backup-manifest.md; an old file that must open for ever.
constexpr ByteView kVersion1Example =
    "phenix-backup-manifest 1\n"
    "attribute applied_position 1842\n"
    "attribute format 1\n"
    "file 3 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad log/0001.log\n"
    "file 0 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 state/CURRENT\n"
    "files 2\n"
    "crc32c ";

TEST(BackupManifest, OpensTheExampleOfTheFormatPage) {
  const std::string encoded = Example().Encode();
  EXPECT_EQ(encoded.substr(0, kVersion1Example.size()), kVersion1Example);
  const auto decoded = BackupManifest::Decode(encoded);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(*decoded, Example());
  EXPECT_EQ(decoded->TotalBytes(), 3U);
  std::printf("[ example  ] %s", encoded.substr(kVersion1Example.size() - 7).c_str());
}

TEST(BackupManifest, RefusesEveryFlippedCutOrLongerEncoding) {
  const std::string encoded = Example().Encode();
  std::uint64_t tried = 0;
  for (std::size_t position = 0; position < encoded.size(); ++position) {
    EXPECT_EQ(BackupManifest::Decode(encoded.substr(0, position)).status().code(),
              StatusCode::kCorruption);
    ++tried;
    for (int bit = 0; bit < 8; ++bit, ++tried) {
      std::string flipped = encoded;
      flipped[position] = static_cast<char>(flipped[position] ^ (1 << bit));
      EXPECT_EQ(BackupManifest::Decode(flipped).status().code(), StatusCode::kCorruption)
          << position;
    }
  }
  EXPECT_FALSE(BackupManifest::Decode(encoded + "\n").ok());
  EXPECT_FALSE(BackupManifest::Decode(encoded + encoded).ok());
  std::printf("[ covered  ] %llu mutations tried\n", static_cast<unsigned long long>(tried));
}

TEST(BackupManifest, AllowsOnlyPathsThatStayInside) {
  for (const char* path : {"a", "a/b", "a.b/..c", "with space"}) EXPECT_TRUE(IsBackupPath(path));
  for (const char* path : {"", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a\nb", "a\tb"}) {
    EXPECT_FALSE(IsBackupPath(path)) << path;
  }
}

class BackupCopy : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_ + "/from/sub");
    Write("/from/a", std::string(3'000'000, 'a'));
    Write("/from/empty", "");
    Write("/from/sub/b", "bytes");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void Write(const std::string& path, const std::string& content) {
    std::ofstream(root_ + path, std::ios::binary) << content;
  }
  Tree At(const std::string& path) { return {io::PosixFileSystem(), root_ + path}; }
  BackupManifest BackUp() {
    BackupManifest manifest;
    EXPECT_TRUE(BackUpTree(At("/from"), At("/backup"), "state", manifest).ok());
    EXPECT_TRUE(BackUpFile(At("/from"), "a", At("/backup"), "log", manifest).ok());
    EXPECT_TRUE(WriteBackupManifest(io::PosixFileSystem(), root_ + "/backup", manifest).ok());
    return manifest;
  }
  const std::string root_ = testing::TempDir() + "backup_test_" + std::to_string(getpid());
};

TEST_F(BackupCopy, RestoresTheSameTree) {
  const BackupManifest written = BackUp();
  const auto manifest = ReadBackupManifest(io::PosixFileSystem(), root_ + "/backup");
  ASSERT_TRUE(manifest.ok()) << manifest.status().ToString();
  EXPECT_EQ(*manifest, written);
  EXPECT_EQ(manifest->files.size(), 4U);
  EXPECT_TRUE(VerifyBackup(At("/backup"), *manifest).ok());
  ASSERT_TRUE(RestoreTree(At("/backup"), *manifest, "state", At("/to")).ok());
  BackupManifest again;
  ASSERT_TRUE(BackUpTree(At("/to"), At("/second"), "state", again).ok());
  BackupManifest first;
  ASSERT_TRUE(BackUpTree(At("/from"), At("/third"), "state", first).ok());
  EXPECT_EQ(again, first);
  EXPECT_EQ(again.files.size(), 3U);
}

TEST_F(BackupCopy, NamesTheDamagedMissingOrForeignFile) {
  const BackupManifest manifest = BackUp();
  const auto expect_named = [&](const char* path, const char* what) {
    const Status verified = VerifyBackup(At("/backup"), manifest);
    EXPECT_EQ(verified.code(), StatusCode::kCorruption);
    EXPECT_NE(verified.message().find(path), std::string::npos) << verified.ToString();
    EXPECT_NE(verified.message().find(what), std::string::npos) << verified.ToString();
  };
  std::string damaged(3'000'000, 'a');
  damaged[2'500'000] = 'b';
  Write("/backup/state/a", damaged);
  expect_named("state/a", "hash differs");
  EXPECT_EQ(RestoreTree(At("/backup"), manifest, "state", At("/to")).code(),
            StatusCode::kCorruption);
  Write("/backup/state/a", damaged.substr(1));
  expect_named("state/a", "size differs");
  std::filesystem::remove(root_ + "/backup/state/a");
  expect_named("state/a", "is missing");
  Write("/backup/state/a", std::string(3'000'000, 'a'));
  EXPECT_TRUE(VerifyBackup(At("/backup"), manifest).ok());
  Write("/backup/log/extra", "x");
  expect_named("log/extra", "is not listed");
}

TEST_F(BackupCopy, IsNoBackupWithoutAManifest) {
  BackupManifest manifest;
  ASSERT_TRUE(BackUpTree(At("/from"), At("/backup"), "", manifest).ok());
  EXPECT_EQ(ReadBackupManifest(io::PosixFileSystem(), root_ + "/backup").status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(BackUpTree(At("/from"), At("/backup"), "", manifest).code(),
            StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace phenix::storage
