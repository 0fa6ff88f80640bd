// The manifest of a stored index as bytes: docs/formats/vector-segment.md.
// Threads: functions without state. Errors: kCorruption.
#ifndef INDEX_VECTOR_STORE_MANIFEST_FILE_H_
#define INDEX_VECTOR_STORE_MANIFEST_FILE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "distance/metric.h"
#include "phenix/status.h"

namespace phenix::index::vector {

struct PartRecord {
  std::uint64_t number = 0;                     ///< of the part's file
  std::map<std::uint64_t, std::uint64_t> ends;  ///< by row of that file
};

struct ManifestRecord {
  std::uint32_t dimension = 0;
  distance::Metric metric = distance::Metric::kL2;
  bool any_row = false;
  std::uint64_t applied_through = 0;
  std::uint64_t newest_id = 0;
  std::uint64_t next_number = 1;
  std::vector<PartRecord> parts;
};

std::string EncodeManifest(const ManifestRecord& record);
Result<ManifestRecord> DecodeManifest(base::ByteView bytes);

}  // namespace phenix::index::vector

#endif  // INDEX_VECTOR_STORE_MANIFEST_FILE_H_
