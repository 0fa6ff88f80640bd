// Writes synsets as lines of JSON for `phenix import`.
//
//   {"id":"wn-n-02084071","metadata":{"lemmas":["dog"],"gloss":"...","examples":["..."],
//    "pos":"noun","lexfile":"noun.animal"},"vector":[...],
//    "edges":[{"label":"hypernym","target":"wn-n-02083346","weight":1.0}]}
//
// `examples` and `edges` are left out where there are none. Vector values have five decimals.
#ifndef SAMPLES_WORDNET_ENTITY_WRITER_H_
#define SAMPLES_WORDNET_ENTITY_WRITER_H_

#include <span>
#include <string>

#include "wordnet/synset.h"

namespace phenix::samples {

/// Appends one line, with its line break, to `out`.
void AppendEntity(const Synset& synset, std::span<const float> vector, std::string& out);

}  // namespace phenix::samples

#endif  // SAMPLES_WORDNET_ENTITY_WRITER_H_
