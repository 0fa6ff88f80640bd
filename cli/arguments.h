// The words of a command that are not options: the database directory, when it stands first, and
// what the command names besides.
//
// A command that names n words accepts n+1, of which the first is then the directory:
// `phenix get DIR ID`, `phenix get ID --data DIR`.
#ifndef CLI_ARGUMENTS_H_
#define CLI_ARGUMENTS_H_

#include <CLI/App.hpp>
#include <array>
#include <string>
#include <vector>

#include "cli/session.h"
#include "phenix/status.h"

namespace phenix::cli {

/// Whether the last word may be left out; it is then told from the directory by being JSON or "-".
enum class LastWord : std::uint8_t { kRequired, kOptionalJson };

class Arguments {
 public:
  /// Declares "DIR" and `names` (at most two) on `command`, which the object must outlive.
  Arguments(CLI::App& command, std::vector<std::string> names, LastWord last = LastWord::kRequired);
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  /// After parsing: one word per name (an optional one that was left out is empty); tells the
  /// session its directory. Errors: kInvalidArgument naming what is missing.
  Result<std::vector<std::string>> Take(Session& session) const;

 private:
  static constexpr std::size_t kWordsMax = 3;

  const std::vector<std::string> names_;
  const LastWord last_;
  std::array<std::string, kWordsMax> words_;
  std::vector<CLI::Option*> options_;
};

}  // namespace phenix::cli

#endif  // CLI_ARGUMENTS_H_
