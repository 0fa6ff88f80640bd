// Who wrote a frame: fills in HMAC, Ed25519 signature and checksum, and checks them.
//
// Invariants: a checked frame carries at least one of HMAC and signature, and every one that it
//             carries and that can be checked is right; so taking a mark off does not help anybody.
// Threads:    FrameSealer: const from any thread. FrameChecker: one thread at a time.
// Ownership:  both borrow the keys.
#ifndef LOG_FRAME_SEAL_H_
#define LOG_FRAME_SEAL_H_

#include <cstdint>
#include <optional>

#include "log/frame_header.h"
#include "log/log_record.h"
#include "phenix/status.h"
#include "security/key_ring.h"
#include "security/secret_bytes.h"
#include "security/signature.h"

namespace phenix::log {

/// Seals the frames of one lane and epoch.
class FrameSealer {
 public:
  FrameSealer(const security::KeyRing& keys, LaneId lane, LogEpoch epoch)
      : keys_(keys), hmac_key_(keys.LogHmacKey(lane.value(), epoch.value())) {}

  /// Writes the finished header, whose flags say what to fill in, to `into`.
  void Seal(FrameHeader header, char* into) const;

 private:
  const security::KeyRing& keys_;
  const security::SecretBytes hmac_key_;
};

/// How much of a frame to check or read.
enum class ReadDepth : std::uint8_t {
  kHeaders,  ///< Checksum, chain, HMAC.
  kBodies,   ///< Also the signature and the hash of the body.
};

/// Checks headers with what it was given: a key ring (HMAC and signature) or a public key alone.
class FrameChecker {
 public:
  explicit FrameChecker(const security::KeyRing& keys);
  explicit FrameChecker(const security::Ed25519PublicKey& public_key);
  ~FrameChecker() = default;
  FrameChecker(const FrameChecker&) = delete;
  FrameChecker& operator=(const FrameChecker&) = delete;

  /// `encoded`: the kFrameHeaderBytes that `header` was decoded from. kCorruption if a mark is
  /// wrong or none is there that this checker can judge.
  Status Check(const char* encoded, const FrameHeader& header, ReadDepth depth);

  /// Null when there is a public key only.
  [[nodiscard]] const security::KeyRing* keys() const { return keys_; }
  [[nodiscard]] const security::Ed25519PublicKey& public_key() const { return *public_key_; }

 private:
  [[nodiscard]] bool HmacMatches(const char* encoded, const FrameHeader& header);

  const security::KeyRing* keys_ = nullptr;
  std::optional<security::Ed25519PublicKey> own_public_key_;
  const security::Ed25519PublicKey* public_key_ = nullptr;
  LogEpoch hmac_epoch_;
  security::SecretBytes hmac_key_;
};

}  // namespace phenix::log

#endif  // LOG_FRAME_SEAL_H_
