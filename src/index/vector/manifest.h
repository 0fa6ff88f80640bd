// The parts of an index at one moment. Searches pin one; changes make a new one.
// Threads:   immutable; the tails and segments in it follow their own rules.
// Ownership: shares its parts with other manifests, searches and builds.
#ifndef INDEX_VECTOR_MANIFEST_H_
#define INDEX_VECTOR_MANIFEST_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "index/vector/segment.h"
#include "index/vector/tail.h"

namespace phenix::index::vector {

struct Manifest {
  std::vector<std::shared_ptr<Segment>> segments;
  /// Oldest first; only the last one takes rows.
  std::vector<std::shared_ptr<Tail>> tails;
};

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_MANIFEST_H_
