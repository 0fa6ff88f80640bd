// How far an import is, in a small file, so that an interrupted one goes on instead of beginning
// again.
//
// The file is replaced atomically after commits, so it never says more than was committed. It may
// say less: what lies between is written again, which changes nothing, since a put of the same
// entity is an upsert. It names the database, the collection and the bytes before the place it
// tells, and is refused when one of them is another. Threads: one at a time.
#ifndef CLI_IMPORT_RESUME_FILE_H_
#define CLI_IMPORT_RESUME_FILE_H_

#include <cstdint>
#include <string>

#include "cli/import/line_source.h"
#include "phenix/status.h"

namespace phenix::cli {

struct ResumePoint {
  std::string database;  ///< a checksum of the database's public key
  std::string collection;
  LinePlace next;  ///< the first line that may not be committed
  std::uint64_t entities = 0;
  std::uint64_t commit_timestamp = 0;
  std::string input;  ///< a checksum of the input's bytes just before `next`
};

/// Errors: kNotFound without a file; kInvalidArgument for one that is none.
Result<ResumePoint> ReadResumeFile(const std::string& path);
Status WriteResumeFile(const std::string& path, const ResumePoint& point);
/// OK when there is none.
Status RemoveResumeFile(const std::string& path);

/// ResumePoint::input for the place `offset` of the file `input`.
Result<std::string> ChecksumBefore(const std::string& input, std::uint64_t offset);
/// ResumePoint::database for a database directory.
Result<std::string> ChecksumOfDatabase(const std::string& directory);

}  // namespace phenix::cli

#endif  // CLI_IMPORT_RESUME_FILE_H_
