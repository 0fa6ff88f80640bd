// The contract of io::FileSystem, run on the two in-memory ones. The real one runs the same cases
// in src/io/file_system_test.cc, which may not include sim/.
#include <gtest/gtest.h>

#include "sim/fault_file_system.h"
#include "sim/memory_file_system.h"

namespace phenix::sim {
namespace {

using io::OpenMode;

struct MemoryFixture {
  MemoryFileSystem file_system;
  io::FileSystem& files() { return file_system; }
};
struct FaultFixture {
  FaultDisk disk{1};
  io::FileSystem& files() { return disk.files(); }
};

void Put(io::FileSystem& files, const std::string& path, base::ByteView content) {
  auto file = files.OpenWritable(path, OpenMode::kCreateOrTruncate);
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  ASSERT_TRUE((*file)->Append(content).ok());
}
std::string Content(io::FileSystem& files, const std::string& path) {
  Result<std::string> content = io::ReadFile(files, path, 1 << 20);
  return content.ok() ? *content : content.status().ToString();
}

template <typename Fixture>
class FileSystemContract : public testing::Test {
 protected:
  io::FileSystem& files() { return fixture_.files(); }
  void SetUp() override { ASSERT_TRUE(files().CreateDirectories("/d/e").ok()); }

 private:
  Fixture fixture_;
};
using Fixtures = testing::Types<MemoryFixture, FaultFixture>;
TYPED_TEST_SUITE(FileSystemContract, Fixtures);

TYPED_TEST(FileSystemContract, OpensByMode) {
  io::FileSystem& files = this->files();
  Put(files, "/d/f", "one");
  EXPECT_EQ(files.OpenWritable("/d/f", OpenMode::kCreateNew).status().code(),
            StatusCode::kAlreadyExists);
  auto file = files.OpenWritable("/d/f", OpenMode::kAppend);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ((*file)->Size(), 3U);
  ASSERT_TRUE((*file)->Append("two").ok());
  EXPECT_EQ(Content(files, "/d/f"), "onetwo");
  ASSERT_TRUE((*file)->Truncate(4).ok());
  EXPECT_EQ(Content(files, "/d/f"), "onet");
  ASSERT_TRUE((*file)->Close().ok());
  EXPECT_EQ((*file)->Append("x").code(), StatusCode::kUnavailable);
  EXPECT_EQ(files.OpenWritable("/no/f", OpenMode::kAppend).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(files.OpenReadable("/d/g").status().code(), StatusCode::kNotFound);
}

TYPED_TEST(FileSystemContract, ReadsFewerBytesOnlyAtTheEnd) {
  io::FileSystem& files = this->files();
  Put(files, "/d/f", "0123456789");
  auto file = files.OpenReadable("/d/f");
  ASSERT_TRUE(file.ok());
  char buffer[16];
  EXPECT_EQ(*(*file)->ReadAt(2, 4, buffer), 4U);
  EXPECT_EQ(std::string(buffer, 4), "2345");
  EXPECT_EQ(*(*file)->ReadAt(8, 16, buffer), 2U);
  EXPECT_EQ(*(*file)->ReadAt(10, 16, buffer), 0U);
  EXPECT_EQ(*(*file)->ReadAt(99, 16, buffer), 0U);
}

TYPED_TEST(FileSystemContract, ListsByNameAndTellsDirectories) {
  io::FileSystem& files = this->files();
  Put(files, "/d/z", "");
  Put(files, "/d/a", "");
  Put(files, "/d/e/inner", "");
  const auto entries = files.List("/d/");
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 3U);
  EXPECT_EQ((*entries)[0].name, "a");
  EXPECT_EQ((*entries)[1].name, "e");
  EXPECT_TRUE((*entries)[1].is_directory);
  EXPECT_EQ((*entries)[2].name, "z");
  EXPECT_EQ(files.List("/x").status().code(), StatusCode::kNotFound);
}

TYPED_TEST(FileSystemContract, RenamesFilesAndWholeDirectories) {
  io::FileSystem& files = this->files();
  Put(files, "/d/e/f", "kept");
  Put(files, "/d/new", "replaced");
  ASSERT_TRUE(files.Rename("/d/e/f", "/d/new").ok());
  EXPECT_EQ(Content(files, "/d/new"), "kept");
  EXPECT_FALSE(*files.Exists("/d/e/f"));
  Put(files, "/d/e/g", "inside");
  ASSERT_TRUE(files.Rename("/d/e", "/d/h").ok());
  EXPECT_EQ(Content(files, "/d/h/g"), "inside");
  EXPECT_FALSE(*files.Exists("/d/e"));
  EXPECT_EQ(files.Rename("/d/none", "/d/x").code(), StatusCode::kNotFound);
}

TYPED_TEST(FileSystemContract, LinksShareTheContent) {
  io::FileSystem& files = this->files();
  Put(files, "/d/f", "shared");
  ASSERT_TRUE(files.Link("/d/f", "/d/g").ok());
  EXPECT_EQ(files.Link("/d/f", "/d/g").code(), StatusCode::kAlreadyExists);
  ASSERT_TRUE(files.RemoveFile("/d/f").ok());
  EXPECT_EQ(Content(files, "/d/g"), "shared");
  EXPECT_EQ(files.RemoveFile("/d/f").code(), StatusCode::kNotFound);
}

TYPED_TEST(FileSystemContract, RemovesOnlyEmptyDirectories) {
  io::FileSystem& files = this->files();
  Put(files, "/d/e/f", "");
  EXPECT_FALSE(files.RemoveDirectory("/d/e").ok());
  ASSERT_TRUE(io::RemoveTree(files, "/d").ok());
  EXPECT_FALSE(*files.Exists("/d"));
  EXPECT_TRUE(io::RemoveTree(files, "/d").ok());
}

TYPED_TEST(FileSystemContract, HoldsALockUntilItsObjectGoes) {
  io::FileSystem& files = this->files();
  auto held = files.Lock("/d/lock");
  ASSERT_TRUE(held.ok());
  EXPECT_EQ(files.Lock("/d/lock").status().code(), StatusCode::kUnavailable);
  held->reset();
  EXPECT_TRUE(files.Lock("/d/lock").ok());
}

TYPED_TEST(FileSystemContract, ReplacesAFileAtomically) {
  io::FileSystem& files = this->files();
  ASSERT_TRUE(io::WriteFileAtomically(files, "/d/f", "old").ok());
  ASSERT_TRUE(io::WriteFileAtomically(files, "/d/f", "new").ok());
  EXPECT_EQ(Content(files, "/d/f"), "new");
  EXPECT_FALSE(*files.Exists("/d/f.tmp"));
}

}  // namespace
}  // namespace phenix::sim
