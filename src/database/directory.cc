#include "database/directory.h"

#include "base/bytes.h"
#include "base/checksum.h"

namespace phenix::database {
namespace {

constexpr base::ByteView kMagic = "PXDB";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kFormatBytesMax = 4096;

}  // namespace

Result<DirectoryFormat> ReadFormat(io::FileSystem& file_system, const std::string& directory) {
  const std::string path = io::JoinPath(directory, kFormatFileName);
  PHENIX_ASSIGN_OR_RETURN(const std::string bytes,
                          io::ReadFile(file_system, path, kFormatBytesMax));
  base::ByteReader reader(bytes);
  const base::ByteView magic = reader.ReadBytes(kMagic.size());
  const auto version = reader.ReadLittle<std::uint16_t>();
  DirectoryFormat format;
  format.state_engine = static_cast<StateEngine>(reader.ReadLittle<std::uint8_t>());
  format.encrypted = reader.ReadLittle<std::uint8_t>() != 0;
  format.signing = static_cast<SigningMode>(reader.ReadLittle<std::uint8_t>());
  const std::size_t content_bytes = bytes.size() - reader.rest().size();
  const auto checksum = reader.ReadLittle<std::uint32_t>();
  if (!reader.ok() || magic != kMagic || !reader.AtEnd() ||
      checksum != base::Crc32c(base::ByteView(bytes).substr(0, content_bytes))) {
    return Status(StatusCode::kCorruption, path + " is damaged");
  }
  if (version != kVersion || format.state_engine > StateEngine::kMemory ||
      format.signing > SigningMode::kBoth) {
    return Status(StatusCode::kCorruption, path + ": format version " + std::to_string(version) +
                                               " is not one this program knows (1)");
  }
  return format;
}

Status WriteFormat(io::FileSystem& file_system, const std::string& directory,
                   const DirectoryFormat& format) {
  std::string bytes(kMagic);
  base::PutLittle(bytes, kVersion);
  base::PutLittle(bytes, static_cast<std::uint8_t>(format.state_engine));
  base::PutLittle<std::uint8_t>(bytes, format.encrypted ? 1 : 0);
  base::PutLittle(bytes, static_cast<std::uint8_t>(format.signing));
  base::PutLittle(bytes, base::Crc32c(bytes));
  return io::WriteFileAtomically(file_system, io::JoinPath(directory, kFormatFileName), bytes);
}

Status CheckOptions(const DirectoryFormat& format, const DatabaseOptions& options) {
  const auto differs = [](const char* what) {
    return Status(StatusCode::kInvalidArgument,
                  std::string("the directory was created with another ") + what +
                      "; open it with the same, or export and import");
  };
  if (format.state_engine != options.state_engine) return differs("state engine");
  if (format.encrypted != options.encryption.enabled) return differs("encryption setting");
  if (format.signing != options.signing) return differs("signing mode");
  return Status::Ok();
}

}  // namespace phenix::database
