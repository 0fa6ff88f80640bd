// A key provider for development and single machines: the master key is a file.
//
// Whoever reads the file reads every key wrapped by it, so it belongs on another volume than the
// data, or in a secret mount. Format: docs/formats/key-file.md, "Master key file".
#ifndef SECURITY_FILE_KEY_PROVIDER_H_
#define SECURITY_FILE_KEY_PROVIDER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/thread_annotations.h"
#include "io/file_system.h"
#include "io/random.h"
#include "security/key_provider.h"

namespace phenix::security {

class FileKeyProvider final : public KeyProvider {
 public:
  /// Creates a master key file with one random 256-bit key; kAlreadyExists if the path is taken.
  static Status Create(io::FileSystem& file_system, io::RandomSource& random,
                       const std::string& path);
  /// Borrows `file_system` and `random`, which must outlive the provider.
  static Result<std::unique_ptr<FileKeyProvider>> Open(io::FileSystem& file_system,
                                                       io::RandomSource& random,
                                                       const std::string& path);

  Result<WrappedKey> WrapKey(ByteView plain, const KeyContext& context) override;
  Result<SecretBytes> UnwrapKey(const WrappedKey& wrapped, const KeyContext& context) override;
  Status RotateMasterKey() override;
  [[nodiscard]] std::string MasterKeyId() const override { return master_key_id_; }
  [[nodiscard]] std::uint32_t MasterKeyVersion() const override;

 private:
  using Versions = std::map<std::uint32_t, SecretBytes>;

  FileKeyProvider(io::FileSystem& file_system, io::RandomSource& random, std::string path)
      : file_system_(file_system), random_(random), path_(std::move(path)) {}
  Status Decode(ByteView bytes) PHENIX_REQUIRES(mutex_);

  io::FileSystem& file_system_;
  io::RandomSource& random_;
  const std::string path_;
  std::string raw_id_;
  std::string master_key_id_;
  mutable base::Mutex mutex_;
  Versions versions_ PHENIX_GUARDED_BY(mutex_);
};

}  // namespace phenix::security

#endif  // SECURITY_FILE_KEY_PROVIDER_H_
