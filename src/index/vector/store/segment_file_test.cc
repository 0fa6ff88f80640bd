#include "index/vector/store/segment_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "distance/simd_level.h"
#include "index/vector/segment_builder.h"
#include "index/vector/store/manifest_file.h"
#include "io/file_system.h"

namespace phenix::index::vector {
namespace {

// A file that is a string.
class MemoryFile final : public io::ReadableFile {
 public:
  explicit MemoryFile(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> ReadAt(std::uint64_t offset, std::size_t size_bytes,
                             char* into) const override {
    if (offset >= bytes_.size()) return std::size_t{0};
    return bytes_.copy(into, size_bytes, offset);
  }
  Result<std::uint64_t> Size() const override { return std::uint64_t{bytes_.size()}; }

 private:
  std::string bytes_;
};

std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream buffer;
  buffer << file.rdbuf();
  return std::move(buffer).str();
}

std::shared_ptr<Segment> MakeSegment(VectorSpace space, std::size_t rows, bool bytes) {
  const distance::Kernels& kernels = distance::KernelsFor(distance::DetectedSimdLevel());
  auto tail =
      std::make_shared<Tail>(TailOptions{kernels, space.metric, space.dimension, rows, 1, {}});
  std::mt19937 random(static_cast<unsigned>(rows));
  std::vector<float> values(space.dimension);
  for (std::size_t row = 0; row < rows; ++row) {
    for (float& value : values) {
      const auto byte = static_cast<float>(random() % 256);
      value = bytes ? byte : byte / 77.0F - 1.0F;
    }
    tail->Append(1000 + row, values, 5 + row / 10);
  }
  SegmentOptions options;
  options.space = space;
  options.graph_rows_min = 16;
  return BuildSegment(kernels, {RowSource(std::shared_ptr<const Tail>(tail))}, options);
}

std::string FileOf(const Segment& segment) {
  const std::string path = ::testing::TempDir() + "phenix_segment_file_test.phv";
  EXPECT_TRUE(WriteSegmentFile(io::PosixFileSystem(), path, segment).ok());
  std::string bytes = ReadBytes(path);
  std::filesystem::remove(path);
  return bytes;
}

void ExpectSameRows(const Segment& segment, const ReadPart& part) {
  ASSERT_EQ(part.ids, segment.ids);
  std::vector<float> want(segment.space.dimension), got(segment.space.dimension);
  for (std::size_t row = 0; row < segment.rows(); ++row) {
    segment.Read(row, want);
    if (part.segment) {
      part.segment->Read(row, got);
    } else {
      part.full.Read(row, got);
    }
    ASSERT_EQ(want, got);
    ASSERT_EQ(part.begins[row], segment.lives.begin(row));
  }
}

TEST(SegmentFile, ComesBackWholeWithItsGraph) {
  for (const bool bytes : {true, false}) {
    for (const auto metric : {distance::Metric::kL2, distance::Metric::kDot}) {
      const VectorSpace space = {metric, 9};
      const auto segment = MakeSegment(space, 200, bytes);
      const MemoryFile file(FileOf(*segment));
      const Result<ReadPart> part = ReadSegmentFile(file, space);
      ASSERT_TRUE(part.ok()) << part.status().ToString();
      ASSERT_TRUE(part->segment);
      EXPECT_FALSE(part->damaged);
      ExpectSameRows(*segment, *part);
      for (std::size_t row = 0; row < 200; ++row) {
        ASSERT_TRUE(std::equal(segment->graph.links(row), segment->graph.links(row) + kGraphDegree,
                               part->segment->graph.links(row)));
      }
      EXPECT_EQ(part->segment->tuning.widths, segment->tuning.widths);
    }
  }
}

TEST(SegmentFile, EveryFlippedByteIsRefusedOrLeavesTheRowsRight) {
  const VectorSpace space = {distance::Metric::kL2, 5};
  std::size_t refused = 0;
  std::size_t rebuilt = 0;
  std::size_t harmless = 0;
  for (const bool bytes : {true, false}) {
    const auto segment = MakeSegment(space, 40, bytes);
    const std::string good = FileOf(*segment);
    for (std::size_t place = 0; place < good.size(); ++place) {
      std::string bad = good;
      bad[place] = static_cast<char>(bad[place] ^ (1 << (place % 8)));
      const MemoryFile file(bad);
      const Result<ReadPart> part = ReadSegmentFile(file, space);
      if (!part.ok()) {
        ASSERT_EQ(part.status().code(), StatusCode::kCorruption);
        ++refused;
        continue;
      }
      ExpectSameRows(*segment, *part);
      part->damaged ? ++rebuilt : ++harmless;
    }
  }
  EXPECT_GT(refused, 1000U);
  EXPECT_GT(rebuilt, 1000U);
  EXPECT_LT(harmless, 2 * 20 * 64U);  // padding between sections only
  std::printf("[ covered  ] %zu flips: %zu refused, %zu to be rebuilt, %zu in padding\n",
              refused + rebuilt + harmless, refused, rebuilt, harmless);
}

TEST(SegmentFile, EveryCutIsRefusedOrLeavesTheRowsRight) {
  const VectorSpace space = {distance::Metric::kL2, 5};
  const auto segment = MakeSegment(space, 40, false);
  const std::string good = FileOf(*segment);
  for (std::size_t size = 0; size < good.size(); size += 7) {
    const MemoryFile file(good.substr(0, size));
    const Result<ReadPart> part = ReadSegmentFile(file, space);
    if (part.ok()) ExpectSameRows(*segment, *part);
  }
}

TEST(SegmentFile, OpensFilesOfVersionOne) {
  const std::filesystem::path corpus =
      std::filesystem::path(PHENIX_SOURCE_DIR) / "tests/fuzz/corpus/vector_segment_fuzz";
  std::size_t opened = 0;
  for (const char* name : {"exact.phv", "scaled.phv", "tail.phv"}) {
    const std::string bytes = ReadBytes((corpus / name).string());
    ASSERT_FALSE(bytes.empty()) << name;
    const MemoryFile file(bytes);
    const Result<ReadPart> part = ReadSegmentFile(file, {distance::Metric::kL2, 5});
    ASSERT_TRUE(part.ok()) << name << ": " << part.status().ToString();
    EXPECT_EQ(part->ids.size(), 40U);
    EXPECT_EQ(part->segment == nullptr, std::string(name) == "tail.phv");
    EXPECT_FALSE(part->damaged);
    ++opened;
  }
  EXPECT_EQ(opened, 3U);
}

TEST(SegmentFile, RefusesTheFileOfAnotherIndex) {
  const MemoryFile file(FileOf(*MakeSegment({distance::Metric::kL2, 5}, 40, true)));
  EXPECT_EQ(ReadSegmentFile(file, {distance::Metric::kL2, 6}).status().code(),
            StatusCode::kCorruption);
  EXPECT_EQ(ReadSegmentFile(file, {distance::Metric::kCosine, 5}).status().code(),
            StatusCode::kCorruption);
}

TEST(ManifestFile, ComesBackAndEveryFlippedBitIsRefused) {
  ManifestRecord record;
  record.dimension = 12;
  record.metric = distance::Metric::kCosine;
  record.any_row = true;
  record.applied_through = 99;
  record.newest_id = 1234567;
  record.next_number = 8;
  record.parts = {{3, {{0, 50}, {7, 60}, {4000000000ULL, 61}}}, {5, {}}};
  const std::string bytes = EncodeManifest(record);
  const Result<ManifestRecord> back = DecodeManifest(bytes);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->parts[0].ends, record.parts[0].ends);
  EXPECT_EQ(back->parts[1].number, 5U);
  EXPECT_EQ(back->applied_through, 99U);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string bad = bytes;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(DecodeManifest(bad).status().code(), StatusCode::kCorruption);
  }
  std::printf("[ covered  ] %zu flipped bits\n", bytes.size() * 8);
}

}  // namespace
}  // namespace phenix::index::vector
