// Reads a dictionary of nine word senses written for this test, and checks the arithmetic of the
// vectors against slow, obvious versions of it.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "wordnet/dense_rows.h"
#include "wordnet/entity_writer.h"
#include "wordnet/gloss_vectors.h"
#include "wordnet/sparse_matrix.h"
#include "wordnet/wordnet_reader.h"

namespace phenix::samples {
namespace {

constexpr const char* kNouns =
    "  1 This line stands for the licence, which every file begins with.  \n"
    "00000001 05 n 01 animal 0 002 ~ 00000002 n 0000 ~ 00000003 n 0000 | a living being that "
    "moves; "
    "\"animals of the wood\"  \n"
    "00000002 05 n 02 dog 0 domestic_dog 1 004 @ 00000001 n 0000 + 00000011 v 0101 + 00000011 v "
    "0201 ~ 00000004 n 0000 | an animal that barks; \"the dog barks\"; \"he walks his dog\"  \n"
    "00000003 05 n 01 cat 0 001 @ 00000001 n 0000 | an animal that purrs  \n"
    "00000004 05 n 01 poodle 0 001 @ 00000002 n 0000 | a dog with curly hair  \n"
    "00000005 21 n 01 money 0 002 ~ 00000006 n 0000 @ 99999999 n 0000 | coins and notes for paying "
    " \n"
    "00000006 21 n 01 cash 0 001 @ 00000005 n 0000 | money paid in coins or notes  \n";
constexpr const char* kVerbs =
    "00000011 38 v 01 dog 0 001 + 00000002 n 0101 01 + 08 00 | go after with the intent to catch  "
    "\n";
constexpr const char* kAdjectives =
    "00000021 00 s 01 loose(p) 0 001 & 00000022 a 0000 | not bound; said of dogs  \n";
constexpr const char* kAdverbs = "00000031 02 r 01 doggedly 4 000 | in a dogged manner  \n";

std::string WriteDictionary(const std::string& name) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / name;
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "data.noun") << kNouns;
  std::ofstream(folder / "data.verb") << kVerbs;
  std::ofstream(folder / "data.adj") << kAdjectives;
  std::ofstream(folder / "data.adv") << kAdverbs;
  return folder.string();
}

std::vector<Synset> ReadDictionary() {
  Result<std::vector<Synset>> synsets = ReadWordnet(WriteDictionary("phenix_samples_dictionary"));
  EXPECT_TRUE(synsets.ok()) << synsets.status().message();
  return *std::move(synsets);
}

double Dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

TEST(WordnetReader, ReadsAllFourFilesAndSkipsTheLicence) {
  const std::vector<Synset> synsets = ReadDictionary();
  ASSERT_EQ(synsets.size(), 9U);
  EXPECT_EQ(synsets[0].id, "wn-n-00000001");
  EXPECT_EQ(synsets[6].part_of_speech, "verb");
  EXPECT_EQ(synsets[8].lexicographer_file, "adv.all");
}

TEST(WordnetReader, SplitsTheGlossIntoDefinitionAndExamples) {
  const Synset dog = ReadDictionary()[1];
  EXPECT_EQ(dog.lemmas, (std::vector<std::string>{"dog", "domestic dog"}));
  EXPECT_EQ(dog.gloss, "an animal that barks");
  EXPECT_EQ(dog.examples, (std::vector<std::string>{"the dog barks", "he walks his dog"}));
  EXPECT_EQ(dog.lexicographer_file, "noun.animal");
}

TEST(WordnetReader, MergesPointersWithTheSameLabelAndTarget) {
  const Synset dog = ReadDictionary()[1];
  ASSERT_EQ(dog.relations.size(), 3U);
  EXPECT_EQ(dog.relations[0].label, "hypernym");
  EXPECT_EQ(dog.relations[0].target, "wn-n-00000001");
  EXPECT_EQ(dog.relations[0].weight, 1.0F);
  EXPECT_EQ(dog.relations[1].label, "derivation");
  EXPECT_EQ(dog.relations[1].weight, kLexicalWeight);
  EXPECT_EQ(dog.relations[2].label, "hyponym");
}

TEST(WordnetReader, LeavesOutPointersToSynsetsThatDoNotExist) {
  const std::vector<Synset> synsets = ReadDictionary();
  ASSERT_EQ(synsets[4].relations.size(), 1U);
  EXPECT_EQ(synsets[4].relations[0].label, "hyponym");
  EXPECT_TRUE(synsets[7].relations.empty());
}

TEST(WordnetReader, CountsSatellitesAsAdjectivesAndDropsSyntacticMarkers) {
  const Synset loose = ReadDictionary()[7];
  EXPECT_EQ(loose.id, "wn-a-00000021");
  EXPECT_EQ(loose.part_of_speech, "adjective");
  EXPECT_EQ(loose.lemmas, std::vector<std::string>{"loose"});
}

TEST(WordnetReader, NamesFileAndLineOfABadSynset) {
  const std::string folder = WriteDictionary("phenix_samples_bad_dictionary");
  std::ofstream(folder + "/data.verb") << kVerbs << "nonsense | gloss\n";
  const Result<std::vector<Synset>> synsets = ReadWordnet(folder);
  ASSERT_FALSE(synsets.ok());
  EXPECT_EQ(synsets.status().code(), StatusCode::kCorruption);
  EXPECT_NE(synsets.status().message().find("data.verb:2"), std::string::npos);
}

TEST(WordnetReader, ReportsAMissingFile) {
  const Result<std::vector<Synset>> synsets = ReadWordnet(testing::TempDir() + "/no_such_folder");
  ASSERT_FALSE(synsets.ok());
  EXPECT_EQ(synsets.status().code(), StatusCode::kNotFound);
}

TEST(WordnetReader, RefusesEveryLineCutInsideItsHead) {
  const std::string line = "00000003 05 n 01 cat 0 001 @ 00000001 n 0000 | an animal that purrs";
  ASSERT_TRUE(ParseSynset(line).ok());
  const std::size_t head = line.find(" | ");
  for (std::size_t size = 0; size < head; ++size) {
    EXPECT_FALSE(ParseSynset(line.substr(0, size) + " | a gloss").ok()) << size;
    EXPECT_FALSE(ParseSynset(line.substr(0, size)).ok()) << size;
  }
  std::cout << "[ covered  ] " << 2 * head << " cut lines\n";
}

TEST(Stems, FoldCaseAndPlurals) {
  EXPECT_EQ(Stems("The dogs' BARKS, flies (boxes) glass; a bus."),
            (std::vector<std::string>{"the", "dog", "bark", "fly", "box", "glass", "bus"}));
}

TEST(GlossVectors, HaveLengthOneAndTheAskedDimension) {
  const std::vector<Synset> synsets = ReadDictionary();
  const DenseRows vectors = GlossVectors(synsets, {.dimension = 4});
  ASSERT_EQ(vectors.rows(), synsets.size());
  ASSERT_EQ(vectors.columns(), 4U);
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    EXPECT_NEAR(Dot(vectors.row(i), vectors.row(i)), 1.0, 1e-5) << i;
  }
}

TEST(GlossVectors, AreTheSameForTheSameFiles) {
  const std::vector<Synset> synsets = ReadDictionary();
  const DenseRows first = GlossVectors(synsets, {.dimension = 4});
  const DenseRows second = GlossVectors(synsets, {.dimension = 4});
  for (std::size_t i = 0; i < first.rows(); ++i) {
    EXPECT_TRUE(std::equal(first.row(i).begin(), first.row(i).end(), second.row(i).begin()));
  }
}

TEST(GlossVectors, PutRelatedSensesCloserThanUnrelatedOnes) {
  const DenseRows vectors = GlossVectors(ReadDictionary(), {.dimension = 4});
  const auto animal = vectors.row(0);
  const auto dog = vectors.row(1);
  const auto poodle = vectors.row(3);
  const auto money = vectors.row(4);
  const auto cash = vectors.row(5);
  EXPECT_GT(Dot(dog, poodle), Dot(dog, money));
  EXPECT_GT(Dot(dog, animal), Dot(dog, cash));
  EXPECT_GT(Dot(money, cash), Dot(money, poodle));
}

// A random matrix, and a slow, obvious copy of it.
struct MatrixPair {
  SparseMatrix sparse;
  std::vector<std::vector<float>> slow;
};

MatrixPair RandomMatrix(std::size_t rows, std::uint32_t columns, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  MatrixPair pair{SparseMatrix(columns), {}};
  for (std::size_t i = 0; i < rows; ++i) {
    std::vector<float> row(columns);
    std::vector<SparseMatrix::Cell> cells;
    for (std::uint32_t j = 0; j < columns; ++j) {
      if (random() % 3 != 0) continue;
      row[j] = static_cast<float>(random() % 100);
      cells.push_back({j, row[j]});
    }
    pair.sparse.AddRow(cells);
    pair.slow.push_back(std::move(row));
  }
  return pair;
}

TEST(SparseMatrix, MultipliesLikeADenseOne) {
  constexpr std::uint64_t kSeed = 7;
  const MatrixPair matrix = RandomMatrix(23, 17, kSeed);
  const DenseRows right = DenseRows::Random(17, 1, kSeed);
  const DenseRows product = matrix.sparse.Times(right);
  for (std::size_t i = 0; i < 23; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < 17; ++j) sum += matrix.slow[i][j] * right.row(j)[0];
    EXPECT_NEAR(product.row(i)[0], sum, 1e-3) << "seed " << kSeed;
  }
}

TEST(SparseMatrix, MultipliesTransposedLikeADenseOne) {
  constexpr std::uint64_t kSeed = 8;
  const MatrixPair matrix = RandomMatrix(23, 17, kSeed);
  const DenseRows left = DenseRows::Random(23, 1, kSeed);
  const DenseRows product = matrix.sparse.TransposedTimes(left);
  for (std::size_t j = 0; j < 17; ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < 23; ++i) sum += matrix.slow[i][j] * left.row(i)[0];
    EXPECT_NEAR(product.row(j)[0], sum, 1e-3) << "seed " << kSeed;
  }
}

TEST(DenseRows, OrthonormalizeGivesColumnsOfLengthOneAtRightAngles) {
  DenseRows rows = DenseRows::Random(50, 6, 3);
  rows.Orthonormalize();
  const std::vector<double> gram = rows.Gram();
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < 6; ++j) EXPECT_NEAR(gram[i * 6 + j], i == j ? 1 : 0, 1e-5);
  }
}

// left * gram * right^T for two rows.
double ThroughMatrix(std::span<const float> left, const std::vector<double>& gram,
                     std::span<const float> right) {
  double sum = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    for (std::size_t j = 0; j < right.size(); ++j) {
      sum += left[i] * gram[i * right.size() + j] * right[j];
    }
  }
  return sum;
}

TEST(DenseRows, ScaleByFactorGivesRowsTheirProductThroughTheMatrix) {
  DenseRows rows = DenseRows::Random(20, 5, 4);
  const DenseRows before = rows;
  const std::vector<double> gram = DenseRows::Random(30, 5, 5).Gram();
  rows.ScaleByFactorOf(gram);
  for (std::size_t a = 0; a < rows.rows(); ++a) {
    for (std::size_t b = 0; b < rows.rows(); ++b) {
      EXPECT_NEAR(Dot(rows.row(a), rows.row(b)), ThroughMatrix(before.row(a), gram, before.row(b)),
                  1e-3);
    }
  }
}

TEST(DenseRows, NormalizeGivesARowOfZerosADirection) {
  DenseRows rows(1, 3);
  rows.NormalizeRows();
  EXPECT_EQ(rows.row(0)[0], 1.0F);
}

TEST(EntityWriter, WritesOneLineOfJson) {
  Synset synset = ReadDictionary()[1];
  synset.gloss = "a \"quoted\" \\ text\twith\x01 control";
  synset.relations.resize(1);
  std::string line;
  const std::vector<float> vector = {0.5F, -0.25F};
  AppendEntity(synset, vector, line);
  EXPECT_EQ(
      line,
      R"({"id":"wn-n-00000002","metadata":{"lemmas":["dog","domestic dog"],)"
      R"("gloss":"a \"quoted\" \\ text\u0009with\u0001 control",)"
      R"("examples":["the dog barks","he walks his dog"],"pos":"noun","lexfile":"noun.animal"},)"
      R"("vector":[0.50000,-0.25000],)"
      R"("edges":[{"label":"hypernym","target":"wn-n-00000001","weight":1.0}]})"
      "\n");
}

}  // namespace
}  // namespace phenix::samples
