// The version suffix of keys: 8 bytes, big-endian complement of the commit timestamp, so that of
// one user key the newest version sorts first and "newest at or before r" is one seek.
#ifndef STORAGE_VERSIONED_KEY_H_
#define STORAGE_VERSIONED_KEY_H_

#include <string>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/strong_id.h"

namespace phenix::storage {

inline constexpr std::size_t kVersionSuffixBytes = 8;

inline void AppendVersion(std::string& key, CommitTimestamp timestamp) {
  base::PutBig64(key, ~timestamp.value());
}
inline std::string VersionedKey(base::ByteView user_key, CommitTimestamp timestamp) {
  std::string key;
  key.reserve(user_key.size() + kVersionSuffixBytes);
  key.append(user_key);
  AppendVersion(key, timestamp);
  return key;
}
/// The part before the suffix. `key` has at least kVersionSuffixBytes bytes.
inline base::ByteView UserKeyOf(base::ByteView key) {
  PHENIX_DEBUG_ASSERT(key.size() >= kVersionSuffixBytes);
  return key.substr(0, key.size() - kVersionSuffixBytes);
}
inline CommitTimestamp VersionOf(base::ByteView key) {
  PHENIX_DEBUG_ASSERT(key.size() >= kVersionSuffixBytes);
  return CommitTimestamp(~base::LoadBig64(key.data() + key.size() - kVersionSuffixBytes));
}

}  // namespace phenix::storage

#endif  // STORAGE_VERSIONED_KEY_H_
