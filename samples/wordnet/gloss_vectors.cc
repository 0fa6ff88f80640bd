#include "wordnet/gloss_vectors.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

#include "wordnet/sparse_matrix.h"

namespace phenix::samples {
namespace {

constexpr float kOwnShare = 0.6F;
constexpr std::size_t kSynsetsPerTermMin = 2;
constexpr std::size_t kMostCommonTermShare =
    20;  // terms of more than one synset in 20 are left out
constexpr float kLemmaCount = 2.0F;

using Cell = SparseMatrix::Cell;

float SmoothingWeight(std::string_view label) {
  static const std::map<std::string_view, float> weights = {
      {"hypernym", 1.0F},          {"hyponym", 0.5F},
      {"instance_hypernym", 1.0F}, {"similar_to", 1.0F},
      {"derivation", 0.7F},        {"pertains_to", 0.7F},
      {"verb_group", 0.7F},        {"participle_of", 0.7F},
      {"part_holonym", 0.5F},      {"member_holonym", 0.5F},
      {"substance_holonym", 0.5F}, {"part_meronym", 0.3F},
      {"entailment", 0.3F},        {"cause", 0.3F},
      {"also_see", 0.3F}};
  const auto found = weights.find(label);
  return found == weights.end() ? 0.1F : found->second;
}

bool IsLetter(char letter) { return letter >= 'a' && letter <= 'z'; }

char Lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

// Folds plurals: "flies" -> "fly", "boxes" -> "box", "dogs" -> "dog", "glass" stays.
std::string Stem(std::string word) {
  const std::size_t size = word.size();
  if (size > 4 && word.ends_with("ies")) return word.substr(0, size - 3) + "y";
  if (size > 4 && (word.ends_with("ses") || word.ends_with("xes") || word.ends_with("ches") ||
                   word.ends_with("shes"))) {
    return word.substr(0, size - 2);
  }
  if (size > 3 && word.back() == 's' && word[size - 2] != 's' && word[size - 2] != 'u') {
    word.pop_back();
  }
  return word;
}

using TermCounts = std::vector<std::pair<std::uint32_t, float>>;

// Numbers terms in the order of their first use, so that the numbering is the same everywhere.
class Vocabulary final {
 public:
  TermCounts Count(const Synset& synset) {
    std::map<std::uint32_t, float> counts;
    for (const std::string& lemma : synset.lemmas) AddWords(lemma, kLemmaCount, counts);
    AddWords(synset.gloss, 1.0F, counts);
    for (const std::string& example : synset.examples) AddWords(example, 1.0F, counts);
    for (const auto& [term, count] : counts) ++synsets_with_term_[term];
    return {counts.begin(), counts.end()};
  }

  [[nodiscard]] std::size_t size() const { return synsets_with_term_.size(); }

  // 0 for terms that say nothing.
  [[nodiscard]] float Rarity(std::uint32_t term, std::size_t synsets) const {
    const std::size_t with = synsets_with_term_[term];
    if (with < kSynsetsPerTermMin) return 0;
    if (synsets > 1000 && with > synsets / kMostCommonTermShare) return 0;
    return static_cast<float>(std::log(static_cast<double>(synsets) / static_cast<double>(with)));
  }

 private:
  void AddWords(std::string_view text, float count, std::map<std::uint32_t, float>& counts) {
    for (std::string& stem : Stems(text)) {
      const auto next = static_cast<std::uint32_t>(numbers_.size());
      const auto [found, added] = numbers_.emplace(std::move(stem), next);
      if (added) synsets_with_term_.push_back(0);
      counts[found->second] += count;
    }
  }

  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::size_t> synsets_with_term_;
};

SparseMatrix TermMatrix(const std::vector<Synset>& synsets) {
  Vocabulary vocabulary;
  std::vector<TermCounts> counts;
  counts.reserve(synsets.size());
  for (const Synset& synset : synsets) counts.push_back(vocabulary.Count(synset));
  SparseMatrix matrix(vocabulary.size());
  for (const TermCounts& row : counts) {
    std::vector<Cell> cells;
    float squares = 0;
    for (const auto& [term, count] : row) {
      const float weight = (1.0F + std::log(count)) * vocabulary.Rarity(term, synsets.size());
      if (weight == 0) continue;
      cells.push_back({term, weight});
      squares += weight * weight;
    }
    for (Cell& cell : cells) cell.value /= std::sqrt(squares);
    matrix.AddRow(cells);
  }
  return matrix;
}

// Row i mixes synset i with the weighted mean of its neighbours.
SparseMatrix SmoothingMatrix(const std::vector<Synset>& synsets) {
  std::unordered_map<std::string_view, std::uint32_t> positions;
  for (std::size_t i = 0; i < synsets.size(); ++i) {
    positions.emplace(synsets[i].id, static_cast<std::uint32_t>(i));
  }
  SparseMatrix matrix(synsets.size());
  for (std::size_t i = 0; i < synsets.size(); ++i) {
    std::vector<Cell> cells;
    float sum = 0;
    for (const Relation& relation : synsets[i].relations) {
      const auto found = positions.find(relation.target);
      if (found == positions.end()) continue;
      cells.push_back({found->second, SmoothingWeight(relation.label)});
      sum += cells.back().value;
    }
    for (Cell& cell : cells) cell.value *= (1.0F - kOwnShare) / sum;
    cells.push_back({static_cast<std::uint32_t>(i), cells.empty() ? 1.0F : kOwnShare});
    matrix.AddRow(cells);
  }
  return matrix;
}

// The product of `rounds` smoothing matrices and the term matrix, never written out.
class SmoothedTerms final {
 public:
  SmoothedTerms(const std::vector<Synset>& synsets, unsigned rounds)
      : terms_(TermMatrix(synsets)), smoothing_(SmoothingMatrix(synsets)), rounds_(rounds) {}

  [[nodiscard]] std::size_t columns() const { return terms_.columns(); }

  [[nodiscard]] DenseRows Times(const DenseRows& right) const {
    DenseRows result = terms_.Times(right);
    for (unsigned round = 0; round < rounds_; ++round) result = smoothing_.Times(result);
    return result;
  }

  [[nodiscard]] DenseRows TransposedTimes(DenseRows right) const {
    for (unsigned round = 0; round < rounds_; ++round) right = smoothing_.TransposedTimes(right);
    return terms_.TransposedTimes(right);
  }

 private:
  SparseMatrix terms_;
  SparseMatrix smoothing_;
  unsigned rounds_;
};

}  // namespace

std::vector<std::string> Stems(std::string_view text) {
  std::vector<std::string> stems;
  std::string word;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char letter = i < text.size() ? Lower(text[i]) : ' ';
    if (IsLetter(letter)) {
      word.push_back(letter);
      continue;
    }
    if (word.size() > 1) stems.push_back(Stem(word));
    word.clear();
  }
  return stems;
}

DenseRows GlossVectors(const std::vector<Synset>& synsets, const VectorOptions& options) {
  const SmoothedTerms terms(synsets, options.smoothing_rounds);
  DenseRows basis =
      terms.Times(DenseRows::Random(terms.columns(), options.dimension, options.seed));
  for (unsigned iteration = 0; iteration < options.iterations; ++iteration) {
    basis.Orthonormalize();
    basis = terms.Times(terms.TransposedTimes(basis));
  }
  basis.Orthonormalize();
  // With B^T = M^T Q the small matrix B B^T holds the squared singular values in a turned frame.
  basis.ScaleByFactorOf(terms.TransposedTimes(basis).Gram());
  basis.NormalizeRows();
  return basis;
}

}  // namespace phenix::samples
