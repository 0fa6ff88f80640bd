// Arbitrary bytes as key file and as header of an encrypted file: refused or read, never a crash,
// and what is read reads the same after it was written again.
#include <cstdint>
#include <cstdlib>

#include "security/file_cipher.h"
#include "security/key_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const phenix::base::ByteView bytes(reinterpret_cast<const char*>(data), size);
  const auto file = phenix::security::DecodeKeyFile(bytes);
  if (file.ok()) {
    std::string again = phenix::security::EncodeKeyFile(file->file);
    phenix::security::FinishKeyFile(again, file->mac);
    const auto second = phenix::security::DecodeKeyFile(again);
    if (!second.ok() || second->file.entries.size() != file->file.entries.size()) std::abort();
  }
  const auto header = phenix::security::CipherHeader::Decode(bytes);
  if (header.ok()) {
    char again[phenix::security::kCipherHeaderBytes];
    header->Encode(again);
    if (bytes.substr(0, sizeof(again)) != phenix::base::ByteView(again, sizeof(again)))
      std::abort();
  }
  return 0;
}
