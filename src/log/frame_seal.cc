#include "log/frame_seal.h"

#include <cstring>
#include <utility>

#include "base/assert.h"
#include "base/checksum.h"
#include "security/digest.h"

namespace phenix::log {
namespace {

namespace at = frame_offset;

}  // namespace

void FrameSealer::Seal(FrameHeader header, char* into) const {
  header.hmac = {};
  header.signature = {};
  EncodeFrameHeader(header, into);
  if (header.Has(kFrameFlagHmac)) {
    const Sha256Digest hmac = security::HmacSha256(hmac_key_.view(), {into, at::kHmac});
    std::memcpy(into + at::kHmac, hmac.data(), hmac.size());
  }
  if (header.Has(kFrameFlagSigned)) {
    const security::Ed25519Signature signature = keys_.node_key().Sign({into, at::kSignature});
    std::memcpy(into + at::kSignature, signature.data(), signature.size());
  }
  const std::uint32_t checksum = base::Crc32c({into, at::kChecksum});
  std::memcpy(into + at::kChecksum, &checksum, sizeof(checksum));
}

FrameChecker::FrameChecker(const security::KeyRing& keys) : keys_(&keys) {
  Result<security::Ed25519PublicKey> own =
      security::Ed25519PublicKey::FromRaw(keys.node_key().public_raw());
  PHENIX_ASSERT(own.ok());
  own_public_key_.emplace(*std::move(own));
  public_key_ = &*own_public_key_;
}

FrameChecker::FrameChecker(const security::Ed25519PublicKey& public_key)
    : public_key_(&public_key) {}

bool FrameChecker::HmacMatches(const char* encoded, const FrameHeader& header) {
  if (hmac_epoch_ != header.epoch || hmac_key_.empty()) {
    hmac_key_ = keys_->LogHmacKey(header.lane.value(), header.epoch.value());
    hmac_epoch_ = header.epoch;
  }
  return security::EqualInConstantTime(
      security::AsView(security::HmacSha256(hmac_key_.view(), {encoded, at::kHmac})),
      security::AsView(header.hmac));
}

Status FrameChecker::Check(const char* encoded, const FrameHeader& header, ReadDepth depth) {
  const bool judges_hmac = keys_ != nullptr && header.Has(kFrameFlagHmac);
  if (!judges_hmac && !header.Has(kFrameFlagSigned)) {
    return {StatusCode::kCorruption, keys_ != nullptr
                                         ? "neither HMAC nor signature"
                                         : "no signature that a public key could verify"};
  }
  if (judges_hmac && !HmacMatches(encoded, header)) {
    return {StatusCode::kCorruption, "HMAC differs"};
  }
  // A right HMAC vouches for the writer where only the header is read.
  const bool skip_signature = judges_hmac && depth == ReadDepth::kHeaders;
  if (header.Has(kFrameFlagSigned) && !skip_signature &&
      !public_key_->Verify({encoded, at::kSignature},
                           {header.signature.data(), header.signature.size()})) {
    return {StatusCode::kCorruption, "signature does not verify"};
  }
  return Status::Ok();
}

}  // namespace phenix::log
