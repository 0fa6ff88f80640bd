#include "security/signature.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cstring>
#include <utility>

#include "base/assert.h"
#include "security/openssl_handle.h"

namespace phenix::security {
namespace {

/// A context per thread, empty again before each use.
EVP_MD_CTX* CleanContext() {
  static thread_local const MdContext context(EVP_MD_CTX_new());
  PHENIX_ASSERT(context != nullptr && EVP_MD_CTX_reset(context.get()) == 1);
  return context.get();
}

}  // namespace

struct Ed25519PublicKey::Key {
  PrivateOrPublicKey object;
};
struct Ed25519PrivateKey::Key {
  PrivateOrPublicKey object;
};

Ed25519PublicKey::Ed25519PublicKey(std::unique_ptr<Key> key, ByteView raw) : key_(std::move(key)) {
  std::memcpy(raw_.data(), raw.data(), raw_.size());
}
Ed25519PublicKey::Ed25519PublicKey(Ed25519PublicKey&&) noexcept = default;
Ed25519PublicKey& Ed25519PublicKey::operator=(Ed25519PublicKey&&) noexcept = default;
Ed25519PublicKey::~Ed25519PublicKey() = default;

Result<Ed25519PublicKey> Ed25519PublicKey::FromRaw(ByteView raw) {
  if (raw.size() != kEd25519KeyBytes) {
    return Status(StatusCode::kInvalidArgument,
                  "an Ed25519 public key has 32 bytes, not " + std::to_string(raw.size()));
  }
  PrivateOrPublicKey object(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Unsigned(raw.data()), raw.size()));
  if (object == nullptr) {
    ERR_clear_error();
    return Status(StatusCode::kInvalidArgument, "not an Ed25519 public key");
  }
  return Ed25519PublicKey(std::make_unique<Key>(Key{std::move(object)}), raw);
}

Result<Ed25519PublicKey> Ed25519PublicKey::FromPem(ByteView pem) {
  constexpr std::size_t kPemBytesMax = 16384;
  if (pem.size() > kPemBytesMax) {
    return Status(StatusCode::kInvalidArgument, "not a PEM file of one public key");
  }
  const MemoryBio input(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  PHENIX_ASSERT(input != nullptr);
  PrivateOrPublicKey object(PEM_read_bio_PUBKEY(input.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (object == nullptr || EVP_PKEY_get_base_id(object.get()) != EVP_PKEY_ED25519) {
    return Status(StatusCode::kInvalidArgument, "not a PEM file of one Ed25519 public key");
  }
  char raw[kEd25519KeyBytes];
  std::size_t size_bytes = sizeof(raw);
  PHENIX_ASSERT(EVP_PKEY_get_raw_public_key(object.get(), Unsigned(raw), &size_bytes) == 1);
  return Ed25519PublicKey(std::make_unique<Key>(Key{std::move(object)}), {raw, size_bytes});
}

bool Ed25519PublicKey::Verify(ByteView message, ByteView signature) const {
  if (signature.size() != kEd25519SignatureBytes) return false;
  EVP_MD_CTX* const context = CleanContext();
  PHENIX_ASSERT(EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key_->object.get()) == 1);
  const bool good = EVP_DigestVerify(context, Unsigned(signature.data()), signature.size(),
                                     Unsigned(message.data()), message.size()) == 1;
  if (!good) ERR_clear_error();
  return good;
}

std::string Ed25519PublicKey::Pem() const {
  const MemoryBio output(BIO_new(BIO_s_mem()));
  PHENIX_ASSERT(output != nullptr && PEM_write_bio_PUBKEY(output.get(), key_->object.get()) == 1);
  char* text = nullptr;
  const long size_bytes = BIO_get_mem_data(output.get(), &text);
  PHENIX_ASSERT(size_bytes > 0);
  return {text, static_cast<std::size_t>(size_bytes)};
}

Ed25519PrivateKey::Ed25519PrivateKey(std::unique_ptr<Key> key) : key_(std::move(key)) {
  std::size_t size_bytes = public_raw_.size();
  PHENIX_ASSERT(EVP_PKEY_get_raw_public_key(key_->object.get(), Unsigned(public_raw_.data()),
                                            &size_bytes) == 1);
}
Ed25519PrivateKey::Ed25519PrivateKey(Ed25519PrivateKey&&) noexcept = default;
Ed25519PrivateKey& Ed25519PrivateKey::operator=(Ed25519PrivateKey&&) noexcept = default;
Ed25519PrivateKey::~Ed25519PrivateKey() = default;

Result<Ed25519PrivateKey> Ed25519PrivateKey::FromSeed(ByteView seed) {
  if (seed.size() != kEd25519KeyBytes) {
    return Status(StatusCode::kInvalidArgument,
                  "an Ed25519 private key has 32 bytes, not " + std::to_string(seed.size()));
  }
  PrivateOrPublicKey object(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Unsigned(seed.data()), seed.size()));
  if (object == nullptr) {
    ERR_clear_error();
    return Status(StatusCode::kInvalidArgument, "not an Ed25519 private key");
  }
  return Ed25519PrivateKey(std::make_unique<Key>(Key{std::move(object)}));
}

Ed25519Signature Ed25519PrivateKey::Sign(ByteView message) const {
  EVP_MD_CTX* const context = CleanContext();
  Ed25519Signature signature;
  std::size_t size_bytes = signature.size();
  PHENIX_ASSERT(EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key_->object.get()) == 1);
  PHENIX_ASSERT(EVP_DigestSign(context, Unsigned(signature.data()), &size_bytes,
                               Unsigned(message.data()), message.size()) == 1);
  PHENIX_ASSERT(size_bytes == signature.size());
  return signature;
}

}  // namespace phenix::security
