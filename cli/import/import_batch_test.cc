#include "cli/import/import_batch.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "cli/import/resume_file.h"

namespace phenix::cli {
namespace {

struct ReadLine {
  std::string text;
  std::uint64_t number;
  std::uint64_t offset;
  friend bool operator==(const ReadLine&, const ReadLine&) = default;
};

std::vector<ReadLine> AllLines(LineSource& source) {
  std::vector<ReadLine> lines;
  while (true) {
    auto line = source.Next();
    EXPECT_TRUE(line.ok()) << line.status().ToString();
    if (!line.ok() || !line->has_value()) return lines;
    lines.push_back({std::string(**line), source.place().number, source.place().offset});
  }
}

std::string WriteScratch(const std::string& name, const std::string& content) {
  const std::string path = testing::TempDir() + "/" + name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

TEST(LineSource, GivesLinesWithTheirPlaces) {
  std::istringstream in("one\r\n\ntwo\nthree");
  LineSource source(in);
  EXPECT_EQ(AllLines(source),
            (std::vector<ReadLine>{{"one", 1, 0}, {"", 2, 5}, {"two", 3, 6}, {"three", 4, 10}}));
  EXPECT_EQ(source.next().offset, 15U);
}

TEST(LineSource, EndsAtOnceForEmptyInput) {
  std::istringstream in("");
  LineSource source(in);
  EXPECT_TRUE(AllLines(source).empty());
}

TEST(LineSource, ReadsFilesOfAnySizeAsTheSlowWayDoesAndGoesOnFromAnyLine) {
  std::mt19937_64 random(7);
  std::size_t compared = 0;
  for (unsigned round = 0; round < 12; ++round) {
    std::string content;
    std::vector<ReadLine> expected;
    const unsigned lines = 1 + static_cast<unsigned>(random() % 40);
    for (unsigned i = 0; i < lines; ++i) {
      const std::size_t size_bytes = random() % 5 == 0 ? random() % 1'500'000 : random() % 2000;
      expected.push_back({std::string(size_bytes, 'x'), i + 1, content.size()});
      content += expected.back().text + "\n";
    }
    const std::string path = WriteScratch("lines", content);
    const ReadLine& from = expected[random() % expected.size()];
    auto source = LineSource::OpenFile(path, {.number = from.number, .offset = from.offset});
    ASSERT_TRUE(source.ok());
    expected.erase(expected.begin(),
                   expected.begin() + static_cast<std::ptrdiff_t>(from.number - 1));
    const auto got = AllLines(**source);
    compared += got.size();
    ASSERT_EQ(got, expected);
    EXPECT_EQ((*source)->size_bytes(), content.size());
  }
  std::cout << "[ covered  ] seed 7: " << compared << " lines of up to 1.5 MB\n";
}

std::string Lines(unsigned count) {
  std::string text;
  for (unsigned i = 0; i < count; ++i) text += R"({"id":"e)" + std::to_string(i) + "\"}\n";
  return text;
}

TEST(BatchParser, KeepsOrderAndBounds) {
  std::istringstream in(Lines(2500));
  LineSource source(in);
  BatchParser parser(source, {.defaults = {}, .operations_max = 1000, .stop_at_fault = true});
  std::vector<std::size_t> sizes;
  unsigned seen = 0;
  for (bool more = true; more;) {
    const ImportBatch batch = parser.Next();
    more = !batch.is_last;
    sizes.push_back(batch.places.size());
    for (const WriteOperation& operation : batch.writes.operations) {
      EXPECT_EQ(std::get<PutOperation>(operation).id, "e" + std::to_string(seen++));
    }
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1000, 1000, 500}));
}

TEST(BatchParser, StopsAtTheFaultyLineAndGoesOnThere) {
  std::istringstream in(Lines(3) + "{\"id\":}\n" + Lines(2));
  LineSource source(in);
  BatchParser parser(source, {.defaults = {}, .operations_max = 1000, .stop_at_fault = true});
  const ImportBatch batch = parser.Next();
  EXPECT_TRUE(batch.is_last);
  EXPECT_EQ(batch.places.size(), 3U);
  ASSERT_EQ(batch.faults.size(), 1U);
  EXPECT_EQ(batch.faults[0].place.number, 4U);
  EXPECT_EQ(batch.next.number, 4U);
  EXPECT_EQ(batch.next.offset, batch.faults[0].place.offset);
}

TEST(BatchParser, StepsOverFaultyAndBlankLinesWhenAsked) {
  std::istringstream in(Lines(3) + "{\"id\":}\n\n  \n" + Lines(2));
  LineSource source(in);
  BatchParser parser(source, {.defaults = {}, .operations_max = 1000, .stop_at_fault = false});
  const ImportBatch batch = parser.Next();
  EXPECT_TRUE(batch.is_last);
  EXPECT_EQ(batch.places.size(), 5U);
  EXPECT_EQ(batch.faults.size(), 1U);
  EXPECT_EQ(batch.places.back().number, 8U);
}

TEST(BatchParser, CanBeLeftWithBatchesWaiting) {
  std::istringstream in(Lines(50'000));
  LineSource source(in);
  BatchParser parser(source, {.defaults = {}, .operations_max = 10, .stop_at_fault = true});
  EXPECT_EQ(parser.Next().places.size(), 10U);
}

TEST(ResumeFile, ReadsWhatItWrote) {
  const std::string path = testing::TempDir() + "/resume";
  ResumePoint point;
  point.database = "01234567";
  point.collection = "c\"d";
  point.next = {.number = 12, .offset = 3456};
  point.entities = 11;
  point.commit_timestamp = 9'000'000'000'000'000'000U;
  point.input = "89abcdef";
  ASSERT_TRUE(WriteResumeFile(path, point).ok());
  const auto read = ReadResumeFile(path);
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(read->database, point.database);
  EXPECT_EQ(read->collection, point.collection);
  EXPECT_EQ(read->next.number, 12U);
  EXPECT_EQ(read->next.offset, 3456U);
  EXPECT_EQ(read->entities, 11U);
  EXPECT_EQ(read->commit_timestamp, point.commit_timestamp);
  EXPECT_EQ(read->input, point.input);
  EXPECT_TRUE(RemoveResumeFile(path).ok());
  EXPECT_EQ(ReadResumeFile(path).status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(RemoveResumeFile(path).ok());
}

TEST(ResumeFile, RefusesEverythingElse) {
  for (const char* content : {"", "{}", "[1]", "{\"phenix_resume\":2}", "{\"phenix_resume\":1}"}) {
    const std::string path = WriteScratch("resume_wrong", content);
    EXPECT_EQ(ReadResumeFile(path).status().code(), StatusCode::kInvalidArgument) << content;
  }
}

}  // namespace
}  // namespace phenix::cli
