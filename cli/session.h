// What every command needs: the global options, the database directory, input and output.
//
// Threads:    one at a time.
// Ownership:  borrows the streams; a database that Open() returned is closed by whoever got it.
#ifndef CLI_SESSION_H_
#define CLI_SESSION_H_

#include <cstdint>
#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "cli/output.h"
#include "phenix/database.h"

namespace phenix::cli {

inline constexpr const char* kDataVariable = "PHENIX_DB_DATA";
inline constexpr const char* kKmsVariable = "PHENIX_DB_KMS_ENDPOINT";

/// The options that every command has.
struct GlobalOptions {
  std::string data;  ///< --data; empty when not given
  std::string kms;   ///< --kms or its variable
  bool json = false;
  bool quiet = false;
  std::uint64_t memory_mib = 1024;
};

class Session {
 public:
  Session(GlobalOptions& options, std::istream& in, Output& out)
      : options_(options), in_(in), out_(out) {}

  [[nodiscard]] const GlobalOptions& options() const { return options_; }
  [[nodiscard]] bool json() const { return options_.json; }
  [[nodiscard]] Output& out() { return out_; }
  [[nodiscard]] std::istream& in() { return in_; }

  /// The database directory: the argument that the command line named (see Arguments), --data, or
  /// PHENIX_DB_DATA. Errors: kInvalidArgument when there is none.
  [[nodiscard]] Result<std::string> Directory() const;
  /// As --data; Arguments found the directory among its words.
  void SetDirectory(const std::string& directory) { options_.data = directory; }

  /// Opens what `phenix init` made, with the options it was made with. `long_running` commands get
  /// maintenance in the background. Errors: as Database::Open().
  [[nodiscard]] Result<std::unique_ptr<Database>> Open(bool long_running) const;

  /// Everything that standard input has. Errors: kResourceExhausted above `size_bytes_max`.
  Result<std::string> ReadInput(std::size_t size_bytes_max);

 private:
  GlobalOptions& options_;
  std::istream& in_;
  Output& out_;
};

/// Tells `FILE.json`-like arguments from JSON: true for text that begins with '{' or is "-".
bool IsJsonOrStandardInput(const std::string& word);

}  // namespace phenix::cli

#endif  // CLI_SESSION_H_
