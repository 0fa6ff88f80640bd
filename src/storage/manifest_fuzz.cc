// Any bytes as a backup manifest: refused, or accepted as the one encoding of what they say.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "storage/backup_manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size_bytes) {
  const phenix::base::ByteView input(reinterpret_cast<const char*>(bytes), size_bytes);
  const phenix::Result<phenix::storage::BackupManifest> manifest =
      phenix::storage::BackupManifest::Decode(input);
  if (manifest.ok()) PHENIX_ASSERT(manifest->Encode() == input);
  return 0;
}
