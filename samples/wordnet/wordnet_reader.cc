#include "wordnet/wordnet_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <unordered_set>
#include <utility>

namespace phenix::samples {
namespace {

constexpr std::array<std::string_view, 45> kLexicographerFiles = {
    "adj.all",          "adj.pert",           "adv.all",
    "noun.Tops",        "noun.act",           "noun.animal",
    "noun.artifact",    "noun.attribute",     "noun.body",
    "noun.cognition",   "noun.communication", "noun.event",
    "noun.feeling",     "noun.food",          "noun.group",
    "noun.location",    "noun.motive",        "noun.object",
    "noun.person",      "noun.phenomenon",    "noun.plant",
    "noun.possession",  "noun.process",       "noun.quantity",
    "noun.relation",    "noun.shape",         "noun.state",
    "noun.substance",   "noun.time",          "verb.body",
    "verb.change",      "verb.cognition",     "verb.communication",
    "verb.competition", "verb.consumption",   "verb.contact",
    "verb.creation",    "verb.emotion",       "verb.motion",
    "verb.perception",  "verb.possession",    "verb.social",
    "verb.stative",     "verb.weather",       "adj.ppl"};

// `\` means "pertains to" from an adjective and "derived from" from an adverb.
constexpr std::array<std::pair<std::string_view, std::string_view>, 26> kLabels = {{
    {"!", "antonym"},
    {"@", "hypernym"},
    {"@i", "instance_hypernym"},
    {"~", "hyponym"},
    {"~i", "instance_hyponym"},
    {"#m", "member_holonym"},
    {"#s", "substance_holonym"},
    {"#p", "part_holonym"},
    {"%m", "member_meronym"},
    {"%s", "substance_meronym"},
    {"%p", "part_meronym"},
    {"=", "attribute"},
    {"+", "derivation"},
    {";c", "topic"},
    {"-c", "topic_member"},
    {";r", "region"},
    {"-r", "region_member"},
    {";u", "usage"},
    {"-u", "usage_member"},
    {"*", "entailment"},
    {">", "cause"},
    {"^", "also_see"},
    {"$", "verb_group"},
    {"&", "similar_to"},
    {"<", "participle_of"},
    {"\\", "pertains_to"},
}};

// Takes words off the front of a line.
class Words final {
 public:
  explicit Words(std::string_view line) : rest_(line) {}

  std::string_view Next() {
    const size_t begin = std::min(rest_.find_first_not_of(' '), rest_.size());
    const size_t end = std::min(rest_.find(' ', begin), rest_.size());
    const std::string_view word = rest_.substr(begin, end - begin);
    rest_.remove_prefix(end);
    return word;
  }

  // The format pads its numbers, so a shorter one is a line cut off.
  std::optional<size_t> NextNumber(int base, size_t digits) {
    const std::string_view word = Next();
    if (word.size() != digits) return std::nullopt;
    size_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
    if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
    return value;
  }

 private:
  std::string_view rest_;
};

Status Bad(std::string_view what, std::string_view line) {
  return {StatusCode::kCorruption, "no WordNet synset: " + std::string(what) + " in '" +
                                       std::string(line.substr(0, 60)) + "'"};
}

// A satellite adjective lives in data.adj like any other adjective.
char FileLetter(std::string_view part) {
  return part.empty() ? '?' : part[0] == 's' ? 'a' : part[0];
}

std::string_view PartOfSpeech(char letter) {
  switch (letter) {
    case 'n':
      return "noun";
    case 'v':
      return "verb";
    case 'a':
      return "adjective";
    case 'r':
      return "adverb";
    default:
      return "";
  }
}

std::string MakeId(char letter, std::string_view offset) {
  return std::string("wn-") + letter + "-" + std::string(offset);
}

// "outdoors(p)" -> "outdoors"; "domestic_dog" -> "domestic dog".
std::string ReadableLemma(std::string_view word) {
  std::string lemma(word.substr(0, word.find('(')));
  std::replace(lemma.begin(), lemma.end(), '_', ' ');
  return lemma;
}

std::string_view LabelOf(std::string_view symbol) {
  for (const auto& [known, label] : kLabels) {
    if (known == symbol) return label;
  }
  return "";
}

void AddRelation(Synset& synset, Relation relation) {
  for (Relation& known : synset.relations) {
    if (known.label == relation.label && known.target == relation.target) {
      known.weight = std::max(known.weight, relation.weight);
      return;
    }
  }
  synset.relations.push_back(std::move(relation));
}

Status ReadRelations(Words& words, std::string_view line, Synset& synset) {
  const std::optional<size_t> count = words.NextNumber(10, 3);
  if (!count) return Bad("no pointer count", line);
  for (size_t i = 0; i < *count; ++i) {
    const std::string_view label = LabelOf(words.Next());
    const std::string_view offset = words.Next();
    const char letter = FileLetter(words.Next());
    const std::string_view between = words.Next();  // "0000" between senses, else word numbers
    if (label.empty() || offset.size() != 8 || between.size() != 4) {
      return Bad("unknown pointer", line);
    }
    AddRelation(synset, {label, MakeId(letter, offset), between == "0000" ? 1.0F : kLexicalWeight});
  }
  return {};
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kPadding = " ;\r\n";
  const size_t begin = text.find_first_not_of(kPadding);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kPadding) - begin + 1);
}

// `a thing; "an example"; "another"`: the definition ends where the first quoted part begins.
void SplitGloss(std::string_view text, Synset& synset) {
  const size_t first_quote = text.find("; \"");
  synset.gloss = Trimmed(text.substr(0, first_quote));
  if (first_quote == std::string_view::npos) return;
  size_t open = text.find('"', first_quote);
  while (open != std::string_view::npos) {
    const size_t close = text.find('"', open + 1);
    const std::string_view example = Trimmed(text.substr(open + 1, close - open - 1));
    if (!example.empty()) synset.examples.emplace_back(example);
    if (close == std::string_view::npos) return;
    open = text.find('"', close + 1);
  }
}

Status ReadFile(const std::filesystem::path& path, std::vector<Synset>& synsets) {
  std::ifstream file(path);
  if (!file) return {StatusCode::kNotFound, "cannot open " + path.string()};
  std::string line;
  for (size_t number = 1; std::getline(file, line); ++number) {
    if (line.starts_with("  ")) continue;  // the licence
    Result<Synset> synset = ParseSynset(line);
    if (!synset.ok()) {
      return {StatusCode::kCorruption, path.string() + ":" + std::to_string(number) + ": " +
                                           std::string(synset.status().message())};
    }
    synsets.push_back(*std::move(synset));
  }
  return {};
}

void DropDanglingRelations(std::vector<Synset>& synsets) {
  std::unordered_set<std::string_view> ids;
  for (const Synset& synset : synsets) ids.insert(synset.id);
  for (Synset& synset : synsets) {
    std::erase_if(synset.relations,
                  [&ids](const Relation& relation) { return !ids.contains(relation.target); });
  }
}

}  // namespace

Result<Synset> ParseSynset(std::string_view line) {
  const size_t bar = line.find(" | ");
  if (bar == std::string_view::npos) return Bad("no gloss", line);
  Words words(line.substr(0, bar));
  Synset synset;
  const std::string_view offset = words.Next();
  const std::optional<size_t> lexicographer_file = words.NextNumber(10, 2);
  const char letter = FileLetter(words.Next());
  const std::optional<size_t> lemma_count = words.NextNumber(16, 2);
  synset.part_of_speech = PartOfSpeech(letter);
  if (offset.size() != 8 || !lexicographer_file ||
      *lexicographer_file >= kLexicographerFiles.size() || synset.part_of_speech.empty() ||
      !lemma_count) {
    return Bad("bad head", line);
  }
  synset.id = MakeId(letter, offset);
  synset.lexicographer_file = kLexicographerFiles[*lexicographer_file];
  for (size_t i = 0; i < *lemma_count; ++i) {
    std::string lemma = ReadableLemma(words.Next());
    if (lemma.empty()) return Bad("missing word", line);
    synset.lemmas.push_back(std::move(lemma));
    words.Next();  // the sense number within the lexicographer file
  }
  PHENIX_RETURN_IF_ERROR(ReadRelations(words, line, synset));
  SplitGloss(line.substr(bar + 3), synset);
  return synset;
}

Result<std::vector<Synset>> ReadWordnet(const std::string& folder) {
  std::vector<Synset> synsets;
  for (const char* name : {"data.noun", "data.verb", "data.adj", "data.adv"}) {
    PHENIX_RETURN_IF_ERROR(ReadFile(std::filesystem::path(folder) / name, synsets));
  }
  DropDanglingRelations(synsets);
  return synsets;
}

Result<std::string> FindWordnet() {
  std::vector<std::string> folders = {"/usr/share/wordnet", "/usr/share/wordnet/dict",
                                      "/usr/local/share/wordnet/dict",
                                      "/usr/local/WordNet-3.0/dict"};
  const char* chosen = std::getenv("PHENIX_WORDNET");
  if (chosen != nullptr) folders = {chosen};
  for (const std::string& folder : folders) {
    if (std::filesystem::exists(std::filesystem::path(folder) / "data.noun")) return folder;
  }
  return Status(StatusCode::kNotFound,
                "no WordNet dictionary (looked for data.noun in " + folders[0] +
                    " and other places); install Debian's wordnet-base or set PHENIX_WORDNET");
}

}  // namespace phenix::samples
