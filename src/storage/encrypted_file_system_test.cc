#include "storage/encrypted_file_system.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <random>
#include <set>

#include "security/file_key_provider.h"
#include "sim/fault_file_system.h"
#include "sim/memory_file_system.h"
#include "storage/encrypted_extent.h"
#include "storage/rocks_kv_engine.h"

namespace phenix::storage {
namespace {

using io::OpenMode;

/// A key ring with one DEK, made in memory.
struct Keys {
  explicit Keys(std::uint64_t seed) : random(seed) {
    EXPECT_TRUE(files.CreateDirectories("/k").ok());
    EXPECT_TRUE(security::FileKeyProvider::Create(files, random, "/k/master").ok());
    provider = *security::FileKeyProvider::Open(files, random, "/k/master");
    ring.emplace(*security::KeyRing::Create(
        files, random, {.directory = "/k", .provider = provider.get(), .encrypt = true}));
  }
  sim::MemoryFileSystem files;
  io::SeededRandom random;
  std::unique_ptr<security::FileKeyProvider> provider;
  std::optional<security::KeyRing> ring;
};

/// An encrypted file system over one in memory, with the sealed bytes in reach.
struct Rig {
  explicit Rig(std::uint64_t seed) : keys(seed), files({raw, *keys.ring, keys.random}) {}
  std::string Sealed(const std::string& path) { return *io::ReadFile(raw, path, 64U << 20U); }
  void PutSealed(const std::string& path, ByteView bytes) {
    const auto file = raw.OpenWritable(path, OpenMode::kCreateOrTruncate);
    ASSERT_TRUE((*file)->Append(bytes).ok());
  }
  Result<std::string> Content(const std::string& path) {
    return io::ReadFile(files, path, 64U << 20U);
  }
  /// A file of as many extents as there are parts.
  void Put(const std::string& path, const std::vector<std::string>& parts) {
    const auto file = files.OpenWritable(path, OpenMode::kCreateOrTruncate);
    ASSERT_TRUE(file.ok());
    for (const std::string& part : parts) {
      ASSERT_TRUE((*file)->Append(part).ok());
      ASSERT_TRUE((*file)->Sync().ok());
    }
    ASSERT_TRUE((*file)->Close().ok());
  }
  sim::MemoryFileSystem raw;
  Keys keys;
  EncryptedFileSystem files;
};

TEST(EncryptedFile, ReadsBackRandomAppendsFromEveryPlace) {
  const std::uint64_t seed = std::random_device()();
  std::printf("[   seed   ] %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  std::uint64_t reads = 0;
  for (int round = 0; round < 12; ++round) {
    Rig rig(seed + static_cast<std::uint64_t>(round));
    std::string model;
    while (model.size() < (round % 3 == 0 ? 3'500'000U : 40'000U)) {
      const auto file = rig.files.OpenWritable("f", OpenMode::kAppend);
      ASSERT_TRUE(file.ok()) << file.status().ToString();
      ASSERT_EQ((*file)->Size(), model.size());
      for (int append = 0; append < 10; ++append) {
        const std::string bytes(random() % (round % 3 == 0 ? 400'000 : 3'000),
                                static_cast<char>(random()));
        ASSERT_TRUE((*file)->Append(bytes).ok());
        model += bytes;
        if (random() % 3 == 0) ASSERT_TRUE((*file)->Sync().ok());
      }
      ASSERT_TRUE((*file)->Close().ok());
    }
    ASSERT_EQ(*rig.files.FileSize("f"), model.size());
    const auto file = rig.files.OpenReadable("f");
    ASSERT_TRUE(file.ok());
    for (int read = 0; read < 300; ++read, ++reads) {
      const std::size_t offset = random() % (model.size() + 100);
      std::string into(random() % 20'000, '\0');
      const auto got = (*file)->ReadAt(offset, into.size(), into.data());
      ASSERT_TRUE(got.ok()) << got.status().ToString();
      into.resize(*got);
      ASSERT_EQ(into, offset < model.size() ? model.substr(offset, into.size()) : "");
    }
    ASSERT_EQ(*rig.Content("f"), model);
  }
  std::printf("[ covered  ] %llu reads\n", static_cast<unsigned long long>(reads));
}

TEST(EncryptedFile, HoldsNothingReadable) {
  Rig rig(1);
  rig.Put("f", {std::string(10'000, 's'), "secret words"});
  const std::string sealed = rig.Sealed("f");
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_EQ(sealed.find("ssss"), std::string::npos);
}

TEST(EncryptedFile, NeverAnswersOtherBytesAfterAnyFlipOrCut) {
  Rig rig(2);
  const std::vector<std::string> parts = {std::string(5000, 'a'), std::string(300, 'b'),
                                          std::string(4500, 'c')};
  rig.Put("f", parts);
  const std::string whole = parts[0] + parts[1] + parts[2];
  const std::string without_last = parts[0] + parts[1];
  const std::string sealed = rig.Sealed("f");
  const std::size_t last_start =
      Extent::FileBytes(parts[0].size()) + Extent::FileBytes(parts[1].size());
  std::uint64_t refused = 0;
  std::uint64_t shortened = 0;
  for (std::size_t position = 0; position < sealed.size(); ++position) {
    std::string flipped = sealed;
    flipped[position] = static_cast<char>(flipped[position] ^ (1 << (position % 8)));
    rig.PutSealed("f", flipped);
    const auto content = rig.Content("f");
    if (content.ok()) {
      // The last extent is cut off as a crash would leave it.
      ASSERT_EQ(*content, without_last) << position;
      ASSERT_GE(position, last_start);
      ++shortened;
    } else {
      ASSERT_EQ(content.status().code(), StatusCode::kCorruption);
      ++refused;
    }
    rig.PutSealed("f", sealed.substr(0, position));
    const auto cut = rig.Content("f");
    if (!cut.ok()) {
      ASSERT_LT(position, Extent::FileBytes(parts[0].size()));
      continue;
    }
    ASSERT_TRUE(*cut == without_last || *cut == parts[0] || cut->empty()) << position;
    ASSERT_EQ(*cut == without_last, position >= last_start);
  }
  std::printf("[ covered  ] %zu flips: %llu refused, %llu cut off the last extent; %zu cuts\n",
              sealed.size(), static_cast<unsigned long long>(refused),
              static_cast<unsigned long long>(shortened), sealed.size());
  EXPECT_EQ(shortened, sealed.size() - last_start);
}

TEST(EncryptedFile, RefusesOrReadsRightAfterFlipsInALargeFile) {
  Rig rig(3);
  std::string whole;
  for (int number = 0; number < 500'000; ++number) whole += std::to_string(number);
  rig.Put("f", {whole});
  const std::string sealed = rig.Sealed("f");
  std::mt19937_64 random(3);
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    std::string flipped = sealed;
    const std::size_t position = random() % sealed.size();
    flipped[position] = static_cast<char>(flipped[position] ^ 0x40);
    rig.PutSealed("f", flipped);
    const auto content = rig.Content("f");
    if (content.ok()) ASSERT_EQ(*content, whole);
    refused += content.ok() ? 0 : 1;
  }
  std::printf("[ covered  ] 300 flips in %zu bytes, %d refused\n", sealed.size(), refused);
  EXPECT_GT(refused, 290);
}

TEST(EncryptedFile, RefusesExtentsOfOtherPlacesAndFiles) {
  Rig rig(4);
  rig.Put("f", {std::string(500, 'a'), std::string(500, 'b'), std::string(500, 'c')});
  rig.Put("g", {std::string(500, 'x'), std::string(500, 'y'), std::string(500, 'z')});
  const std::string f = rig.Sealed("f");
  const std::string g = rig.Sealed("g");
  const std::size_t size = Extent::FileBytes(500);
  const auto extent = [&](const std::string& file, std::size_t number) {
    return file.substr(number * size, size);
  };
  const std::string mixtures[] = {
      extent(f, 1) + extent(f, 0) + extent(f, 2),
      extent(f, 0) + extent(g, 1) + extent(f, 2),
      extent(g, 0) + extent(f, 1) + extent(f, 2),
      extent(f, 0) + extent(f, 2),
      extent(f, 0) + extent(f, 0) + extent(f, 2),
      // A frame of the right place in front of another extent's body.
      extent(f, 0) + extent(f, 1).substr(0, kExtentFrameBytes) +
          extent(f, 2).substr(kExtentFrameBytes) + extent(f, 2),
  };
  for (const std::string& mixture : mixtures) {
    rig.PutSealed("f", mixture);
    EXPECT_EQ(rig.Content("f").status().code(), StatusCode::kCorruption);
  }
}

TEST(EncryptedFile, RefusesAnotherKeyAndAFileThatIsNotEncrypted) {
  Rig rig(5);
  Rig other(6);
  rig.Put("f", {"content"});
  other.PutSealed("f", rig.Sealed("f"));
  EXPECT_FALSE(other.Content("f").ok());
  rig.PutSealed("plain", "this was never encrypted at all");
  EXPECT_EQ(rig.Content("plain").status().code(), StatusCode::kCorruption);
  EXPECT_EQ(rig.files.OpenWritable("plain", OpenMode::kAppend).status().code(),
            StatusCode::kCorruption);
}

TEST(EncryptedFile, ContinuesAfterPowerCutsWithoutUsingASaltAgain) {
  std::set<std::string> salts;
  std::uint64_t extents = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Keys keys(seed);
    sim::FaultDisk disk(seed);
    EncryptedFileSystem files({disk.files(), *keys.ring, keys.random});
    std::mt19937_64 random(seed);
    // A file of which nothing was ever synced may be refused as a whole, so one byte is.
    std::string synced = "s";
    std::string written = synced;
    {
      const auto file = files.OpenWritable("f", OpenMode::kCreateNew);
      ASSERT_TRUE((*file)->Append(synced).ok() && (*file)->Sync().ok());
      ASSERT_TRUE(disk.files().SyncDirectory("/").ok());
    }
    for (int round = 0; round < 5; ++round) {
      const auto file = files.OpenWritable("f", OpenMode::kAppend);
      ASSERT_TRUE(file.ok()) << "seed " << seed << ": " << file.status().ToString();
      ASSERT_TRUE((*file)->Sync().ok());
      disk.CutPowerAfter(1 + random() % 12);
      for (;;) {
        const std::string bytes(1 + random() % 3000, static_cast<char>(random()));
        written += bytes;
        if (!(*file)->Append(bytes).ok() || !(*file)->Sync().ok()) break;
        synced = written;
      }
      disk.RestorePower();
      const std::string raw = *io::ReadFile(disk.files(), "f", 1U << 20U);
      std::set<std::string> in_file;
      for (std::size_t at = raw.find("PHXE"); at < raw.size() && raw.size() - at >= 32;
           at = raw.find("PHXE", at + 1)) {
        ++extents;
        ASSERT_TRUE(in_file.insert(raw.substr(at + 16, 16)).second);
      }
      salts.merge(in_file);
      const auto content = io::ReadFile(files, "f", 1U << 20U);
      ASSERT_TRUE(content.ok()) << "seed " << seed << ": " << content.status().ToString();
      ASSERT_GE(content->size(), synced.size());
      ASSERT_EQ(*content, written.substr(0, content->size()));
      written = synced = *content;
    }
  }
  std::printf("[ covered  ] 300 power cuts, %zu different salts\n", salts.size());
  EXPECT_GT(salts.size(), 300U);
  EXPECT_GE(extents, salts.size());
}

TEST(EncryptedFile, CarriesTheEngineThroughPowerCuts) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Keys keys(seed);
    sim::FaultDisk disk(seed);
    EncryptedFileSystem files({disk.files(), *keys.ring, keys.random});
    RocksKvEngineOptions options;
    options.directory = "/db";
    options.file_system = &files;
    std::mt19937_64 random(seed);
    std::uint64_t flushed = 0;
    for (int round = 0; round < 4; ++round) {
      const auto engine = RocksKvEngine::Open(options);
      ASSERT_TRUE(engine.ok()) << "seed " << seed << ": " << engine.status().ToString();
      const auto value = (*engine)->Get(Family::kSystem, "number");
      ASSERT_TRUE(value.ok());
      const std::uint64_t number = value->has_value() ? std::stoull(**value) : 0;
      ASSERT_GE(number, flushed);
      const auto vector = (*engine)->Get(Family::kVector, "vector" + std::to_string(number));
      ASSERT_EQ(number > 0, vector.ok() && vector->has_value());
      disk.CutPowerAfter(20 + random() % 80);
      for (std::uint64_t next = number + 1; disk.HasPower(); ++next) {
        KvBatch batch;
        batch.Put(Family::kSystem, "number", std::to_string(next));
        batch.Put(Family::kVector, "vector" + std::to_string(next), std::string(600, 'v'));
        if (!(*engine)->Write(batch).ok() || !(*engine)->Flush().ok()) break;
        flushed = next;
      }
      disk.CutPower();
      disk.RestorePower();
    }
    EXPECT_GT(flushed, 0U);
  }
}

TEST(EncryptedFile, OpensAFileOfVersion1) {
  const std::string data = PHENIX_SOURCE_DIR "/tests/data/formats/";
  io::FileSystem& posix = io::PosixFileSystem();
  const auto provider =
      security::FileKeyProvider::Open(posix, io::SystemRandom(), data + "keys-v1/master.key");
  ASSERT_TRUE(provider.ok()) << provider.status().ToString();
  const auto ring = security::KeyRing::Open(posix, data + "keys-v1", provider->get());
  ASSERT_TRUE(ring.ok()) << ring.status().ToString();
  EncryptedFileSystem files({posix, *ring, io::SystemRandom()});
  const auto content = io::ReadFile(files, data + "encrypted-file-v1/two-extents", 1U << 20U);
  ASSERT_TRUE(content.ok()) << content.status().ToString();
  EXPECT_EQ(*content, std::string(4096, 'p') + "second extent");
}

}  // namespace
}  // namespace phenix::storage
