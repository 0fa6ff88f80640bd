// Computes a vector for each word sense from nothing but WordNet itself.
//
// Method: latent semantic analysis (Deerwester et al., 1990) of glosses that were first smoothed
// over the graph.
//   1. Terms: lower-case words of lemmas, definition and examples, cut to a simple stem. A lemma's
//      word counts twice. Weight: (1 + ln count) * ln(synsets / synsets with the term); terms of a
//      single synset and of more than one in twenty are left out. Each row is scaled to length 1.
//   2. Smoothing, twice: row <- 0.6 * row + 0.4 * mean of the rows of its neighbours, weighted by
//      relation (hypernyms and similar senses most, antonyms and topics least).
//   3. Truncated singular value decomposition of the smoothed matrix by randomized subspace
//      iteration (Halko, Martinsson, Tropp, 2011, algorithm 4.4) from a fixed seed; a row of U * S
//      is the vector, scaled to length 1.
// The same files give the same vectors. Cost: about 5 s and 300 MB for WordNet's 117,659 senses.
#ifndef SAMPLES_WORDNET_GLOSS_VECTORS_H_
#define SAMPLES_WORDNET_GLOSS_VECTORS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wordnet/dense_rows.h"
#include "wordnet/synset.h"

namespace phenix::samples {

struct VectorOptions {
  std::size_t dimension = 64;
  unsigned smoothing_rounds = 2;
  unsigned iterations = 3;
  std::uint64_t seed = 1;
};

/// One row of length 1 per synset, in the order given.
DenseRows GlossVectors(const std::vector<Synset>& synsets, const VectorOptions& options);

/// The stems of the words of `text`, in order: "The dogs' barks" -> "the", "dog", "bark".
std::vector<std::string> Stems(std::string_view text);

}  // namespace phenix::samples

#endif  // SAMPLES_WORDNET_GLOSS_VECTORS_H_
