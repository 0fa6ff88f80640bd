#include "io/file_system.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

namespace phenix::io {
namespace {

class PosixFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(root_);
    ASSERT_TRUE(files_.CreateDirectories(root_ + "/d/e").ok());
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  std::string At(const std::string& path) { return root_ + "/" + path; }
  std::unique_ptr<WritableFile> Create(const std::string& path) {
    auto file = files_.OpenWritable(At(path), OpenMode::kCreateOrTruncate);
    EXPECT_TRUE(file.ok()) << file.status().ToString();
    return std::move(*file);
  }
  void Put(const std::string& path, ByteView content) {
    ASSERT_TRUE(Create(path)->Append(content).ok());
  }
  std::string Content(const std::string& path) {
    Result<std::string> content = ReadFile(files_, At(path), 64U << 20U);
    return content.ok() ? *content : content.status().ToString();
  }

  const std::string root_ = testing::TempDir() + "io_test_" + std::to_string(getpid());
  FileSystem& files_ = PosixFileSystem();
};

TEST_F(PosixFiles, OpensByMode) {
  Put("f", "one");
  EXPECT_EQ(files_.OpenWritable(At("f"), OpenMode::kCreateNew).status().code(),
            StatusCode::kAlreadyExists);
  auto file = files_.OpenWritable(At("f"), OpenMode::kAppend);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ((*file)->Size(), 3U);
  ASSERT_TRUE((*file)->Append("two").ok());
  EXPECT_EQ(Content("f"), "onetwo");
  ASSERT_TRUE((*file)->Truncate(4).ok());
  ASSERT_TRUE((*file)->Append("!").ok());
  EXPECT_EQ(Content("f"), "onet!");
  ASSERT_TRUE((*file)->Sync().ok());
  ASSERT_TRUE((*file)->Close().ok());
  EXPECT_EQ((*file)->Append("x").code(), StatusCode::kUnavailable);
  EXPECT_EQ((*file)->Close().code(), StatusCode::kUnavailable);
  Put("f", "");
  EXPECT_EQ(Content("f"), "");
}

TEST_F(PosixFiles, NamesCallPathAndReasonInErrors) {
  const Status status = files_.OpenReadable(At("none")).status();
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "open '" + At("none") + "': No such file or directory");
  EXPECT_EQ(files_.List(At("none")).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(files_.RemoveFile(At("none")).code(), StatusCode::kNotFound);
  EXPECT_EQ(files_.Rename(At("none"), At("x")).code(), StatusCode::kNotFound);
  EXPECT_EQ(files_.OpenReadable(At("d")).ok() && ReadFile(files_, At("d"), 1 << 20).ok(), false);
}

TEST_F(PosixFiles, ReadsFewerBytesOnlyAtTheEnd) {
  Put("f", "0123456789");
  const auto file = files_.OpenReadable(At("f"));
  ASSERT_TRUE(file.ok());
  char buffer[16];
  EXPECT_EQ(*(*file)->ReadAt(2, 4, buffer), 4U);
  EXPECT_EQ(std::string(buffer, 4), "2345");
  EXPECT_EQ(*(*file)->ReadAt(8, 16, buffer), 2U);
  EXPECT_EQ(*(*file)->ReadAt(99, 16, buffer), 0U);
  EXPECT_EQ(*(*file)->Size(), 10U);
}

TEST_F(PosixFiles, ShowsTheSameBytesWithAndWithoutPreallocation) {
  auto file = Create("f");
  ASSERT_TRUE(file->Preallocate(3U << 20U).ok());
  EXPECT_EQ(file->Size(), 0U);
  std::string expected;
  for (int step = 0; step < 700; ++step) {
    const std::size_t size = step % 50 == 0 ? 200'000U : 5'000U;
    const std::string bytes(size, static_cast<char>('a' + step % 26));
    ASSERT_TRUE(file->Append(bytes).ok());
    expected += bytes;
    ASSERT_EQ(file->Size(), expected.size());
  }
  const std::string seen = Content("f");
  ASSERT_EQ(seen.substr(0, expected.size()), expected);
  ASSERT_EQ(seen.find_first_not_of('\0', expected.size()), std::string::npos);
  ASSERT_TRUE(file->Truncate(1000).ok());
  EXPECT_EQ(Content("f"), expected.substr(0, 1000));
  ASSERT_TRUE(file->Append("end").ok());
  ASSERT_TRUE(file->Close().ok());
  EXPECT_EQ(Content("f"), expected.substr(0, 1000) + "end");
}

TEST_F(PosixFiles, LeavesOnlyZerosBehindTheEndOfAFileThatWasNotClosed) {
  auto file = Create("f");
  ASSERT_TRUE(file->Preallocate(8U << 20U).ok());
  ASSERT_TRUE(file->Append("bytes").ok());
  EXPECT_GT(*files_.FileSize(At("f")), 5U);
  auto again = files_.OpenWritable(At("f"), OpenMode::kAppend);
  ASSERT_TRUE(again.ok());
  ASSERT_TRUE((*again)->Truncate(5).ok());
  EXPECT_EQ(Content("f"), "bytes");
}

TEST_F(PosixFiles, ListsByNameAndTellsDirectories) {
  Put("z", "");
  Put("a", "");
  Put("d/inner", "");
  const auto entries = files_.List(root_);
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 3U);
  EXPECT_EQ((*entries)[0].name, "a");
  EXPECT_EQ((*entries)[1].name, "d");
  EXPECT_TRUE((*entries)[1].is_directory);
  EXPECT_FALSE((*entries)[2].is_directory);
}

TEST_F(PosixFiles, RenamesLinksAndRemoves) {
  Put("f", "kept");
  Put("g", "replaced");
  ASSERT_TRUE(files_.Rename(At("f"), At("g")).ok());
  EXPECT_EQ(Content("g"), "kept");
  ASSERT_TRUE(files_.Link(At("g"), At("h")).ok());
  EXPECT_EQ(files_.Link(At("g"), At("h")).code(), StatusCode::kAlreadyExists);
  ASSERT_TRUE(files_.RemoveFile(At("g")).ok());
  EXPECT_EQ(Content("h"), "kept");
  EXPECT_FALSE(files_.RemoveDirectory(At("d")).ok());
  EXPECT_TRUE(files_.SyncDirectory(At("d")).ok());
  Put("d/e/deep", "x");
  ASSERT_TRUE(RemoveTree(files_, At("d")).ok());
  EXPECT_FALSE(*files_.Exists(At("d")));
  EXPECT_TRUE(RemoveTree(files_, At("d")).ok());
}

TEST_F(PosixFiles, CreatesDirectoriesOnceAndNotOverAFile) {
  EXPECT_TRUE(files_.CreateDirectories(At("x/y/z")).ok());
  EXPECT_TRUE(files_.CreateDirectories(At("x/y/z")).ok());
  EXPECT_TRUE(files_.CreateDirectories(At("x/y/")).ok());
  Put("f", "");
  EXPECT_FALSE(files_.CreateDirectories(At("f")).ok());
  EXPECT_FALSE(files_.CreateDirectories(At("f/g")).ok());
}

TEST_F(PosixFiles, LocksOutThisProcessAndOthers) {
  auto held = files_.Lock(At("lock"));
  ASSERT_TRUE(held.ok());
  EXPECT_EQ(files_.Lock(At("lock")).status().code(), StatusCode::kUnavailable);
  const pid_t child = fork();
  if (child == 0) {
    _exit(files_.Lock(At("lock")).status().code() == StatusCode::kUnavailable ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  held->reset();
  EXPECT_TRUE(files_.Lock(At("lock")).ok());
}

TEST_F(PosixFiles, ReplacesAFileAtomicallyAndBoundsReads) {
  ASSERT_TRUE(WriteFileAtomically(files_, At("f"), "old").ok());
  ASSERT_TRUE(WriteFileAtomically(files_, At("f"), "newer").ok());
  EXPECT_EQ(Content("f"), "newer");
  EXPECT_FALSE(*files_.Exists(At("f.tmp")));
  EXPECT_EQ(ReadFile(files_, At("f"), 4).status().code(), StatusCode::kResourceExhausted);
}

TEST_F(PosixFiles, SaysThatTheDiskIsFull) {
  auto file = files_.OpenWritable("/dev/full", OpenMode::kAppend);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ((*file)->Append("x").code(), StatusCode::kResourceExhausted);
}

TEST(Path, JoinsAndFindsParents) {
  EXPECT_EQ(JoinPath("a", "b"), "a/b");
  EXPECT_EQ(JoinPath("a/", "b"), "a/b");
  EXPECT_EQ(JoinPath("/", "b"), "/b");
  EXPECT_EQ(JoinPath("", "b"), "b");
  EXPECT_EQ(ParentPath("a/b"), "a");
  EXPECT_EQ(ParentPath("/a"), "/");
  EXPECT_EQ(ParentPath("a"), ".");
  EXPECT_EQ(ParentPath("a/b/"), "a");
  EXPECT_EQ(ParentPath("/"), "/");
}

}  // namespace
}  // namespace phenix::io
