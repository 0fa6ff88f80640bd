#include "sim/fault_file_system.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <set>

#include "io/random.h"

namespace phenix::sim {
namespace {

using io::OpenMode;

std::unique_ptr<io::WritableFile> Create(FaultDisk& disk, const std::string& path) {
  auto file = disk.files().OpenWritable(path, OpenMode::kCreateOrTruncate);
  EXPECT_TRUE(file.ok()) << file.status().ToString();
  return std::move(*file);
}
std::string Content(FaultDisk& disk, const std::string& path) {
  Result<std::string> content = io::ReadFile(disk.files(), path, 1 << 26);
  return content.ok() ? *content : content.status().ToString();
}
void MakeDirectory(FaultDisk& disk) {
  ASSERT_TRUE(disk.files().CreateDirectories("/d").ok());
  ASSERT_TRUE(disk.files().SyncDirectory("/").ok());
}

TEST(FaultDisk, KeepsExactlyWhatWasSyncedWhenNothingElseSurvives) {
  FaultDisk disk(1);
  MakeDirectory(disk);
  auto file = Create(disk, "/d/f");
  ASSERT_TRUE(file->Append("synced").ok());
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(disk.files().SyncDirectory("/d").ok());
  ASSERT_TRUE(file->Append(" not").ok());
  auto nameless = Create(disk, "/d/nameless");
  ASSERT_TRUE(nameless->Append("synced, but its name is not").ok());
  ASSERT_TRUE(nameless->Sync().ok());
  disk.RestorePower(Survival::kNothing);
  EXPECT_EQ(Content(disk, "/d/f"), "synced");
  EXPECT_FALSE(*disk.files().Exists("/d/nameless"));
  EXPECT_EQ(file->Append("x").code(), StatusCode::kIoError);
}

TEST(FaultDisk, ForgetsAnUnsyncedRemovalAndRename) {
  FaultDisk disk(1);
  MakeDirectory(disk);
  ASSERT_TRUE(Create(disk, "/d/a")->Sync().ok());
  ASSERT_TRUE(Create(disk, "/d/b")->Sync().ok());
  ASSERT_TRUE(disk.files().SyncDirectory("/d").ok());
  ASSERT_TRUE(disk.files().RemoveFile("/d/a").ok());
  ASSERT_TRUE(disk.files().Rename("/d/b", "/d/c").ok());
  disk.RestorePower(Survival::kNothing);
  EXPECT_TRUE(*disk.files().Exists("/d/a"));
  EXPECT_TRUE(*disk.files().Exists("/d/b"));
  EXPECT_FALSE(*disk.files().Exists("/d/c"));
}

TEST(FaultDisk, TearsUnsyncedWritesInEveryWayAndNeverSyncedOnes) {
  constexpr int kRounds = 400;
  const std::string synced(700, 's');
  const std::string unsynced(5000, 'u');
  std::set<std::size_t> sizes;
  int holes = 0;
  for (int round = 0; round < kRounds; ++round) {
    FaultDisk disk(static_cast<std::uint64_t>(round));
    MakeDirectory(disk);
    auto file = Create(disk, "/d/f");
    ASSERT_TRUE(file->Append(synced).ok());
    ASSERT_TRUE(file->Sync().ok());
    ASSERT_TRUE(disk.files().SyncDirectory("/d").ok());
    ASSERT_TRUE(file->Append(unsynced).ok());
    disk.RestorePower();
    const std::string content = Content(disk, "/d/f");
    ASSERT_EQ(content.substr(0, synced.size()), synced) << "seed " << round;
    ASSERT_EQ(content.find_first_not_of(std::string("u\0", 2), synced.size()), std::string::npos);
    sizes.insert(content.size());
    holes += content.find('\0') != std::string::npos ? 1 : 0;
  }
  std::printf("[ covered  ] %d power cuts, %zu different sizes, %d with holes\n", kRounds,
              sizes.size(), holes);
  EXPECT_GT(sizes.size(), 30U);
  EXPECT_GT(holes, 30);
  EXPECT_EQ(sizes.count(synced.size()), 1U);
  EXPECT_EQ(sizes.count(synced.size() + unsynced.size()), 1U);
}

TEST(FaultDisk, RepeatsASeedExactly) {
  const auto run = [](std::uint64_t seed) {
    FaultDisk disk(seed);
    MakeDirectory(disk);
    for (int number = 0; number < 20; ++number) {
      auto file = Create(disk, "/d/f" + std::to_string(number));
      EXPECT_TRUE(file->Append(std::string(3000, 'x')).ok());
    }
    disk.RestorePower();
    std::string all;
    const auto entries = disk.files().List("/d");
    for (const auto& entry : *entries) all += entry.name + Content(disk, "/d/" + entry.name);
    return all;
  };
  EXPECT_EQ(run(5), run(5));
  EXPECT_NE(run(5), run(6));
}

TEST(FaultDisk, LosesBytesOfAFailedSyncEvenIfALaterOneSucceeds) {
  FaultDisk disk(1);
  MakeDirectory(disk);
  auto file = Create(disk, "/d/f");
  ASSERT_TRUE(disk.files().SyncDirectory("/d").ok());
  ASSERT_TRUE(file->Append("lost").ok());
  disk.Inject({.kind = FaultKind::kSyncError, .path_part = "/f", .skip = 0, .count = 1});
  EXPECT_EQ(file->Sync().code(), StatusCode::kIoError);
  EXPECT_TRUE(file->Sync().ok());
  EXPECT_EQ(Content(disk, "/d/f"), "lost");
  disk.RestorePower(Survival::kEverything);
  EXPECT_EQ(Content(disk, "/d/f"), "");
  EXPECT_EQ(disk.FaultCount(), 1U);
}

TEST(FaultDisk, LiesAboutASyncWhenTold) {
  FaultDisk disk(1);
  MakeDirectory(disk);
  auto file = Create(disk, "/d/f");
  ASSERT_TRUE(disk.files().SyncDirectory("/d").ok());
  disk.Inject({.kind = FaultKind::kSyncLie, .path_part = "", .skip = 0, .count = 1});
  ASSERT_TRUE(file->Append("claimed").ok());
  EXPECT_TRUE(file->Sync().ok());
  disk.RestorePower(Survival::kNothing);
  EXPECT_EQ(Content(disk, "/d/f"), "");
}

TEST(FaultDisk, WritesWhatFitsWhenSpaceRunsOut) {
  FaultDisk disk(1);
  MakeDirectory(disk);
  auto first = Create(disk, "/d/f");
  ASSERT_TRUE(first->Append(std::string(60, 'a')).ok());
  disk.LimitSpace(100);
  auto second = Create(disk, "/d/g");
  EXPECT_EQ(second->Append(std::string(50, 'b')).code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(second->Size(), 40U);
  disk.LimitSpace(UINT64_MAX);
  EXPECT_TRUE(second->Append("c").ok());
}

TEST(FaultDisk, FailsTheChosenCallsOfTheChosenPaths) {
  FaultDisk disk(1);
  MakeDirectory(disk);
  auto file = Create(disk, "/d/f");
  auto other = Create(disk, "/d/other");
  disk.Inject({.kind = FaultKind::kWriteError, .path_part = "/f", .skip = 1, .count = 2});
  EXPECT_TRUE(other->Append("x").ok());
  EXPECT_TRUE(file->Append("1").ok());
  EXPECT_EQ(file->Append("2").code(), StatusCode::kIoError);
  EXPECT_EQ(file->Append("3").code(), StatusCode::kIoError);
  EXPECT_TRUE(file->Append("4").ok());
  EXPECT_EQ(Content(disk, "/d/f"), "14");
  disk.Inject({.kind = FaultKind::kShortWrite, .path_part = "/f", .skip = 0, .count = 1});
  EXPECT_EQ(file->Append("56789").code(), StatusCode::kIoError);
  EXPECT_LT(Content(disk, "/d/f").size(), 7U);
  disk.Inject({.kind = FaultKind::kReadError, .path_part = "/f", .skip = 0, .count = 1});
  EXPECT_FALSE(io::ReadFile(disk.files(), "/d/f", 100).ok());
  disk.Inject({.kind = FaultKind::kNameError, .path_part = "/new", .skip = 0, .count = 1});
  EXPECT_FALSE(disk.files().OpenWritable("/d/new", OpenMode::kCreateNew).ok());
}

TEST(FaultDisk, GoesDarkAtTheChosenOperation) {
  FaultDisk disk(1);
  MakeDirectory(disk);
  auto file = Create(disk, "/d/f");
  disk.CutPowerAfter(3);
  EXPECT_TRUE(file->Append("1").ok());
  EXPECT_TRUE(file->Append("2").ok());
  EXPECT_FALSE(file->Append("3").ok());
  EXPECT_FALSE(disk.HasPower());
  EXPECT_FALSE(disk.files().Exists("/d/f").ok());
  disk.RestorePower(Survival::kEverything);
  EXPECT_EQ(Content(disk, "/d/f"), "12");
}

TEST(FaultDisk, NeverMixesOldAndNewOfAnAtomicReplace) {
  int old_seen = 0;
  int new_seen = 0;
  for (std::uint64_t operation = 1; operation <= 6; ++operation) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      FaultDisk disk(seed);
      MakeDirectory(disk);
      ASSERT_TRUE(io::WriteFileAtomically(disk.files(), "/d/f", std::string(2000, 'o')).ok());
      disk.CutPowerAfter(operation);
      const bool acknowledged =
          io::WriteFileAtomically(disk.files(), "/d/f", std::string(3000, 'n')).ok();
      disk.RestorePower();
      const std::string content = Content(disk, "/d/f");
      const bool is_new = content == std::string(3000, 'n');
      ASSERT_TRUE(is_new || content == std::string(2000, 'o')) << "seed " << seed;
      if (acknowledged) ASSERT_TRUE(is_new) << "seed " << seed << " operation " << operation;
      ++(is_new ? new_seen : old_seen);
    }
  }
  std::printf("[ covered  ] %d old, %d new after a cut replace\n", old_seen, new_seen);
  EXPECT_GT(old_seen, 0);
  EXPECT_GT(new_seen, 0);
}

}  // namespace
}  // namespace phenix::sim
