// Owning pointers to OpenSSL objects. Included by the sources of this room only.
#ifndef SECURITY_OPENSSL_HANDLE_H_
#define SECURITY_OPENSSL_HANDLE_H_

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <memory>

#include "base/bytes.h"

namespace phenix::security {

/// Frees an OpenSSL object by its own function.
template <auto Free>
struct OpensslFree {
  template <typename Object>
  void operator()(Object* object) const {
    Free(object);
  }
};

using MdContext = std::unique_ptr<EVP_MD_CTX, OpensslFree<EVP_MD_CTX_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, OpensslFree<EVP_MAC_CTX_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, OpensslFree<EVP_KDF_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, OpensslFree<EVP_CIPHER_CTX_free>>;
using PrivateOrPublicKey = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;
using MemoryBio = std::unique_ptr<BIO, OpensslFree<BIO_free_all>>;

/// OpenSSL takes bytes as unsigned.
inline const unsigned char* Unsigned(const char* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}
inline unsigned char* Unsigned(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

}  // namespace phenix::security

#endif  // SECURITY_OPENSSL_HANDLE_H_
