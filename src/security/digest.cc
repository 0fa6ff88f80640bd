#include "security/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <array>

#include "base/assert.h"
#include "security/openssl_handle.h"

namespace phenix::security {
namespace {

const EVP_MD* FetchedSha256() {
  // Fetched once and kept for the life of the process.
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  PHENIX_ASSERT(algorithm != nullptr);
  return algorithm;
}

EVP_MAC* FetchedHmac() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  PHENIX_ASSERT(algorithm != nullptr);
  return algorithm;
}

EVP_KDF* FetchedHkdf() {
  static EVP_KDF* const algorithm = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  PHENIX_ASSERT(algorithm != nullptr);
  return algorithm;
}

/// OSSL_PARAM wants a pointer that is not const, and never writes through it here.
OSSL_PARAM Sha256Parameter(const char* name) {
  static constexpr char kSha256Name[] = "SHA256";
  return OSSL_PARAM_construct_utf8_string(name, const_cast<char*>(kSha256Name), 0);
}

/// As above.
OSSL_PARAM BytesParameter(const char* name, ByteView bytes) {
  static char nothing = 0;
  char* const from = bytes.empty() ? &nothing : const_cast<char*>(bytes.data());
  return OSSL_PARAM_construct_octet_string(name, from, bytes.size());
}

MacContext NewHmacContext() {
  MacContext context(EVP_MAC_CTX_new(FetchedHmac()));
  const std::array<OSSL_PARAM, 2> parameters = {Sha256Parameter(OSSL_MAC_PARAM_DIGEST),
                                                OSSL_PARAM_construct_end()};
  PHENIX_ASSERT(context != nullptr &&
                EVP_MAC_CTX_set_params(context.get(), parameters.data()) == 1);
  return context;
}

}  // namespace

struct Sha256::State {
  MdContext context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  PHENIX_ASSERT(EVP_DigestInit_ex2(state_->context.get(), FetchedSha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;

void Sha256::Update(ByteView bytes) {
  PHENIX_ASSERT(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

Sha256Digest Sha256::Finish() {
  Sha256Digest digest;
  PHENIX_ASSERT(EVP_DigestFinal_ex(state_->context.get(), Unsigned(digest.data()), nullptr) == 1);
  PHENIX_ASSERT(EVP_DigestInit_ex2(state_->context.get(), nullptr, nullptr) == 1);
  return digest;
}

Sha256Digest Sha256Of(ByteView bytes) {
  static thread_local Sha256 hasher;
  hasher.Update(bytes);
  return hasher.Finish();
}

Sha256Digest HmacSha256(ByteView key, ByteView bytes) {
  static thread_local const MacContext context = NewHmacContext();
  Sha256Digest digest;
  std::size_t size_bytes = 0;
  // A null key would mean "the key of the last call".
  const char* const key_bytes = key.empty() ? "" : key.data();
  PHENIX_ASSERT(EVP_MAC_init(context.get(), Unsigned(key_bytes), key.size(), nullptr) == 1);
  PHENIX_ASSERT(EVP_MAC_update(context.get(), Unsigned(bytes.data()), bytes.size()) == 1);
  PHENIX_ASSERT(EVP_MAC_final(context.get(), Unsigned(digest.data()), &size_bytes, digest.size()) ==
                1);
  PHENIX_ASSERT(size_bytes == digest.size());
  return digest;
}

SecretBytes HkdfSha256(ByteView key, ByteView salt, ByteView context, std::size_t size_bytes) {
  constexpr std::size_t kOutputBytesMax = 255 * kSha256Bytes;
  PHENIX_ASSERT(size_bytes > 0 && size_bytes <= kOutputBytesMax);
  const KdfContext derivation(EVP_KDF_CTX_new(FetchedHkdf()));
  const std::array<OSSL_PARAM, 5> parameters = {
      Sha256Parameter(OSSL_KDF_PARAM_DIGEST), BytesParameter(OSSL_KDF_PARAM_KEY, key),
      BytesParameter(OSSL_KDF_PARAM_SALT, salt), BytesParameter(OSSL_KDF_PARAM_INFO, context),
      OSSL_PARAM_construct_end()};
  SecretBytes derived(size_bytes);
  PHENIX_ASSERT(EVP_KDF_derive(derivation.get(), Unsigned(derived.data()), size_bytes,
                               parameters.data()) == 1);
  return derived;
}

bool EqualInConstantTime(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace phenix::security
