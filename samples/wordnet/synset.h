// One word sense of WordNet, as the sample data set stores it.
#ifndef SAMPLES_WORDNET_SYNSET_H_
#define SAMPLES_WORDNET_SYNSET_H_

#include <string>
#include <string_view>
#include <vector>

namespace phenix::samples {

/// A labelled, weighted, directed relation to another synset.
struct Relation {
  std::string_view label;  ///< Static text, e.g. "hypernym".
  std::string target;      ///< Id of the other synset.
  float weight = 1.0F;     ///< 1 between senses, kLexicalWeight between single words of them.
};

inline constexpr float kLexicalWeight = 0.5F;

struct Synset {
  std::string id;                       ///< "wn-n-02084071": part of speech and file offset.
  std::vector<std::string> lemmas;      ///< "domestic dog", most frequent first.
  std::string gloss;                    ///< The definition, without the examples.
  std::vector<std::string> examples;    ///< Example sentences, without their quotes.
  std::string_view part_of_speech;      ///< "noun", "verb", "adjective", "adverb".
  std::string_view lexicographer_file;  ///< "noun.animal" and 44 others: a coarse category.
  std::vector<Relation> relations;
};

}  // namespace phenix::samples

#endif  // SAMPLES_WORDNET_SYNSET_H_
