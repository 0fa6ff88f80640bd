// Reads the database files of WordNet 3 (data.noun, data.verb, data.adj, data.adv; see wndb(5WN)).
//
// Every synset becomes one Synset; pointers to the same target with the same label become one
// Relation. Pointers to synsets that no file holds are left out.
// Threads: any. Errors: kNotFound when a file is missing, kCorruption with file and line otherwise.
#ifndef SAMPLES_WORDNET_WORDNET_READER_H_
#define SAMPLES_WORDNET_WORDNET_READER_H_

#include <string>
#include <string_view>
#include <vector>

#include "phenix/status.h"
#include "wordnet/synset.h"

namespace phenix::samples {

/// The folder of the installed dictionary: $PHENIX_WORDNET, or where Debian and others put it.
Result<std::string> FindWordnet();

/// Reads all four files of `folder`, in the order noun, verb, adjective, adverb.
Result<std::vector<Synset>> ReadWordnet(const std::string& folder);

/// Parses one line of a data file.
Result<Synset> ParseSynset(std::string_view line);

}  // namespace phenix::samples

#endif  // SAMPLES_WORDNET_WORDNET_READER_H_
