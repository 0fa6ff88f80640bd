#include "cli/put_mode.h"

#include <array>
#include <string_view>
#include <utility>

namespace phenix::cli {
namespace {

constexpr std::array<std::pair<std::string_view, PutMode>, 5> kModes = {{
    {"upsert", PutMode::kUpsert},
    {"insert", PutMode::kInsert},
    {"update", PutMode::kUpdate},
    {"merge", PutMode::kMerge},
    {"replace", PutMode::kReplace},
}};

}  // namespace

void PutModeOptions::Declare(CLI::App& command) {
  command.add_option("--mode", mode, "upsert, insert, update, merge or replace (upsert)");
  command.add_option("--on-missing-target", on_missing_target,
                     "what an edge to an entity that does not exist does: stub or error (stub)");
}

Status PutModeOptions::ApplyTo(PutDefaults& defaults) const {
  if (on_missing_target != "stub" && on_missing_target != "error") {
    return {StatusCode::kInvalidArgument,
            "--on-missing-target: expected stub or error, got '" + on_missing_target + "'"};
  }
  defaults.on_missing_target =
      on_missing_target == "stub" ? MissingTarget::kStub : MissingTarget::kError;
  for (const auto& [name, value] : kModes) {
    if (mode != name) continue;
    defaults.mode = value;
    return Status::Ok();
  }
  return {StatusCode::kInvalidArgument,
          "--mode: expected upsert, insert, update, merge or replace, got '" + mode + "'"};
}

}  // namespace phenix::cli
