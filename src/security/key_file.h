// The key file of a database: entries of wrapped or unwrapped keys, a MAC and a checksum.
// Format: docs/formats/key-file.md. The codec knows bytes only; key_ring.cc gives them meaning.
#ifndef SECURITY_KEY_FILE_H_
#define SECURITY_KEY_FILE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "phenix/status.h"
#include "security/digest.h"
#include "security/key_provider.h"
#include "security/key_ring.h"

namespace phenix::security {

/// What an entry's key is for. The numbers are on disk: never change or reuse one.
enum class KeyKind : std::uint8_t { kData = 1, kLog = 2, kNode = 3 };

/// One key. Wrapped: `key.ciphertext` is what the provider returned. Unwrapped: it is the key
/// itself, and the master key fields are empty.
struct KeyFileEntry {
  KeyKind kind = KeyKind::kData;
  std::uint32_t version = 1;
  WrappedKey key;
};

struct KeyFile {
  bool wrapped = false;
  DatabaseId database_id{};
  std::vector<KeyFileEntry> entries;
};

inline constexpr std::size_t kKeyFileBytesMax = std::size_t{1} << 20U;
inline constexpr std::size_t kKeyFileEntryCountMax = 10000;

/// All of the file in front of its MAC.
std::string EncodeKeyFile(const KeyFile& file);
/// Adds MAC and checksum to what EncodeKeyFile() made.
void FinishKeyFile(std::string& encoded, const Sha256Digest& mac);

/// A decoded file with the MAC that it carries and the bytes (a view into the input) it covers.
struct DecodedKeyFile {
  KeyFile file;
  ByteView covered;
  Sha256Digest mac{};
};
/// kCorruption naming the rule that does not hold.
Result<DecodedKeyFile> DecodeKeyFile(ByteView bytes);

}  // namespace phenix::security

#endif  // SECURITY_KEY_FILE_H_
