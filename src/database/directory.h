// What a database directory holds, and the file that says how it was made
// (docs/formats/database-directory.md).
//
// Threads: functions from any thread; the log's lock keeps two processes apart.
#ifndef DATABASE_DIRECTORY_H_
#define DATABASE_DIRECTORY_H_

#include <string>

#include "io/file_system.h"
#include "phenix/options.h"
#include "phenix/status.h"

namespace phenix::database {

inline constexpr const char* kFormatFileName = "FORMAT";
inline constexpr const char* kLogDirectoryName = "log";
inline constexpr const char* kStateDirectoryName = "state";
inline constexpr const char* kBackupManifestName = "MANIFEST";

/// What is fixed when a directory is made.
struct DirectoryFormat {
  StateEngine state_engine = StateEngine::kRocksDb;
  bool encrypted = false;
  SigningMode signing = SigningMode::kBoth;
};

/// kNotFound when `directory` holds no database.
Result<DirectoryFormat> ReadFormat(io::FileSystem& file_system, const std::string& directory);
Status WriteFormat(io::FileSystem& file_system, const std::string& directory,
                   const DirectoryFormat& format);
/// kInvalidArgument when the options ask for something else than what the directory is.
Status CheckOptions(const DirectoryFormat& format, const DatabaseOptions& options);

}  // namespace phenix::database

#endif  // DATABASE_DIRECTORY_H_
