#include "security/aes_gcm.h"

#include <cstring>

#include "base/assert.h"
#include "security/openssl_handle.h"
#include "security/secret_bytes.h"

namespace phenix::security {
namespace {

const EVP_CIPHER* FetchedAes256Gcm() {
  static EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  PHENIX_ASSERT(algorithm != nullptr);
  return algorithm;
}

CipherContext NewContext(bool for_sealing) {
  CipherContext context(EVP_CIPHER_CTX_new());
  PHENIX_ASSERT(context != nullptr);
  PHENIX_ASSERT(EVP_CipherInit_ex2(context.get(), FetchedAes256Gcm(), nullptr, nullptr,
                                   for_sealing ? 1 : 0, nullptr) == 1);
  return context;
}

void CheckSizes(ByteView key, ByteView authenticated, std::size_t message_bytes) {
  PHENIX_ASSERT(key.size() == kAesGcmKeyBytes);
  PHENIX_ASSERT(authenticated.size() <= kAesGcmMessageBytesMax);
  PHENIX_ASSERT(message_bytes <= kAesGcmMessageBytesMax);
}

}  // namespace

AesGcmNonce NonceOfNumber(std::uint64_t number) {
  AesGcmNonce nonce{};
  const std::uint64_t big = base::ByteSwap64(number);
  std::memcpy(nonce.data() + nonce.size() - sizeof(big), &big, sizeof(big));
  return nonce;
}

void AesGcmSeal(ByteView key, const AesGcmBinding& binding, ByteView plain, char* into) {
  static thread_local const CipherContext context = NewContext(true);
  CheckSizes(key, binding.authenticated, plain.size());
  EVP_CIPHER_CTX* const raw = context.get();
  int written = 0;
  PHENIX_ASSERT(EVP_EncryptInit_ex2(raw, nullptr, Unsigned(key.data()),
                                    Unsigned(binding.nonce.data()), nullptr) == 1);
  if (!binding.authenticated.empty()) {
    PHENIX_ASSERT(EVP_EncryptUpdate(raw, nullptr, &written, Unsigned(binding.authenticated.data()),
                                    static_cast<int>(binding.authenticated.size())) == 1);
  }
  if (!plain.empty()) {
    PHENIX_ASSERT(EVP_EncryptUpdate(raw, Unsigned(into), &written, Unsigned(plain.data()),
                                    static_cast<int>(plain.size())) == 1);
  }
  char* const tag = into + plain.size();
  PHENIX_ASSERT(EVP_EncryptFinal_ex(raw, Unsigned(tag), &written) == 1);
  PHENIX_ASSERT(EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_GET_TAG, kAesGcmTagBytes, tag) == 1);
}

Status AesGcmOpen(ByteView key, const AesGcmBinding& binding, ByteView sealed, char* into) {
  static thread_local const CipherContext context = NewContext(false);
  if (sealed.size() < kAesGcmTagBytes) {
    return {StatusCode::kCorruption, "sealed bytes are shorter than their tag"};
  }
  const std::size_t plain_bytes = sealed.size() - kAesGcmTagBytes;
  CheckSizes(key, binding.authenticated, plain_bytes);
  EVP_CIPHER_CTX* const raw = context.get();
  int written = 0;
  PHENIX_ASSERT(EVP_DecryptInit_ex2(raw, nullptr, Unsigned(key.data()),
                                    Unsigned(binding.nonce.data()), nullptr) == 1);
  if (!binding.authenticated.empty()) {
    PHENIX_ASSERT(EVP_DecryptUpdate(raw, nullptr, &written, Unsigned(binding.authenticated.data()),
                                    static_cast<int>(binding.authenticated.size())) == 1);
  }
  if (plain_bytes > 0) {
    PHENIX_ASSERT(EVP_DecryptUpdate(raw, Unsigned(into), &written, Unsigned(sealed.data()),
                                    static_cast<int>(plain_bytes)) == 1);
  }
  char tag[kAesGcmTagBytes];
  std::memcpy(tag, sealed.data() + plain_bytes, sizeof(tag));
  PHENIX_ASSERT(EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_SET_TAG, kAesGcmTagBytes, tag) == 1);
  unsigned char unused = 0;
  if (EVP_DecryptFinal_ex(raw, &unused, &written) == 1) return Status::Ok();
  WipeMemory(into, plain_bytes);
  return {StatusCode::kCorruption, "sealed bytes do not open: key, binding or content differs"};
}

}  // namespace phenix::security
