#include "security/secret_bytes.h"

#include <openssl/crypto.h>

#include <cstring>
#include <utility>

namespace phenix::security {

SecretBytes::SecretBytes(std::size_t size_bytes)
    : bytes_(std::make_unique<char[]>(size_bytes)), size_bytes_(size_bytes) {}

SecretBytes::SecretBytes(ByteView bytes) : SecretBytes(bytes.size()) {
  if (!bytes.empty()) std::memcpy(bytes_.get(), bytes.data(), bytes.size());
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_bytes_(std::exchange(other.size_bytes_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    Wipe();
    bytes_ = std::move(other.bytes_);
    size_bytes_ = std::exchange(other.size_bytes_, 0);
  }
  return *this;
}

SecretBytes::~SecretBytes() { Wipe(); }

void SecretBytes::Wipe() {
  if (bytes_ != nullptr) WipeMemory(bytes_.get(), size_bytes_);
}

void WipeMemory(void* bytes, std::size_t size_bytes) { OPENSSL_cleanse(bytes, size_bytes); }

}  // namespace phenix::security
