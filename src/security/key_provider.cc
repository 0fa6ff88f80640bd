#include "security/key_provider.h"

#include "security/file_key_provider.h"

namespace phenix::security {

std::string EncodeKeyContext(const KeyContext& context) {
  std::string encoded;
  base::PutVarint(encoded, context.size());
  for (const auto& [name, value] : context) {
    base::PutLengthPrefixed(encoded, name);
    base::PutLengthPrefixed(encoded, value);
  }
  return encoded;
}

Result<std::unique_ptr<KeyProvider>> OpenKeyProvider(io::FileSystem& file_system,
                                                     io::RandomSource& random,
                                                     std::string_view uri) {
  constexpr std::string_view kFileScheme = "file:";
  if (uri.substr(0, kFileScheme.size()) != kFileScheme) {
    return Status(StatusCode::kUnimplemented,
                  "no key provider for '" + std::string(uri) + "'; this build knows file:PATH");
  }
  uri.remove_prefix(kFileScheme.size());
  if (uri.substr(0, 3) == "///") uri.remove_prefix(2);
  PHENIX_ASSIGN_OR_RETURN(std::unique_ptr<FileKeyProvider> provider,
                          FileKeyProvider::Open(file_system, random, std::string(uri)));
  return std::unique_ptr<KeyProvider>(std::move(provider));
}

}  // namespace phenix::security
