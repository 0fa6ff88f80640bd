// Key material in memory: moved, never copied by accident, and wiped when it goes.
//
// Threads:   values; one thread at a time per object, any number for const calls.
// Not here:  locking pages into memory; a swap device must be encrypted by the operator.
#ifndef SECURITY_SECRET_BYTES_H_
#define SECURITY_SECRET_BYTES_H_

#include <cstddef>
#include <memory>

#include "base/bytes.h"

namespace phenix::security {

using base::ByteView;

class SecretBytes {
 public:
  SecretBytes() = default;
  /// `size_bytes` zero bytes, to be filled through data().
  explicit SecretBytes(std::size_t size_bytes);
  /// A private copy of `bytes`.
  explicit SecretBytes(ByteView bytes);
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  [[nodiscard]] SecretBytes Clone() const { return SecretBytes(view()); }
  [[nodiscard]] ByteView view() const { return {bytes_.get(), size_bytes_}; }
  [[nodiscard]] char* data() { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const { return size_bytes_; }
  [[nodiscard]] bool empty() const { return size_bytes_ == 0; }

 private:
  void Wipe();

  std::unique_ptr<char[]> bytes_;
  std::size_t size_bytes_ = 0;
};

/// Overwrites `size_bytes` at `bytes` in a way the compiler may not leave out.
void WipeMemory(void* bytes, std::size_t size_bytes);

}  // namespace phenix::security

#endif  // SECURITY_SECRET_BYTES_H_
