// Ed25519: signs with a private key, verifies with the public one. Source: RFC 8032, pure Ed25519.
//
// Threads:   Sign() and Verify() from any thread.
// Ownership: a key owns its OpenSSL object, which wipes the private half when it goes.
// Cost:      sign about 45 us, verify about 110 us.
#ifndef SECURITY_SIGNATURE_H_
#define SECURITY_SIGNATURE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "phenix/status.h"
#include "security/secret_bytes.h"

namespace phenix::security {

inline constexpr std::size_t kEd25519KeyBytes = 32;
inline constexpr std::size_t kEd25519SignatureBytes = 64;
using Ed25519Signature = std::array<char, kEd25519SignatureBytes>;

/// How frames and marks are authenticated. The numbers are never written to a file.
enum class SigningMode : std::uint8_t { kHmac, kEd25519, kBoth };

class Ed25519PublicKey {
 public:
  /// kInvalidArgument unless `raw` is 32 bytes that OpenSSL takes.
  static Result<Ed25519PublicKey> FromRaw(ByteView raw);
  /// Reads a "BEGIN PUBLIC KEY" block; kInvalidArgument for anything but one Ed25519 key.
  static Result<Ed25519PublicKey> FromPem(ByteView pem);
  Ed25519PublicKey(Ed25519PublicKey&&) noexcept;
  Ed25519PublicKey& operator=(Ed25519PublicKey&&) noexcept;
  Ed25519PublicKey(const Ed25519PublicKey&) = delete;
  Ed25519PublicKey& operator=(const Ed25519PublicKey&) = delete;
  ~Ed25519PublicKey();

  [[nodiscard]] bool Verify(ByteView message, ByteView signature) const;
  [[nodiscard]] std::string Pem() const;
  [[nodiscard]] ByteView raw() const { return {raw_.data(), raw_.size()}; }

 private:
  struct Key;
  Ed25519PublicKey(std::unique_ptr<Key> key, ByteView raw);

  std::unique_ptr<Key> key_;
  std::array<char, kEd25519KeyBytes> raw_{};
};

class Ed25519PrivateKey {
 public:
  /// kInvalidArgument unless `seed` is the 32-byte private key of RFC 8032.
  static Result<Ed25519PrivateKey> FromSeed(ByteView seed);
  Ed25519PrivateKey(Ed25519PrivateKey&&) noexcept;
  Ed25519PrivateKey& operator=(Ed25519PrivateKey&&) noexcept;
  Ed25519PrivateKey(const Ed25519PrivateKey&) = delete;
  Ed25519PrivateKey& operator=(const Ed25519PrivateKey&) = delete;
  ~Ed25519PrivateKey();

  [[nodiscard]] Ed25519Signature Sign(ByteView message) const;
  /// The 32 bytes of the matching public key.
  [[nodiscard]] ByteView public_raw() const { return {public_raw_.data(), public_raw_.size()}; }

 private:
  struct Key;
  explicit Ed25519PrivateKey(std::unique_ptr<Key> key);

  std::unique_ptr<Key> key_;
  std::array<char, kEd25519KeyBytes> public_raw_{};
};

}  // namespace phenix::security

#endif  // SECURITY_SIGNATURE_H_
