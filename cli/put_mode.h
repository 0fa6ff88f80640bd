// --mode and --on-missing-target, which put and import share.
#ifndef CLI_PUT_MODE_H_
#define CLI_PUT_MODE_H_

#include <CLI/App.hpp>
#include <string>

#include "cli/entity_json.h"
#include "phenix/status.h"

namespace phenix::cli {

struct PutModeOptions {
  std::string mode = "upsert";
  std::string on_missing_target = "stub";

  void Declare(CLI::App& command);
  /// Errors: kInvalidArgument for a name that is none.
  Status ApplyTo(PutDefaults& defaults) const;
};

}  // namespace phenix::cli

#endif  // CLI_PUT_MODE_H_
