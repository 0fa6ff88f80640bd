#include "security/key_ring.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "base/checksum.h"
#include "io/random.h"
#include "security/file_key_provider.h"
#include "security/key_file.h"
#include "sim/memory_file_system.h"

namespace phenix::security {
namespace {

constexpr const char* kDirectory = "/db";
constexpr const char* kMasterPath = "/secret/master.key";

/// A file system with a master key and the provider over it.
struct Vault {
  explicit Vault(std::uint64_t seed = 1) : random(seed) {
    EXPECT_TRUE(files.CreateDirectories(kDirectory).ok());
    EXPECT_TRUE(files.CreateDirectories("/secret").ok());
    EXPECT_TRUE(FileKeyProvider::Create(files, random, kMasterPath).ok());
    Reopen();
  }
  void Reopen() {
    Result<std::unique_ptr<KeyProvider>> opened =
        OpenKeyProvider(files, random, std::string("file://") + kMasterPath);
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    provider = *std::move(opened);
  }
  Result<KeyRing> Create(bool encrypt, bool wrapped = true) {
    return KeyRing::Create(files, random,
                           {.directory = kDirectory,
                            .provider = wrapped ? provider.get() : nullptr,
                            .encrypt = encrypt});
  }
  std::string Read(const std::string& path) { return *io::ReadFile(files, path, 1 << 20); }
  void Write(const std::string& path, const std::string& bytes) {
    ASSERT_TRUE(io::WriteFileAtomically(files, path, bytes).ok());
  }

  sim::MemoryFileSystem files;
  io::SeededRandom random;
  std::unique_ptr<KeyProvider> provider;
};

const KeyContext kContext = {{"database", "d"}, {"version", "1"}};

TEST(FileKeyProvider, UnwrapsWhatItWrappedWithTheSameContextOnly) {
  Vault vault;
  const Result<WrappedKey> wrapped = vault.provider->WrapKey("a key", kContext);
  ASSERT_TRUE(wrapped.ok());
  EXPECT_EQ(wrapped->master_key_version, 1U);
  EXPECT_EQ(wrapped->ciphertext.find("a key"), std::string::npos);
  EXPECT_EQ(vault.provider->UnwrapKey(*wrapped, kContext)->view(), "a key");
  for (const KeyContext& other : {KeyContext{}, KeyContext{{"database", "d"}},
                                  KeyContext{{"database", "d"}, {"version", "2"}},
                                  KeyContext{{"database", "e"}, {"version", "1"}}}) {
    EXPECT_EQ(vault.provider->UnwrapKey(*wrapped, other).status().code(), StatusCode::kCorruption);
  }
}

TEST(FileKeyProvider, RefusesEveryFlippedByteOfAWrappedKey) {
  Vault vault;
  const Result<WrappedKey> wrapped = vault.provider->WrapKey("a key", kContext);
  for (std::size_t position = 0; position < wrapped->ciphertext.size(); ++position) {
    WrappedKey changed = *wrapped;
    changed.ciphertext[position] = static_cast<char>(changed.ciphertext[position] ^ 1);
    EXPECT_FALSE(vault.provider->UnwrapKey(changed, kContext).ok()) << position;
  }
  WrappedKey cut = *wrapped;
  cut.ciphertext.resize(10);
  EXPECT_EQ(vault.provider->UnwrapKey(cut, kContext).status().code(), StatusCode::kCorruption);
}

TEST(FileKeyProvider, KeepsOldVersionsAfterRotation) {
  Vault vault;
  const Result<WrappedKey> old = vault.provider->WrapKey("old", kContext);
  ASSERT_TRUE(vault.provider->RotateMasterKey().ok());
  EXPECT_EQ(vault.provider->MasterKeyVersion(), 2U);
  const Result<WrappedKey> recent = vault.provider->WrapKey("recent", kContext);
  vault.Reopen();
  EXPECT_EQ(vault.provider->MasterKeyVersion(), 2U);
  EXPECT_EQ(recent->master_key_version, 2U);
  EXPECT_EQ(vault.provider->UnwrapKey(*old, kContext)->view(), "old");
  EXPECT_EQ(vault.provider->UnwrapKey(*recent, kContext)->view(), "recent");
  WrappedKey unknown = *recent;
  unknown.master_key_version = 3;
  EXPECT_EQ(vault.provider->UnwrapKey(unknown, kContext).status().code(),
            StatusCode::kPermissionDenied);
  unknown = *recent;
  unknown.master_key_id = "file:other";
  EXPECT_EQ(vault.provider->UnwrapKey(unknown, kContext).status().code(),
            StatusCode::kPermissionDenied);
}

TEST(FileKeyProvider, DetectsEveryFlippedByteAndCutOfItsFile) {
  Vault vault;
  const std::string good = vault.Read(kMasterPath);
  for (std::size_t position = 0; position < good.size(); ++position) {
    std::string bad = good;
    bad[position] = static_cast<char>(bad[position] ^ 0x40);
    vault.Write(kMasterPath, bad);
    EXPECT_EQ(FileKeyProvider::Open(vault.files, vault.random, kMasterPath).status().code(),
              StatusCode::kCorruption)
        << position;
    vault.Write(kMasterPath, good.substr(0, position));
    EXPECT_EQ(FileKeyProvider::Open(vault.files, vault.random, kMasterPath).status().code(),
              StatusCode::kCorruption)
        << position;
  }
  std::printf("[ covered  ] %zu mutations of a master key file tried\n", 2 * good.size());
}

TEST(FileKeyProvider, RefusesToReplaceAFileAndNamesWhatItLacks) {
  Vault vault;
  EXPECT_EQ(FileKeyProvider::Create(vault.files, vault.random, kMasterPath).code(),
            StatusCode::kAlreadyExists);
  EXPECT_EQ(OpenKeyProvider(vault.files, vault.random, "file:/none").status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(OpenKeyProvider(vault.files, vault.random, "vault:transit/key").status().code(),
            StatusCode::kUnimplemented);
}

TEST(FileKeyProvider, MakesAFileThatOnlyItsOwnerCanRead) {
  const std::string path =
      testing::TempDir() + "/phenix_master_key_test_" + std::to_string(getpid());
  static_cast<void>(io::PosixFileSystem().RemoveFile(path).ok());
  ASSERT_TRUE(FileKeyProvider::Create(io::PosixFileSystem(), io::SystemRandom(), path).ok());
  struct stat attributes{};
  ASSERT_EQ(stat(path.c_str(), &attributes), 0);
  EXPECT_EQ(attributes.st_mode & 0777U, 0600U);
  ASSERT_TRUE(io::PosixFileSystem().RemoveFile(path).ok());
}

TEST(KeyRing, GivesTheSameKeysAfterReopening) {
  for (const bool wrapped : {true, false}) {
    Vault vault;
    const Result<KeyRing> made = vault.Create(wrapped, wrapped);
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    const Result<KeyRing> read =
        KeyRing::Open(vault.files, kDirectory, wrapped ? vault.provider.get() : nullptr);
    ASSERT_TRUE(read.ok()) << read.status().ToString();
    EXPECT_EQ(read->database_id(), made->database_id());
    EXPECT_EQ(read->wrapped(), wrapped);
    EXPECT_EQ(read->encrypts(), wrapped);
    EXPECT_EQ(read->LogHmacKey(0, 1).view(), made->LogHmacKey(0, 1).view());
    EXPECT_EQ(read->node_key().public_raw(), made->node_key().public_raw());
    if (wrapped) {
      EXPECT_EQ(*read->DataKey(1), *made->DataKey(1));
    }
    EXPECT_EQ(read->DataKey(2).status().code(), StatusCode::kPermissionDenied);
  }
}

TEST(KeyRing, DerivesAnotherKeyForEachLaneEpochAndPurpose) {
  Vault vault;
  const Result<KeyRing> ring = vault.Create(false);
  EXPECT_NE(ring->LogHmacKey(0, 1).view(), ring->LogHmacKey(0, 2).view());
  EXPECT_NE(ring->LogHmacKey(0, 1).view(), ring->LogHmacKey(1, 1).view());
  EXPECT_NE(ring->LogHmacKey(0, 1).view(), ring->LogHmacKey(1, 0).view());
  EXPECT_NE(ring->FileHmacKey("a").view(), ring->FileHmacKey("b").view());
  EXPECT_EQ(ring->LogHmacKey(3, 4).size(), 32U);
}

TEST(KeyRing, StoresNoWrappedKeyInTheClear) {
  Vault vault;
  const Result<KeyRing> ring = vault.Create(true);
  const std::string file = vault.Read(std::string(kDirectory) + "/" + kKeyFileName);
  EXPECT_EQ(file.find(*ring->DataKey(1)), std::string::npos);
}

TEST(KeyRing, WritesThePublicKeyAsPem) {
  Vault vault;
  const Result<KeyRing> ring = vault.Create(false, false);
  const Result<Ed25519PublicKey> read =
      Ed25519PublicKey::FromPem(vault.Read(std::string(kDirectory) + "/" + kPublicKeyFileName));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->raw(), ring->node_key().public_raw());
}

TEST(KeyRing, RefusesTheWrongProviderAndMisuse) {
  Vault vault;
  EXPECT_EQ(vault.Create(true, false).status().code(), StatusCode::kInvalidArgument);
  ASSERT_TRUE(vault.Create(true).ok());
  EXPECT_EQ(vault.Create(true).status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(KeyRing::Open(vault.files, kDirectory, nullptr).status().code(),
            StatusCode::kPermissionDenied);
  EXPECT_EQ(KeyRing::Open(vault.files, "/nowhere", nullptr).status().code(), StatusCode::kNotFound);
  Vault other(2);
  EXPECT_EQ(KeyRing::Open(vault.files, kDirectory, other.provider.get()).status().code(),
            StatusCode::kPermissionDenied);
}

TEST(KeyRing, RotatesTheDataKeyAndKeepsTheOldOne) {
  Vault vault;
  Result<KeyRing> ring = vault.Create(true);
  const std::string first(*ring->DataKey(1));
  ASSERT_TRUE(ring->RotateDataKey(vault.files, vault.random, *vault.provider).ok());
  EXPECT_EQ(ring->data_key_version(), 2U);
  const Result<KeyRing> read = KeyRing::Open(vault.files, kDirectory, vault.provider.get());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->data_key_version(), 2U);
  EXPECT_EQ(*read->DataKey(1), first);
  EXPECT_NE(*read->DataKey(2), first);
}

TEST(KeyRing, RewrapsUnderTheNewestMasterKeyWithoutChangingAKey) {
  Vault vault;
  Result<KeyRing> ring = vault.Create(true);
  ASSERT_TRUE(vault.provider->RotateMasterKey().ok());
  ASSERT_TRUE(ring->RewrapKeys(vault.files, *vault.provider).ok());
  const std::string bytes = vault.Read(std::string(kDirectory) + "/" + kKeyFileName);
  const Result<DecodedKeyFile> file = DecodeKeyFile(bytes);
  ASSERT_TRUE(file.ok());
  for (const KeyFileEntry& entry : file->file.entries) EXPECT_EQ(entry.key.master_key_version, 2U);
  const Result<KeyRing> read = KeyRing::Open(vault.files, kDirectory, vault.provider.get());
  EXPECT_EQ(*read->DataKey(1), *ring->DataKey(1));
}

TEST(KeyRing, DetectsEveryFlippedByteOfItsFileEvenWithARightChecksum) {
  for (const bool wrapped : {true, false}) {
    Vault vault;
    ASSERT_TRUE(vault.Create(wrapped, wrapped).ok());
    const std::string path = std::string(kDirectory) + "/" + kKeyFileName;
    const std::string good = vault.Read(path);
    std::size_t tried = 0;
    for (std::size_t position = 0; position < good.size(); ++position) {
      for (const bool mend_checksum : {false, true}) {
        std::string bad = good;
        bad[position] = static_cast<char>(bad[position] ^ 0x21);
        if (mend_checksum) {
          bad.resize(bad.size() - sizeof(std::uint32_t));
          base::PutLittle(bad, base::Crc32c(bad));
          if (bad == good) continue;
        }
        vault.Write(path, bad);
        const Result<KeyRing> read =
            KeyRing::Open(vault.files, kDirectory, wrapped ? vault.provider.get() : nullptr);
        EXPECT_FALSE(read.ok()) << position;
        ++tried;
      }
    }
    std::printf("[ covered  ] %zu mutations of a key file tried\n", tried);
  }
}

TEST(KeyRing, OpensTheCommittedFilesOfVersion1) {
  const std::string directory = PHENIX_SOURCE_DIR "/tests/data/formats/keys-v1";
  io::FileSystem& files = io::PosixFileSystem();
  Result<std::unique_ptr<FileKeyProvider>> provider =
      FileKeyProvider::Open(files, io::SystemRandom(), directory + "/master.key");
  ASSERT_TRUE(provider.ok()) << provider.status().ToString();
  const Result<KeyRing> ring = KeyRing::Open(files, directory, provider->get());
  ASSERT_TRUE(ring.ok()) << ring.status().ToString();
  EXPECT_EQ(ring->data_key_version(), 2U);
  const Result<Ed25519PublicKey> public_key = Ed25519PublicKey::FromPem(
      *io::ReadFile(files, directory + "/" + kPublicKeyFileName, 1 << 14));
  ASSERT_TRUE(public_key.ok());
  EXPECT_EQ(public_key->raw(), ring->node_key().public_raw());
}

}  // namespace
}  // namespace phenix::security
